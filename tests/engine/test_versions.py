"""Agent versions as numbers and as text that sorts like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.engine.versions import pad_version, parse_range, parse_version


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1.40.02664.1629", (1, 40, 2664, 1629)),
        ("v1.40", (1, 40)),
        ("1.40.0", (1, 40)),
        ("0", (0,)),
        ("1.61 (beta)", (1, 61)),
        ("", ()),
        ("unknown", ()),
    ],
)
def test_a_version_is_read_as_numbers(text: str, parts: tuple[int, ...]) -> None:
    assert parse_version(text) == parts


@pytest.mark.parametrize(
    ("version", "wanted", "holds"),
    [
        ("1.39", ">=1.40 <1.45", False),
        ("1.40.02664.1629", ">=1.40 <1.45", True),
        ("1.45", ">=1.40 <1.45", False),
        ("1.9", ">=1.40", False),
        ("1.60", ">=1.40 <1.45 || >=1.60", True),
        ("1.50", ">=1.40 <1.45 || >=1.60", False),
        ("1.40", "1.40", True),
        ("1.40.1", "<=1.40", False),
        ("1.40", "!=1.40", False),
        ("1.41", ">1.40", True),
        ("1.40.0", "= 1.40", True),
    ],
)
def test_a_range_holds_or_not(version: str, wanted: str, holds: bool) -> None:  # noqa: FBT001 - a column of the table
    assert parse_range(wanted).holds(parse_version(version)) is holds


@pytest.mark.parametrize("text", ["", "new", ">=", ">=1.40,<1.45", "|| 1", ">=1.x"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no version range"):
        parse_range(text)


numbers = st.integers(0, 99_999)


@given(numbers, numbers, numbers, numbers)
def test_padded_text_sorts_as_the_versions_do(a: int, b: int, c: int, d: int) -> None:
    one, other = pad_version(f"{a}.{b}"), pad_version(f"{c}.{d}")
    assert (one < other) == ((a, b) < (c, d))


def test_builds_do_not_count_in_padded_text() -> None:
    assert pad_version("1.40.02664.1629") == "00001.00040"
    assert pad_version("2") == "00002.00000"
    assert pad_version("") == ""


@pytest.mark.parametrize("text", ["new", "1.", "1.123456", "1.40 beta"])
def test_what_cannot_be_padded_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no version|five digits|5 digits"):
        pad_version(text)
