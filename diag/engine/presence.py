"""Which rules a store can make fire, asked of all rules at once.

Most rules look for what a bundle does not hold. Planning the query of one costs the
database more than it costs to look for the texts of all rules in the few templates
that a million events share. New rules and old stores are no different.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import arcdiag_core

from diag.errors import StoreError
from diag.kql.narrowing import CUT, FOLDED, OTHER
from diag.kql.need import INDEXED, SEARCHED, WIDELY, AnyOf, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diag.kql.need import Need
    from diag.store import Store

# With more kinds of events than this nothing is ruled out.
MOST_KINDS = 400_000
KINDS = """
SELECT lower(f.Log), lower(e.Level), e.TemplateId
FROM EventRows e JOIN Files f USING (FileId) GROUP BY ALL"""
TEMPLATES = f"""
SELECT TemplateId, {FOLDED.format("Template")}, {FOLDED.format("Fields")},
  ends_with(Template, $cut) OR Template = $other, ends_with(Fields, $cut)
FROM Templates"""  # noqa: S608 - constants
# Of messages too long for their template the whole is looked at, up to so many bytes.
MOST_LONG = 32 << 20
LONG = """
FROM EventRows WHERE TemplateId IN (
  SELECT TemplateId FROM Templates
  WHERE ends_with(Template, $cut) OR ends_with(Fields, $cut))"""
LONG_SIZE = f"SELECT coalesce(sum(length(Message) + length(Fields)), 0) {LONG}"
LONG_TEXTS = f"""
SELECT TemplateId, {FOLDED.format("Message")}, {FOLDED.format("Fields")} {LONG}"""
Having = dict[tuple[str, str], int]


@dataclass(slots=True)
class _Index:
    """Kinds of rows of a table as bits, and which of them have a value.

    `open` are, for a column, the rows of which nobody knows what they hold.
    """

    every: int
    having: Having = field(default_factory=dict)
    open: dict[str, int] = field(default_factory=dict)

    def holds(self, need: Rows) -> bool:
        """Return whether a row may meet all tests."""
        left = self.every
        for column, texts in need.tests:
            fitting = self.open.get(column, 0)
            for text in texts:
                fitting |= self.having.get((column, text), 0)
            left &= fitting
        return left != 0


class Presence:
    """What a store holds, as far as rules ask for it."""

    def __init__(self, store: Store, needs: Iterable[Need]) -> None:
        """Look at a store once.

        Args:
            store: The store.
            needs: Those of all queries that will be asked about.
        """
        wanted = [rows for need in needs for rows in _rows_in(need)]
        self._indexes: dict[str, _Index | None] = {}
        for table in dict.fromkeys(rows.table for rows in wanted):
            own = [rows for rows in wanted if rows.table == table]
            try:
                self._indexes[table] = _index(store, table, own)
            except StoreError:
                self._indexes[table] = None  # nothing is known, nothing ruled out

    def possible(self, need: Need) -> bool:
        """Return whether a query with this need can have a row."""
        if isinstance(need, Rows):
            index = self._indexes.get(need.table)
            return index is None or index.holds(need)
        found = (self.possible(one) for one in need.needs)
        return any(found) if isinstance(need, AnyOf) else all(found)


def _rows_in(need: Need) -> Iterator[Rows]:
    if isinstance(need, Rows):
        yield need
        return
    for one in need.needs:
        yield from _rows_in(one)


def _index(store: Store, table: str, needs: Sequence[Rows]) -> _Index:
    if table == "Events":
        return _events(store, needs)
    columns = INDEXED.get(table, ())
    if not columns:
        rows = store.query(f'SELECT 1 FROM "{table}" LIMIT 1').rows  # noqa: S608 - of the schema
        return _Index(len(rows))
    listed = ", ".join(f'lower("{column}")' for column in columns)
    found = store.query(f'SELECT DISTINCT {listed} FROM "{table}"').rows  # noqa: S608 - of the schema
    marks = _Marks(len(found))
    for place, row in enumerate(found):
        for column, value in zip(columns, row, strict=True):
            marks.add((column, value), place)
    return _Index((1 << len(found)) - 1, marks.finish())


def _events(store: Store, needs: Sequence[Rows]) -> _Index:
    kinds = store.query(KINDS, limit=MOST_KINDS).rows
    marks = _Marks(len(kinds))
    places: dict[int, list[int]] = {}
    for place, (log, level, template) in enumerate(kinds):
        marks.add(("Log", log), place)
        marks.add(("Level", level), place)
        places.setdefault(template, []).append(place)
    wanted = {
        text
        for need in needs
        for column, texts in need.tests
        if column in {SEARCHED, WIDELY}
        for text in texts
    }
    if wanted:
        _search(store, sorted(wanted), places, marks)
    having = marks.finish()
    unknown = {column: having.pop((column, ""), 0) for column in (SEARCHED, WIDELY)}
    return _Index((1 << len(kinds)) - 1, having, unknown)


def _search(
    store: Store, texts: list[str], places: dict[int, list[int]], marks: _Marks
) -> None:
    """Mark which kinds of events hold which texts; an empty text stands for any."""
    rows = store.query(TEMPLATES, {"cut": CUT, "other": OTHER}, limit=MOST_KINDS).rows
    _mark(texts, rows, places, marks)
    looked_at = set()
    if store.query(LONG_SIZE, {"cut": CUT}).rows[0][0] <= MOST_LONG:
        long = store.query(LONG_TEXTS, {"cut": CUT}, limit=MOST_KINDS).rows
        _mark(texts, long, places, marks)
        looked_at = {row[0] for row in long}
    for template, _, _, cut, cut_fields in rows:
        unknown = template not in looked_at and (cut or cut_fields)
        for place in places.get(template, ()) if unknown else ():
            marks.add((WIDELY, ""), place)
            if cut:
                marks.add((SEARCHED, ""), place)


def _mark(
    texts: list[str],
    rows: Sequence[Sequence[Any]],
    places: dict[int, list[int]],
    marks: _Marks,
) -> None:
    """Mark the kinds of events whose message or fields hold a text.

    Args:
        texts: The texts.
        rows: Template, message and fields; more is not looked at.
        places: The kinds that a template has.
        marks: Gets the marks.
    """
    for number, column in ((1, SEARCHED), (2, WIDELY)):
        found = arcdiag_core.find_texts(texts, [row[number] for row in rows])
        for text, holding in zip(texts, found, strict=True):
            for index in holding:
                for place in places.get(rows[index][0], ()):
                    marks.add((WIDELY, text), place)
                    if column == SEARCHED:
                        marks.add((SEARCHED, text), place)


class _Marks:
    """Sets of places as bits, filled one by one."""

    def __init__(self, size: int) -> None:
        self.size = (size + 7) // 8
        self.bits: dict[tuple[str, str], bytearray] = {}

    def add(self, key: tuple[str, str], place: int) -> None:
        own = self.bits.get(key)
        if own is None:
            own = self.bits[key] = bytearray(self.size)
        own[place >> 3] |= 1 << (place & 7)

    def finish(self) -> Having:
        return {key: int.from_bytes(own, "little") for key, own in self.bits.items()}
