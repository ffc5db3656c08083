"""A finished store: read-only, locked, asked one SELECT at a time."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import duckdb

from diag.errors import StoreError
from diag.model import BundleSummary, Evidence, FileSummary, Problem, Rows
from diag.schema import SCHEMA_VERSION
from diag.store.streaming import stream

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

EVIDENCE = "TimeGenerated, Message, CAST(Fields AS VARCHAR), Computer"
MOST_PLACES = 5_000  # looked up by one query
# Numbers first, then texts: what has to be unpacked is only looked at where it is.
PLACES = f"""
WITH places AS MATERIALIZED (
  SELECT e.EventId FROM EventRows e JOIN Files f USING (FileId)
  JOIN (SELECT unnest($files) AS File, unnest($lines) AS Line) q
    ON f.File = q.File AND e.Line = q.Line)
SELECT File, Line, {EVIDENCE} FROM Events
WHERE EventId IN (SELECT EventId FROM places)"""  # noqa: S608 - a constant
MEMORY = "512MB"  # of a query; beyond it there is nowhere to go
# Order matters: limits first, then no way out, then the lock. A limit given to
# connect() is reported back but not enforced (study of DuckDB 2.0).
SETTINGS = (
    # A query of some seconds would draw a bar on stdout, between the rows.
    "SET enable_progress_bar=false",
    "SET TimeZone='UTC'",
    "SET temp_directory=''",
    "SET error_on_division_by_zero=false",
    "SET enable_external_access=false",
    "SET autoload_known_extensions=false",
    "SET autoinstall_known_extensions=false",
    "SET allow_community_extensions=false",
    "SET python_enable_replacements=false",
    "SET lock_configuration=true",
)


class Store:
    """Read access to one DuckDB file written by `Builder`."""

    def __init__(
        self, path: Path, *, threads: int = 2, memory: str = MEMORY,
        within: duckdb.DuckDBPyConnection | None = None,
    ) -> None:  # fmt: skip
        """Open the file read-only and lock the connection.

        Args:
            path: A file that `Builder.finish` made.
            threads: Threads a query may use.
            memory: What all queries may use, such as `200MB`. It holds only if
                nobody in this process has the file open.
            within: The connection in which a store in memory was made.

        Raises:
            StoreError: No such file, not a store, or of another schema version.
        """
        self.path = path
        self.memory = memory
        try:
            self._db = within or duckdb.connect(str(path), read_only=True)
        except (duckdb.Error, OSError) as error:
            raise _not_ours(path) from error
        try:
            self._lock(threads, memory)
            found = self.query("SELECT Value FROM Meta WHERE Name = 'SchemaVersion'")
        except (duckdb.Error, StoreError) as error:
            self._db.close()
            raise _not_ours(path) from error
        if found.rows != [(str(SCHEMA_VERSION),)]:
            self._db.close()
            raise StoreError(
                "the store has another schema version",
                where=str(path),
                hint="load the bundle again with arcdiag load",
            )

    def _lock(self, threads: int, memory: str) -> None:
        """Set limits and take away all ways out of the file, for good."""
        # Within a process all connections to a file share one locked instance.
        asked = self._db.execute("SELECT current_setting('lock_configuration')")
        if asked.fetchall() == [(True,)]:
            return
        self._db.execute(f"SET threads={threads}")
        self._db.execute(f"SET memory_limit='{memory}'")
        for setting in SETTINGS:
            self._db.execute(setting)

    def close(self) -> None:
        """Close the connection."""
        # While a thread asks by a cursor it cannot be closed: it ends with the thread.
        with suppress(getattr(duckdb, "ResourceInUseException", duckdb.Error)):
            self._db.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def query(
        self,
        sql: str,
        params: Mapping[str, object] | Sequence[object] | None = None,
        *,
        seconds: float = 10.0,
        limit: int = 100_000,
    ) -> Rows:
        """Run one SELECT.

        Args:
            sql: Made by our own compiler or written here; never text of a pack.
            params: Named (`$name`) or positional (`?`) values.
            seconds: After this time the query is interrupted.
            limit: Most rows that are fetched.

        Returns:
            Column names and rows; times are naive UTC.

        Raises:
            StoreError: It failed, took too long or gave too many rows.
        """
        timer = threading.Timer(seconds, self._db.interrupt)
        timer.daemon = True
        timer.start()
        try:
            cursor = self._db.execute(sql, params or {})
            rows = cursor.fetchmany(limit + 1)
        except duckdb.InterruptException as error:
            raise StoreError(f"stopped after {seconds:g} s") from error
        except duckdb.OutOfMemoryException as error:
            raise StoreError(
                f"stopped: it needs more memory than the {self.memory} of a query"
            ) from error
        except duckdb.Error as error:
            raise StoreError(f"the query failed: {error}") from error
        finally:
            timer.cancel()
        if len(rows) > limit:
            raise StoreError(f"stopped at {limit:,} result rows")
        return Rows(tuple(c[0] for c in cursor.description or ()), rows)

    def stream(
        self, sql: str, params: Mapping[str, object], *, seconds: float = 120.0
    ) -> Generator[tuple[Any, ...], None, None]:
        """Run one SELECT and yield its rows as they come; see `streaming.stream`.

        Raises:
            StoreError: It failed or took too long.
        """
        yield from stream(self._db.cursor(), sql, params, seconds)

    def logs(self) -> frozenset[str]:
        """Return the names of the logs that are present with at least one event."""
        rows = self.query("SELECT DISTINCT Log FROM Files WHERE Events > 0")
        return frozenset(row[0] for row in rows.rows if row[0])

    def bundles(self) -> tuple[BundleSummary, ...]:
        """Return whose bundles these are."""
        rows = self.query(
            "SELECT Computer, Os, AgentVersion, Source FROM Bundles ORDER BY BundleId"
        )
        return tuple(BundleSummary(*row) for row in rows.rows)

    def os(self) -> str:
        """Return linux or windows if all bundles agree, else an empty text."""
        systems = {bundle.os for bundle in self.bundles()}
        return systems.pop() if len(systems) == 1 else ""

    def collected(self) -> tuple[datetime | None, str]:
        """Return the newest collection time and how it is known."""
        rows = self.query(
            "SELECT b.CollectedAt, m.Value FROM Bundles b JOIN Meta m USING (BundleId) "
            "WHERE m.Name = 'CollectedAt' "
            "ORDER BY b.CollectedAt DESC NULLS LAST, b.BundleId LIMIT 1"
        ).rows
        return (rows[0][0], rows[0][1]) if rows else (None, "no time in the input")

    def files(self) -> tuple[FileSummary, ...]:
        """Return the line accounting of every member, in order."""
        rows = self.query(
            "SELECT File, Log, Lines, Events, Unparsed FROM Files ORDER BY FileId"
        )
        return tuple(FileSummary(*row) for row in rows.rows)

    def problems(self) -> tuple[Problem, ...]:
        """Return what the input got wrong, in order."""
        rows = self.query(
            "SELECT File, Line, Kind, Text FROM Problems "
            "ORDER BY BundleId, File, Line, Kind, Text"
        )
        return tuple(Problem(*row) for row in rows.rows)

    def evidence(
        self, keys: Sequence[tuple[str, int]]
    ) -> dict[tuple[str, int], Evidence]:
        """Return the events at some places.

        Args:
            keys: File and first line of events; a line inside an event finds it too.

        Returns:
            For each key that exists the evidence: message and fields in one text.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[tuple[str, int], Evidence] = {}
        for start in range(0, len(wanted), MOST_PLACES):
            files, lines = zip(*wanted[start : start + MOST_PLACES], strict=True)
            rows = self.query(PLACES, {"files": files, "lines": lines}).rows
            found |= {row[:2]: _evidence(row[0], row[1], row[2:]) for row in rows}
        for file, line in wanted:
            if (file, line) not in found and (near := self._around(file, line)):
                found[file, line] = near
        return {key: found[key] for key in wanted if key in found}

    def neighbours(
        self, file: str, line: int, before: int, after: int
    ) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
        """Return the events of a file around one of them, in their order.

        Args:
            file: The file.
            line: First line of the event in the middle.
            before: How many in front of it.
            after: How many behind it.
        """
        sql = (
            f"SELECT Line, {EVIDENCE} FROM Events WHERE File = ? AND Line {{}} LIMIT ?"  # noqa: S608 - a constant
        )
        found = []
        for test, most in (
            ("< ? ORDER BY Line DESC", before),
            ("> ? ORDER BY Line", after),
        ):
            rows = self.query(sql.format(test), [file, line, most]).rows if most else []
            found.append([_evidence(file, row[0], row[1:]) for row in rows])
        return tuple(reversed(found[0])), tuple(found[1])

    def _around(self, file: str, line: int) -> Evidence | None:
        """Return the event that a line is inside of."""
        rows = self.query(
            f"SELECT {EVIDENCE} FROM Events WHERE File = $file AND Line <= $line "  # noqa: S608 - a constant
            "AND $line < Line + LineCount LIMIT 1",
            {"file": file, "line": line},
        ).rows
        return _evidence(file, line, rows[0]) if rows else None

    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return a second cursor on the same locked database, for another thread."""
        return self._db.cursor()


def _not_ours(path: Path) -> StoreError:
    return StoreError(
        "this is no store that arcdiag wrote",
        where=str(path),
        hint="load the bundle again with arcdiag load",
    )


def _evidence(file: str, line: int, row: tuple[Any, ...]) -> Evidence:
    """Return an event as evidence, with the fields that its message lacks.

    In logrus lines the cause often stands in a key such as `Error=`. The machine's
    own name, which a journal has in every line, proves nothing.
    """
    import orjson

    moment, message, fields, computer = row
    values: dict[str, Any] = orjson.loads(fields)
    texts = {key: str(value) for key, value in values.items()}  # some are numbers
    extra = [
        f"{key}={text}"
        for key, text in texts.items()
        if text not in message and text != computer
    ]
    return Evidence(file, line, moment, " ".join([message, *extra]))
