"""An open store gives answers and nothing else: no way out, no end without limit."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import arcdiag_core
import duckdb
import pytest

from diag.analyze import load
from diag.errors import StoreError, UsageError
from diag.schema import SCHEMA_VERSION
from diag.store import Store
from tests.store.made import store_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lock")
    store_file(folder)
    (folder / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with duckdb.connect(str(folder / "other.db")) as other:
        other.execute("CREATE TABLE t (a INT)")
    return folder


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store(folder / "small.duckdb") as opened:
        yield opened


WRITES = [
    "INSERT INTO Facts VALUES ('', '', '', '', NULL, '', 1)",
    "UPDATE Bundles SET Computer = 'x'",
    "DELETE FROM EventRows",
    "DROP TABLE Files",
    "DROP VIEW Events",
    "CREATE TABLE mine (a INT)",
    "CREATE VIEW mine AS SELECT 1",
    "ALTER TABLE Files ADD COLUMN a INT",
]
READS = [
    "SELECT * FROM read_text('{folder}/secret.csv')",
    "SELECT * FROM read_blob('{folder}/secret.csv')",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM read_json('{folder}/secret.csv')",
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_text('https://example.invalid/x')",
    "SELECT * FROM sniff_csv('{folder}/secret.csv')",
]
WAYS_OUT = [
    "COPY Files TO '{folder}/out.csv'",
    "COPY Facts FROM '{folder}/secret.csv'",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/other.db'",
    "ATTACH ':memory:' AS more",
    "INSTALL httpfs",
    "LOAD httpfs",
    "INSTALL spatial FROM community",
]
SETTINGS = [
    "SET enable_external_access = true",
    "SET memory_limit = '64GB'",
    "SET threads = 64",
    "SET temp_directory = '{folder}'",
    "SET lock_configuration = false",
    "RESET memory_limit",
    "PRAGMA threads = 64",
    "PRAGMA enable_profiling = 'json'",
    "SET profiling_output = '{folder}/profile.json'",
    "SET TimeZone = 'Europe/Berlin'",
]


@pytest.mark.parametrize("sql", [*WRITES, *READS, *WAYS_OUT, *SETTINGS])
def test_refused(store: Store, folder: Path, sql: str) -> None:
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    with pytest.raises(StoreError, match="the query failed"):
        store.query(sql.format(folder=folder.as_posix()))
    with pytest.raises(duckdb.Error):
        store.connection().execute(sql.format(folder=folder.as_posix()))
    assert {path.name: path.read_bytes() for path in folder.glob("*.*")} == before
    assert store.query("SELECT count(*) FROM Files").rows == [(4,)]


@pytest.mark.parametrize("sql", ["CHECKPOINT", "VACUUM", "CREATE TEMP TABLE t (a INT)"])
def test_allowed_but_without_effect_on_the_file(
    store: Store, folder: Path, sql: str
) -> None:
    before = (folder / "small.duckdb").read_bytes()
    store.query(sql)
    assert (folder / "small.duckdb").read_bytes() == before


def test_variables_of_the_program_are_no_tables(store: Store) -> None:
    hidden = arcdiag_core.Ingest([], [])
    with duckdb.connect() as open_one:
        assert open_one.execute("SELECT * FROM hidden").fetchall() == []
    with pytest.raises(StoreError, match="hidden"):
        store.query("SELECT * FROM hidden")
    assert hidden is not None


ENDLESS = [
    "SELECT count(*) FROM range(1000000000000) a, range(1000) b",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL FROM r) SELECT sum(n) FROM r",
]


def test_a_query_without_end_is_stopped_and_the_next_one_runs(store: Store) -> None:
    for sql in ENDLESS:
        with pytest.raises(StoreError, match=r"stopped after 0\.2 s"):
            store.query(sql, seconds=0.2)
        assert store.query("SELECT 1").rows == [(1,)]


def test_a_stream_without_end_is_stopped_too(store: Store) -> None:
    for sql in ENDLESS:
        with pytest.raises(StoreError, match=r"stopped after 0\.2 s"):
            next(store.stream(sql, {}, seconds=0.2))
        assert list(store.stream("SELECT $n", {"n": 1})) == [(1,)]


def test_a_stream_gives_rows_before_the_query_is_done(store: Store) -> None:
    rows = store.stream("SELECT * FROM range(1000000000000)", {})
    assert [next(rows) for _ in range(3)] == [(0,), (1,), (2,)]
    rows.close()
    assert store.query("SELECT 1").rows == [(1,)]


def test_the_limit_of_memory_holds(store: Store) -> None:
    sql = "SELECT count(DISTINCT hash(i)) FROM range(60000000) t(i)"
    with pytest.raises(StoreError) as caught:
        store.query(sql, seconds=120)
    said = "stopped: it needs more memory than the 512MB of a query"
    assert str(caught.value) == said
    assert store.query("SELECT count(*) FROM Files").rows == [(4,)]


def test_too_many_rows_are_refused_and_just_enough_are_not(store: Store) -> None:
    assert len(store.query("SELECT * FROM range(10)", limit=10).rows) == 10
    with pytest.raises(StoreError, match="stopped at 10 result rows"):
        store.query("SELECT * FROM range(11)", limit=10)


def test_times_are_utc_whatever_the_machine_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    sql = "SELECT current_setting('TimeZone'), max(LastTime)::VARCHAR FROM Files"
    assert store.query(sql).rows == [("UTC", "2026-03-10 12:00:05")]


def test_a_second_connection_in_the_process_is_locked_too(folder: Path) -> None:
    path = folder / "small.duckdb"
    with Store(path) as first, Store(path) as second:
        with pytest.raises(StoreError, match="locked"):
            second.query("SET memory_limit = '64GB'")
        assert first.query("SELECT 1").rows == second.query("SELECT 1").rows


def test_a_connection_for_another_thread_sees_the_same(store: Store) -> None:
    found: list[object] = []
    cursor = store.connection()

    def ask() -> None:
        found.extend(cursor.execute("SELECT count(*) FROM Events").fetchall())

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [(11,)]


def foreign(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as other:
        for statement in statements:
            other.execute(statement)
    return path


READING = (
    "CREATE VIEW Meta AS SELECT 'SchemaVersion' AS Name, content AS Value "
    "FROM read_text('{folder}/secret.csv')"
)
META = "CREATE TABLE Meta (BundleId BIGINT, Name VARCHAR, Value VARCHAR)"
VERSION = "INSERT INTO Meta VALUES (0, 'SchemaVersion', '{}')"


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ([], "no store that arcdiag wrote"),
        (["CREATE TABLE Meta (a INT)"], "no store that arcdiag wrote"),
        ([META], "another schema version"),
        ([META, VERSION.format(SCHEMA_VERSION + 1)], "another schema version"),
        ([META, VERSION.format(0)], "another schema version"),
        ([READING], "no store that arcdiag wrote"),
    ],
)
def test_a_database_of_others_or_of_another_version(
    folder: Path, tmp_path: Path, statements: list[str], message: str
) -> None:
    made = [text.format(folder=folder.as_posix()) for text in statements]
    path = foreign(tmp_path / "other.duckdb", *made)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=message) as caught:
        load([path])
    assert caught.value.where == str(path)
    assert "arcdiag load" in caught.value.hint
    # Nothing keeps it open: it can be opened for writing again.
    duckdb.connect(str(path)).close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"hello\n", bytes(5000), b"PK\x03\x04" * 99])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="no store that arcdiag wrote"):
        load([path])
    assert path.read_bytes() == content


def test_a_torn_store_is_refused_or_fails_with_a_store_error(folder: Path) -> None:
    data = (folder / "small.duckdb").read_bytes()
    for kept in range(0, len(data), len(data) // 7):
        path = folder / f"torn{kept}.duckdb"
        path.write_bytes(data[:kept])
        with pytest.raises(StoreError):
            read_all(path)
        path.unlink()


def read_all(path: Path) -> None:
    with Store(path) as store:
        for name in ("EventRows", "Files", "ErrorCodes", "Problems", "Templates"):
            store.query(f"SELECT * FROM {name}")


def test_a_store_that_is_missing_or_mixed_is_the_users_error(folder: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load([folder / "missing.duckdb"])
    with pytest.raises(UsageError, match="cannot be mixed"):
        load([folder / "small.duckdb", folder / "machine"])
