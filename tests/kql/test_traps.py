"""Where SQL gives a plausible wrong answer (rule-language.md, section 5).

The rows of most traps are in tests/data/kql/semantics.yaml; this file has the rest
and says for each trap where it is proven. Pages are below
https://learn.microsoft.com/kusto/query/.
"""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from diag.errors import KqlError
from diag.kql import compile_query
from diag.schema import Type
from tests.kql.asking import NOW, ask, database, value

CASES = Path(__file__).parents[1] / "data" / "kql" / "semantics.yaml"
# Trap by trap: the cases of semantics.yaml that prove it, or none.
BY_CASE: dict[int, list[str]] = {
    1: ["str-has-is-term-based", "str-has-splits-on-underscore-and-punctuation"],
    3: ["str-case-rules", "str-startswith-endswith-in"],
    4: ["str-literals-and-regex"],
    5: ["null-isempty-isnull-coalesce"],
    6: ["null-equality-is-not-three-valued"],
    8: ["null-under-not", "null-and-or"],
    9: ["str-negated-operators-keep-empty"],
    10: ["sort-default-desc-null-last"],
    11: ["summarize-default-names"],
    12: ["summarize-by-names-and-order"],
    13: ["summarize-empty-input"],
    14: ["join-innerunique-is-the-default"],
    15: ["join-innerunique-is-the-default", "join-anti-and-outer"],
    16: ["num-division-and-conversion"],
    17: ["num-division-and-conversion"],
    18: ["time-timespan-arithmetic"],
    19: ["time-now-is-as-of"],
    20: ["time-now-is-as-of"],
    21: ["window-prev-needs-order"],
    23: ["dyn-access"],
}
HERE = {2, 4, 7, 9, 12, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29}


def test_every_trap_is_proven_somewhere() -> None:
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))["cases"]
    assert {c for found in BY_CASE.values() for c in found} <= {c["id"] for c in cases}
    assert {*BY_CASE, *HERE} == set(range(1, 30))
    assert {trap for trap, _, _ in VALUES} | TABLES_OF_TRAPS == HERE


TABLES_OF_TRAPS = {9, 12, 20, 21, 22, 25, 26, 27, 28}
VALUES: list[tuple[int, str, Any]] = [
    # 2: has-operator: a term may be short; the index changes speed only.
    (2, '"a bc" has "a"', True),
    (2, '"abc" has "a"', False),
    (2, '"id=7;x" has "7"', True),
    (2, '"id=77;x" has "7"', False),
    (2, '"ok (ok)" has "OK"', True),
    (2, '"tok_ok" has "ok"', True),
    # 4: extract-function and matches-regex-operator: RE2, with case.
    (4, '"ERROR" matches regex "error"', False),
    (4, '"ERROR" matches regex "(?i)error"', True),
    (4, 'extract("(x+)", 1, "XX")', ""),
    # 7: scalar-data-types/null-values: null beside null is null.
    (7, "long(null) == long(null)", None),
    (7, "long(null) != long(null)", None),
    (7, "isnull(long(null) == long(null))", True),
    (7, "datetime(null) == datetime(null)", None),
    (7, "1 == long(null)", False),
    (7, "1 != long(null)", True),
    # 16: numerical-operators; a real divided by zero is infinite.
    (16, "1.0 / 0", math.inf),
    (16, "-1.0 / 0", -math.inf),
    (16, "0 % 5", 0),
    (16, "-7 / 2", -3),
    (16, "long(null) / 2", None),
    # 18: bin-function: multiples from a fixed origin, not from 2000-01-03.
    (18, "bin(datetime(1969-12-31 23:59), 1h)", datetime.fromisoformat("1969-12-31T23:00")),
    (18, "bin(datetime(2024-05-01 10:59:59), 7h) == bin(datetime(2024-05-01 10:59:58), 7h)", True),
    (18, "bin(datetime(2024-05-01 10:07), 5m)", datetime.fromisoformat("2024-05-01T10:05")),
    (18, "bin(-1, 5)", -5),
    (18, "bin(long(null), 5)", None),
    # 19: between-operator: both ends; the upper one may be a timespan.
    (19, "5 between (1 .. 5)", True),
    (19, "1 between (1 .. 5)", True),
    (19, "1 !between (1 .. 5)", False),
    (19, "datetime(2024-05-01 10:10) between (datetime(2024-05-01 10:00) .. 10m)", True),
    (19, "datetime(2024-05-01 10:10:00.001) between (datetime(2024-05-01 10:00) .. 10m)", False),
    (19, "2h between (1h .. 3h)", True),
    # 23: the dynamic data type: what is not there is null; -1 is the last.
    (23, "dynamic([1, 2, 3])[-1]", 3),
    (23, "dynamic([1, 2, 3])[-4]", None),
    (23, "dynamic([1])[7]", None),
    (23, 'isnull(dynamic({"a": null}).a)', True),
    (23, "isnull(dynamic({}).a.b.c)", True),
    (23, "isempty(tostring(dynamic({}).a))", True),
    # 24: a dynamic value is compared as the other side's type.
    (24, 'dynamic({"a": "x"}).a == "x"', True),
    (24, 'dynamic({"a": "X"}).a =~ "x"', True),
    (24, 'dynamic({"a": 7}).a == 7', True),
    (24, 'dynamic({"a": 7}).a > 6', True),
    (24, 'dynamic({"a": "7"}).a == "7"', True),
    (24, 'dynamic({"a": 7}).a in (6, 7)', True),
    (24, 'dynamic({"a": "the x"}).a has "x"', True),
    (24, 'dynamic({"a": true}).a == true', True),
    # 29: the lambdas behind tests against arrays that only the data knows.
    (29, '"a b" has_any (dynamic(["x", "b"]))', True),
    (29, '"a" in~ (dynamic(["x", "A"]))', True),
    (29, "array_sort_desc(dynamic([1, 3, 2]))", [3, 2, 1]),
]  # fmt: skip


