"""`arcdiag formats lint`: what is wrong with log definitions, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.cli.listing import errors, told
from diag.errors import ContentError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from diag.cli.console import Console


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "folders",
        metavar="DIR",
        nargs="*",
        type=arguments.a_path,
        help="folders or files with definitions, checked with the built-in ones; "
        "without any, the built-in ones alone",
    )
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Read and compile every definition and list each error with its place.

    Args:
        args: What was parsed.
        console: Where the list goes.

    Returns:
        `USAGE` when there is an error.

    Raises:
        UsageError: One of the folders does not exist.
    """
    wrong = list(dict.fromkeys(_errors(args.folders)))
    verdict = errors(wrong) if wrong else f"{_count(args)}, no errors"
    console.lines([*"\n".join(wrong).splitlines(), verdict])
    return Exit.USAGE if wrong else Exit.CLEAN


def _count(args: argparse.Namespace) -> str:
    from diag import formats

    return f"{len(formats.load_families(args.folders))} definitions"


def _errors(folders: Sequence[Path]) -> Iterator[str]:
    """Yield the first error of each file, then what they say of one another."""
    from diag import content, formats
    from diag.formats.plan import compiled, core_plan

    for name, text in content.yaml_files("parsers", folders):
        try:
            family = formats.read_family(text, name)
            compiled(core_plan(family))
        except ContentError as error:
            yield told(error)
        except ValueError as error:  # the core's own check of a plan
            yield f"{name}: {error}"
    try:
        formats.load_families(folders)
    except ContentError as error:
        yield told(error)
