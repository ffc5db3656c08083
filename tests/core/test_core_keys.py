"""logrus lines: keys with blanks, Go's escapes, keys that come twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import plan_of, read

SHORT = {
    "\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t",
    "\v": r"\v", "\\": r"\\", '"': r"\"",
}  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
WORD = st.text(st.sampled_from("abcdefXYZ09.-_/:é"), min_size=1, max_size=8)
KEYS = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
BARE = st.text(st.sampled_from("abc019./:-_%é"), max_size=12)


def go_quote(text: str) -> str:
    """Write a string as Go's `strconv.Quote` does."""
    return f'"{"".join(map(go_escape, text))}"'


def go_escape(letter: str) -> str:
    if letter in SHORT:
        return SHORT[letter]
    if letter.isprintable():
        return letter
    number = ord(letter)
    if number < 0x80:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def shown(text: str) -> str:
    return text.replace("\0", "␀")


def one(line: str) -> Any:
    (record,) = plan_of("himds").parse(line, [], 0)
    assert record["Parsed"], line
    return record


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS)
@example("".join(map(chr, range(0x250))))
@example('\\\\" \\x00 \\n')
@example("\U0010ffff\ud7ff\ue000\ufffe")
def test_what_go_quotes_comes_back(text: str) -> None:
    quoted = go_quote(text)
    found = one(f"level=info msg={quoted} Error Text={quoted} last=1")
    assert found["Message"] == shown(text)
    assert json.loads(found["Fields"]) == {"Error Text": shown(text), "last": "1"}


@settings(max_examples=examples(300), deadline=None)
@given(st.dictionaries(KEYS, st.tuples(TEXTS, BARE, st.booleans()), max_size=8))
def test_pairs_come_back_in_order(pairs: dict[str, tuple[str, str, bool]]) -> None:
    line = "level=info msg=x"
    values = {}
    for key, (text, bare, plain) in pairs.items():
        line += f" {key}={bare if plain else go_quote(text)}"
        values[key] = bare if plain else shown(text)
    fields = json.loads(one(line)["Fields"])
    assert list(fields.items()) == list(values.items())


@given(st.lists(st.sampled_from(["a", "b", "a_2", "a_3", "c d"]), max_size=40))
def test_no_pair_of_the_same_key_is_lost(keys: list[str]) -> None:
    tail = "".join(f" {key}={number}" for number, key in enumerate(keys))
    pairs = json.loads(one("level=info msg=x" + tail)["Fields"], object_pairs_hook=list)
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names) == len(keys)
    assert [value for _, value in pairs] == [str(n) for n in range(len(keys))]
    for key, name in zip(keys, names, strict=True):
        assert name == key or name.startswith(f"{key}_")


@pytest.mark.parametrize(
    ("tail", "fields"),
    [
        (" VM Id=f65b Status Code=200", {"VM Id": "f65b", "Status Code": "200"}),
        (" Bytes=", {"Bytes": ""}),
        (' a="" b=""', {"a": "", "b": ""}),
        (" Url=https://x/?a=1&b=2 c=3", {"Url": "https://x/?a=1&b=2", "c": "3"}),
        (' Error="never closed', {"Error": "never closed"}),
        (r' a="bad \q escape \xff \ud800"', {"a": r"bad \q escape \xff \ud800"}),
        (" a=1 and the rest", {"a": "1", "_": "and the rest"}),
        (" =1 b=2", {"b": "2", "_": "=1"}),
        ("", {}),
        ("   ", {}),
    ],
)
def test_odd_tails_keep_their_text(tail: str, fields: dict[str, str]) -> None:
    assert json.loads(one("level=info msg=x" + tail)["Fields"]) == fields


def test_values_of_many_lines_stay_values_and_other_lines_follow_the_message() -> None:
    text = 'level=info msg="x" Error="two\nlines" b=2\n  at Step (String id) c=3\n'
    answer = read(text.encode(), "himds")
    (row,) = answer.rows
    assert json.loads(row.fields) == {"Error": "two\nlines", "b": "2"}
    assert row.message == "x\n  at Step (String id) c=3"
    assert row.line_count == 3


def test_more_pairs_than_sensible_are_kept_as_text() -> None:
    tail = "".join(f" k{number}=v" for number in range(400))
    fields = json.loads(one("level=info msg=x" + tail)["Fields"])
    assert len(fields) == 257
    assert fields["_"].endswith("k399=v")


def test_a_level_that_the_family_does_not_know_is_a_field() -> None:
    found = one("level=fine msg=x a=1")
    assert found["Level"] == ""
    assert json.loads(found["Fields"]) == {"a": "1", "level": "fine"}


@settings(max_examples=examples(300), deadline=None)
@given(st.text(st.sampled_from(' ="\\cdeg\né\t'), max_size=60))
def test_any_tail_gives_json_and_keeps_every_letter(tail: str) -> None:
    (record,) = plan_of("himds").parse(f"level=info msg=x {tail}", [], 0)
    fields = json.loads(record["Fields"])
    assert all(isinstance(value, str) for value in fields.values())
    kept = record["Message"] + "".join(map("".join, fields.items()))
    for letter in "cdegé":  # no letters of an escape
        assert kept.count(letter) == tail.count(letter)
