"""What is allowed in a query and seldom meant."""

from __future__ import annotations

import pytest

from diag.kql.advice import advise, names_in

EVENTS = "Events | where Log == 'a'"


@pytest.mark.parametrize(
    ("text", "begins", "code"),
    [
        (f"{EVENTS}\n| join (Bundles) on Computer", "join (", "KQL301"),
        (f"{EVENTS} | join hint.x=y (Bundles) on Computer", "join hint", "KQL301"),
        (
            f"{EVENTS} | sort by Line asc | extend A = prev(Line)",
            "prev(Line)",
            "KQL302",
        ),
        (
            f"{EVENTS} | sort by Line asc | where Line - prev(Line) > next(Line)",
            "prev(Line)",
            "KQL302",
        ),
        (f"{EVENTS} | take 5", "take 5", "KQL303"),
        (
            f"{EVENTS} | sort by Line | summarize count() by Log | limit 5",
            "limit 5",
            "KQL303",
        ),
        ("Events | where Message contains 'two words'", "Message", "KQL304"),
        ("Events | where tolower(Message) == 'a'", "tolower", "KQL305"),
        ("Events | where 'a' != toupper(Message)", "'", "KQL306"),
        ("Events | where 'A' != toupper(Message)", "'", "KQL305"),
        ("Events | where tolower(Message) == 'A'", "tolower", "KQL306"),
        ("Events | where tolower(Message) in ('a', 'B')", "tolower", "KQL306"),
        ("Events | where tolower(Message) has_cs 'Word'", "tolower", "KQL306"),
        (
            "Events | where TimeGenerated > datetime(2024-05-01)",
            "TimeGenerated",
            "KQL307",
        ),
        (
            "Events | where TimeGenerated between (datetime(2024-05-01) .. now())",
            "TimeGenerated",
            "KQL307",
        ),
        (
            "Events | join kind=inner (Events | where Line > 5) on File",
            "join kind",
            "KQL308",
        ),
        (
            "let a = Events | project File; let b = a; b | join kind=inner a on File",
            "join kind",
            "KQL308",
        ),
    ],
)
def test_what_is_seldom_meant(text: str, begins: str, code: str) -> None:
    [one] = advise(text)
    assert one.code == code
    assert text.splitlines()[one.line - 1][one.column - 1 :].startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        f"{EVENTS} | join kind=innerunique (Bundles) on Computer",
        f"{EVENTS} | join hint.strategy=shuffle kind=leftanti (Bundles) on Computer",
        f"{EVENTS} | lookup (Bundles) on Computer",
        f"{EVENTS} | sort by Line asc | where prev(Line) == Line",
        f"{EVENTS} | sort by Line asc | extend A = prev(Computer, 3) | where A == Computer",
        (
            "let a = Events | sort by Line | extend A = prev(File), B = prev(Line);"
            " a | where File != A"
        ),
        f"{EVENTS} | sort by Line asc | take 5",
        f"{EVENTS} | top 5 by Line",
        "Events | where Message contains '/path/' or Message contains '='",
        "Events | where Message =~ 'A' and tolower(Message) has 'Word'",
        "Events | where TimeGenerated > ago(1h)",
        "Events | extend A = TimeGenerated > datetime(2024-05-01)",
        "Facts | where todatetime(Value) < datetime(2024-05-01)",
        "Events | join kind=inner (Events | project File, B = Line) on File | where B > Line",
        "Events | join kind=inner (Events | summarize max(Line) by File) on File",
        "Events | join kind=inner (Events | distinct File) on File",
        "Events | summarize count() by File | join kind=inner Events on File",
        "Events | join kind=leftanti Events on File",
        "Events | join kind=inner Bundles on Computer",
    ],
)
def test_what_may_well_be_meant(text: str) -> None:
    assert advise(text) == []


def test_the_names_of_a_text_are_those_outside_of_texts_and_comments() -> None:
    assert names_in("Events | where a > b // c\n and 'd' has e") >= {"a", "b", "e"}
    assert not names_in("Events // c\n | where 'd' == ''") & {"c", "d"}