@pytest.mark.parametrize(("trap", "expression", "want"), VALUES)
def test_a_value(trap: int, expression: str, want: object) -> None:
    del trap
    found = value(expression)
    assert found == want
    assert isinstance(found, bool) == isinstance(want, bool)


NUMBERS = {
    "columns": {"id": "long", "n": "long", "s": "string", "d": "dynamic"},
    "rows": [[1, 5, "a", [1]], [2, None, "", None], [3, 7, "b", {"k": "a"}]],
}


@pytest.mark.parametrize(
    ("predicate", "want"),
    [
        # 9: the negated operators keep what is missing.
        ("n !in (5)", [2, 3]),
        ("n in (5)", [1]),
        ('s !in ("a")', [2, 3]),
        ('s !in~ ("A")', [2, 3]),
        ('s !startswith "a"', [2, 3]),
        ('s !endswith "a"', [2, 3]),
        ('s !~ "A"', [2, 3]),
        ('s !hasprefix "a"', [2, 3]),
        ('d.k !has "a"', [1, 2]),
        # ... but an order with null is null, and so is its negation.
        ("n !between (1 .. 5)", [3]),
        ("n > 5", [3]),
        ("not(n > 5)", [1]),
    ],
)
def test_negated_operators_keep_what_is_missing(
    predicate: str, want: list[int]
) -> None:
    query = f"T | where {predicate} | sort by id asc | project id"
    assert [row[0] for row in ask(query, {"T": NUMBERS})] == want


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        # 12: summarize-operator and the names that its page gives.
        ("bin(t, 1h)", ["t"]),
        ("floor(n, 5)", ["n"]),
        ("bin_at(n, 5, 1)", ["n"]),
        ("startofday(t)", ["t"]),
        ("tostring(n)", ["n"]),
        ("toint(s)", ["s"]),
        ("round(r)", ["r"]),
        ("format_datetime(t, 'yyyy')", ["t"]),
        ("tolower(s)", ["Column1"]),
        ("strlen(s)", ["strlen_s"]),
        ("n + 1", ["Column1"]),
        ("tolower(s), n + 1", ["Column1", "Column2"]),
        ("tostring(d.a)", ["d_a"]),
        ("tostring(d['b'])", ["d_b"]),
        ("x = bin(n, 5), n", ["x", "n"]),
    ],
)
def test_keys_are_named_as_kusto_names_them(keys: str, names: list[str]) -> None:
    columns = {"t": "datetime", "n": "long", "s": "string", "r": "real", "d": "dynamic"}
    schema = {"T": {name: Type(kind) for name, kind in columns.items()}}
    query = compile_query(f"T | summarize c = count() by {keys}", schema=schema)
    assert list(query.columns) == [*names, "c"]


def test_now_is_one_moment_in_all_of_a_query() -> None:
    """20: now-function."""
    query = "print a = now() | extend b = now(), c = datetime(now), d = ago(0s) | project same = a == b and b == c and c == d, a"
    assert ask(query) == [(True, NOW)]


