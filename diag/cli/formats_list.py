"""`arcdiag formats list`: which logs and documents can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.cli import arguments
from diag.cli.exits import Exit

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console
    from diag.formats import Family


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    arguments.add_content(parser, "parsers")
    arguments.add_format(parser)
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """List the families in their order.

    Args:
        args: What was parsed.
        console: Where the list goes.
    """
    from diag import formats
    from diag.cli.listing import write_list

    families = formats.load_families(args.parsers).values()
    rows = [(one.id, str(one.kind), _systems(one), one.title) for one in families]
    write_list(console, args.format, rows, [_value(one) for one in families])
    return Exit.CLEAN


def _systems(family: Family) -> str:
    return ", ".join(name for name in family.systems if name != "any") or "any"


def _value(family: Family) -> dict[str, Any]:
    return {
        "id": family.id,
        "title": family.title,
        "kind": str(family.kind),
        "recognised": str(family.recognised),
        "systems": {name: list(globs) for name, globs in family.systems.items()},
        "basis": family.basis,
        "samples": len(family.samples),
        "file": family.source,
    }
