"""`arcdiag formats show`: one log definition, readable."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from diag.cli.console import Console
    from diag.formats import Family
    from diag.formats.layout import Layout
    from diag.report.page import Page

SAMPLE_LINES = 5


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument("id", metavar="ID", help="the family, such as himds")
    arguments.add_content(parser, "parsers")
    arguments.add_telling(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Show where a log lies, how it reads and what the definition rests on.

    Args:
        args: What was parsed.
        console: Where the page goes.

    Raises:
        UsageError: There is no such family.
    """
    from diag import formats
    from diag.report.page import Page

    families = formats.load_families(args.parsers)
    if args.id not in families:
        raise UsageError(
            f"there is no format '{args.id}'{arguments.nearest(args.id, families)}",
            hint="arcdiag formats list shows all ids",
        )
    stream = io.StringIO()
    page = Page(stream, console.style())
    _head(page, families[args.id])
    _grammar(page, families[args.id])
    _samples(page, families[args.id])
    page.labelled("file", (families[args.id].source, ""))
    console.result(stream.getvalue())
    return Exit.CLEAN


def _head(page: Page, family: Family) -> None:
    page.line((family.id, "bold"), (f"  {family.title}", "bold"), hang=2)
    page.labelled("kind", (f"{family.kind}, recognised by {family.recognised}", ""))
    if family.basis:
        page.labelled("basis", (family.basis, ""))
    for system, globs in family.systems.items():
        for number, glob in enumerate(globs):
            page.labelled(system if number == 0 else "", (glob, ""))
    if family.hints:
        page.labelled("hints", (", ".join(family.hints), ""))


def _grammar(page: Page, family: Family) -> None:
    if family.objects is not None:
        readers = ", ".join(family.objects.readers) or "an object in each line"
        page.labelled("reader", (readers, ""))
        names = [f"{own}: {' | '.join(n)}" for own, n in family.objects.columns]
        page.labelled("objects", (", ".join(names), "cyan"))
    for number, layout in enumerate(family.layouts):
        label = "layouts" if number == 0 else ""
        page.labelled(label, (_layout(layout), "cyan"))
    page.labelled("time", (f"{family.codec}, zone {family.zone}", ""))
    if family.fold:
        page.labelled("lines", ("what no layout fits goes on with the record", ""))
    if family.levels:
        words = ", ".join(f"{word} = {level}" for word, level in family.levels.items())
        page.labelled("levels", (words, ""))
    for code in family.codes:
        page.labelled("codes", (f"{code.prefix} and {code.digits} digits", ""))
    for table in _filled(family):
        page.labelled("fills", (table, ""))


def _filled(family: Family) -> list[str]:
    """Return what becomes rows, each with what it is read from."""
    found = [*family.tables]
    if family.header:
        found.append(f"{family.header.table}, from a table by its header")
    for row in family.json.rows if family.json else ():
        table = getattr(row, "table", "Facts, one for each value")
        found.append(f"{table}, from JSON")
    return list(dict.fromkeys(found))


def _layout(layout: Layout) -> str:
    """Write a layout as it stands in the file, every kind spelled out."""
    from diag.formats.layout import Literal, Maybe

    words = []
    for part in layout:
        if isinstance(part, Literal):
            words.append(part.text.replace("{", "{{").replace("}", "}}"))
        elif isinstance(part, Maybe):
            words.append(f"{{?{_layout(part.parts)}}}")
        else:
            kind = f":{part.kind}" if part.name != part.kind else ""
            words.append(f"{{{part.name}{kind}}}")
    return "".join(words)


def _samples(page: Page, family: Family) -> None:
    for number, sample in enumerate(family.samples):
        count = f"{len(sample.expect)} records"
        if sample.rows is not None:
            count = ", ".join(f"{len(r)} of {t}" for t, r in sample.rows.items())
        origin = f"{sample.origin}: {count or 'no rows'}"
        page.labelled("samples" if number == 0 else "", (origin, ""))
        for line in sample.text.rstrip("\n").split("\n")[:SAMPLE_LINES]:
            page.quoted(line, 4)
