"""Functions and operators by their values, as Kusto's documentation gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from diag.errors import KqlError
from tests.kql.asking import NOW, ask, value

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


VALUES: list[tuple[str, Any]] = [
    ('strcat("a", 1, true, 2.5)', "a1true2.5"),
    ('strcat_delim("-", "a", "b", 3)', "a-b-3"),
    ('strlen("héllo")', 5),
    ('substring("abcdef", 1, 3)', "bcd"),
    ('substring("abcdef", 4)', "ef"),
    ('substring("abcdef", 10)', ""),
    ('split("a_b__c", "_")', ["a", "b", "", "c"]),
    ('split("a_b", "_", 1)', ["b"]),
    ('extract(@"(\\d+)-(\\d+)", 2, "12-34")', "34"),
    ('extract(@"(\\d+)", 1, "x")', ""),
    ('extract(@"(\\d+)", 1, "n=7", typeof(long))', 7),
    ('extract_all(@"(\\d+)", "a1b22")', ["1", "22"]),
    ('extract_all(@"([a-z])(\\d)", "a1b2")', [["a", "1"], ["b", "2"]]),
    ('trim("-+", "--x-y--")', "x-y"),
    ('trim_start("-+", "--x--")', "x--"),
    ('trim_end("-+", "--x--")', "--x"),
    ('replace_string("a.b.c", ".", "-")', "a-b-c"),
    ('replace_regex("a1b2", @"\\d", "#")', "a#b#"),
    ('tolower("AbC")', "abc"),
    ('toupper("AbC")', "ABC"),
    ('indexof("abcabc", "c")', 2),
    ('indexof("abcabc", "c", 3)', 5),
    ('indexof("abc", "z")', -1),
    ('countof("aaa", "a")', 3),
    ('countof("a1b2", @"\\d", "regex")', 2),
    ('isempty("")', True),
    ('isnotempty("x")', True),
    ('isnull(toint("x"))', True),
    ('isnull("")', False),
    ('iff(1 > 2, "a", "b")', "b"),
    ('case(false, "a", 1 == 1, "b", "c")', "b"),
    ("coalesce(int(null), 7)", 7),
    ('coalesce("", "x")', "x"),
    ("min_of(3, 1, 2)", 1),
    ("max_of(3, 1, 2)", 3),
    ("not(1 == 1)", False),
    ('toint("12")', 12),
    ('toint("1.5")', None),
    ("toint(7.9)", 7),
    ('tolong(" -5 ")', -5),
    ('todouble("1.5")', 1.5),
    ('tobool("TRUE")', True),
    ('tobool("maybe")', None),
    ("tostring(1.0)", "1"),
    ("tostring(2.5)", "2.5"),
    ("tostring(datetime(2024-05-01 10:00))", "2024-05-01T10:00:00.0000000Z"),
    ("tostring(timespan(null))", ""),
    ('todatetime("2024-05-01T10:00:00+02:00")', at("2024-05-01T08:00")),
    ('todatetime("2024-05-01T10:00:00-08:00")', at("2024-05-01T18:00")),
    ('totimespan("1.02:03:04.5")', DAY + 2 * HOUR + 3 * MINUTE + 4_500_000),
    ('totimespan("x")', None),
    ("now()", NOW),
    ("ago(1h)", at("2024-05-01T11:00")),
    ("now(-1d)", at("2024-04-30T12:00")),
    ("bin(7, 5)", 5),
    ("bin(-7, 5)", -10),
    ("bin(7.6, 0.5)", 7.5),
    ("bin(95m, 1h)", HOUR),
    ("bin_at(7, 5, 1)", 6),
    ("startofday(datetime(2024-05-01 10:30))", at("2024-05-01")),
    ("startofday(datetime(2024-05-01 10:30), -1)", at("2024-04-30")),
    ("startofweek(datetime(2024-05-01))", at("2024-04-28")),
    ("startofmonth(datetime(2024-05-31))", at("2024-05-01")),
    ("startofyear(datetime(2024-05-31))", at("2024-01-01")),
    ("endofday(datetime(2024-05-01 10:30))", at("2024-05-01T23:59:59.999999")),
    ("hourofday(datetime(2024-05-01 10:30))", 10),
    ("dayofweek(datetime(2024-05-01))", 3 * DAY),
    (
        "datetime_diff('minute', datetime(2024-05-01 10:01:01), datetime(2024-05-01 10:00:59))",
        1,
    ),
    ("datetime_diff('day', datetime(2024-05-02), datetime(2024-05-01 23:59))", 1),
    ("datetime_add('month', 1, datetime(2024-01-31))", at("2024-02-29")),
    ("datetime_part('hour', datetime(2024-05-01 10:30))", 10),
    ("make_datetime(2024, 5, 1, 10, 30)", at("2024-05-01T10:30")),
    ("make_timespan(1, 30)", 90 * MINUTE),
    (
        "format_datetime(datetime(2024-05-01 09:05:07), 'yyyy-MM-dd HH:mm:ss')",
        "2024-05-01 09:05:07",
    ),
    (
        "format_datetime(datetime(2024-05-01 09:05:07.123), 'd.M.yy h:m:s fff tt')",
        "1.5.24 9:5:7 123 AM",
    ),
    ("format_timespan(1d + 2h + 3m, 'd HH:mm:ss')", "1 02:03:00"),
    ('parse_json("[1, 2]")[1]', 2),
    ("parse_json('{\"a\": {\"b c\": 1}}').a['b c']", 1),
    ('parse_json("no json")', "no json"),
    ("array_length(dynamic([1, 2, 3]))", 3),
    ("array_length(dynamic({}))", None),
    ('pack_array(1, "a", 2h)', [1, "a", "02:00:00"]),
    (
        'bag_pack("k", 1, "t", datetime(2024-05-01))',
        {"k": 1, "t": "2024-05-01T00:00:00.0000000Z"},
    ),
    ('bag_keys(dynamic({"x": 1, "y": 2}))', ["x", "y"]),
    ("array_concat(dynamic([1]), dynamic([2, 3]))", [1, 2, 3]),
    ("array_slice(dynamic([1, 2, 3, 4]), 1, -2)", [2, 3]),
    ("array_sort_asc(dynamic([10, 9, 1]))", [1, 9, 10]),
    ('array_sort_desc(dynamic(["a", "c", "b"]))', ["c", "b", "a"]),
    ("array_index_of(dynamic([5, 6]), 6)", 1),
    ('set_has_element(dynamic(["a"]), "b")', False),
    ("set_difference(dynamic([1, 2, 3]), dynamic([2]))", [1, 3]),
    ("range(1, 7, 3)", [1, 4, 7]),
    ('strcat_array(dynamic(["a", 1]), "+")', "a+1"),
    ("gettype(dynamic([1]))", "array"),
    ("gettype(1h)", "timespan"),
    ("round(2.567, 2)", 2.57),
    ("abs(-3)", 3),
    ("7 % 3", 1),
    ("-7 % 3", 2),
    ("1 / 0", None),
    ("1h * 1.5", 90 * MINUTE),
    ("1h / 2", 30 * MINUTE),
    ("datetime(2024-05-02) - datetime(2024-05-01)", DAY),
    ('"b" between ("a" .. "c")', True),
    ("5 !between (1 .. 4)", True),
    ('"x" in ("a", "x")', True),
    ('"X" in~ ("a", "x")', True),
    ("3 in (dynamic([1, 2, 3]))", True),
    ('"ab" has_any (dynamic(["cd", "ab"]))', True),
    ('"the cat" has_all ("the", "cat")', True),
    ('"abc" hasprefix "ab"', True),
    ('"x abc" hassuffix "bc"', True),
    ('"abc" startswith_cs "AB"', False),
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("2 > 1 and 1 > 2 or true", True),
    ('"a" "b"', "ab"),
    ("0x1F", 31),
    ("1e3", 1000.0),
    ("90s == 1.5m", True),
    ("```raw\\n```", "raw\\n"),
    ('h"secret"', "secret"),
    (
        "guid(74be27de-1e4e-49d9-b579-fe0b331d3642) == '74BE27DE-1E4E-49D9-B579-FE0B331D3642'",
        False,
    ),
]


@pytest.mark.parametrize(("expression", "want"), VALUES)
def test_an_expression_has_the_documented_value(expression: str, want: object) -> None:
    found = value(expression)
    assert found == want
    assert isinstance(found, bool) == isinstance(want, bool)


LEFT = {"columns": {"k": "string", "v": "long"}, "rows": [["a", 1], ["a", 2], ["b", 3]]}
RIGHT = {"columns": {"k": "string", "w": "long"}, "rows": [["a", 10], ["c", 30]]}
TABLES = {"L": LEFT, "R": RIGHT}


@pytest.mark.parametrize(
    ("kind", "want"),
    [
        ("inner", [("a", 1, "a", 10), ("a", 2, "a", 10)]),
        ("innerunique", [("a", 1, "a", 10)]),
        ("leftouter", [("a", 1, "a", 10), ("a", 2, "a", 10), ("b", 3, "", None)]),
        ("rightouter", [("", None, "c", 30), ("a", 1, "a", 10), ("a", 2, "a", 10)]),
        (
            "fullouter",
            [
                ("", None, "c", 30),
                ("a", 1, "a", 10),
                ("a", 2, "a", 10),
                ("b", 3, "", None),
            ],
        ),
        ("leftsemi", [("a", 1), ("a", 2)]),
        ("leftanti", [("b", 3)]),
        ("rightsemi", [("a", 10)]),
        ("rightanti", [("c", 30)]),
    ],
)
def test_every_kind_of_join(kind: str, want: list[tuple[Any, ...]]) -> None:
    assert sorted(ask(f"L | join kind={kind} (R) on k", TABLES), key=str) == sorted(
        want, key=str
    )


def test_lookup_drops_the_right_key() -> None:
    rows = ask("L | lookup R on k | sort by v asc", TABLES)
    assert rows == [("a", 1, 10), ("a", 2, 10), ("b", 3, None)]


def test_a_join_of_two_names_and_of_a_table_with_itself() -> None:
    query = "let T = L | where v > 1; T | join kind=inner T on $left.k == $right.k | project k, v, v1 | sort by k asc"
    assert ask(query, TABLES) == [("a", 2, 2), ("b", 3, 3)]


def test_union_has_all_columns_and_names_the_source() -> None:
    rows = ask(
        "union withsource=From L, (R | where w > 10) | sort by From asc, v asc", TABLES
    )
    assert rows == [
        ("L", "a", 1, None),
        ("L", "a", 2, None),
        ("L", "b", 3, None),
        ("union_arg1", "c", None, 30),
    ]


def test_mv_expand_zips_and_numbers() -> None:
    query = "print a = dynamic([1, 2, 3]), b = dynamic(['x', 'y']) | mv-expand with_itemindex=i a to typeof(long), b to typeof(string)"
    query = query.replace("'", '"')
    assert ask(query) == [(1, "x", 0), (2, "y", 1), (3, "", 2)]
    assert ask("print a = dynamic([]) | mv-expand a") == []
    assert ask("print a = dynamic(null) | mv-expand a") == [(None,)]
    assert ask('print a = dynamic({"x": 1, "y": 2}) | mv-expand a') == [
        ({"x": 1},),
        ({"y": 2},),
    ]


LINES = {
    "columns": {"m": "string"},
    "rows": [["job 12 ended in 3s: ok"], ["job x ended in 4s: no"], ["else"]],
}


def test_parse_takes_a_line_apart() -> None:
    query = 'T | parse m with "job " id:long " ended in " t "s: " rest | project id, t, rest'
    assert ask(query, {"T": LINES}) == [(12, "3", "ok"), (None, "", ""), (None, "", "")]
    query = 'T | parse kind=relaxed m with * "job " id:long " ended in " t "s: " rest | project id, t, rest'
    assert ask(query, {"T": LINES}) == [
        (12, "3", "ok"),
        (None, "4", "no"),
        (None, "", ""),
    ]
    query = 'T | parse-where m with "job " id " ended" * | project id'
    assert ask(query, {"T": LINES}) == [("12",), ("x",)]


def test_windows_see_their_neighbours_in_the_order_of_the_sort() -> None:
    query = "L | sort by v desc | extend p = prev(v), n = next(v, 1, 0), s = row_cumsum(v), c = row_cumsum(iff(prev(k) != k, 1, 0)) | project v, p, n, s, c"
    assert ask(query, TABLES) == [(3, None, 2, 3, 1), (2, 3, 1, 5, 2), (1, 2, 0, 6, 2)]


def test_arg_max_takes_all_columns_from_one_row() -> None:
    rows = ask("L | summarize arg_max(v, *), n = count() by k | sort by k asc", TABLES)
    assert rows == [("a", 2, 2), ("b", 3, 1)]


def test_range_makes_rows() -> None:
    assert ask("range x from 1 to 7 step 3 | extend y = prev(x)") == [
        (1, None),
        (4, 1),
        (7, 4),
    ]
    rows = ask("range t from ago(2h) to now() step 1h | project t")
    assert [row[0].hour for row in rows] == [10, 11, 12]


@pytest.mark.parametrize(
    ("query", "want"),
    [
        ("range x from 1 to 5 step 1 | count", 5),
        ("print a = dynamic([1, 2, 3]) | mv-expand a | count", 3),
        ("range x from 1 to 5 step 1 | where x > 2 | summarize count()", 3),
        ("L | distinct k | count", 2),
        ("union L, L | count", 6),
        ("L | join kind=inner L on k | count", 5),
        ("L | project v | summarize arg_max(v, *) | count", 1),
        ("L | sort by v | take 2 | count", 2),
    ],
)
def test_rows_are_counted_though_no_column_is_needed(query: str, want: int) -> None:
    assert ask(query, TABLES) == [(want,)]


def test_columns_may_differ_by_case_only() -> None:
    assert ask(
        "print access = 1 | extend Access = access + 1 | project Access, access"
    ) == [(2, 1)]


def test_functions_in_let() -> None:
    assert ask("let f = (x: long, y: long = 2) { x * y }; print f(3), f(3, 5)") == [
        (6, 15)
    ]
    rows = ask(
        "let f = (n: long) { let least = n; L | where v > least }; f(1) | sort by v asc",
        TABLES,
    )
    assert rows == [("a", 2), ("b", 3)]
    query = "let f = (T: (*)) { let m = toscalar(T | summarize max(v)); T | where v == m }; f(L) | project k"
    assert ask(query, TABLES) == [("b",)]
    assert ask(
        "let f = (x: long) { x + 10 }; L | extend w = f(v) | summarize sum(w)", TABLES
    ) == [(36,)]
    assert ask(
        "let f = () { L }; let g = view () { f() | where k == 'b' }; g() | count",
        TABLES,
    ) == [(1,)]
    assert ask("L | summarize (Last, Key) = arg_max(v, k)", TABLES) == [(3, "b")]


def test_functions_that_call_functions_do_not_explode() -> None:
    text = "let f0 = (x: long) { x };"
    for number in range(1, 30):
        text += f"let f{number} = (x: long) {{ f{number - 1}(x) + f{number - 1}(x) }};"
    with pytest.raises(KqlError, match="KQL006"):
        ask(f"{text} print f29(1)")


BEATS = {
    "columns": {"t": "datetime", "k": "string", "v": "long"},
    "rows": [
        ["2024-05-01T10:00:00Z", "a", 1],
        ["2024-05-01T10:20:00Z", "a", 2],
        ["2024-05-01T11:05:00Z", "b", 3],
    ],
}


def test_make_series_has_no_holes() -> None:
    rows = ask(
        "B | make-series n = count(), s = sum(v) on t from datetime(2024-05-01 10:00) to datetime(2024-05-01 12:00) step 1h by k | project k, n, s | sort by k asc",
        {"B": BEATS},
    )
    assert rows == [("a", [2, 0], [3, 0]), ("b", [0, 1], [0, 3])]
    [(values, times)] = ask(
        "B | make-series avg(v) default = -1 on t step 30m", {"B": BEATS}
    )
    assert values == [1.5, -1, 3, -1]
    assert times[1] == "2024-05-01T10:30:00.0000000Z"
    assert ask("B | make-series count() on v from 1 to 5 step 1", {"B": BEATS}) == [
        ([1, 1, 1, 0], [1, 2, 3, 4])
    ]


ARRAYS = "datatable(id: long, a: dynamic) [1, dynamic([5, 6]), 2, dynamic([7])]"


@pytest.mark.parametrize(
    ("inner", "want"),
    [
        ("where x > 5 | project y = x * 2", [(1, [5, 6], 12), (2, [7], 14)]),
        ("summarize m = max(x)", [(1, [5, 6], 6), (2, [7], 7)]),
        (
            "summarize n = count() by x",
            [(1, [5, 6], 5, 1), (1, [5, 6], 6, 1), (2, [7], 7, 1)],
        ),
        ("top 1 by x asc", [(1, [5, 6], 5), (2, [7], 7)]),
        (
            "sort by x desc | extend p = prev(x) | where isnotnull(p)",
            [(1, [5, 6], 5, 6)],
        ),
        ("count", [(1, [5, 6], 2), (2, [7], 1)]),
        ("distinct x", [(1, [5, 6], 5), (1, [5, 6], 6), (2, [7], 7)]),
    ],
)
def test_mv_apply_works_within_each_row(
    inner: str, want: list[tuple[Any, ...]]
) -> None:
    rows = ask(f"{ARRAYS} | mv-apply x = a to typeof(long) on ({inner})")
    assert sorted(rows, key=str) == want


TEXTS = {
    "columns": {"a": "string", "b": "string"},
    "rows": [["the error", "x"], ["errors", "y"], ["corp-1.com", "error"], ["", ""]],
}


@pytest.mark.parametrize(
    ("predicate", "want"),
    [
        ('"error"', ["corp-1.com", "the error"]),
        ('"error*"', ["corp-1.com", "errors", "the error"]),
        ('"*rror*"', ["corp-1.com", "errors", "the error"]),
        ('"corp*.com"', ["corp-1.com"]),
        ('a:"error"', ["the error"]),
        ('"error" and not("corp")', ["the error"]),
        ('"error" or b == "y"', ["corp-1.com", "errors", "the error"]),
    ],
)
def test_search_looks_into_all_columns(predicate: str, want: list[str]) -> None:
    for query in (f"T | search {predicate}", f"search in (T) {predicate}"):
        assert sorted(row[-2] for row in ask(query, {"T": TEXTS})) == want


def test_a_search_names_the_table() -> None:
    rows = ask('search in (T, L) "b"', {"T": TEXTS, **TABLES})
    assert [row[0] for row in rows] == ["L"]


def test_a_render_is_kept_for_the_screen() -> None:
    from diag.kql import compile_query

    assert (
        compile_query("print x = 1 | render timechart with (title='x')").drawn
        == "timechart"
    )
