"""Quick looks at a store for a screen: whole columns as arrays, and rows by number.

Events lie in the file in the order of their ids, so the row of event 1 is row 0. All
arrays here are over rows, and a row is `EventId - 1`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from diag.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from diag.store.store import Store

    Rows = NDArray[np.uint32]

# Levels as small numbers; the order is that of severity.
LEVELS = ("", "trace", "debug", "info", "warning", "error", "critical")
WARNING, ERROR = LEVELS.index("warning"), LEVELS.index("error")
NO_TIME = -(2**63)
# A row of the list shows at most so many characters of a message.
SHOWN = 2_000

_CASES = " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(LEVELS) if word)
COLUMNS = f"""
SELECT coalesce(epoch_us(TimeGenerated), {NO_TIME}) AS Time,
  CAST(FileId AS INTEGER) AS FileId,
  CAST(CASE Level {_CASES} ELSE 0 END AS TINYINT) AS Level
FROM EventRows"""  # noqa: S608 - constants
STRAY = "SELECT count(*) FROM EventRows WHERE rowid + 1 <> EventId"
LINES = f"""
SELECT e.rowid, e.TimeGenerated, e.Level, f.Log, f.File, e.Line, e.LineCount,
  left(e.Message, {SHOWN}), e.Parsed
FROM EventRows e JOIN Files f USING (FileId) WHERE e.rowid """  # noqa: S608 - constants
SOME, RANGE = "IN (SELECT unnest($rows))", "BETWEEN $first AND $last"
# Rows that lie together are read as a range, even if some of it is not wanted.
SPREAD = 4


class Columns(NamedTuple):
    """What is known of every event: time in microseconds, file, level."""

    times: NDArray[np.int64]
    files: NDArray[np.int32]
    levels: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Line:
    """An event as a list shows it; `text` may be cut."""

    row: int
    time: datetime | None
    level: str
    log: str
    file: str
    line: int
    lines: int
    text: str
    parsed: bool


class Browser:
    """A cursor of its own on a store; not for two threads at once."""

    def __init__(self, store: Store) -> None:
        """Open a cursor on a store that stays open."""
        self._db = store.connection()

    def columns(self) -> Columns:
        """Return the columns of all events.

        Raises:
            StoreError: They cannot be read.
        """
        import numpy as np

        sql = COLUMNS
        if self._ask(STRAY, {}).fetchone() != (0,):
            sql = f"{COLUMNS} ORDER BY EventId"
        found = self._ask(sql, {}).fetchnumpy()
        return Columns(
            np.asarray(found["Time"]),
            np.asarray(found["FileId"]),
            np.asarray(found["Level"]),
        )

    def lines(self, rows: Sequence[int]) -> dict[int, Line]:
        """Return events by row, as many of them as there are.

        Args:
            rows: In any order.

        Raises:
            StoreError: They cannot be read.
        """
        if not rows:
            return {}
        first, last = min(rows), max(rows)
        if last - first < SPREAD * len(rows):
            found = self._ask(LINES + RANGE, {"first": first, "last": last})
        else:
            found = self._ask(LINES + SOME, {"rows": list(rows)})
        return {row[0]: Line(*row) for row in found.fetchall()}

    def matching(self, sql: str, params: Mapping[str, Any]) -> Rows:
        """Return the rows of the events that a query names, ascending.

        Args:
            sql: Gives one column of event ids; made by our compiler or written here.
            params: Its named values.

        Raises:
            StoreError: It failed or was interrupted.
        """
        import numpy as np

        asked = f"SELECT CAST(Id - 1 AS UINTEGER) AS Row FROM ({sql}) AS q(Id)"  # noqa: S608 - made by us
        found = self._ask(asked, params).fetchnumpy()["Row"]
        return np.unique(np.asarray(found, dtype=np.uint32))

    def rows(self, sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query that gives few.

        Raises:
            StoreError: It failed or was interrupted.
        """
        return self._ask(sql, params).fetchall()

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
        cursor = self._ask(sql, params)
        try:
            rows = cursor.fetchmany(most + 1)
        except duckdb.Error as error:
            raise _failed(error) from error
        return rows[:most], len(rows) > most

    def interrupt(self) -> None:
        """Stop what runs on this cursor; from another thread."""
        self._db.interrupt()

    def close(self) -> None:
        """Close the cursor."""
        self._db.close()

    def _ask(self, sql: str, params: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        try:
            return self._db.execute(sql, dict(params))
        except duckdb.Error as error:
            raise _failed(error) from error


def _failed(error: duckdb.Error) -> StoreError:
    if isinstance(error, duckdb.InterruptException):
        return StoreError("it was interrupted")
    said = str(error).partition("\n")[0]
    return StoreError(f"the query failed: {said}")
