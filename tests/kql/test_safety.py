"""Queries are hostile text: nothing of them reaches the SQL, and nothing hangs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.errors import KqlError
from diag.kql import compile_query
from diag.schema import TABLES
from tests.kql.asking import NOW

if TYPE_CHECKING:
    from pathlib import Path

# All that our SQL is made of: words of SQL, numbers, our ids, bound places.
SECRET = "Zx9injectedqW"
ATTACKS = [
    "['{path}']",
    "['{path}'] | take 1",
    "union ['{path}'], Events",
    "Events | join (['{path}']) on File",
    "let x = ['{path}']; x",
    "read_text('{path}')",
    "Events | where File in (['{path}'])",
    "print read_csv('{path}')",
    "Events | extend y = read_text('{path}')",
    "Events; SELECT * FROM '{path}'",
    'Events | where Level == "x" or 1=1; DROP TABLE Events',
    "Events | where ['\"; DROP TABLE Events; --'] == 1",
    "Events | project ['\" || (select 1)'] = 1 | count",
    "Events | extend x = strrep('x', 2000000000)",
    "Events | extend x = repeat('x', 2000000000)",
    "print x = range(1, 100000000, 1)",
    "range x from 1 to 100000000000 step 1",
    "range x from 1 to 10 step 0",
    "Events | take 100000000000",
    "duckdb_settings()",
    "print getenv('HOME')",
    "print current_setting('access_mode')",
    "sqlite_master",
    "duckdb_tables",
    "information_schema.tables",
    "EventRows | take 1",
    "Meta | take 1",
    "pragma_version()",
    "externaldata(x: string) ['{path}']",
    'cluster("x").database("y").Events',
    "evaluate python('x')",
    "Events | evaluate bag_unpack(Fields)",
    "Events | invoke f()",
    ".show tables",
    ".drop table Events",
    "ATTACH '{path}'",
    "COPY Events TO '{path}'",
    "INSTALL httpfs",
    "print " + "(" * 500 + "1" + ")" * 500,
    "print " + "-" * 5000 + "1",
    "print " + "not(" * 400 + "true" + ")" * 400,
    "print x = 1" + " | extend x = x + 1" * 300,
    "print " + " or ".join(["true"] * 8000),
    "print x = " + "1 + " * 6000 + "1",
    "print x = " + "1+" * 9000 + "1",
    "print x = dynamic(1)" + ".a" * 9000,
    "print x = dynamic(1)" + "[0]" * 5000,
    'Events | where Message matches regex "' + "(a+)+" * 500 + '$"',
    'Events | where Message matches regex "a{1001}"',
    'Events | where Message matches regex "(?<=x)y"',
    "let a = b; let b = a; a",
    "let a = a; print a",
    "x" * 50_000,
    '"' * 19_999,
    "Events | where Message has '" + "\\u0000" + "'",
]


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_is_refused_or_harmless(attack: str, tmp_path: Path) -> None:
    bait = tmp_path / "bait.csv"
    bait.write_text("a,b\n1,2\n")
    text = attack.replace("{path}", str(bait))
    try:
        query = compile_query(text)
    except KqlError as error:
        assert error.text
        assert error.line >= 1
        return
    assert str(bait) not in query.sql
    db = duckdb.connect()
    for name, columns in TABLES.items():
        listed = ", ".join(f'"{column}" VARCHAR' for column in columns)
        db.execute(f'CREATE TABLE "{name}" ({listed})')
    before = sorted(tmp_path.iterdir())
    assert len(db.execute("SELECT 1").fetchall()) == 1
    assert query.sql.startswith(("WITH ", "SELECT "))
    assert len(duckdb.extract_statements(query.sql)) == 1
    assert sorted(tmp_path.iterdir()) == before


TEXTS = [
    f'Events | where Message == "{SECRET}" | take 1',
    f"Events | where Message has '{SECRET}'",
    f'Events | where Message matches regex "{SECRET}"',
    f"Events | where Fields.{SECRET} == 1",
    f'Events | where Fields["{SECRET}"] == 1',
    f"Events | extend {SECRET} = 1 | summarize max({SECRET}) by {SECRET}x = Level",
    f"let {SECRET} = 'x'; Events | where Level == {SECRET}",
    f'Events | parse Message with "{SECRET}" x',
    f'print x = dynamic({{"{SECRET}": 1}})',
    f'print x = bag_pack("{SECRET}", 1)',
    f"union withsource={SECRET} Events, Files",
    f"print x = format_datetime(now(), \"yyyy '{SECRET}'\")".replace("'", "."),
    f'datatable({SECRET}: string) ["{SECRET}"]',
    f"Events | as {SECRET} | count",
    f"Events | render timechart with (title = '{SECRET}')",
]


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_a_query_is_part_of_the_sql(text: str) -> None:
    try:
        query = compile_query(text)
    except KqlError as error:  # a format with letters of its own is refused
        assert "format" in error.text
        return
    assert SECRET not in query.sql
    quoted = set(re.findall(r'"([^"]*)"', query.sql))
    known = {*TABLES, *(column for columns in TABLES.values() for column in columns)}
    assert quoted - {"JSON", "VARCHAR", "DOUBLE", "BIGINT"} <= known


WORDS = [
    *("Events", "Files", "Facts", "where", "extend", "project", "summarize", "sort"),
    *("by", "join", "kind=inner", "on", "union", "take", "top", "let", "count()", "x"),
    *("=", "==", "!=", "has", "in", "!in", "between", "..", "and", "or", "not(", "("),
    *(")", "[", "]", "|", ",", ";", '"a"', "'b", "5m", "1.5", "dynamic([1])", "now()"),
    *("Level", "Message", "TimeGenerated", "Line", "Fields.a", "prev(Line)", "-", "*"),
    *("max(Line)", "arg_max(Line, *)", "toscalar(", "mv-expand", "parse", "with", "\n"),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_mixture_of_words_compiles_or_is_refused(text: str) -> None:
    try:
        query = compile_query(text)
    except KqlError as error:
        assert error.code.startswith("KQL")
        return
    _binds(query.sql, dict(query.bind({}, NOW)[1]))


def _binds(sql: str, params: dict[str, object]) -> None:
    """What compiles must be accepted by the database, on empty tables."""
    _DATABASE.execute(sql, params).fetchall()


def _empty() -> duckdb.DuckDBPyConnection:
    kinds = {
        "string": "VARCHAR",
        "long": "BIGINT",
        "datetime": "TIMESTAMP",
        "dynamic": "JSON",
        "bool": "BOOLEAN",
    }
    db = duckdb.connect()
    db.execute("SET error_on_division_by_zero=false")
    for name, columns in TABLES.items():
        listed = ", ".join(f'"{c}" {kinds[kind]}' for c, kind in columns.items())
        db.execute(f'CREATE TABLE "{name}" ({listed})')
    return db


_DATABASE = _empty()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    try:
        compile_query(text)
    except KqlError as error:
        assert error.column >= 1


NAMES = ["Level", "Message", "Line", "TimeGenerated", "Fields", "Parsed"]
VALUES = st.sampled_from(
    [*NAMES, "5m", '"a"', "7", "1.5", "true", "now()", "dynamic([1])"]
)
OPERATORS = st.sampled_from(
    [
        "+",
        "-",
        "*",
        "/",
        "%",
        "==",
        "!=",
        "<",
        ">=",
        "=~",
        "has",
        "!contains",
        "startswith",
        "and",
        "or",
    ]
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(VALUES)
    inner = expressions(depth - 1)
    form = draw(st.integers(0, 5))
    if form == 0:
        return f"({draw(inner)} {draw(OPERATORS)} {draw(inner)})"
    if form == 1:
        return f"iff({draw(inner)}, {draw(inner)}, {draw(inner)})"
    if form == 2:
        function = draw(
            st.sampled_from(
                [
                    "tostring",
                    "tolong",
                    "todatetime",
                    "strlen",
                    "isnull",
                    "isempty",
                    "todouble",
                    "totimespan",
                    "tobool",
                    "abs",
                    "not",
                    "parse_json",
                ]
            )
        )
        return f"{function}({draw(inner)})"
    if form == 3:
        return f"{draw(inner)} in ({draw(inner)}, {draw(inner)})"
    if form == 4:
        return f"coalesce({draw(inner)}, {draw(inner)})"
    return draw(VALUES)


@settings(max_examples=400, deadline=None)
@given(expressions())
def test_what_the_types_allow_the_database_accepts(expression: str) -> None:
    text = f"Events | sort by EventId asc | extend x = {expression} | summarize n = count() by tostring(x)"
    try:
        query = compile_query(text)
    except KqlError as error:
        assert error.code in {"KQL104", "KQL105", "KQL004"}, str(error)
        return
    _binds(query.sql, dict(query.bind({}, NOW)[1]))
