"""`arcdiag formats test`: run the samples of log definitions, or try a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from diag.cli.console import Console
    from diag.formats import Family, Mismatch


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "ids", metavar="ID", nargs="*", help="families to test; all without any"
    )
    parser.add_argument(
        "--file",
        metavar="FILE",
        type=arguments.a_path,
        help="try the family on this file instead, and show the first line that did "
        "not parse; without an ID, the family that the file is recognised as",
    )
    arguments.add_content(parser, "parsers")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Run the samples; a line for each difference, and a summary.

    Args:
        args: What was parsed.
        console: Where the lines go. With -v each family has one.

    Returns:
        `USAGE` when a sample reads differently, or a line of the file not at all.

    Raises:
        UsageError: There is no such family or file.
    """
    from diag import formats
    from diag.report.gather import number_of

    families = formats.load_families(args.parsers)
    for name in args.ids:
        if name not in families:
            raise UsageError(
                f"there is no format '{name}'{arguments.nearest(name, families)}",
                hint="arcdiag formats list shows all ids",
            )
    chosen = [one for one in families.values() if not args.ids or one.id in args.ids]
    if args.file is not None:
        from diag.cli.formats_try import try_file

        return try_file(args.file, chosen if args.ids else [], families, console)
    lines: list[str] = []
    failed = 0
    for family in chosen:
        wrong = formats.test_samples(family)
        failed += len({(one.sample, one.refused) for one in wrong})
        lines += _told(family, wrong)
        if args.verbose and not wrong:
            said = f"{len(family.samples)} samples, {len(family.refuses)} refused"
            lines.append(f"ok  {family.id}: {said}")
    total = sum(len(family.samples) + len(family.refuses) for family in chosen)
    count = number_of(len(chosen), "format")
    lines.append(f"{total - failed} of {total} samples passed, {count}")
    console.lines(lines)
    return Exit.USAGE if failed else Exit.CLEAN


def _told(family: Family, wrong: list[Mismatch]) -> Iterator[str]:
    """Yield each difference; below the last of a sample, the line that stopped."""
    from diag.formats.trying import try_text

    last = {one.sample: one for one in wrong if not one.refused}
    for one in wrong:
        yield f"FAILED  {one}"
        if one is not last.get(one.sample) or not family.text:
            continue
        missed = try_text(family, family.samples[one.sample - 1].text).missed
        if missed is not None:
            yield f"  line {missed.line} of the sample {missed.what}:"
            yield from (f"    {line}" for line in missed.shown())
