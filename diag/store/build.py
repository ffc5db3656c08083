"""Build a store: one streamed INSERT for the events, small tables around it."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from diag.errors import StoreError
from diag.schema import SCHEMA_VERSION, TABLES, Type
from diag.store import copying, ddl, identity, leftover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from diag.model import Problem


CONFIG: dict[str, Any] = {"storage_compatibility_version": "latest"}
SETTINGS = (
    "SET TimeZone='UTC'",
    "SET enable_progress_bar=false",  # it would be drawn on stdout
    # Rows wait for their group: beyond this in a file beside the store.
    "SET memory_limit='192MB'",
)


class EventStream(Protocol):
    """Anything that hands over Arrow batches, such as the core's `Ingest`."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a PyCapsule named `arrow_array_stream`."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of `Files` in the order of its columns (design.md, section 3)."""

    file_id: int
    bundle_id: int
    file: str
    original: str
    log: str
    encoding: str
    size: int
    lines: int
    events: int
    continued: int
    blank: int
    unparsed: int
    first: datetime | None
    last: datetime | None
    zone_policy: str


@dataclass(frozen=True, slots=True)
class TableMap:
    """Which fields of one log's events become rows of another table.

    `columns` maps a column of `table` to a field name in `Events.Fields`; with
    `?` behind it the field may be missing. An event without all the others
    makes no row. With `block` the fields come from an event with that field and
    those after it, up to the next one.
    """

    log: str
    table: str
    columns: Mapping[str, str] = field(default_factory=dict)
    block: str = ""


