"""`arcdiag formats test`: run the samples inside the log definitions."""

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
        "ids", metavar="ID", nargs="*", help="families to test; all without any"
    )
    arguments.add_content(parser, "parsers")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Run the samples; a line for each difference, and a summary.

    Args:
        args: What was parsed.
        console: Where the lines go. With -v each family has one.

    Returns:
        `USAGE` when a sample reads differently.

    Raises:
        UsageError: There is no such family.
    """
    from diag import formats

    families = formats.load_families(args.parsers)
    for name in args.ids:
        if name not in families:
            raise UsageError(
                f"there is no format '{name}'{arguments.nearest(name, families)}",
                hint="arcdiag formats list shows all ids",
            )
    chosen = [one for one in families.values() if not args.ids or one.id in args.ids]
    lines: list[str] = []
    failed = 0
    for family in chosen:
        wrong = formats.test_samples(family)
        failed += len({(one.sample, one.refused) for one in wrong})
        lines += [f"FAILED  {one}" for one in wrong]
        if args.verbose and not wrong:
            said = f"{len(family.samples)} samples, {len(family.refuses)} refused"
            lines.append(f"ok  {family.id}: {said}")
    total = sum(len(family.samples) + len(family.refuses) for family in chosen)
    lines.append(f"{total - failed} of {total} samples passed, {len(chosen)} formats")
    console.lines(lines)
    return Exit.USAGE if failed else Exit.CLEAN
