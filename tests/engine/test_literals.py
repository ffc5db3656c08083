"""Values of parameters and tests."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.engine.literals import parse_literal, parse_span, parse_time
from diag.schema import Type


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("10m", timedelta(minutes=10)),
        ("1.5h", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("250ms", timedelta(milliseconds=250)),
        ("30 seconds", timedelta(seconds=30)),
        ("-5m", timedelta(minutes=-5)),
        ("00:10:00", timedelta(minutes=10)),
        ("1.02:03:04.5", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("-00:00:01", timedelta(seconds=-1)),
    ],
)
def test_a_span_is_read(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "10", "10 parsecs", "m", "1:2", "99999999d", "٣m"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"timespan|hundred years"):
        parse_span(text)


@given(st.text())
def test_any_text_is_a_span_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse_span(text), timedelta)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-10T12:00:00Z", 12),
        ("2026-03-10T12:00:00+02:00", 10),
        ("2026-03-10 12:00", 12),
    ],
)
def test_a_time_becomes_naive_utc(text: str, hour: int) -> None:
    assert parse_time(text) == datetime(2026, 3, 10, hour)  # noqa: DTZ001 - as the store has it


@pytest.mark.parametrize("text", ["yesterday", "", "0001-01-01T00:00:00+10:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time|outside"):
        parse_time(text)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (10, Type.STRING),
        ("10", Type.LONG),
        (True, Type.LONG),
        (2**63, Type.LONG),
        (float("inf"), Type.REAL),
        (10, Type.TIMESPAN),
        (1, Type.BOOL),
        ("[]", Type.DYNAMIC),
    ],
)
def test_a_value_of_another_type_is_refused(value: Any, kind: Type) -> None:
    with pytest.raises(ValueError, match="is no"):
        parse_literal(value, kind)


def test_values_keep_their_type() -> None:
    assert parse_literal(3, Type.REAL) == 3.0
    assert parse_literal([1], Type.DYNAMIC) == [1]
    assert parse_literal("10m", Type.TIMESPAN) == timedelta(minutes=10)
