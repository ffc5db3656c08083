"""Runs a query as the store does, on small tables made for a test."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from diag.kql import compile_query
from diag.kql.literals import timespan
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2024, 5, 1, 12)  # noqa: DTZ001 - the store's times are naive UTC
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
    """Return a database with tables of `columns` and `rows`."""
    db = duckdb.connect()
    db.execute("SET TimeZone='UTC'")
    db.execute("SET error_on_division_by_zero=false")
    for name, table in tables.items():
        columns = table["columns"]
        listed = ", ".join(f'"{c}" {SQL_TYPES[kind]}' for c, kind in columns.items())
        db.execute(f'CREATE TABLE "{name}" ({listed})')
        for row in table["rows"]:
            kinds = columns.values()
            cells = [stored(v, kind) for v, kind in zip(row, kinds, strict=True)]
            marks = ", ".join("?" * len(cells))
            db.execute(f'INSERT INTO "{name}" VALUES ({marks})', cells)
    return db


def ask(query: str, tables: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query; dynamic values as Python data."""
    tables = tables or {}
    schema = {
        name: {column: Type(kind) for column, kind in table["columns"].items()}
        for name, table in tables.items()
    }
    compiled = compile_query(query, schema=schema)
    kinds = [str(kind) for kind in compiled.columns.values()]
    rows = database(tables).execute(*compiled.bind({}, NOW)).fetchall()
    return [tuple(shown(v, k) for v, k in zip(row, kinds, strict=True)) for row in rows]


def value(expression: str) -> Any:
    """Return the value of one expression."""
    [[found]] = ask(f"print {expression}")
    return found