class Builder:
    """Writes a store to `path` under a temporary name until `finish` renames it.

    A run that dies leaves only `*.partial`, which is never opened. Each method
    raises StoreError when the disk is full or the file cannot be written.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        """Create the file and its empty tables.

        Args:
            path: The final name of the DuckDB file.
            threads: Threads that DuckDB may use.

        Raises:
            StoreError: The file cannot be made.
        """
        self.path = path
        # Several processes, and threads of one, may build the same store.
        name = f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}{leftover.SUFFIX}"
        self.partial = path.with_name(name)
        try:
            with self._writing():
                self._db = self._connect()
                for setting in SETTINGS:
                    self._db.execute(setting)
                self._db.execute(f"SET threads={threads}")
                self._db.execute("BEGIN")
                for statement in ddl.statements():
                    self._db.execute(statement)
        except BaseException:
            # Ctrl-C, too: nobody else knows yet that there is something to remove.
            self.abandon()
            raise

    def _connect(self) -> duckdb.DuckDBPyConnection:
        leftover.remove_old(self.path)
        made = duckdb.connect(str(self.partial), config=CONFIG)
        self.partial.chmod(0o600)
        return made

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn what the disk or DuckDB refuses into a StoreError."""
        try:
            yield
        except (duckdb.Error, OSError) as error:
            raise StoreError(
                f"the store cannot be written: {_first_line(error)}",
                where=str(self.path),
                hint="check free space and rights, or name another folder",
            ) from error

    def add_bundle(self, bundle_id: int, source: str, sha256: str, kind: str) -> None:
        """Add a row to `Bundles`; whose machine it is follows in `finish_bundle`."""
        with self._writing():
            self._db.execute(
                "INSERT INTO Bundles VALUES (?, '', '', '', NULL, '', ?, ?, ?)",
                [bundle_id, source, sha256, kind],
            )

    def add_events(self, stream: EventStream) -> None:
        """Insert all events of a stream, in its order.

        Args:
            stream: Arrow batches with the columns of `ddl.EVENT_ROWS`.

        Raises:
            StoreError: The stream or the disk failed.
        """
        time = f"{ddl.possible('TimeGenerated')} AS TimeGenerated"
        self._insert("EventRows", f"* REPLACE ({time})", stream)

    def add_templates(self, stream: EventStream) -> None:
        """Insert the message templates of the core."""
        self._insert("Templates", "*", stream)

    def _insert(self, table: str, columns: str, stream: EventStream) -> None:
        with self._writing():
            self._db.register("incoming", stream)
            try:
                sql = f'INSERT INTO "{table}" SELECT {columns} FROM incoming'  # noqa: S608 - constants of ours
                self._db.execute(sql)
            finally:
                # After a failure this fails, too, and would hide the reason.
                with contextlib.suppress(duckdb.Error):
                    self._db.unregister("incoming")

    def add_files(self, rows: Iterable[FileRow]) -> None:
        """Insert the line accounting of each member."""
        self._many("Files", [astuple(row) for row in rows])

    def add_problems(self, bundle_id: int, problems: Iterable[Problem]) -> None:
        """Insert what the input got wrong."""
        self._many("Problems", [(bundle_id, *astuple(p)) for p in problems])

    def add_error_codes(self, rows: Iterable[Sequence[str]]) -> None:
        """Insert the reference table of error codes, by columns: it is long."""
        if columns := [list(column) for column in zip(*rows, strict=True)]:
            lists = ", ".join(["unnest(?)"] * len(columns))
            with self._writing():
                self._db.execute(f"INSERT INTO ErrorCodes SELECT {lists}", columns)

    def _many(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        # One statement with many VALUES: executemany is 1,700 rows a second.
        step = 500
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            marks = ", ".join(f"({', '.join('?' * len(row))})" for row in part)
            flat = [value for row in part for value in row]
            with self._writing():
                self._db.execute(f'INSERT INTO "{table}" VALUES {marks}', flat)  # noqa: S608 - names are constants

    def map_tables(self, maps: Iterable[TableMap]) -> None:
        """Copy the fields of documents into `Facts`, `Services` and their like."""
        with self._writing():
            logs = self._db.execute("SELECT DISTINCT Log FROM Files").fetchall()
        for wanted in maps:
            # Without a file of that log, reading all events for it is in vain.
            if (wanted.log,) not in logs:
                continue
            sql, params = copying.copy_fields(
                wanted.log, wanted.table, wanted.columns, wanted.block
            )
            with self._writing():
                self._db.execute(sql, params)

    def add_rows(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows that were read from documents; what is missing is empty."""
        self._listed(table, TABLES[table], rows)

    def add_event_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert events that were written down and not parsed.

        Args:
            rows: Columns of `ddl.EVENT_ROWS`; what is missing is empty.
        """
        kinds = {name: TABLES["Events"][name] for name in ddl.EVENT_COLUMNS}
        self._listed("EventRows", kinds, rows)

    def _listed(
        self, table: str, kinds: Mapping[str, Type], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        if not rows:
            return
        # A list for each column: ten times as fast as one VALUES for each row.
        columns, lists = [], []
        for name, kind in kinds.items():
            empty = "" if kind is Type.STRING else None
            columns.append(f"unnest(CAST(? AS {ddl.SQL_TYPES[kind]}[]))")
            lists.append([row.get(name, empty) for row in rows])
        with self._writing():
            self._db.execute(
                f'INSERT INTO "{table}" SELECT {", ".join(columns)}',
                lists,
            )

    def hide(self, keys: str, texts: Sequence[tuple[str, str]]) -> None:
        """Remove secrets from the tables that documents fill.

        Args:
            keys: Pattern of names of facts that are not kept.
            texts: Patterns in values, and what stays of each.
        """
        with self._writing():
            copying.hide(self._db, keys, texts)

    def finish_bundle(self, bundle_id: int, named: identity.Named) -> None:
        """Say whose bundle it is, from what was stored and what is known beside it."""
        with self._writing():
            identity.name_bundle(self._db, bundle_id, named)

    def newest_event(self, file_ids: Sequence[int]) -> datetime | None:
        """Return the newest event time of some files, by first and last events."""
        with self._writing():
            return identity.newest_event(self._db, file_ids)

    def set_collected(self, bundle_id: int, moment: datetime | None, how: str) -> None:
        """Keep when the bundle was collected and how that is known.

        Facts and services carry no time of their own: they are of that moment.
        """
        with self._writing():
            identity.set_collected(self._db, bundle_id, moment)
        self._many("Meta", [(bundle_id, "CollectedAt", how)])

    def keep_hash(self, bundle_id: int, sha256: str) -> None:
        """Keep the hash of a bundle's manifest."""
        self._many("Meta", [(bundle_id, "ManifestSha256", sha256)])

    def finish(self) -> None:
        """Commit, close and give the store its final name.

        Raises:
            StoreError: The disk is full or the file cannot be renamed.
        """
        self._many("Meta", [(0, "SchemaVersion", str(SCHEMA_VERSION))])
        try:
            with self._writing():
                self._db.execute("COMMIT")
                self._put_in_place()
        except StoreError:
            self.abandon()
            raise

    def _put_in_place(self) -> None:
        # close() would be silent about a disk that is full just now.
        self._db.execute("CHECKPOINT")
        self._db.close()
        self.partial.replace(self.path)

    def abandon(self) -> None:
        """Close and remove what was written so far."""
        # There is no connection yet when the file could not even be made.
        with contextlib.suppress(duckdb.Error, AttributeError):
            self._db.close()
        leftover.remove(self.partial)


def _first_line(error: Exception) -> str:
    """Return what is wrong; DuckDB appends its own hints in further lines."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
