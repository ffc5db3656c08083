"""Kusto's documented semantics: small tables, one query, the rows that must come."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from diag.kql import compile_query
from diag.kql.literals import timespan
from diag.schema import Type
from tests.kql.asking import NOW, database, shown, stored

CASES = Path(__file__).parents[1] / "data" / "kql" / "semantics.yaml"
SUITE: dict[str, Any] = yaml.safe_load(CASES.read_text(encoding="utf-8"))


def order_of(row: list[Any]) -> str:
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
    found = database(tables).execute(*query.bind({}, NOW)).fetchall()
    rows = [[shown(v, k) for v, k in zip(row, kinds, strict=True)] for row in found]
    want = [
        [stored(v, k) for v, k in zip(row, kinds, strict=True)] for row in case["rows"]
    ]
    want = [[shown(v, k) for v, k in zip(row, kinds, strict=True)] for row in want]
    if not case.get("ordered"):
        rows, want = sorted(rows, key=order_of), sorted(want, key=order_of)
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


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("an error here", "error", True),
        ("ERROR", "error", True),
        ("gc_worker", "worker", True),
        ("errored", "error", False),
        ("terror", "error", False),
        ("2error", "error", False),
        ("—error—", "error", True),
        ("éerror", "error", False),
        ("errorß", "error", False),
        ("errorß, error", "error", True),
        ("größer", "größer", True),
        ("übergrößer", "größer", False),
        ("a (b) c", "(b)", True),
        ("a(b)c", "(b)", True),
        ("uid=0 x", " uid=0", False),
        ("x uid=0", " uid=0", True),
        ("line\nerror\nline", "error", True),
        ("10.0.0.1:443", "443", True),
        ("", "", True),
    ],
)
def test_has_finds_whole_terms_of_any_alphabet(
    text: str, word: str, found: bool
) -> None:  # fmt: skip
    query = compile_query(
        "print x = needle | extend y = hay | where y has x or y has 'never' | count",
        constants={"needle": (Type.STRING, word), "hay": (Type.STRING, text)},
    )
    literal = compile_query(
        f"T | where Text has {json.dumps(word, ensure_ascii=False)} | count",
        schema={"T": {"Text": Type.STRING}},
    )
    db = duckdb.connect()
    db.execute('CREATE TABLE "T" ("Text" VARCHAR)')
    db.execute('INSERT INTO "T" VALUES (?)', [text])
    for one in (query, literal):
        assert db.execute(*one.bind({}, NOW)).fetchone() == (int(found),)
