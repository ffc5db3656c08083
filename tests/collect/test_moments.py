"""Times and sizes as people write them, the same as the other commands take."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.cli.moment import moment
from diag.collect.moments import iso_of, seconds_of
from diag.collect.options import joined, size_of

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
TIMES = st.datetimes(
    min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=ZONES  # noqa: DTZ001
)  # fmt: skip


@given(TIMES, st.sampled_from(["T", " "]), st.sampled_from(["auto", "minutes"]))
def test_iso_is_read_as_by_the_other_commands(
    at: datetime, between: str, precision: str
) -> None:
    text = at.isoformat(between, precision)
    assert seconds_of(text) == pytest.approx(moment(text).at.timestamp(), abs=1e-5)


@given(st.dates(min_value=datetime(1970, 1, 2).date()))  # noqa: DTZ001
def test_a_date_is_its_midnight_in_utc(day: object) -> None:
    assert seconds_of(str(day)) == moment(str(day)).at.timestamp()


@pytest.mark.parametrize("text", ["72h", "-3d", "1d12h", "now", "today", "yesterday"])
def test_words_and_durations_too(text: str) -> None:
    assert seconds_of(text) == pytest.approx(moment(text).at.timestamp(), abs=60)


@pytest.mark.parametrize(
    "text",
    ["", "x", "2026-13-01", "2026-02-30", "2026-03-10T25:00", "3y", "12:00",
     "0000-01-01", "2026-03-10T12:00:00+99", "99999999999999h"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no time"):
        seconds_of(text)


@given(st.integers(0, 4102444800))
def test_iso_is_written_in_utc(seconds: int) -> None:
    expected = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert iso_of(seconds) == expected
    assert seconds_of(iso_of(seconds)) == seconds


def test_a_time_that_no_calendar_has_is_empty() -> None:
    assert iso_of(1e30) == ""


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("500M", 500 << 20), ("2g", 2 << 30), ("3 ", 3), ("1KiB", 1024)],
)
def test_sizes(text: str, size: int) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5G", "x", "5P"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no size"):
        size_of(text)


def test_a_time_before_now_is_no_option() -> None:
    words = ["--since", "-3d", "-o", "-", "--until", "-1h"]
    assert joined(words) == ["--since=-3d", "-o", "-", "--until=-1h"]
