"""From fields of events to rows of tables, on the store's own tables in memory."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.formats.secrets import IN_TEXT, KEY_WORDS, is_secret, without_secrets
from diag.store import copying, ddl
from tests.amount import examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Fields = dict[str, str]


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for statement in ("SET TimeZone='UTC'", *ddl.statements()):
            connection.execute(statement)
        yield connection


def add_file(
    db: duckdb.DuckDBPyConnection, number: int, log: str, events: list[Fields]
) -> None:
    """Add a file and its events, one in each line from line 10 on."""
    db.execute(
        "INSERT INTO Files (FileId, BundleId, File, Log) VALUES (?, 1, ?, ?)",
        [number, f"{log}{number}.txt", log],
    )
    for index, fields in enumerate(events):
        db.execute(
            "INSERT INTO EventRows (EventId, TimeGenerated, Fields, FileId, Line) "
            "VALUES (?, ?, ?, ?, ?)",
            [number * 100 + index, datetime(2026, 3, 10), json.dumps(fields),  # noqa: DTZ001
             number, 10 + index],
        )  # fmt: skip


def copied(
    db: duckdb.DuckDBPyConnection,
    log: str,
    table: str,
    columns: Mapping[str, str],
    block: str = "",
) -> list[dict[str, Any]]:
    db.execute(*copying.copy_fields(log, table, columns, block))
    cursor = db.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_an_event_with_all_fields_is_a_row(db: duckdb.DuckDBPyConnection) -> None:
    events = [{"n": "a", "v": "1"}, {"n": "b"}, {"v": "3"}, {"n": "", "v": ""}]
    add_file(db, 1, "show", events)
    add_file(db, 2, "other", [{"n": "x", "v": "y"}])
    rows = copied(db, "show", "Facts", {"Name": "n", "Value": "v"})
    assert [(row["Name"], row["Value"], row["Line"]) for row in rows] == [
        ("a", "1", 10),
        ("", "", 13),
    ]
    assert {row["File"] for row in rows} == {"show1.txt"}
    assert {row["Source"] for row in rows} == {"show"}
    assert rows[0]["TimeGenerated"] == datetime(2026, 3, 10)  # noqa: DTZ001


def test_a_field_that_may_be_missing_is_empty(db: duckdb.DuckDBPyConnection) -> None:
    add_file(db, 1, "units", [{"s": "himds", "x": "up"}, {"s": "extd", "x": "down"}])
    columns = {"Name": "s", "DisplayName": "d?", "State": "x"}
    rows = copied(db, "units", "Services", columns)
    assert [(row["Name"], row["DisplayName"]) for row in rows] == [
        ("himds", ""),
        ("extd", ""),
    ]


def test_texts_become_values_of_the_columns_type(db: duckdb.DuckDBPyConnection) -> None:
    events = [
        {"e": "https://a", "r": "true", "t": "2026-03-10T13:00:00+01:00"},
        {"e": "https://b", "r": "perhaps", "t": "yesterday"},
        {"e": "https://c", "r": "0", "t": "9999-12-31T23:59:59-14:00"},
        {"e": "https://d", "r": "TRUE", "t": "2026-03-10 12:00:00"},
    ]
    add_file(db, 1, "check", events)
    columns = {"Endpoint": "e", "Reachable": "r", "TimeGenerated": "t"}
    rows = copied(db, "check", "Endpoints", columns)
    assert [row["Reachable"] for row in rows] == [True, None, False, True]
    noon = datetime(2026, 3, 10, 12)  # noqa: DTZ001 - the store holds UTC
    assert [row["TimeGenerated"] for row in rows] == [noon, None, None, noon]


def test_a_block_is_one_row_of_the_first_values(db: duckdb.DuckDBPyConnection) -> None:
    events = [
        {"x": "stray, before the first block"},
        {"s": "himds"},
        {"d": "Instance Metadata"},
        {"x": "RUNNING"},
        {"x": "of something else"},
        {"s": "no state"},
        {"s": "extd"},
        {"x": "STOPPED"},
    ]
    add_file(db, 1, "sc", events)
    add_file(db, 2, "sc", [{"x": "of no block"}, {"s": "gcad"}, {"x": "PAUSED"}])
    columns = {"Name": "s", "DisplayName": "d?", "State": "x"}
    rows = copied(db, "sc", "Services", columns, block="s")
    found = [
        (row["Name"], row["DisplayName"], row["State"], row["Line"], row["File"])
        for row in rows
    ]
    assert found == [
        ("himds", "Instance Metadata", "RUNNING", 11, "sc1.txt"),
        ("extd", "", "STOPPED", 16, "sc1.txt"),
        ("gcad", "", "PAUSED", 11, "sc2.txt"),
    ]


@pytest.mark.parametrize("name", ["a b", "a.b", "a'b", "$", "*", "a]b", "Ü", "[0]"])
def test_a_name_of_a_field_is_no_path(db: duckdb.DuckDBPyConnection, name: str) -> None:
    add_file(db, 1, "any", [{name: "yes", "other": "no", "a": "no"}])
    rows = copied(db, "any", "Facts", {"Name": name, "Value": name})
    assert [(row["Name"], row["Value"]) for row in rows] == [("yes", "yes")]


@pytest.mark.parametrize("log", ["x' OR '1'='1", 'x"; DROP TABLE Files; --', "$log"])
def test_names_of_logs_are_values(db: duckdb.DuckDBPyConnection, log: str) -> None:
    add_file(db, 1, "other", [{"n": "a", "v": "b"}])
    assert copied(db, log, "Facts", {"Name": "n", "Value": "v"}) == []
    add_file(db, 2, log, [{"n": "a", "v": "b"}])
    assert len(copied(db, log, "Facts", {"Name": "n", "Value": "v"})) == 1


def insert(db: duckdb.DuckDBPyConnection, facts: Mapping[str, str]) -> None:
    for name, value in facts.items():
        db.execute("INSERT INTO Facts (Name, Value) VALUES (?, ?)", [name, value])


def test_secrets_are_hidden_in_every_table_that_has_open_text(
    db: duckdb.DuckDBPyConnection,
) -> None:
    secret = "http://me:hunter2@proxy:1/?a=1&sig=hunter2 to me:hunter2@host"
    insert(db, {"proxy": secret, "client secret": "hunter2", "plain": "a@b"})
    for table, column in copying.OPEN_TEXT[1:]:
        db.execute(f'INSERT INTO "{table}" ("{column}") VALUES (?)', [secret])
    copying.hide(db, KEY_WORDS, IN_TEXT)
    hidden = "http://***@proxy:1/?a=1&sig=*** to ***@host"
    facts = db.execute("SELECT Name, Value FROM Facts ORDER BY Name").fetchall()
    assert facts == [("plain", "a@b"), ("proxy", hidden)]
    for table, column in copying.OPEN_TEXT[1:]:
        query = f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'
        assert db.execute(query).fetchall() == [(hidden,)]


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["http://", "me", ":", "pw", "@", "host", "/", "?sig=", "&", " ", "x=", '"']
        ),
        max_size=12,
    ).map("".join),
    st.sampled_from(["proxy.url", "password", "Access Key", "token", "tokens used"]),
)
def test_duckdb_hides_what_python_hides(text: str, key: str) -> None:
    with duckdb.connect() as db:
        db.execute(next(one for one in ddl.statements() if '"Facts"' in one))
        for table in ("Endpoints", "Extensions"):
            db.execute(next(one for one in ddl.statements() if f'"{table}"' in one))
        insert(db, {key: text})
        copying.hide(db, KEY_WORDS, IN_TEXT)
        found = db.execute("SELECT Value FROM Facts").fetchall()
    assert found == ([] if is_secret(key) else [(without_secrets(text),)])