@pytest.mark.parametrize(
    "operators",
    [
        "summarize count() by n | extend p = prev(n)",
        "distinct n | extend p = prev(n)",
        "join kind=inner (T) on n | extend p = prev(n)",
        "union T | extend p = next(n)",
        "lookup (T | project n, m = s) on n | extend p = row_number()",
        "make-series count() on n step 1 | extend p = row_number()",
    ],
)
def test_an_order_is_lost_and_windows_say_so(operators: str) -> None:
    """21: window-functions: these operators do not keep rows serialized."""
    with pytest.raises(KqlError, match="needs an ordered input"):
        ask(f"T | sort by n asc | {operators}", {"T": NUMBERS})


@pytest.mark.parametrize(
    "operators",
    ["where n > 0", "extend x = 1", "project n", "project-away s", "project-rename m = s", "take 9",
     "parse s with 'a' rest", "mv-expand d", "top 3 by n", "serialize", "as U"],
)  # fmt: skip
def test_an_order_is_kept_through(operators: str) -> None:
    """21: window-functions, operators that preserve the serialized property."""
    assert ask(f"T | sort by n asc | {operators} | extend p = prev(n)", {"T": NUMBERS})


def test_prev_looks_across_keys() -> None:
    """22: prev-function knows no partitions."""
    query = 'datatable(k: string, v: long) ["a", 1, "b", 2, "b", 3] | sort by k asc, v asc | extend p = prev(v), same = k == prev(k) | project p, same'
    assert ask(query) == [(None, False), (1, False), (2, True)]


def test_columns_that_differ_by_case_stay_apart() -> None:
    """25: names are case-sensitive (schema-entities/entity-names)."""
    query = "print access = 1, Access = 2, ACCESS = 3 | where Access == 2 | summarize x = sum(access), X = sum(ACCESS) | extend y = x, Y = X"
    assert ask(query) == [(1, 3, 1, 3)]
    with pytest.raises(KqlError, match="unknown column 'aCCESS'"):
        ask("print access = 1 | where aCCESS == 1")


TIES = {"EventId": "long", "k": "string", "v": "long"}


@pytest.mark.parametrize(
    "operators",
    [
        "top 7 by v | project EventId",
        "sort by v asc | take 9 | project EventId",
        "summarize arg_max(v, EventId) by k",
        "summarize arg_min(v, *) by k",
        "summarize make_list(v), make_set(v) by k",
        "summarize take_any(EventId, v) by k",
        "distinct v",
        "join kind=innerunique (Events) on v | count",
        "sort by v asc | extend p = prev(EventId) | project p",
    ],
)
def test_what_kusto_leaves_open_is_the_same_on_every_run(operators: str) -> None:
    """26: ties, groups and sets do not depend on how the rows are stored."""
    rows = [[number, "a" if number % 2 else "b", number % 3] for number in range(60)]
    mixed = sorted(rows, key=lambda row: (int(row[0]) * 37) % 61)
    query = f"Events | {operators}"
    first = ask(query, {"Events": {"columns": TIES, "rows": rows}})
    assert first == ask(query, {"Events": {"columns": TIES, "rows": rows[::-1]}})
    assert first == ask(query, {"Events": {"columns": TIES, "rows": mixed}})


def test_union_widens() -> None:
    """27: union-operator, kind=outer is the default."""
    tables = {
        "A": {"columns": {"x": "long"}, "rows": [[1]]},
        "B": {"columns": {"s": "string"}, "rows": [["b"]]},
    }
    assert ask("union A, B | sort by s asc", tables) == [(1, ""), (None, "b")]
    assert ask("union kind=inner A, (B | extend x = 2) | sort by x asc", tables) == [
        (1,),
        (2,),
    ]
    with pytest.raises(KqlError, match="is long in one table and string in another"):
        ask("union A, (B | project x = s)", tables)


def test_dcount_is_exact() -> None:
    """28: dcount-aggregation-function estimates; ours does not, as is documented."""
    query = "range x from 1 to 20000 step 1 | summarize dcount(x), dcountif(x, x > 5)"
    assert ask(query) == [(20_000, 19_995)]


def test_wide_integers_do_not_stop_a_query() -> None:
    """17: what cannot be converted is null; the query goes on."""
    query = 'datatable(s: string) ["9223372036854775808", "1e400", "0x10", ""] | project l = tolong(s), d = todouble(s), t = todatetime(s), b = tobool(s)'
    compiled = compile_query(query)
    found = database({}).execute(*compiled.bind({}, NOW)).fetchall()
    assert [row[0] for row in found[:2]] == [None, None]
    assert found[3] == (None, None, None, None)
    assert all(row[2] is None and row[3] is None for row in found)
