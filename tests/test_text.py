"""The door for text: nothing that acts on a terminal comes through (T5)."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diag.text import show

ACTING = {"Cc", "Cf", "Zl", "Zp", "Cs"}
ANYTHING = st.text(st.characters(exclude_categories=()))
MARKS = st.text(st.sampled_from("a\u0301\u0336\u20dd\ufe0f\u200d\u093e-"), max_size=40)


def categories(text: str) -> set[str]:
    return {unicodedata.category(c) for c in text if c != "\t"}


@given(ANYTHING | MARKS)
@example("\x1b]52;c;ZXZpbA==\x07")
@example("\x1bc\x9b31m\x08\r\n")
def test_no_acting_character_comes_through_and_twice_is_once(text: str) -> None:
    shown = show(text)
    assert not categories(shown) & ACTING
    assert show(shown) == shown


def test_every_acting_character_of_this_python_is_known() -> None:
    every = (chr(code) for code in range(sys.maxunicode + 1))
    acting = "".join(c for c in every if unicodedata.category(c) in ACTING)
    assert categories(show(acting)) & ACTING == set()


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "M"), codec="utf-8")))
def test_printable_text_is_unchanged(text: str) -> None:
    assert show(text) == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("a\tb", "a\tb"),
        ("a\nb\r\n", "a\u240ab\u240d\u240a"),
        ("\x00\x1b[31m\x7f", "\u2400\u241b[31m\u2421"),
        ("\x9b31m\x85", "\\u{9b}31m\\u{85}"),
        ("abc\u202etxt.exe", "abc\\u{202e}txt.exe"),
        ("\u2066x\u2069\u200b\ufeff", "\\u{2066}x\\u{2069}\\u{200b}\\u{feff}"),
        ("\u2028\u2029", "\\u{2028}\\u{2029}"),
        ("\U000e0041\U000e0001", "\\u{e0041}\\u{e0001}"),
        ("x\udc80", "x\\u{dc80}"),
        (
            "Zu\u0308rich \u65e5\u672c \U0001f600",
            "Zu\u0308rich \u65e5\u672c \U0001f600",
        ),
        ("[INFO] [/b] [@click=x]", "[INFO] [/b] [@click=x]"),
    ],
)
def test_shown(raw: str, shown: str) -> None:
    assert show(raw) == shown


def test_eight_marks_are_drawn_and_nine_are_counted() -> None:
    assert show("e" + "\u0301" * 8) == "e" + "\u0301" * 8
    assert show("e" + "\u0301" * 9 + "x") == "e\u27e89 combining marks\u27e9x"
    mixed = "e" + "\u0301\u0336\u20dd" * 4
    assert show(mixed) == "e\u27e812 combining marks\u27e9"


def test_a_run_of_symbols_is_no_run_of_marks() -> None:
    text = "\u2500" * 40 + "\u2713\u0301" + "\u2500" * 40
    assert show(text) == text


def test_letters_that_are_marks_in_a_living_language_stay() -> None:
    text = "\u0928\u092e\u0938\u094d\u0924\u0947 \u0e17\u0e35\u0e48\u0e19\u0e35\u0e48"
    assert show(text) == text
