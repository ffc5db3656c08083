"""Quick looks at a store for a screen: whole columns as arrays, and rows by number.

Events lie in the file in the order of their ids, so the row of event 1 is row 0. All
arrays here are over rows, and a row is `EventId - 1`.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, Any

import duckdb

from diag.errors import StoreError
from diag.store.columns import Columns, Runs
from diag.store.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from diag.store.store import Store

    Rows = NDArray[np.uint32]
    Marks = NDArray[np.bool_]

# Levels as small numbers; the order is that of severity.
LEVELS = ("", "trace", "debug", "info", "warning", "error", "critical")
WARNING, ERROR = LEVELS.index("warning"), LEVELS.index("error")
FIELDS = "SELECT Fields FROM EventRows WHERE rowid = $row"
# A row of the list shows at most so many characters of a message.
SHOWN = 2_000

_CASES = " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(LEVELS) if word)
COLUMNS = f"""
SELECT coalesce((epoch_us(TimeGenerated) - $base) // $unit + 1, 0) AS Tick,
  CAST(CASE Level {_CASES} ELSE 0 END AS TINYINT) AS Level
FROM EventRows WHERE rowid BETWEEN $first AND $last"""  # noqa: S608 - constants
COUNT = """
SELECT count(*), coalesce(epoch_us(min(TimeGenerated)), 0),
  coalesce(epoch_us(max(TimeGenerated)), 0) FROM EventRows"""
FILES = """
SELECT min(rowid), max(rowid), count(*), FileId FROM EventRows
GROUP BY FileId ORDER BY 1"""
# All of them twice would be large.
AT_ONCE, BYTES = 250_000, 32_768  # rows, and bits of them
WAITS = (0.01, 0.05, 0.25)  # seconds
STRAY = "SELECT count(*) FROM EventRows WHERE rowid + 1 <> EventId"
# Rows that lie together are read as a range, even if some of it is not wanted.
SPREAD = 4
# Of all ways to ask for some thousands of rows the quickest: a list of each of them
# takes twice as long, ranges with OR even longer when there are many.
AMONG = """e.rowid IN (
  SELECT unnest(range(First, Last + 1))
  FROM (SELECT unnest($firsts) AS First, unnest($lasts) AS Last))"""


# For those of a screen a list is quicker. The names of files are put in here: a join
# with a hundred of them takes as much time and memory as all the rest.
LINES = f"""
SELECT e.rowid, e.TimeGenerated, e.Level, e.FileId, e.Line, e.LineCount,
  left(e.Message, {SHOWN}), e.Parsed
FROM EventRows e WHERE e.rowid IN (SELECT unnest($rows))"""  # noqa: S608 - constants
NAMES = "SELECT FileId, Log, File FROM Files"
BITS = """
SELECT CAST(bitstring_agg(Row, {first}, {last}) AS BLOB)
FROM (SELECT CAST(Id - 1 AS BIGINT) AS Row FROM ({sql}) AS q(Id))
WHERE Row BETWEEN {first} AND {last}"""


@dataclass(frozen=True, slots=True)
class Line:
    """An event as a list shows it; `text` may be cut, `fields` are seldom read."""

    row: int
    time: datetime | None
    level: str
    log: str
    file: str
    line: int
    lines: int
    text: str
    parsed: bool
    fields: str | None = None


def spans(rows: Rows) -> dict[str, Any]:
    """Return the values of `AMONG` for some rows.

    Args:
        rows: Ascending, each once; at least one.
    """
    import numpy as np

    gaps = np.flatnonzero(np.diff(rows) > SPREAD)
    firsts = rows[np.append(0, gaps + 1)]
    lasts = rows[np.append(gaps, len(rows) - 1)]
    return {"firsts": firsts.tolist(), "lasts": lasts.tolist()}


class Browser:
    """A cursor of its own on a store; not for two threads at once."""

    def __init__(self, store: Store) -> None:
        """Open a cursor on a store that stays open.

        Raises:
            StoreError: It was closed.
        """
        with _told():
            self._db = store.connection()
        self._names: dict[int, tuple[str, str]] = {}

    def columns(self) -> Columns:
        """Return the columns of all events.

        Raises:
            StoreError: They cannot be read.
        """
        import numpy as np

        count, begin, end = self.rows(COUNT, {})[0]
        scale = Scale.of(begin, end)
        if self.rows(STRAY, {}) != [(0,)]:
            raise StoreError("the events of this store are not in their order")
        made = Columns(
            np.empty(count, dtype=np.uint32 if scale.short else np.int64),
            np.empty(count, dtype=np.int8),
            self._runs(),
            scale,
        )
        for first in range(0, count, AT_ONCE):
            last = first + AT_ONCE - 1
            span = {"first": first, "last": last, **scale._asdict()}
            found = self._arrays(COLUMNS, span)
            part = slice(first, first + AT_ONCE)
            made.ticks[part] = found["Tick"]
            made.levels[part] = found["Level"]
        return made

    def _runs(self) -> Runs:
        import numpy as np

        found = self.rows(FILES, {})
        if any(last - first + 1 != count for first, last, count, _ in found):
            raise StoreError("the events of this store are not in their order")
        starts = np.array([row[0] for row in found], dtype=np.int64)
        return Runs(starts, np.array([row[3] for row in found], dtype=np.int64))

    def lines(self, rows: Sequence[int]) -> dict[int, Line]:
        """Return events by row, as many of them as there are.

        Args:
            rows: In any order; those of some screens.

        Raises:
            StoreError: They cannot be read.
        """
        if not rows:
            return {}
        if not self._names:
            found = self.rows(NAMES, {})
            self._names = {number: (log, file) for number, log, file in found}
        return {
            row: Line(row, time, level, *self._names[file], line, lines, text, parsed)
            for row, time, level, file, line, lines, text, parsed in self.rows(
                LINES, {"rows": list(rows)}
            )
            if file in self._names
        }

    def another(self) -> Browser:
        """Return a cursor on the same store, for another thread."""
        made = Browser.__new__(Browser)
        with _told():
            made._db = self._db.cursor()  # noqa: SLF001 - of this class
        made._names = self._names  # noqa: SLF001 - of this class
        return made

    def matching(self, sql: str, params: Mapping[str, Any]) -> Rows:
        """Return the rows of the few events that a query names, ascending.

        Args:
            sql: Gives one column of event ids; made by our compiler or written here.
            params: Its named values.

        Raises:
            StoreError: It failed or was interrupted.
        """
        import numpy as np

        asked = f"SELECT CAST(Id - 1 AS UINTEGER) AS Row FROM ({sql}) AS q(Id)"  # noqa: S608 - made by us
        found = self._arrays(asked, params)["Row"]
        return np.unique(np.asarray(found, dtype=np.uint32))

    def mark(
        self, marks: Marks, first: int, sql: str, params: Mapping[str, Any]
    ) -> None:
        """Mark the rows of the events that a query names; they may be millions.

        The answer is one row of bits: millions of numbers would take the engine and
        NumPy half a gigabyte, and ten times as long.

        Args:
            marks: Of rows that stand together; nothing is marked yet.
            first: The row of the first; what the query names elsewhere is left out.
            sql: As in `matching`.
            params: Its named values.

        Raises:
            StoreError: It failed or was interrupted.
        """
        import numpy as np

        asked = BITS.format(sql=sql, first=first, last=first + max(len(marks), 1) - 1)
        found = self.rows(asked, params)[0][0]
        if found is None:
            return
        some = np.frombuffer(found, dtype=np.uint8)
        # What fills the first byte up stands in front.
        filled = len(some) * 8 - len(marks)
        head = np.unpackbits(some[:1])[filled:]
        marks[: len(head)] = head
        for at in range(1, len(some), BYTES):  # all at once would be all twice
            bits = np.unpackbits(some[at : at + BYTES])
            start = at * 8 - filled
            marks[start : start + len(bits)] = bits

    def rows(self, sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query that gives few.

        Raises:
            StoreError: It failed or was interrupted.
        """
        with _told():
            return self._ask(sql, params).fetchall()

    def _ask(self, sql: str, params: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        """Ask, and again when others have all of the memory: that takes no while."""
        for wait in WAITS:
            try:
                return self._db.execute(sql, dict(params))
            except duckdb.OutOfMemoryException:
                sleep(wait)
        return self._db.execute(sql, dict(params))

    def some(
        self, sql: str, params: Mapping[str, Any], most: int
    ) -> tuple[list[tuple[Any, ...]], bool]:
        """Return the first rows of a query, and whether there are more.

        Args:
            sql: Made by our compiler.
            params: Its named values.
            most: How many rows at most.

        Raises:
            StoreError: It failed or was interrupted.
        """
        with _told():
            rows = self._db.execute(sql, dict(params)).fetchmany(most + 1)
        return rows[:most], len(rows) > most

    def interrupt(self) -> None:
        """Stop what runs on this cursor; from another thread, which may be late."""
        with suppress(duckdb.Error):  # it was closed meanwhile
            self._db.interrupt()

    def close(self) -> None:
        """Close the cursor; one that another thread asks right now ends with it."""
        with suppress(duckdb.Error):
            self._db.close()

    def _arrays(self, sql: str, params: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        with _told():
            return self._ask(sql, params).fetchnumpy()


@contextmanager
def _told() -> Iterator[None]:
    """Say what DuckDB says as a `StoreError`; it may come with the last row only.

    Raises:
        StoreError: The query failed, or was interrupted.
    """
    try:
        yield
    except duckdb.InterruptException as error:
        raise StoreError("it was interrupted") from error
    except duckdb.Error as error:
        said = str(error).partition("\n")[0]
        raise StoreError(f"the query failed: {said}") from error
