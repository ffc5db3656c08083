"""Which small changes are made to a query, and which are not."""

from __future__ import annotations

import pytest

from diag import kql
from diag.errors import KqlError
from diag.kql.altering import alter_query


def changes(text: str, *, ordered: bool = False) -> list[str]:
    """Return the changes of a query, as one line each."""
    return [
        f"{one.line} {one.change}: {one.before}"
        + (f" -> {one.after}" if one.after else "")
        for one in alter_query(text, ordered=ordered)
    ]


def test_terms_are_left_out_and_turned() -> None:
    text = 'Events\n| where Log == "himds" and (Line > 5 or Message has "x")'
    assert changes(text) == [
        "2 'and' term left out: Log == \"himds\"",
        "2 'and' term left out: Line > 5 or Message has \"x\"",
        '2 turned: Log == "himds" -> Log != "himds"',
        '2 text replaced: "himds" -> "zqxjv"',
        "2 'or' term left out: Line > 5",
        "2 'or' term left out: Message has \"x\"",
        "2 boundary moved: Line > 5 -> Line >= 5",
        "2 turned: Line > 5 -> Line <= 5",
        "2 number changed: 5 -> 4",
        "2 number changed: 5 -> 6",
        "2 number changed: 5 -> 50",
        # Another text would do what leaving out the term does.
        '2 turned: Message has "x" -> Message !has "x"',
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Events | where Message has_any ('a', 'b')",
            ['1 left out of has_any: "a"', '1 left out of has_any: "b"'],
        ),
        (
            "Events | where Log in ('a')",
            ['1 text replaced: "a" -> "zqxjv"'],
        ),
        (
            "Events | where TimeGenerated > ago(90m)",
            [
                "1 timespan changed: 90m -> 45m",
                "1 timespan changed: 90m -> 89m",
                "1 timespan changed: 90m -> 91m",
                "1 timespan changed: 90m -> 3h",
            ],
        ),
        (
            "Events | extend A = case(Line == 1, 'a', Line == 2, 'b', '')",
            ['1 branch left out: Line == 1, "a"', '1 branch left out: Line == 2, "b"'],
        ),
        (
            "Events | extend A = iff(isempty(Log), 'a', 'b')",
            [
                "1 turned: isempty(Log) -> isnotempty(Log)",
                '1 branch alone: iff(isempty(Log), "a", "b") -> "a"',
                '1 branch alone: iff(isempty(Log), "a", "b") -> "b"',
            ],
        ),
        (
            "Events | summarize A = min(Line), B = count() by Log",
            ["1 turned: min(Line) -> max(Line)", "1 count changed: count() -> max(1)"],
        ),
        (
            "Events | where Message matches regex @'(?i)one|t(w|o)|[|]\\|'",
            [
                "1 alternative left out: (?i)one",
                "1 alternative left out: t(w|o)",
                "1 alternative left out: [|]\\|",
            ],
        ),
        (
            "Events | parse Message with * 'word ' A ' ' B",
            ['1 text replaced: "word " -> "zqxjv"'],
        ),
        (
            "Events | join kind=leftanti (Events | take 1) on File",
            [
                "1 join left out: join kind=leftanti",
                "1 join turned: leftanti -> leftsemi",
                "1 take left out: take 1",
            ],
        ),
        (
            "let names = dynamic(['a', 'b']); union Events, Files",
            [
                "1 element left out: a",
                "1 element left out: b",
                "1 table left out: table 1",
                "1 table left out: table 2",
            ],
        ),
        (
            "datatable(A: string, N: long) ['x', 1, 'y', 2]",
            ['1 row left out: "x", 1', '1 row left out: "y", 2'],
        ),
    ],
)
def test_each_kind_of_change(text: str, expected: list[str]) -> None:
    found = changes(text)
    assert [one for one in expected if one not in found] == []


def test_an_order_is_turned_only_where_it_is_read() -> None:
    read = "Events | sort by Computer asc, Line asc | where prev(Log) == Log"
    assert "1 order turned: Line asc -> Line desc" in changes(read)
    unread = "Events | sort by Computer asc, Line asc | project Line"
    assert changes(unread) == []
    assert changes(unread, ordered=True) == ["1 order turned: Line asc -> Line desc"]
    lost = "Events | sort by Line asc | summarize max(Line) by Log"
    assert not any("order" in one for one in changes(lost))
    parted = "Events | sort by File asc | where prev(File) == File"
    assert not any("order" in one for one in changes(parted))


@pytest.mark.parametrize(
    "text",
    [
        "Events | where isnotnull(TimeGenerated) and TimeGenerated - 1h > ago(1h)",
        "Events | where Log == 'a' and isnotempty(Log)",
        "Events | where Message has 'two: x' and Message matches regex 'two: x(y|z)'",
        (
            "Events | where Message has 'two' | extend A = extract('one two ([a-z]+)', 1,"
            " Message) | where A != ''"
        ),
    ],
)
def test_what_follows_from_the_rest_is_not_left_out(text: str) -> None:
    gone = [
        one
        for one in changes(text)
        if "left out: isnot" in one or "left out: Message has" in one
    ]
    assert gone == []


@pytest.mark.parametrize(
    "text",
    [
        "Events | where isnotnull(TimeGenerated) and TimeGenerated != ago(1h)",
        "Events | where isnotnull(TimeGenerated) or TimeGenerated > ago(1h)",
        "Events | where Message has 'two' and Message matches regex 'one|two'",
        "Events | where Message has 'two' and Message matches regex '(one|two)'",
        "Events | where Message has 'two' and Log matches regex 'two'",
        (
            "Events | where Message has 'two' | extend A = extract('two ([a-z]+)', 1,"
            " Message) | summarize by A | where A != ''"
        ),
    ],
)
def test_what_does_not_follow_is_left_out(text: str) -> None:
    assert any(
        "left out: isnot" in one or "left out: Message has" in one
        for one in changes(text)
    )


def test_wording_and_large_factors_stay() -> None:
    text = "Events | extend A = iff(Line > 1, 'It is so.', 'no'), B = Line * 100000"
    found = changes(text)
    assert not any(
        '"It is so." -> "zqxjv"' in one or "100000 ->" in one for one in found
    )
    assert '1 text replaced: "no" -> "zqxjv"' in found


def test_texts_that_only_shape_what_is_shown_stay() -> None:
    text = "Events | project A = strcat('a', substring(Message, 1, 2), round(1.5, 1))"
    assert changes(text) == []


def test_empty_texts_and_nothing_else_stay() -> None:
    assert changes("Events | project A = '', B = long(null)") == []


def test_every_alternative_of_a_regex_still_compiles() -> None:
    text = "Events | where Message matches regex @'(?i)one|t(w|o)|[|]\\|'"
    for one in alter_query(text):
        assert kql.compile_tree(one.tree, text).sql.startswith(("SELECT", "WITH"))


def test_a_change_that_does_not_fit_does_not_compile() -> None:
    text = "Events | extend A = iff(Line > 1, 'a', 'b') | where A has 'a'"
    trees = {one.change: one.tree for one in alter_query(text)}
    assert kql.compile_tree(trees["branch alone"], text).columns
    query = "Events | where Line in (1) | union (Events | project Log)"
    for one in alter_query(query):
        try:
            kql.compile_tree(one.tree, query)
        except KqlError as error:
            assert error.line == 1
