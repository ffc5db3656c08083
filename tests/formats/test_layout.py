"""Layout text: its parts, and errors with the column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import DefinitionError
from diag.formats.layout import (
    Codec,
    Kind,
    Literal,
    Maybe,
    Slot,
    parse_layout,
    slots,
)


def test_parts_of_the_extension_line() -> None:
    layout = parse_layout(
        "[{time}] [PID {pid:int}] {?[{source:source}] }{{{{}}{message}"
    )
    assert layout == (
        Literal("["),
        Slot("time", Kind.TIME),
        Literal("] [PID "),
        Slot("pid", Kind.INT),
        Literal("] "),
        Maybe((Literal("["), Slot("source", Kind.SOURCE), Literal("] "))),
        Literal("{{}"),
        Slot("message", Kind.REST),
    )
    assert [slot.name for slot in slots(layout)] == ["time", "pid", "source", "message"]


def test_names_that_say_their_kind() -> None:
    layout = parse_layout("{time:syslog} {host:word}{pad}{*:word} {keys}")
    assert layout[0] == Slot("time", Kind.TIME, Codec.SYSLOG)
    assert [slot.kind for slot in slots(layout)] == [
        Kind.TIME,
        Kind.WORD,
        Kind.PAD,
        Kind.WORD,
        Kind.KEYS,
    ]


@pytest.mark.parametrize("text", ["a{?{pad}}b", "a{?{pad}}}}b", "{?x}{message}"])
def test_an_optional_part_ends_at_its_own_brace(text: str) -> None:
    layout = parse_layout(text)
    assert any(isinstance(part, Maybe) for part in layout)
    literals = "".join(part.text for part in layout if isinstance(part, Literal))
    assert literals.count("}") == (1 if "}}}}" in text else 0)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "empty"),
        ("a\nb", 2, "line end"),
        ("ab {x", 4, "not closed"),
        ("ab {x{y}", 4, "not closed"),
        ("ab } c", 4, "without its {"),
        ("{?ab", 1, "not closed"),
        ("a{?}", 2, "empty optional"),
        ("{?a{?b}}", 4, "inside another"),
        ("ab {pid:itn}", 9, "unknown kind 'itn'"),
        ("ab {time:iso}", 10, "unknown kind 'iso'"),
        ("ab {x:time}", 7, "only 'time'"),
        ("{time:word} a", 7, "only 'time'"),
        ("a {pid:word} b", 8, "'pid' cannot be word"),
        ("a {tid:rest}", 8, "'tid' cannot be rest"),
        ("a {9:int} b", 4, "no field name"),
        ("a {:int} b", 4, "no field name"),
        ("{a} {b:int} {a} c", 13, "stands twice"),
        ("{x:rest} b", 1, "last field"),
        ("{keys}{message}", 1, "last field"),
        ("a{?{message:rest}}", 2, "last field"),
        ("{a}{b:int} c", 1, "where 'a' ends"),
        ("{a:word}{?x}{b}", 1, "where 'a' ends"),
        ("{?{a}}{b:int}", 1, "where 'a' ends"),
    ],
)
def test_errors_name_the_column(text: str, column: int, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_layout(text)
    assert caught.value.where == f"column {column}"
    assert message in caught.value.text
    assert caught.value.hint


def test_a_misspelt_kind_is_suggested() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_layout("{a:quotd}")
    assert caught.value.hint == "did you mean 'quoted'?"


@given(st.text(alphabet="ab {}?:*\n[]time", max_size=30))
def test_any_text_is_a_layout_or_an_error_inside_it(text: str) -> None:
    column = 1
    try:
        assert parse_layout(text)
    except DefinitionError as error:
        column = int(error.where.removeprefix("column "))
    assert 1 <= column <= len(text) + 1


@given(st.text(st.characters(exclude_characters="\r\n"), min_size=1, max_size=40))
def test_any_literal_can_be_written(text: str) -> None:
    written = text.replace("{", "{{").replace("}", "}}")
    assert parse_layout(written) == (Literal(text),)
