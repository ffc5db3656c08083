"""Examples of Kusto's own documentation, with the rows that it gives.

Each source is a page below https://learn.microsoft.com/kusto/query/.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from diag.errors import KqlError
from tests.kql.asking import ask, value

# Source: datatypes-string-operators, the table of operators (all yield true).
STRINGS = [
    '"aBc" == "aBc"',
    '"abc" != "ABC"',
    '"abc" =~ "ABC"',
    '"aBc" !~ "xyz"',
    '"North America" has "america"',
    '"North America" !has "amer"',
    '"North America" has_cs "America"',
    '"North America" !has_cs "amer"',
    '"North America" hasprefix "ame"',
    '"North America" !hasprefix "mer"',
    '"North America" hasprefix_cs "Ame"',
    '"North America" !hasprefix_cs "CA"',
    '"North America" hassuffix "ica"',
    '"North America" !hassuffix "americ"',
    '"North America" hassuffix_cs "ica"',
    '"North America" !hassuffix_cs "icA"',
    '"FabriKam" contains "BRik"',
    '"Fabrikam" !contains "xyz"',
    '"FabriKam" contains_cs "Kam"',
    '"Fabrikam" !contains_cs "Kam"',
    '"Fabrikam" startswith "fab"',
    '"Fabrikam" !startswith "kam"',
    '"Fabrikam" startswith_cs "Fab"',
    '"Fabrikam" !startswith_cs "fab"',
    '"Fabrikam" endswith "Kam"',
    '"Fabrikam" !endswith "brik"',
    '"Fabrikam" endswith_cs "kam"',
    '"Fabrikam" !endswith_cs "Kam"',
    '"Fabrikam" matches regex "b.*k"',
    '"abc" in ("123", "345", "abc")',
    '"bca" !in ("123", "345", "abc")',
    '"Abc" in~ ("123", "345", "abc")',
    '"bCa" !in~ ("123", "345", "ABC")',
    '"North America" has_any("south", "north")',
    '"North and South America" has_all("south", "north")',
]


@pytest.mark.parametrize("expression", STRINGS)
def test_string_operators_yield_true(expression: str) -> None:
    assert value(expression) is True


KUSTO = '"Kusto:  ad67d136-c1db-4f9f-88ef-d94f3b6b0b5a;;WilliamGates3rd"'


@pytest.mark.parametrize(
    ("term", "found"),
    [
        *[(term, True) for term in ("Kusto", "WilliamGates3rd", "ad67d136", "c1db")],
        *[(term, True) for term in ("4f9f", "88ef", "d94f3b6b0b5a", "kusto")],
        *[(term, False) for term in ("Kust", "ad67", "3rd", "Gates", "b5a")],
    ],
)
def test_the_terms_of_a_string(term: str, found: bool) -> None:
    """Source: datatypes-string-operators, what is a term."""
    assert value(f'{KUSTO} has "{term}"') is found


# Sources: numerical-operators; bin-function; between-operator; row-cumsum-function.
VALUES: list[tuple[str, Any]] = [
    ("1.0 / 2", 0.5),
    ("1 / 2.0", 0.5),
    ("1 / 2", 0),
    ("real(1) / 2", 0.5),
    ("14 % 12", 2),
    ("-14 % 12", 10),
    ("14 % -12", 2),
    ("-14 % -12", 10),
    ("10m / 1s", 600.0),
    ("1s * 5 == 5s", True),
    ("10sec < 1h", True),
    ("bin(4.5, 1)", 4),
    ("bin(time(16d), 7d) == 14d", True),
    ("bin(datetime(1970-05-11 13:45:07), 1d)", datetime.fromisoformat("1970-05-11")),
    ("datetime(2007-07-30) between (datetime(2007-07-27) .. 3d)", True),
    ("datetime(2007-07-30 00:00:01) between (datetime(2007-07-27) .. 3d)", False),
]


@pytest.mark.parametrize(("expression", "want"), VALUES)
def test_a_value(expression: str, want: object) -> None:
    assert value(expression) == want


FUNCTIONS: list[tuple[str, list[tuple[Any, ...]]]] = [
    (
        "let Add7 = (arg0:long = 5) { arg0 + 7 }; range x from 1 to 3 step 1 | extend x_plus_7 = Add7(x), five_plus_seven = Add7()",
        [(1, 8, 12), (2, 9, 12), (3, 10, 12)],
    ),
    (
        "let tenNumbers = () { range x from 1 to 2 step 1}; tenNumbers | extend x_plus_7 = x + 7",
        [(1, 8), (2, 9)],
    ),
    (
        "let MyFilter = (T:(x:long), v:long) { T | where x >= v }; MyFilter((range x from 1 to 10 step 1), 9)",
        [(9,), (10,)],
    ),
    (
        "let MyDistinct = (T:(*)) { T | distinct * }; MyDistinct((range x from 1 to 3 step 1))",
        [(1,), (2,), (3,)],
    ),
    (
        "let Test1 = (id: int) { let Test2 = 10; let Test3 = 10 + Test2 + id; let Test4 = (arg: int) { let Test5 = 20; Test2 + Test3 + Test5 + arg }; Test4(10) }; range x from 1 to Test1(10) step 1 | count",
        [(70,)],
    ),
    (
        "let a = () {123}; range x from 1 to 3 step 1 | extend y = x * a, z = x * a()",
        [(1, 123, 123), (2, 246, 246), (3, 369, 369)],
    ),
    (
        "let T = () { range x from 1 to 2 step 1 }; union T, (T()) | sort by x asc",
        [(1,), (1,), (2,), (2,)],
    ),
    (
        'let f = (a:string, b:string) { strcat(a, " (la la la)", b) }; print f("hello", "world")',
        [("hello (la la la)world",)],
    ),
    ('let f = (s:string, i:long) { tolong(s) * i }; print f("6", 7)', [(42,)]),
    (
        "let Table1 = datatable(xdate:datetime)[datetime(1970-01-01)]; let Table2 = datatable(Column:long)[1235]; let f = (hours:long) { toscalar(Table1 | summarize min(xdate) - hours*1h) }; Table2 | where Column != 123 | project d = f(10)",
        [(datetime.fromisoformat("1969-12-31T14:00"),)],
    ),
]


@pytest.mark.parametrize(("query", "want"), FUNCTIONS)
def test_functions_in_let(query: str, want: list[tuple[Any, ...]]) -> None:
    """Source: functions/user-defined-functions."""
    assert ask(query) == want


MV_APPLY: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    (
        "[7] [6, 11, 7]",
        "Arr2=Arr to typeof(long) on (take 100)",
        [(0, [7], 7), (1, [6, 11, 7], 6), (1, [6, 11, 7], 7), (1, [6, 11, 7], 11)],
    ),
    (
        "[1, 5, 3] [10, 2, 5, 7]",
        "topElem=Arr to typeof(long) on (top 1 by topElem)",
        [(0, [1, 5, 3], 5), (1, [10, 2, 5, 7], 10)],
    ),
    (
        "[5, 1, 3] [4, 10, 8, 7]",
        "Arr2=Arr to typeof(long) on (top 2 by Arr2 | summarize Top2=make_list(Arr2))",
        [(0, [5, 1, 3], [5, 3]), (1, [4, 10, 8, 7], [10, 8])],
    ),
    (
        "[5, 1, 3] [4, 10, 8, 7]",
        "with_itemindex=i value=Arr to typeof(long) on (where i >= 2)",
        [(0, [5, 1, 3], 3, 2), (1, [4, 10, 8, 7], 7, 3), (1, [4, 10, 8, 7], 8, 2)],
    ),
]


@pytest.mark.parametrize(("arrays", "operators", "want"), MV_APPLY)
def test_mv_apply(arrays: str, operators: str, want: list[tuple[Any, ...]]) -> None:
    """Source: mv-apply-operator."""
    first, second = arrays.split("] ")
    data = f"datatable (index: int, Arr: dynamic) [0, dynamic({first}]), 1, dynamic({second})]"
    rows = ask(f"{data} | mv-apply {operators}")
    assert sorted(rows, key=lambda row: (row[0], str(row[2]).zfill(3))) == sorted(
        want, key=lambda row: (row[0], str(row[2]).zfill(3))
    )


def test_mv_apply_zips_arrays_of_different_lengths() -> None:
    """Source: mv-apply-operator, multiple columns."""
    query = """datatable (Val: int, Arr1: dynamic, Arr2: dynamic) [
        1, dynamic(["A1", "A2"]), dynamic(["B1", "B2", "B3"]),
        5, dynamic(["C1", "C2"]), dynamic(["D1"])
    ]
    | mv-apply T1=Arr1, T2=Arr2 on (
        extend Out = strcat(T1, "_", T2) | summarize Out = make_list(Out))
    | project Val, Out | sort by Val asc"""
    assert ask(query) == [(1, ["A1_B1", "A2_B2", "_B3"]), (5, ["C1_D1", "C2_"])]


METRICS = """let data = datatable(timestamp:datetime, metric: real) [
    datetime(2016-12-31T06:00), 50, datetime(2017-01-01), 4, datetime(2017-01-02), 3,
    datetime(2017-01-03), 4, datetime(2017-01-03T03:00), 6, datetime(2017-01-05), 8,
    datetime(2017-01-05T13:40), 13, datetime(2017-01-06), 4, datetime(2017-01-07), 3,
    datetime(2017-01-08), 8, datetime(2017-01-08T21:00), 8, datetime(2017-01-09), 2,
    datetime(2017-01-09T12:00), 11, datetime(2017-01-10T05:00), 5,
];
let interval = 1d;
let stime = datetime(2017-01-01);
let etime = datetime(2017-01-10);
data | """
ON = "on timestamp from stime to etime step interval"
DAYS = [f"2017-01-0{day}T00:00:00.0000000Z" for day in range(1, 10)]


def test_make_series_has_an_element_for_each_step() -> None:
    """Source: make-series-operator, the three queries about `metric`."""
    averages = [4.0, 3.0, 5.0, 0.0, 10.5, 4.0, 3.0, 8.0, 6.5]
    assert ask(f"{METRICS} make-series avg(metric) {ON}") == [(averages, DAYS)]
    default = f"avg(metric) default=1.0 {ON}"
    assert ask(f"{METRICS} take 0 | make-series {default} | count") == [(0,)]
    assert ask(f"{METRICS} take 0 | make-series kind=nonempty {default}") == [
        ([1.0] * 9, DAYS)
    ]


WORDS = {
    "columns": {"a": "string", "n": "long"},
    "rows": [
        *(["error", 1], ["my Error", 2], ["LabX PC", 3], ["aLab PC", 4]),
        *(["abc hij", 5], ["errors", 6], ["terror", 7]),
    ],
}


@pytest.mark.parametrize(
    ("predicate", "where"),
    [
        ('"error"', '* has "error"'),
        ('a:"error"', 'a has "error"'),
        ('a=="error"', 'a=="error"'),
        ('"err*"', '* hasprefix "err"'),
        ('"*ror"', '* hassuffix "ror"'),
        ('"*err*"', '* contains "err"'),
        ('"Lab*PC"', r'* matches regex @"\bLab.*PC\b"'),
        ("*", "0==0"),
        ('a matches regex "^e.*s$"', 'a matches regex "^e.*s$"'),
        ('"abc" and ("def" or "hij")', '* has "abc" and (* has "def" or * has "hij")'),
        ('"my" or (n>1 and n<4)', '* has "my" or (n>1 and n<4)'),
    ],
)
def test_search_is_a_where(predicate: str, where: str) -> None:
    """Source: search-operator, search predicate syntax examples."""
    tables = {"T": WORDS}
    found = ask(f"T | search {predicate} | sort by n asc", tables)
    assert found == ask(f"T | where {where} | sort by n asc", tables)
    assert found


def test_search_with_case_is_refused_and_not_done_without() -> None:
    with pytest.raises(KqlError, match="kind=case_sensitive is not supported"):
        ask('T | search kind=case_sensitive "Error"', {"T": WORDS})


def test_rows_stay_serialized_through_mv_expand() -> None:
    """Source: window-functions, operators that preserve the property."""
    query = """datatable (k: string, a: dynamic) ["x", dynamic([9, 1]), "y", dynamic([5])]
    | sort by k desc | mv-expand a to typeof(long)
    | extend p = prev(a) | project a, p"""
    assert ask(query) == [(5, None), (9, 5), (1, 9)]
