"""Times on the command line."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from diag.cli.moment import moment
from diag.errors import UsageError

NOW = "2026-03-10T12:00:00Z"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-10T12:00:00Z", "2026-03-10T12:00:00+00:00"),
        ("2026-03-10T12:00:00+01:00", "2026-03-10T11:00:00+00:00"),
        ("2026-03-10T12:00", "2026-03-10T12:00:00+00:00"),
        ("2026-03-10 12:00:00.25", "2026-03-10T12:00:00.250000+00:00"),
        (" 2026-03-10 ", "2026-03-10T00:00:00+00:00"),
    ],
)
def test_iso_times_are_utc_without_an_offset(text: str, expected: str) -> None:
    found = moment(text)
    assert found.at.isoformat() == expected
    assert not found.relative


@freeze_time(NOW, real_asyncio=True)
@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("72h", timedelta(hours=72)),
        ("-3d", timedelta(days=3)),
        ("90m", timedelta(minutes=90)),
        ("30s", timedelta(seconds=30)),
        ("2w", timedelta(days=14)),
        ("1d12h", timedelta(hours=36)),
        ("0h", timedelta()),
        ("72H", timedelta(hours=72)),
        ("now", timedelta()),
    ],
)
def test_durations_are_that_long_before_now(text: str, ago: timedelta) -> None:
    found = moment(text)
    assert found.at == at(NOW) - ago
    assert found.relative


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no tzset")
@pytest.mark.parametrize(
    ("zone", "word", "expected"),
    [
        ("UTC", "today", "2026-03-10T00:00:00Z"),
        ("UTC", "Yesterday", "2026-03-09T00:00:00Z"),
        ("Asia/Tokyo", "today", "2026-03-09T15:00:00Z"),
        ("America/New_York", "yesterday", "2026-03-09T04:00:00Z"),
    ],
)
def test_days_begin_at_midnight_of_this_computer(
    monkeypatch: pytest.MonkeyPatch, zone: str, word: str, expected: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        monkeypatch.setattr("diag.clock.now", lambda: at(NOW))
        assert moment(word).at == at(expected)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "72",
        "3x",
        "+3d",
        "--3d",
        "h",
        "2026-13-01",
        "2026-02-30T00:00",
        "999999999w",
        "0001-01-01T00:00:00+14:00",
        "tomorrow",
    ],
)
def test_anything_else_is_an_error_that_shows_the_forms(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        moment(text)
    assert caught.value.where == "--now"
    assert "72h or -3d" in caught.value.hint


@given(st.text(max_size=30))
def test_any_text_is_a_time_in_utc_or_a_usage_error(text: str) -> None:
    try:
        found = moment(text)
    except UsageError:
        return
    assert found.at.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_that_python_writes_is_read(value: datetime) -> None:
    assert moment(value.isoformat()).at == value
