"""What an author reads when a query is wrong: the place, the reason, a way out."""

from __future__ import annotations

import pytest

from diag.errors import KqlError
from diag.kql import compile_query

# rule-language.md, section 6.3; and more of the same kind.
MESSAGES = [
    (
        'Events | whre Level == "x"',
        "1:10",
        "KQL005",
        "unknown operator 'whre'; did you mean 'where'?",
    ),
    (
        'Events | where Level = "Error"',
        "1:22",
        "KQL004",
        "found '='; for a comparison write ==",
    ),
    (
        'Events | where Levl == "x"',
        "1:16",
        "KQL103",
        "unknown column 'Levl'; did you mean 'Level'?",
    ),
    (
        "Evnts | take 5",
        "1:1",
        "KQL102",
        "unknown table 'Evnts'; did you mean 'Events'?",
    ),
    (
        'Events | where tolowr(Level) == "x"',
        "1:16",
        "KQL103",
        "unknown function tolowr(); did you mean tolower()?",
    ),
    (
        'Events | where Message contians "x"',
        "1:24",
        "KQL004",
        "'contians'; did you mean 'contains'?",
    ),
    (
        'Events | where TimeGenerated > ago("1h")',
        "1:32",
        "KQL105",
        "ago() takes a timespan such as 1h, not a string",
    ),
    (
        "Events | summarize count() by bin(TimeGenerated, 5)",
        "1:31",
        "KQL105",
        "bin() of a datetime needs a timespan such as 5m",
    ),
    (
        "Events | extend p = prev(TimeGenerated)",
        "1:10",
        "KQL108",
        "prev() needs an ordered input: put `sort by ...` before it",
    ),
    ("Events | top 5", "1:15", "KQL004", "'by' expected at the end of the query"),
    (
        'Events | where Level in ("a", "b"',
        "1:34",
        "KQL004",
        "')' expected, found the end of the query",
    ),
    (
        "Events | evaluate bag_unpack(Fields)",
        "1:10",
        "KQL201",
        "operator 'evaluate' is not supported",
    ),
    (
        'Events | where Message matches regex "(x"',
        "1:38",
        "KQL107",
        "invalid regular expression: missing )",
    ),
    ("", "1:1", "KQL004", "a table expected at the end of the query"),
    ("Events |", "1:9", "KQL004", "an operator such as where expected after '|'"),
    ('Events | where Level == "x', "1:25", "KQL002", "is not closed"),
    ("Events | take 5 Events", "1:17", "KQL004", "after '|' expected, found 'Events'"),
    ("let f = (x: long) { x }; f(1)", "1:26", "KQL105", "a table is expected here"),
    ("let f = (x: long) { x }; print f()", "1:32", "KQL104", "f() takes 1 arguments"),
    ("let f = (x: long) { x }; print f('a')", "1:34", "KQL105", "'x' is long"),
    ("let f = (x: long) { y }; print f(1)", "1:21", "KQL103", "unknown name 'y'"),
    ("let f = (x: lon) { x }; print f(1)", "1:13", "KQL104", "did you mean 'long'?"),
    (
        "Events | mv-apply Fields on (join (Files) on File)",
        "1:30",
        "KQL201",
        "mv-apply",
    ),
    ("Events | make-series count() on Level step 1h", "1:33", "KQL105", "make-series"),
    (
        "Events | make-series count() on TimeGenerated step 5",
        "1:52",
        "KQL105",
        "a step",
    ),
    ("search", "1:7", "KQL004", "a text to search for expected at the end"),
    ("set x = 1; Events", "1:1", "KQL201", "the statement 'set' is not supported"),
    ("Events | where Line > 'x'", "1:16", "KQL105", "long cannot be compared with str"),
    (
        "Events | where Line + 1",
        "1:16",
        "KQL105",
        "a condition is expected, this is lo",
    ),
    ("Events | summarize max(Line) + Line", "1:32", "KQL105", "inside an aggregate"),
    ("Events | where count() > 1", "1:16", "KQL105", "stands in summarize only"),
    ("Events | project Line, Line", "1:24", "KQL109", "two columns are called 'Line'"),
    ("Events | join (Files) on Nope", "1:26", "KQL103", "unknown column 'Nope'"),
    ("Events | join kind=sideways (Files) on File", "1:15", "KQL004", "unknown kind"),
    ("let Events2 = Events | take 1; Events3", "1:32", "KQL102", "did you mean"),
    ("Events | where Level == 'a' == 'b'", "1:29", "KQL004", "another comparison"),
    ("print strlen()", "1:7", "KQL104", "strlen() is written strlen(text)"),
    ("print geo_point_in_circle(1)", "1:7", "KQL201", "geo_point_in_circle() is not"),
    ("Events | take -1", "1:15", "KQL106", "must be from 0 to"),
    (
        "Events\n| where Level == 'x'\n| extnd y = 1",
        "3:3",
        "KQL005",
        "did you mean 'extend'?",
    ),
    (
        "Events // where\n | where Levl == 1",
        "2:10",
        "KQL103",
        "did you mean 'Level'?",
    ),
    ("print datetime(2024-13-01)", "1:7", "KQL003", "is no datetime"),
    ("print x = toscalar(Events) + 'a'", "1:11", "KQL105", "cannot stand between"),
]


@pytest.mark.parametrize(("query", "place", "code", "text"), MESSAGES)
def test_a_message_names_place_reason_and_a_way_out(
    query: str, place: str, code: str, text: str
) -> None:
    with pytest.raises(KqlError) as caught:
        compile_query(query)
    assert (caught.value.where, caught.value.code) == (place, code), str(caught.value)
    assert text in caught.value.text
    lines = query.splitlines() or [""]
    assert caught.value.source == lines[caught.value.line - 1]


@pytest.mark.parametrize(
    "pattern",
    ["(?=x)", "(?<!x)", r"(a)\1", "a{2000}", "[a", "*a", "a)", "\\", "x" * 3000],
)
def test_a_pattern_that_re2_refuses_is_refused_at_once(pattern: str) -> None:
    with pytest.raises(KqlError, match="KQL107"):
        compile_query(f'Events | where Message matches regex @"{pattern}"')


def test_a_message_shows_no_control_characters() -> None:
    with pytest.raises(KqlError) as caught:
        compile_query("Events | where ['\x1b]52;c;x\x07'] == 1")
    assert "\x1b" not in caught.value.text
    assert "\x07" not in caught.value.text
