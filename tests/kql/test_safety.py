"""Queries are hostile text: nothing of them reaches the SQL, and nothing hangs."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.errors import KqlError, StoreError
from diag.kql import compile_filter, compile_query
from diag.schema import TABLES
from diag.store import Store
from tests.amount import examples
from tests.kql.asking import NOW
from tests.kql.attacks import ATTACKS
from tests.kql.test_real_queries import tables_for
from tests.store.made import store_file

if TYPE_CHECKING:
    from collections.abc import Iterator

# All that our SQL is made of: words of SQL, numbers, our ids, bound places.
SECRET = "Zx9injectedqW"
BAIT = "bait7f3c"
ENOUGH = 15.0  # seconds; planning and one very large value cannot be interrupted


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(store_file(tmp_path_factory.mktemp("store"))) as opened:
        yield opened


def test_there_are_many_attacks() -> None:
    assert len(set(ATTACKS)) == len(ATTACKS) >= 140


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_is_refused_or_harmless(
    attack: str, tmp_path: Path, store: Store
) -> None:
    bait = tmp_path / "bait.csv"
    bait.write_text(f"a,b\n1,{BAIT}\n")
    text = attack.replace("{path}", str(bait))
    began = time.monotonic()
    try:
        query = compile_query(text)
    except KqlError as error:
        assert error.text
        assert error.line >= 1
    else:
        assert str(bait) not in query.sql
        assert query.sql.startswith(("WITH ", "SELECT "))
        assert len(duckdb.extract_statements(query.sql)) == 1
        # The database may stop it or run out of memory; it must understand the SQL.
        try:
            found = store.query(*query.bind({}, NOW), seconds=0.2, limit=1000)
        except StoreError as error:
            assert not re.search("(Parser|Binder|Catalog|Internal) Error", str(error))
        else:
            assert BAIT not in str(found.rows)
    assert time.monotonic() - began < ENOUGH
    assert [path.name for path in tmp_path.iterdir()] == ["bait.csv"]
    assert BAIT in bait.read_text()
    assert store.query("SELECT count(*) FROM Events").rows[0][0] > 0


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


@settings(max_examples=examples(400), deadline=None)
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


@settings(max_examples=examples(300), deadline=None)
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


@settings(max_examples=examples(400), deadline=None)
@given(expressions())
def test_what_the_types_allow_the_database_accepts(expression: str) -> None:
    text = f"Events | sort by EventId asc | extend x = {expression} | summarize n = count() by tostring(x)"
    try:
        query = compile_query(text)
    except KqlError as error:
        assert error.code in {"KQL104", "KQL105", "KQL004"}, str(error)
        return
    _binds(query.sql, dict(query.bind({}, NOW)[1]))


REAL = [
    path.read_text(encoding="utf-8").partition("\n")[2]
    for path in sorted((Path(__file__).parents[1] / "data/kql/queries").glob("*.kql"))
]
PIECES = st.sampled_from(
    [*"()[]{}|,;.'\"@`~!$\\\n\0", "..", "//", "```", "let ", "by ", "dynamic(", "-1", "1e999",
     "0x", "9" * 30, "1.5h", "datetime(", "['", "$left.", "toscalar(", "(*)", "{", "}",
     "\ud800", "\u202f", "é", "null", "typeof(", "kind=", "hint.x=", " in~ ", "=>", "<|"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A real query with parts cut out, doubled, swapped or put in."""
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.integers(0, len(text))) for _ in range(2))
        end = min(end, start + draw(st.integers(0, 40)))
        how = draw(st.integers(0, 3))
        piece = draw(PIECES) if how == 0 else text[start:end] * (how - 1)
        text = text[:start] + piece + text[end:]
    return text


@settings(max_examples=examples(120), deadline=None)
@given(mutated())
def test_a_mutated_real_query_compiles_or_is_refused(text: str) -> None:
    _, found = tables_for(text)
    if isinstance(found, KqlError):
        assert found.code.startswith("KQL")
        assert 1 <= found.line <= text.count("\n") + 1
        assert found.column >= 1


@settings(max_examples=examples(150), deadline=None)
@given(st.one_of(st.text(max_size=100), mutated(), expressions()))
def test_any_filter_compiles_or_is_refused(text: str) -> None:
    try:
        query = compile_filter(text)
    except KqlError as error:
        assert error.code.startswith("KQL")
        assert error.column >= 1
        return
    _binds(query.sql, dict(query.bind({}, NOW)[1]))
