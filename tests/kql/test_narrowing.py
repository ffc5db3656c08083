"""Searching by templates first finds what searching every message finds."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.analyze import load
from diag.kql import compile_query
from tests.amount import examples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diag.store import Store

# Pieces that masks take in part, in whole and not at all; beyond ASCII, and long.
PIECES = (
    "failed", "feed", "deadbeef", "deadbeef1", "a1b2c3d4e5", "x86", "42", "AZCM0026",
    "d80f4b67-d4b0-4ee1-aa5e-2650db2f074a", "connection", "Error", "0x1f", "---",
    "café", "\u212aelvin", "STRASSE", "\u0130stanbul", "10.0.0.4:443", "y" * 990,
)  # fmt: skip
JOINTS = (" ", "", "-", ": ", "_", "/")
OPERATORS = ("has", "contains", "startswith", "endswith", "hasprefix", "hassuffix")
CHOICE = random.Random(1)
NOW = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _message() -> str:
    parts = CHOICE.choices(PIECES, k=CHOICE.randint(1, 5))
    return "".join(part + CHOICE.choice(JOINTS) for part in parts).strip() or "x"


MESSAGES = [_message() for _ in range(400)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    place: Path = tmp_path_factory.mktemp("narrow") / "messages.txt"
    place.write_text("".join(f"{one}\n" for one in MESSAGES), encoding="utf-8")
    with load([place], cache=False) as loaded:
        yield loaded.store


def found(store: Store, condition: str, column: str) -> list[tuple[int]]:
    # A computed column is no longer the message, so nothing is known of templates.
    text = f'Events | extend Same = strcat(Message, "") | where {column} {condition}'
    query = compile_query(f"{text} | project Line | sort by Line asc")
    assert ('"Templates"' in query.sql) <= ("Message" in column)
    return store.query(query.sql, dict(query.bound)).rows


@st.composite
def needles(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from([*MESSAGES, *PIECES]))
    start = draw(st.integers(0, len(text) - 1))
    cut = text[start : start + draw(st.integers(1, 24))]
    return draw(st.sampled_from([cut, cut.upper(), cut.swapcase()]))


@settings(max_examples=examples(150), deadline=None)
@given(needles(), st.sampled_from(OPERATORS), st.sampled_from(["", "_cs"]))
def test_templates_hide_nothing(
    store: Store, needle: str, word: str, sensitive: str
) -> None:
    quoted = '"' + needle.replace("\\", "\\\\").replace('"', '\\"') + '"'
    condition = f"{word}{sensitive} {quoted}"
    assert found(store, condition, "Message") == found(store, condition, "Same")


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(needles(), min_size=1, max_size=4), st.sampled_from(["any", "all"]))
def test_lists_of_words_hide_nothing(
    store: Store, words: list[str], which: str
) -> None:
    listed = ", ".join('"' + word.replace("\\", "\\\\") + '"' for word in words)
    condition = f"has_{which} ({listed})"
    assert found(store, condition, "Message") == found(store, condition, "Same")


@settings(max_examples=examples(100), deadline=None)
@given(needles(), needles(), st.sampled_from(["and", "or"]), st.integers(0, 400))
def test_sure_templates_say_what_their_messages_say(
    store: Store, one: str, other: str, word: str, line: int
) -> None:
    one, other = (text.replace("\\", "\\\\") for text in (one, other))
    rest = f'{word} Message contains "{other}") and Line > {line}'
    assert found(store, f'has "{one}" {rest}', "(Message") == found(
        store, f'has "{one}" {rest.replace("Message", "Same")}', "(Same"
    )


@pytest.mark.parametrize(
    ("condition", "parted"),
    [
        ('Message has "refused"', True),
        ('Message has_cs "refused"', True),
        ('Message contains "refused" and Line > 3', True),
        ('Message has "refused" or Message has "timeout"', True),
        ('Message has_any ("refused", "timeout", "4 of 42 times")', True),
        ('Message has_all ("refused", "timeout")', True),
        ('Message has_all ("refused", "4 of 42 times")', False),  # digits are masked
        ('Message has "refused" and Message !has "timeout"', False),  # reads the text
        ('Message has "refused" and Fields.a == "b"', False),
        ('Message has "refused*"', False),  # what looks like a mask
        ('Message has "refus\u00e9"', False),
        ('Message matches regex "refused by [a-z]+"', False),
    ],
)
def test_text_is_not_read_where_templates_are_sure(
    condition: str, *, parted: bool
) -> None:
    for columns, expected in (("EventId", parted), ("EventId, Message", False)):
        query = compile_query(f"Events | where {condition} | project {columns}")
        assert (" UNION ALL " in query.sql) is expected
        # Who reads the line alone can have it without the text.
        assert bool(query.lean) is (parted and not expected)


def test_a_select_without_texts_has_the_rows_of_the_query(store: Store) -> None:
    text = (
        'Events | where Message has_any ("connection", "STRASSE x86") | extend A = Line'
    )
    query = compile_query(f"{text} | project EventId, Message, A")
    line = query.last.ids[2]
    select = f"SELECT sum({line}) FROM {query.last.stage}"
    sql, bound = query.over(select, NOW)
    assert " UNION ALL " in sql
    rows = store.query(*query.bind({}, NOW)).rows
    assert rows
    assert store.query(sql, bound).rows == [(sum(row[2] for row in rows),)]


@pytest.mark.parametrize(
    ("condition", "narrowed"),
    [
        ('Message has "refused"', True),
        ('Message == "a long text"', True),
        ('Message has "refused" and Line > 3', True),
        ('Message has "refused" or Message contains "timeout"', True),
        ('Message has_any ("refused", "timeout")', True),
        ('Message has "refused" or Line > 3', False),
        ('Message has "42"', False),  # digits are masked
        ('Message has "deadbeef"', False),  # and what may be part of a number
        ('Message !has "refused"', False),
        ('not(Message has "refused")', False),
        ('Component has "refused"', False),
        ('tolower(Message) has "refused"', False),
    ],
)
def test_only_what_a_template_must_hold_narrows(
    condition: str,
    narrowed: bool,
) -> None:
    query = compile_query(f"Events | where {condition} | project Message")
    assert ('"Templates"' in query.sql) is narrowed


def test_a_message_or_template_that_the_query_made_is_not_taken_for_the_real_one() -> (
    None
):
    for made in (
        'extend Message = "x"',
        "extend TemplateId = 1",
        "project Message",
        "summarize TemplateId = min(TemplateId) by Message",
        "project TemplateId = Line, Message",
    ):
        query = compile_query(f'Events | {made} | where Message has "refused"')
        assert '"Templates"' not in query.sql, made
