"""All seeded secrets go; nothing around them does; nothing else does."""

from __future__ import annotations

import json
import os
import random
from collections import Counter

import pytest

from tests.redact.cleaning import cleaned, joined, redactor
from tests.redact.lookalikes import lines
from tests.redact.seeded import KINDS, Planted, planted

WINDOW = 8  # so many characters of a secret in a row must not be left
ALL = os.environ.get("ARCDIAG_TESTS") == "all"
SEEDS = range(100, 130 if ALL else 102)


def left(one: Planted, text: str) -> list[str]:
    """Return what is left of a secret."""
    found = []
    for secret in one.texts:
        starts = range(max(1, len(secret) - WINDOW + 1))
        found += [p for at in starts if (p := secret[at : at + WINDOW]) in text]
    return found


def decoded(one: Planted, data: bytes) -> str:
    return data.decode("utf-16" if one.wide else "utf-8")


@pytest.mark.parametrize("seed", SEEDS)
def test_every_secret_in_every_shape_is_gone(seed: int) -> None:
    one_redactor = redactor()
    found = list(planted(seed))
    assert len({one.kind for one in found}) >= 30
    assert min(Counter(one.kind for one in found).values()) >= 10
    for one in found:
        text = decoded(one, joined(one_redactor, one.data()))
        assert not left(one, text), (one.kind, one.shape, one.text)
        assert text.count("\n") == one.text.count("\n") + 1, one
        assert ("next" in text) == ("next" in one.text), (one.text, text)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_one_log_they_are_gone_too_and_lines_stay_where_they_are(seed: int) -> None:
    found = [one for one in planted(seed) if not one.wide]
    random.Random(seed).shuffle(found)
    marked = [(f"mark {n} begins\n", one) for n, one in enumerate(found)]
    data = "".join(f"{mark}{one.text}\n" for mark, one in marked).encode()
    out = cleaned(data, size=random.Random(seed).choice((100, 4096, 1 << 20)))
    text = out.decode()
    for one in found:
        assert not left(one, text), (one.kind, one.shape, one.text)
    was, now = data.decode().split("\n"), text.split("\n")
    assert len(was) == len(now)
    for before, after in zip(was, now, strict=True):
        if before.startswith("mark "):
            assert before == after


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_json_is_json_with_the_same_keys(seed: int) -> None:
    seen = 0
    for one in planted(seed):
        if one.wide or "\n" in one.text:
            continue
        try:
            before = json.loads(one.text)
        except ValueError:
            continue
        seen += 1
        after = json.loads(cleaned(one.data()))
        assert keys(before) == keys(after), one.text
    assert seen > 40


def keys(value: object) -> object:
    """Return a value with its keys alone, also of JSON inside."""
    if isinstance(value, str) and value.startswith("{"):
        return keys(json.loads(value))
    if isinstance(value, dict):
        return {key: keys(value[key]) for key in value}
    return [keys(one) for one in value] if isinstance(value, list) else None


def test_the_same_secret_has_the_same_number_in_the_whole_bundle() -> None:
    one = redactor()
    first = joined(one, b'password=abc1!x next\n{"password":"def2"}\n', "a.log")
    second = joined(one, "x\nsecret=abc1!x\n".encode("utf-16"), "b.log")
    assert first.startswith(b"password=<redacted:password:1> next\n")
    assert b'"<redacted:password:2>"' in first
    assert "<redacted:secret:1>" in second.decode("utf-16")
    assert one.counts == {"password": 2, "secret": 1}


def test_look_alikes_stay() -> None:
    count = 1_000_000 if ALL else 60_000
    for seed in range(count // 60_000 + 1):
        texts = list(lines(seed, min(60_000, count)))
        data = "".join(f"{text}\n" for text in texts).encode()
        assert cleaned(data) == data


def test_redacting_twice_changes_nothing() -> None:
    for one in planted(7):
        once = cleaned(one.data())
        assert cleaned(once) == once, one.text


def test_kinds_are_many() -> None:
    assert len(KINDS) >= 30
