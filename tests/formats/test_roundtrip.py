"""What a layout writes, it reads: random values for every kind of field."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.clock import iso
from diag.formats.layout import Kind, Literal, Maybe, Slot, parse_layout
from diag.formats.plan import compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diag.formats.layout import Layout, Part

BRACKETS = (
    "[{time}] [{tid:int}] [{component}] [{level:word}] [{activity:guid}] "
    "{?[{source:source}] }{message}"
)
LAYOUTS = [
    BRACKETS,
    '{?time="{time:rfc3339}" }level={level:level} msg={message:quoted}{keys}',
    "{time:rfc3339} {host:word} {component:word}[{pid:int}]: {message}",
    "  {display} ({service:word}){pad}:{?{pad}}{state}",
    "{name}{pad}:{?{pad}}{value}",
    "<{a:int}|{b}|{c:quoted}> {d:guid}{?({e})} {f}",
    "{a:text}, {*:word} {{{b:int}}} {code:word}!",
    "{level:level}[{elapsed:int}] {message:text}   {keys}",
]
LEVELS = {"INFO": "info", "warn": "warning", "FATAL": "critical"}
NAMES = {
    "pid": "Pid",
    "tid": "Tid",
    "component": "Component",
    "activity": "ActivityId",
    "code": "Code",
    "message": "Message",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LETTERS = st.characters(codec="utf-8", categories=["L", "N", "S"])
VISIBLE = st.characters(codec="utf-8", categories=["L", "N", "P", "S"])


PRINTED = st.characters(codec="utf-8", categories=["L", "P", "S", "Zs"])
Written = st.SearchStrategy[tuple[str, Any]]
LEVEL_WORDS: Written = st.sampled_from(sorted(LEVELS)).flatmap(
    lambda word: st.sampled_from(
        [(way, LEVELS[word]) for way in (word, word.lower(), word.upper())]
    )
)


def spaced(characters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    words = st.lists(
        st.text(characters, min_size=1, max_size=8), min_size=1, max_size=4
    )
    return words.map(" ".join)


def go_quote(text: str) -> str:
    """Write a string as Go does: JSON's escapes are a part of Go's."""
    return json.dumps(text, ensure_ascii=False)


def same(texts: st.SearchStrategy[str]) -> Written:
    return texts.map(lambda text: (text, text))


def field(slot: Slot, follow: Part | None) -> Written:
    """Return what stands in the line, and the value that has to come out."""
    open_text = spaced(VISIBLE).filter(lambda text: ends_well(text, follow))
    after_bracket = spaced(VISIBLE).filter(lambda text: text[0] not in "[( ")
    numbers = st.integers(0, 10**9).map(lambda number: (str(number), number))
    kinds: dict[Kind, Written] = {
        Kind.TIME: times(zoned=slot.codec is not None),
        Kind.PAD: st.sampled_from([" ", "   ", "\t", " \t "]).map(lambda t: (t, None)),
        Kind.INT: numbers,
        Kind.GUID: same(st.uuids().map(str)),
        Kind.LEVEL: LEVEL_WORDS,
        Kind.QUOTED: st.text(PRINTED).map(lambda text: (go_quote(text), text)),
        Kind.SOURCE: same(spaced(LETTERS).map(lambda text: f"{text}.cpp:12")),
        Kind.KEYS: pairs(),
        Kind.WORD: same(st.text(LETTERS, min_size=1, max_size=12)),
        Kind.REST: same(st.just("") | after_bracket),
        Kind.TEXT: same(open_text),
    }
    return LEVEL_WORDS if slot.name == "level" else kinds[slot.kind]


def ends_well(text: str, follow: Part | None) -> bool:
    """Say whether the text ends at the first place where what follows begins."""
    if isinstance(follow, Literal):
        return (text + follow.text).find(follow.text) == len(text)
    return " :" not in text


@st.composite
def times(draw: Callable[..., Any], *, zoned: bool) -> tuple[str, datetime]:
    moment = draw(
        st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001
    )
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    if not zoned:
        text = moment.isoformat(sep=" ", timespec="milliseconds")
        return text, moment.replace(tzinfo=UTC)
    offset = timedelta(minutes=draw(st.integers(-14 * 60, 14 * 60)))
    aware = moment.replace(tzinfo=timezone(offset))
    return aware.isoformat(), aware.astimezone(UTC)


@st.composite
def pairs(draw: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    key = st.from_regex(
        r"[A-Za-z][A-Za-z0-9]{0,6}( [A-Z][a-z]{1,5}){0,2}", fullmatch=True
    )
    bare = st.from_regex(r"[A-Za-z0-9/.:_-]{1,12}", fullmatch=True)
    chosen = draw(
        st.dictionaries(
            key, st.tuples(st.booleans(), bare, st.text(PRINTED)), max_size=4
        )
    )
    text = ""
    values = {}
    for name, (plain, word, free) in chosen.items():
        values[name] = word if plain else free
        text += f" {name}={word if plain else go_quote(free)}"
    return text, values


@st.composite
def record(draw: Callable[..., Any], layout: Layout) -> tuple[str, dict[str, Any]]:
    text = ""
    values: dict[str, Any] = {}
    for number, part in enumerate(layout):
        if isinstance(part, Literal):
            text += part.text
            continue
        if isinstance(part, Maybe):
            if not draw(st.booleans()):
                continue
            inner: tuple[Literal | Slot, ...] = part.parts
        else:
            inner = (part,)
        after = layout[number + 1] if number + 1 < len(layout) else None
        for item, follow in zip(inner, (*inner[1:], after), strict=True):
            if isinstance(item, Literal):
                text += item.text
                continue
            written, value = draw(field(item, follow))
            text += written
            values |= value if item.kind is Kind.KEYS else {item.name: value}
    return text, values


@pytest.mark.parametrize("layout", LAYOUTS)
@given(data=st.data())
def test_values_come_back(layout: str, data: st.DataObject) -> None:
    parts = parse_layout(layout)
    text, values = data.draw(record(parts))
    (found,) = compiled(plan_of(parts)).parse(text, [], 0)
    assert found["Parsed"], text
    fields = json.loads(found["Fields"])
    moment = values.pop("time", None)
    time = found["TimeGenerated"]
    seen = None if time is None else EPOCH + timedelta(microseconds=time)
    assert iso(seen) == iso(moment)
    assert found["Level"] == values.pop("level", "")
    values.pop("pad", None)
    values.pop("*", None)
    columns: Mapping[str, object] = found
    for name, column in NAMES.items():
        if name in values:
            assert columns[column] == values.pop(name), column
    assert fields == values
    if "{message" not in layout:
        assert found["Message"].rstrip() == text.rstrip()


@given(st.lists(st.text(max_size=60), max_size=12).map("\n".join))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_text_is_accounted_for(layout: str, text: str) -> None:
    plan = compiled(plan_of(parse_layout(layout)))
    lines = re.split(r"\r\n|\n|\r", text)
    starts = plan.match(text)
    records = plan.parse(text, [], 0)
    assert [line for line, _ in starts] == [found["Line"] for found in records]
    assert all(found["LineCount"] >= 1 for found in records)
    ends = [found["Line"] + found["LineCount"] for found in records]
    assert all(end <= len(lines) + 1 for end in ends)
    assert all(
        end <= after["Line"] for end, after in zip(ends, records[1:], strict=False)
    )


def plan_of(layout: Layout) -> str:
    """Return a plan with this layout alone."""
    from diag.formats import core_plan
    from diag.formats.family import Family, FamilyKind, Recognised, Zone
    from diag.formats.layout import Codec

    family = Family(
        id="tiny",
        title="",
        kind=FamilyKind.LOG,
        systems={},
        layouts=(layout,),
        fold=True,
        codec=Codec.YMD,
        zone=Zone.UTC,
        recognised=Recognised.PATH,
        levels=LEVELS,
    )
    return core_plan(family)
