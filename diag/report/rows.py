"""The rows of a query as a table, JSON, JSON lines or CSV, piece by piece."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from diag.clock import iso
from diag.schema import Type
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Columns = Mapping[str, Type]
    Row = tuple[Any, ...]

DAY, HOUR, MINUTE, SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000
# A table's widths are taken from so many rows; what comes later is cut to them.
LOOKED_AT = 500
NARROWEST = 8
LARGEST_CELL = 1_000
CHARTS = ("timechart", "barchart", "columnchart", "piechart", "areachart", "linechart")
# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Style:
    """How a table looks: its width, whether it is cut to it, and what to draw."""

    width: int = 100
    cut: bool = False
    drawn: str = ""


def write_rows(
    columns: Columns, rows: Iterable[Row], form: str, style: Style
) -> Iterator[str]:
    """Yield a result piece by piece, so that the first rows are there at once.

    Args:
        columns: Names and types, in order.
        rows: Values as the store returns them: naive UTC times, timespans in
            microseconds, dynamic values as JSON text.
        form: `table`, `json`, `jsonl` or `csv`.
        style: Of a table.
    """
    writer = {"table": _table, "json": _json, "jsonl": _jsonl, "csv": _csv}[form]
    if form == "table" and style.drawn in CHARTS:
        from diag.report.chart import chart

        kept = list(rows)
        drawn = chart(columns, kept, style.drawn, style.width)
        if drawn:
            yield drawn
            return
        rows = kept
    yield from writer(columns, rows, style)


def plain(value: Any, kind: Type) -> Any:  # noqa: ANN401 - any value of a store
    """Return a value as JSON has it: times and timespans as KQL writes them."""
    if value is None:
        return None
    match kind:
        case Type.TIMESPAN:
            return span(int(value))
        case Type.DYNAMIC:
            return json.loads(value) if isinstance(value, str) else value
        case Type.REAL if not math.isfinite(value):
            return None
        case _:
            pass
    if isinstance(value, datetime):
        return iso(value)
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def span(microseconds: int) -> str:
    """Write a timespan as `[-][d.]hh:mm:ss[.fffffff]`.

    Args:
        microseconds: May be negative.
    """
    sign, size = ("-", -microseconds) if microseconds < 0 else ("", microseconds)
    days = f"{size // DAY}." if size >= DAY else ""
    clock = (size % DAY // HOUR, size % HOUR // MINUTE, size % MINUTE // SECOND)
    rest = f".{size % SECOND:06d}0" if size % SECOND else ""
    return f"{sign}{days}{clock[0]:02d}:{clock[1]:02d}:{clock[2]:02d}{rest}"


def cell(value: Any, kind: Type) -> str:  # noqa: ANN401 - any value of a store
    """Return a value as the text of a cell; null is empty."""
    found = plain(value, kind)
    if found is None:
        nothing = value is None or kind is Type.DYNAMIC
        return "" if nothing else str(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, (dict, list)):
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return str(found)


def _dumps(value: Any) -> str:  # noqa: ANN401 - JSON data
    try:
        data = orjson.dumps(value)
    except TypeError:  # a lone surrogate or a number that orjson has no room for
        return _safe(json.dumps(value, ensure_ascii=True))
    return _safe(data.decode())


def _safe(text: str) -> str:
    """Return JSON text in which nothing acts on a terminal; it means the same."""
    if text.isascii():
        return text
    return "".join(
        letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text
    )


def _json(columns: Columns, rows: Iterable[Row], _style: Style) -> Iterator[str]:
    kinds = tuple(columns.values())
    head = [{"name": name, "type": str(kind)} for name, kind in columns.items()]
    yield f'{{"columns":{_dumps(head)},"rows":['
    for number, row in enumerate(rows):
        values = [plain(v, kind) for v, kind in zip(row, kinds, strict=True)]
        yield f"{',' if number else ''}\n{_dumps(values)}"
    yield "\n]}\n"


def _jsonl(columns: Columns, rows: Iterable[Row], _style: Style) -> Iterator[str]:
    for row in rows:
        named = zip(columns.items(), row, strict=True)
        yield f"{_dumps({name: plain(v, kind) for (name, kind), v in named})}\n"


def _csv(columns: Columns, rows: Iterable[Row], _style: Style) -> Iterator[str]:
    kinds = tuple(columns.values())
    yield _csv_line([_harmless(show(name), Type.STRING) for name in columns])
    for row in rows:
        yield _csv_line(
            [
                _harmless(show(cell(v, kind)), kind)
                for v, kind in zip(row, kinds, strict=True)
            ]
        )


def _harmless(text: str, kind: Type) -> str:
    text_like = kind in {Type.STRING, Type.DYNAMIC}
    return f"'{text}" if text_like and text.startswith(FORMULA) else text


def _csv_line(cells: list[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue()


def _table(columns: Columns, rows: Iterable[Row], style: Style) -> Iterator[str]:
    kinds = tuple(columns.values())
    source = iter(rows)
    texts = (_texts(row, kinds) for row in source)
    first = list(itertools.islice(texts, LOOKED_AT))
    names = [show(name) for name in columns]
    widths = _widths([names, *first], style)
    hidden = names[len(widths) :]
    numbers = [kind in {Type.LONG, Type.INT, Type.REAL} for kind in kinds]
    yield _line(names, widths, numbers)
    yield _line(["-" * width for width in widths], widths, numbers)
    count = 0
    for row in itertools.chain(first, texts):
        count += 1
        yield _line(row, widths, numbers)
    rest = f"; no room for {', '.join(hidden)}" if hidden else ""
    yield f"({count:,} {'row' if count == 1 else 'rows'}{rest})\n"


def _texts(row: Row, kinds: tuple[Type, ...]) -> list[str]:
    return [
        show(cell(value, kind)[:LARGEST_CELL]).expandtabs(1)
        for value, kind in zip(row, kinds, strict=True)
    ]


def _widths(rows: list[list[str]], style: Style) -> list[int]:
    """Return a width for each column that fits; on a terminal the widest give way."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = style.width - 2 * (len(widths) - 1)
    while style.cut and sum(widths) > room and max(widths, default=0) > NARROWEST:
        widest = widths.index(max(widths))
        over = sum(widths) - room
        widths[widest] = max(NARROWEST, widths[widest] - max(1, over // len(widths)))
    ends = itertools.accumulate(width + 2 for width in widths)
    fitting = sum(not style.cut or end - 2 <= style.width for end in ends)
    return widths[: max(fitting, 1)]


def _line(cells: list[str], widths: list[int], numbers: list[bool]) -> str:
    """Return a row of the table; there are as many columns as widths."""
    parts = []
    for text, width, number in zip(cells, widths, numbers, strict=False):
        short = text if len(text) <= width else f"{text[: width - 1]}…"
        parts.append(short.rjust(width) if number else short.ljust(width))
    return "  ".join(parts).rstrip() + "\n"
