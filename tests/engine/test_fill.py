"""Placeholders, and how a value is written for a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.engine.fill import fill, placeholders, write_span, write_value
from diag.schema import Type

MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (25 * MINUTE, "25 min"),
        (125 * MINUTE, "2 h 5 min"),
        (76 * 60 * MINUTE, "3 d 4 h"),
        (76 * 60 * MINUTE + 59 * MINUTE, "3 d 4 h"),
        (24 * 60 * MINUTE, "1 d"),
        (90_000_000, "1 min 30 s"),
        (1_500_000, "1 s"),
        (250_000, "250 ms"),
        (7, "7 µs"),
        (0, "0 s"),
        (-25 * MINUTE, "-25 min"),
    ],
)
def test_a_span_is_written_in_its_two_largest_units(
    microseconds: int, text: str
) -> None:
    assert write_span(microseconds) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1_500_000_000, Type.TIMESPAN, "25 min"),
        (timedelta(minutes=25), Type.TIMESPAN, "25 min"),
        (datetime(2026, 3, 10, 12, tzinfo=UTC), Type.DATETIME, "2026-03-10T12:00:00Z"),
        (True, Type.BOOL, "true"),
        (33.333333, Type.REAL, "33.33"),
        (12.0, Type.REAL, "12"),
        (0.00123456, Type.REAL, "0.001235"),
        (float("inf"), Type.REAL, "inf"),
        (float("nan"), Type.REAL, "nan"),
        (12, Type.LONG, "12"),
        ("x", Type.STRING, "x"),
        (None, Type.STRING, ""),
        (None, Type.DATETIME, "unknown"),
        ('["a",1,null]', Type.DYNAMIC, "a, 1, "),
        ('{"a":[1]}', Type.DYNAMIC, '{"a":[1]}'),
        ('"a"', Type.DYNAMIC, "a"),
        ("no json", Type.DYNAMIC, "no json"),
    ],
)
def test_a_value_is_written_by_its_type(value: Any, kind: Type, text: str) -> None:
    assert write_value(value, kind) == text


def test_columns_are_put_into_the_text() -> None:
    kinds = {"Computer": Type.STRING, "Gap": Type.TIMESPAN}
    row = {"Computer": "srv-1", "Gap": 25 * MINUTE}
    text = "{{Computer}}: silent for {{ Gap }}, {not} {{1}}"
    assert placeholders(text) == ("Computer", "Gap")
    assert fill(text, row, kinds) == "srv-1: silent for 25 min, {not} {{1}}"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 requests were refused"),
        (1, "1 request was refused"),
        (2, "2 requests were refused"),
        (11, "11 requests were refused"),
        (None, "unknown requests were refused"),
    ],
)
def test_a_count_has_the_word_that_goes_with_it(count: int | None, text: str) -> None:
    template = "{{Count|request was|requests were}} refused"
    assert placeholders(template) == ("Count",)
    assert fill(template, {"Count": count}, {"Count": Type.LONG}) == text


def test_a_count_needs_two_words() -> None:
    for template in ("{{A|b}}", "{{A|b|c|d}}", "{{A||b}}"):
        assert placeholders(template) == ()
        assert fill(template, {"A": 1}, {"A": Type.LONG}) == template


def test_a_value_is_not_read_as_a_text_with_placeholders() -> None:
    row = {"A": "{{B}}", "B": "secret"}
    assert fill("{{A}}", row, {"A": Type.STRING}) == "{{B}}"


def test_a_long_value_is_cut() -> None:
    filled = fill("{{A}}", {"A": "x" * 10_000}, {"A": Type.STRING})
    assert len(filled) == 501
    assert filled.endswith("x…")


@given(st.text(), st.text())
def test_any_text_can_be_filled(text: str, value: str) -> None:
    row = dict.fromkeys(placeholders(text), value)
    assert isinstance(fill(text, row, {}), str)
