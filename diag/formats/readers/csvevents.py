"""Windows events as CSV: Export-Csv of PowerShell, "save as CSV" of Event Viewer."""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from diag.formats.readers.columns import BY_NAME, is_events, key_of, values_of
from diag.formats.readers.dates import DateOrder
from diag.formats.readers.windows import TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.formats.readers.decoded import Text
    from diag.formats.readers.written import Written

DELIMITERS = ",;\t|"
TYPE_LINE = "#TYPE "
MOST_LINES = 1000  # of one record
MOST_TEXT = 1 << 20
MOST_HEAD = 5  # lines before the first record is seen
# Without a header, as older tools print it: id, level, source, time, user, text.
BARE = re.compile(
    r"\d{1,5},\"?(?:INFORMATION|INFO|WARNING|ERROR|CRITICAL|AUDIT[ A-Z]*)\"?,[^,\r\n]*,"
    r"\"?[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\"?,"
)
BARE_KEYS = ("Id", "Level", "Source", "Date", "User", "Message")


class Rough(NamedTuple):
    """Lines that make one record; no `pairs` when they make none."""

    line: int
    lines: int
    text: str
    pairs: list[tuple[str, str]] | None


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is written: its columns, and where its records begin."""

    names: tuple[str, ...]
    delimiter: str
    first: int

    def pairs(self, text: str) -> list[tuple[str, str]] | None:
        """Return the names and values of a record; None if they do not fit."""
        try:
            # Over lines a quote that was never closed looks like one that opens.
            strict = "\n" in text
            read = csv.reader([text], delimiter=self.delimiter, strict=strict)
            rows = list(read)
        except csv.Error:
            return None
        cells = rows[0] if len(rows) == 1 else []
        if len(cells) == len(self.names) + 1:
            # Event Viewer names five columns and writes the text as a sixth.
            return list(zip((*self.names, "Message"), cells, strict=True))
        if len(cells) != len(self.names):
            return None
        return list(zip(self.names, cells, strict=True))


def fits(head: str) -> bool:
    """Say whether a text begins like this."""
    return table_of(head.splitlines()[:MOST_HEAD]) is not None


def table_of(lines: list[str]) -> Table | None:
    """Return how a text is written that begins with these lines, if it is one."""
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(TYPE_LINE):
            continue
        if BARE.match(line):
            return Table(BARE_KEYS, ",", number)
        for delimiter in DELIMITERS:
            try:
                rows = list(csv.reader([line], delimiter=delimiter))
            except csv.Error:
                continue
            if rows and is_events(rows[0]):
                return Table(tuple(rows[0]), delimiter, number + 1)
        return None
    return None


def read(text: Text, out: Written) -> None:
    """Write the events of a text.

    Args:
        text: The member; read twice, as the order of its dates has to be known.
        out: Takes events, and lines that are none.
    """
    table = _table(text)
    if table is None:
        for number, line in enumerate(text.lines(), start=1):
            out.raw(number, line)
        return
    order = DateOrder(_dates(text, table))
    order.tell(out)
    for rough in _records(text, table):
        if rough.line < table.first:
            out.blank(rough.line)
        elif rough.pairs is None:
            out.raw(rough.line, rough.text)
        else:
            values = values_of(rough.pairs)
            values[TIME] = order.iso(str(values.get(TIME, "")))
            out.event(rough.line, rough.lines, values)


def _table(text: Text) -> Table | None:
    head = []
    for line in text.lines():
        head.append(line)
        if len(head) == MOST_HEAD:
            break
    return table_of(head)


def _dates(text: Text, table: Table) -> Iterator[str]:
    for rough in _records(text, table):
        for name, value in rough.pairs or ():
            if BY_NAME.get(key_of(name)) == TIME:
                yield value


def _records(text: Text, table: Table) -> Iterator[Rough]:
    """Yield lines joined until their quotes close.

    A quote that never closes takes no other lines with it: its line comes alone.
    """
    waiting: deque[str] = deque()
    source = text.lines()
    number = 1
    while True:
        taken = _joined(waiting, source)
        if not taken:
            return
        joined = "\n".join(taken)
        pairs = table.pairs(joined) if number >= table.first else None
        if pairs is None:
            waiting.extendleft(reversed(taken[1:]))
            taken = taken[:1]
            joined = taken[0]
        yield Rough(number, len(taken), joined, pairs)
        number += len(taken)


def _joined(waiting: deque[str], source: Iterator[str]) -> list[str]:
    """Take lines until the quotes in them close, the limits are met or none is left."""
    taken: list[str] = []
    size = quotes = 0
    while len(taken) < MOST_LINES and size < MOST_TEXT:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            break
        taken.append(line)
        size += len(line)
        quotes += line.count('"')
        if quotes % 2 == 0:
            break
    return taken
