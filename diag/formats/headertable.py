"""A table in text whose first line names its columns.

For output of which nobody has seen a sample: only what the header says plainly
is taken, and a line that does not fit it makes no row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.formats.jsonform import FILLED, TARGETS
from diag.formats.layout import suggest
from diag.formats.sampling import lines_of
from diag.formats.secrets import without_secrets
from diag.formats.tablerow import MOST_ROWS, TableRow, Value, converted
from diag.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diag.formats.checked import Checked

GAP = re.compile(r"\t+| {2,}")
CELL = re.compile(r"[^ ]+(?: [^ ]+)*")
HEADER_WITHIN = 20  # lines that are not blank
LONGEST = 4_096  # characters of a line that is looked at


@dataclass(frozen=True, slots=True)
class HeaderForm:
    """Which columns of the text become which of `table`.

    Each has the words of which one must stand in the text's header, and whether
    it may be missing.
    """

    table: str
    columns: Mapping[str, tuple[tuple[str, ...], bool]]


def read_header(checked: Checked, value: object) -> HeaderForm:
    """Read the part `header` of a definition.

    Args:
        checked: The definition.
        value: What stands under `header`.

    Raises:
        DefinitionError: It is wrong.
    """
    form = checked.mapping(value, ("header",), ["table", "columns"])
    table = form.get("table")
    if table not in TARGETS:
        hint = suggest(str(table), TARGETS)
        checked.fail(("header", "table"), f"unknown table '{table}'", hint)
    place = ("header", "columns")
    known = [name for name in TABLES[table] if name not in FILLED]
    columns = {}
    for name, said in checked.mapping(form.get("columns"), place, known).items():
        text = checked.string(said, (*place, name)).strip()
        words = text.removesuffix("?").split("|")
        columns[name] = (
            tuple(word.strip().casefold() for word in words),
            text.endswith("?"),
        )
    return HeaderForm(table, columns)


def header_rows(form: HeaderForm, text: str) -> Iterator[TableRow]:
    """Yield the rows below the header, none if there is no such header.

    Args:
        form: What the definition says.
        text: The decoded file.
    """
    places: dict[str, int] | None = None
    cells: list[str] = []
    starts: list[int] = []
    seen = made = 0
    for number, whole in enumerate(lines_of(text), start=1):
        line = whole[:LONGEST]
        if not line.strip():
            continue
        seen += 1
        if places is None:
            if seen > HEADER_WITHIN:
                return
            cells = _split(line)
            starts = [cell.start() for cell in CELL.finditer(line.expandtabs())]
            places = _places(form, cells)
            continue
        row = _row(form, places, _cells(line, len(cells), starts))
        if row is not None and made < MOST_ROWS:
            made += 1
            yield TableRow(form.table, number, row)


def _split(line: str) -> list[str]:
    if "|" in line or "\u2502" in line:
        line = line.replace("\u2502", "|").strip().strip("|")
        return [cell.strip() for cell in line.split("|")]
    return GAP.split(line.strip())


def _places(form: HeaderForm, cells: Sequence[str]) -> dict[str, int] | None:
    """Return the number of the text's column for each column, None if one lacks."""
    places: dict[str, int] = {}
    for name, (words, optional) in form.columns.items():
        numbers = (
            number
            for number, cell in enumerate(cells)
            if number not in places.values()  # prose has all words in one cell
            and any(word in cell.casefold() for word in words)
        )
        place = next(numbers, None)
        if place is None and not optional:
            return None
        if place is not None:
            places[name] = place
    return places


def _cells(line: str, count: int, starts: Sequence[int]) -> list[str] | None:
    cells = _split(line)
    if len(cells) == count:
        return cells
    if "|" in line or len(starts) != count:
        return None
    # A cell is empty: go by where the words of the header begin.
    line = line.expandtabs()
    ends = [*starts[1:], len(line)]
    return [line[a:b].strip() for a, b in zip(starts, ends, strict=True)]


def _row(
    form: HeaderForm, places: Mapping[str, int], cells: Sequence[str] | None
) -> dict[str, Value] | None:
    if cells is None:
        return None
    row: dict[str, Value] = {}
    for name, place in places.items():
        kind = TABLES[form.table][name]
        value = converted(without_secrets(cells[place]), kind)
        _, optional = form.columns[name]
        if value in (None, "") and not optional:
            return None
        row[name] = value
    return row
