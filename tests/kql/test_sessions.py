"""`row_window_session`: where sessions begin.

Source of the rules and of the first case:
https://learn.microsoft.com/kusto/query/row-window-session-function
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from diag.errors import KqlError
from tests.kql.asking import ask

DAY = datetime(2024, 4, 11)  # noqa: DTZ001 - the store's times are naive UTC


def at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return DAY + timedelta(hours=int(hour), minutes=int(minute))


def sessions(clocks: str, *limits: str) -> list[datetime | None]:
    """Return when the session of each time of a day began; `-` is no time."""
    rows = [[n, None if c == "-" else at(c)] for n, c in enumerate(clocks.split())]
    table = {"columns": {"n": "long", "t": "datetime"}, "rows": rows}
    call = f"row_window_session(t, {', '.join(limits)})"
    return [
        row[0]
        for row in ask(
            f"T | sort by n asc | extend s = {call} | project s", {"T": table}
        )
    ]


def test_the_example_of_the_documentation() -> None:
    query = """datatable (ID:string, Timestamp:datetime) [
        "1", datetime(2024-04-11 10:00:00),
        "2", datetime(2024-04-11 10:18:00),
        "1", datetime(2024-04-11 11:00:00),
        "3", datetime(2024-04-11 11:30:00),
        "2", datetime(2024-04-11 13:30:00),
        "2", datetime(2024-04-11 10:16:00)
    ]
    | sort by ID asc, Timestamp asc
    | extend SessionStarted = row_window_session(Timestamp, 1h, 5m, ID != prev(ID))"""
    assert ask(query) == [
        ("1", at("10:00"), at("10:00")),
        ("1", at("11:00"), at("11:00")),
        ("2", at("10:16"), at("10:16")),
        ("2", at("10:18"), at("10:16")),
        ("2", at("13:30"), at("13:30")),
        ("3", at("11:30"), at("11:30")),
    ]


@pytest.mark.parametrize(
    ("clocks", "limits", "starts"),
    [
        # "equals or exceeds the previous value plus MaxDistanceBetweenNeighbors"
        ("10:00 10:04 10:09 10:13", ("1h", "5m"), "10:00 10:00 10:09 10:09"),
        # "equals or exceeds the previous session value plus MaxDistanceFromFirst"
        ("10:00 10:04 10:08 10:10", ("10m", "5m"), "10:00 10:00 10:00 10:10"),
        # The new session counts from its own start, not from a fixed grid.
        ("10:00 10:04 10:08 10:12 10:16", ("9m", "5m"), "10:00 10:00 10:00 10:12 10:12"),
        # A row that restarts does so even where no limit is reached.
        ("10:00 10:01 10:02", ("1h", "5m", "n == 1"), "10:00 10:01 10:01"),
        # A restart whose condition is null is none.
        ("10:00 10:01", ("1h", "5m", "prev(n, 5) == n + long(null)"), "10:00 10:00"),
        # "there was no previous session value, or it was null"
        ("10:00 - 10:01 10:02", ("1h", "5m"), "10:00 - 10:01 10:01"),
        ("- 10:00 10:01", ("1h", "5m"), "- 10:00 10:00"),
        # Times that go back are no distance that reaches a limit.
        ("10:04 10:00 10:03", ("1h", "5m"), "10:04 10:04 10:04"),
        ("", ("1h", "5m"), ""),
    ],
)  # fmt: skip
def test_a_session_begins_where_a_limit_is_reached(
    clocks: str, limits: tuple[str, ...], starts: str
) -> None:
    found = sessions(clocks, *limits)
    assert found == [None if c == "-" else at(c) for c in starts.split()]


def test_the_order_is_that_of_the_rows_before_it() -> None:
    query = """range x from 1 to 4 step 1
    | extend t = datetime(2024-04-11 10:00) + iff(x > 2, 1h, 0h) + x * 1m
    | sort by t desc
    | extend s = row_window_session(t, 1d, 10m)
    | where x == 1 | project s"""
    # Downwards no time is later than the one before it, so that there is one session.
    assert ask(query) == [(at("11:04"),)]
    query = query.replace("desc", "asc")
    assert ask(query) == [(at("10:01"),)]


def test_sessions_can_be_counted_and_joined_with_other_windows() -> None:
    query = """range x from 0 to 5 step 1
    | extend t = datetime(2024-04-11 10:00) + x * 1m + iff(x >= 3, 1h, 0h)
    | sort by t asc
    | extend s = row_window_session(t, 1d, 10m), p = prev(x)
    | summarize n = count(), last = max(t), least = min(p) by s
    | sort by s asc"""
    assert ask(query) == [
        (at("10:00"), 3, at("10:02"), 0),
        (at("11:03"), 3, at("11:05"), 2),
    ]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("print t = now() | extend s = row_window_session(t, 1h, 5m)", "needs an ordered"),
        ("print t = 1 | serialize | extend s = row_window_session(t, 1h, 5m)", "datetime is"),
        ("print t = now() | serialize | extend s = row_window_session(t, 1, 5m)", "timespan is"),
        ("print t = now() | serialize | extend s = row_window_session(t, 1h)", "is written"),
        ("print t = now() | serialize | extend s = row_window_session(t, 1h, 5m, 7)", "condition"),
    ],
)  # fmt: skip
def test_what_is_no_session_is_refused(query: str, text: str) -> None:
    with pytest.raises(KqlError, match=text):
        ask(query)
