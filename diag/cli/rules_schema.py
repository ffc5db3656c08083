"""`arcdiag rules schema`: the JSON Schemas of rule files, for editors."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console

FILES = {"rule": "rule-1.schema.json", "pack": "pack-1.schema.json"}


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "of",
        metavar="KIND",
        nargs="?",
        default="rule",
        type=arguments.one_of(*FILES),
        help="rule (default): a file of rules; pack: a pack.yaml",
    )
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Print a schema.

    Args:
        args: What was parsed.
        console: Where it goes.
    """
    file = resources.files("diag.engine") / FILES[args.of]
    console.result(file.read_text(encoding="utf-8"))
    return Exit.CLEAN
