"""Kusto's documented semantics: small tables, one query, the rows that must come."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from diag.kql import compile_query
from diag.kql.literals import timespan
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

CASES = Path(__file__).parents[1] / "data" / "kql" / "semantics.yaml"
SUITE: dict[str, Any] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SQL_TYPES = {
    "string": "VARCHAR",
    "long": "BIGINT",
    "int": "INTEGER",
    "real": "DOUBLE",
    "bool": "BOOLEAN",
    "datetime": "TIMESTAMP",
    "timespan": "BIGINT",
    "dynamic": "JSON",
}


def stored(value: Any, kind: str) -> Any:
    """Return a cell of a case as the store would hold it."""
    if value is None:
        return None
    if kind == "datetime":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.astimezone(UTC).replace(tzinfo=None)
    if kind == "timespan":
        return timespan(value)
    return json.dumps(value) if kind == "dynamic" else value


def shown(value: Any, kind: str) -> Any:
    """Return a result's cell so that it can be compared."""
    if kind == "dynamic" and value is not None:
        return json.loads(value)
    return value


def database(tables: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    db.execute("SET TimeZone='UTC'")
    db.execute("SET error_on_division_by_zero=false")
    for name, table in tables.items():
        columns = table["columns"]
        listed = ", ".join(f'"{c}" {SQL_TYPES[kind]}' for c, kind in columns.items())
        db.execute(f'CREATE TABLE "{name}" ({listed})')
        for row in table["rows"]:
            cells = [
                stored(v, kind) for v, kind in zip(row, columns.values(), strict=True)
            ]
            marks = ", ".join("?" * len(cells))
            db.execute(f'INSERT INTO "{name}" VALUES ({marks})', cells)
    return db


def key(row: list[Any]) -> str:
    return json.dumps(row, default=str, sort_keys=True)


def same(want: Any, value: Any, *, loose: bool) -> bool:
    if isinstance(want, float) and isinstance(value, float):
        return math.isclose(want, value)
    if loose and isinstance(want, list) and isinstance(value, list):
        return sorted(want, key=str) == sorted(value, key=str)
    return bool(want == value) and isinstance(want, bool) == isinstance(value, bool)


@pytest.mark.parametrize("case", SUITE["cases"], ids=lambda case: case["id"])
def test_the_rows_are_those_that_kusto_documents(case: dict[str, Any]) -> None:
    tables = {**SUITE["tables"], **case.get("tables", {})}
    schema = {
        name: {column: Type(kind) for column, kind in table["columns"].items()}
        for name, table in tables.items()
    }
    query = compile_query(case["query"], schema=schema)
    if "columns" in case:
        assert list(query.columns) == case["columns"]
    kinds = [str(kind) for kind in query.columns.values()]
    assert kinds == case["types"]
    now = stored(SUITE["as_of"], "datetime")
    found = database(tables).execute(*query.bind({}, now)).fetchall()
    rows = [[shown(v, k) for v, k in zip(row, kinds, strict=True)] for row in found]
    want = [
        [stored(v, k) for v, k in zip(row, kinds, strict=True)] for row in case["rows"]
    ]
    want = [[shown(v, k) for v, k in zip(row, kinds, strict=True)] for row in want]
    if not case.get("ordered"):
        rows, want = sorted(rows, key=key), sorted(want, key=key)
    assert len(rows) == len(want), rows
    loose = bool(case.get("unordered_arrays"))
    for row, wanted in zip(rows, want, strict=True):
        assert all(same(w, v, loose=loose) for w, v in zip(wanted, row, strict=True)), (
            row,
            wanted,
        )


def test_a_timespan_is_read_as_it_is_written() -> None:
    assert timespan("1.02:03:04.5") == timedelta(
        days=1, hours=2, minutes=3, seconds=4, milliseconds=500
    ) // timedelta(microseconds=1)
