"""What is found by the core is what is found by patterns."""

from __future__ import annotations

import os
import random

import pytest
from arcdiag_core import Words
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.redact import Redactor
from diag.redact.prefilter import Prefilter, Word
from diag.redact.rules import compile_rules
from tests.amount import examples
from tests.redact.cleaning import RULES, joined, redactor
from tests.redact.lookalikes import lines
from tests.redact.seeded import planted

ALL = os.environ.get("ARCDIAG_TESTS") == "all"
PLAIN, QUICK = redactor(), Redactor(RULES, finder=Words)
KNOWN = sorted({word for rule in compile_rules(RULES) for word in rule.words})
BETWEEN = (b"=", b": ", b'"', b"\n", b"_", b"s", b"A1b2C3d4E5f6", b"%3d", b"\xff", b"K")
TEXTS = st.lists(st.sampled_from([*KNOWN, *BETWEEN]), max_size=40).map(b"".join)
LETTERS = st.lists(st.sampled_from([b"k", b"e", b"y", b"~", b"="]), max_size=30)


@pytest.mark.parametrize("seed", range(20 if ALL else 2))
def test_all_seeded_secrets(seed: int) -> None:
    texts = [one.data() for one in planted(seed)]
    texts += [line.encode() + b"\n" for line in lines(seed, 2_000)]
    random.Random(seed).shuffle(texts)
    data = b"\n".join(texts)
    quick = joined(Redactor(RULES, finder=Words), data)
    assert quick == joined(redactor(), data)
    assert quick != data


@settings(max_examples=examples(400))
@given(TEXTS, st.booleans())
def test_any_text_of_words(text: bytes, upper: bool) -> None:  # noqa: FBT001 - drawn
    text = text.upper() if upper else text
    assert joined(QUICK, text) == joined(PLAIN, text)


@settings(max_examples=examples(400))
@given(LETTERS.map(b"".join), st.integers(0, 30), st.integers(0, 30))
def test_words_in_a_range(text: bytes, start: int, end: int) -> None:
    words = [Word(one, b"", n) for n, one in enumerate((b"key", b"eye", b"e", b"~="))]
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    found = Prefilter(words, Words).hits(text, start, end)
    assert found == Prefilter(words).hits(text, start, end)


def test_what_cannot_be_looked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="a word is empty"):
        Words([b"a", b""])
    with pytest.raises(ValueError, match="outside the text"):
        Words([b"a"]).places(b"abc", 2, 4)
