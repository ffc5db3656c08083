"""Filters on Events: what a user types behind --where (rule-language.md, 6.4)."""

from __future__ import annotations

from typing import Any

import pytest

from diag.errors import KqlError
from diag.kql import compile_filter, compile_predicate
from diag.schema import TABLES, Type
from tests.kql.asking import NOW, database

DEFAULTS: dict[Type, Any] = {Type.STRING: "", Type.BOOL: True, Type.LONG: 0}


def table(name: str, *rows: dict[str, Any]) -> dict[str, Any]:
    kinds = TABLES[name]
    cells = [
        [row.get(column, DEFAULTS.get(kind)) for column, kind in kinds.items()]
        for row in rows
    ]
    return {"columns": {c: str(k) for c, k in kinds.items()}, "rows": cells}


def event(number: int, **columns: Any) -> dict[str, Any]:
    moment = f"2024-05-01T11:{number:02}:00Z"
    return {"EventId": number, "TimeGenerated": moment, "Line": number,
            "TemplateId": number, **columns}  # fmt: skip


STORE = {
    "Events": table(
        "Events",
        event(1, Level="Error", Message="dial tcp: i/o timeout", Computer="a"),
        event(2, Level="error", Message="token request failed", Log="himds"),
        event(3, Level="Info", Message="all is well", Fields={"code": 7}),
        event(4, Level="Info", Message="terrors | pipes", Component="http"),
    ),
    "Files": table("Files", {"FileId": 9, "File": "himds.log"}),
    "Templates": table(
        "Templates",
        {"TemplateId": 1, "Template": "dial tcp: i/o timeout"},
        {"TemplateId": 2, "Template": "token request failed"},
        {"TemplateId": 3, "Template": "all is well"},
        {"TemplateId": 4, "Template": "terrors | pipes"},
    ),
}


def rows(text: str) -> list[tuple[Any, ...]]:
    query = compile_filter(text)
    return database(STORE).execute(*query.bind({}, NOW)).fetchall()


def numbers(text: str) -> list[int]:
    """Return the EventId of the events that meet a filter."""
    query = compile_filter(text)
    place = list(query.columns).index("EventId")
    found = database(STORE).execute(*query.bind({}, NOW)).fetchall()
    return [row[place] for row in found]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        # A condition.
        ('Level == "Error"', [1]),
        ('Level =~ "error" and Message has "timeout"', [1]),
        ("not(Level == 'Info')", [1, 2]),
        ("(Level == 'Info')", [3, 4]),
        ("true", [1, 2, 3, 4]),
        ("TimeGenerated > ago(58m) and Line < 4", [3]),
        ("Fields.code == 7", [3]),
        ("* has 'himds'", [2]),
        # A bare text in quotes, which is searched for in all columns.
        ('"error"', [1, 2]),
        ("'himds'", [2]),
        ('@"token"', [2]),
        ('"a"', [1]),
        ('"http" or "timeout"', [1, 4]),
        # A condition and operators; a pipe in a text is none.
        ("Level == 'Info' | take 1", [3]),
        ("Message has 'pipes' and Message contains '| p'", [4]),
        ("Level == 'Info' | where Line > 3 | project EventId, Line", [4]),
        ('"error" | sort by Line desc', [2, 1]),
        # Operators alone.
        ("| where Line == 2", [2]),
        ("| top 2 by Line", [4, 3]),
        # A whole query.
        ("Events | where Line == 3", [3]),
        ("Events", [1, 2, 3, 4]),
        ("let least = 2; Events | where Line > least", [3, 4]),
        ("union Events | where Line == 1", [1]),
        ('search "timeout"', [1]),
        ('search in (Events) "timeout" or "well"', [1, 3]),
        # White space and comments are nothing.
        ("  \n Level == 'Error' // why", [1]),
        ("// first\nLevel == 'Error'", [1]),
        # A column that is called as a table begins no query.
        ("Line == 1 and Computer == 'a'", [1]),
    ],
)
def test_a_filter_is_a_condition_operators_or_a_query(
    text: str, want: list[int]
) -> None:
    assert numbers(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("| count", [(4,)]),
        ("Level == 'Info' | count", [(2,)]),
        ("| summarize n = count() by Level | sort by Level asc", [("Error", 1), ("Info", 2), ("error", 1)]),
        ("Files | project File", [("himds.log",)]),
        ("print x = 1 + 1", [(2,)]),
        ("range x from 1 to 2 step 1", [(1,), (2,)]),
        ("datatable (x: long) [7]", [(7,)]),
    ],
)  # fmt: skip
def test_a_filter_may_give_other_columns(
    text: str, want: list[tuple[Any, ...]]
) -> None:
    assert rows(text) == want


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ('Levl == "x"', "1:1", "unknown column 'Levl'; did you mean 'Level'?"),
        ('Level = "x"', "1:7", "found '='; for a comparison write =="),
        ("Level == 'x' | tak 3", "1:16", "unknown operator 'tak'; did you mean 'take'?"),
        ("| whre Line == 1", "1:3", "unknown operator 'whre'"),
        ("Events | where Levl == 1", "1:16", "unknown column 'Levl'"),
        ("Line", "1:1", "a condition is expected, this is long"),
        ("Level == 'x' and\n Levl == 'y'", "2:2", "unknown column 'Levl'"),
        ('Level == "x', "1:10", "is not closed"),
        ("Level == 'x' | evaluate bag_unpack(Fields)", "1:16", "'evaluate' is not supported"),
        ("Level == 'x'; Files", "1:15", "found 'Files'"),
    ],
)  # fmt: skip
def test_a_wrong_filter_is_refused_where_the_user_wrote_it(
    text: str, where: str, said: str
) -> None:
    with pytest.raises(KqlError) as caught:
        compile_filter(text)
    assert said in caught.value.text
    assert caught.value.where == where
    assert caught.value.source == text.splitlines()[caught.value.line - 1]


def test_an_empty_filter_is_refused() -> None:
    with pytest.raises(KqlError):
        compile_filter("")


def test_a_filter_takes_constants_and_late_values() -> None:
    query = compile_filter(
        "Line > least and Level == which | project EventId",
        constants={"least": (Type.LONG, 1)},
        late={"which": Type.STRING},
    )
    found = database(STORE).execute(*query.bind({"which": "Info"}, NOW)).fetchall()
    assert found == [(3,), (4,)]


def test_a_predicate_gives_the_first_events_that_meet_it() -> None:
    query = compile_predicate(
        "Line > 1 and Level != 'x'", columns=("EventId", "Level"), limit=2
    )
    found = database(STORE).execute(*query.bind({}, NOW)).fetchall()
    assert found == [(2, "error"), (3, "Info")]


@pytest.mark.parametrize(
    "text", ["Line > 1 | take 1", "Line", "Events", "", "Line > 1;", "Line > 1)"]
)
def test_a_predicate_is_one_condition(text: str) -> None:
    with pytest.raises(KqlError):
        compile_predicate(text, columns=("EventId",), limit=2)
