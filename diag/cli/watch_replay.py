"""`arcdiag watch`, the way: replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from diag.cli.arguments import Parser
    from diag.cli.console import Console
    from diag.cli.exits import Exit


def add_options(parser: Parser) -> None:
    """Declare the options of this way."""
    parser.add_argument("--replay", metavar="SOURCE", help="not built yet")


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Refuse: it is not built yet."""
    raise UsageError("this is not built yet")
