"""`arcdiag rules lock`: note what the files of a pack are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "folder", metavar="DIR", type=arguments.a_path, help="a folder with a pack.yaml"
    )
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Write the lock of a pack whose rules load and compile.

    Args:
        args: What was parsed.
        console: Where it is said.

    Raises:
        UsageError: The folder is no pack.
        RuleError: Something is wrong with its rules.
        DiagError: The lock cannot be written.
    """
    from diag import engine
    from diag.cli.target import write_file
    from diag.engine.pack import LOCK_FILE, PACK_FILE
    from diag.engine.packfiles import lock_of

    folder = args.folder
    if not (folder / PACK_FILE).is_file():
        hint = "a pack says of itself in pack.yaml which files are rules"
        raise UsageError(f"there is no {PACK_FILE}", where=str(folder), hint=hint)
    rules = engine.load_rules([folder], unlocked=True)
    rules.compile(list(rules))
    text = lock_of(folder)
    write_file(folder / LOCK_FILE, text)
    count = len(text.splitlines())
    console.lines([f"wrote {folder / LOCK_FILE}: {count} files"])
    return Exit.CLEAN
