"""Why a line did not parse: the explainer agrees with the core, and points well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diag.formats import core_plan, load_families, read_family
from diag.formats.explain import explain, is_blank
from diag.formats.plan import compiled
from diag.formats.sampling import lines_of
from diag.formats.timing import time_at
from diag.formats.trying import try_text
from tests.amount import examples

if TYPE_CHECKING:
    from diag.formats import Family

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
FAMILIES = load_families()
TEXTUAL = [one for one in FAMILIES.values() if one.text and one.objects is None]
REAL = sorted(
    {
        line
        for path in CORPUS.rglob("*.*")
        if path.suffix in {".log", ".txt"}
        for line in lines_of(path.read_text(encoding="utf-8"))
    }
    | {
        line
        for family in FAMILIES.values()
        for sample in family.samples
        for line in lines_of(sample.text)
    }
)
TINY = """\
id: tiny
title: A small log
kind: log
system: {}
record:
  layouts:
    - '[{time}] [{level:level}] [{component}] {?[{source:source}] }{message}'
    - '{key:word}{pad}:{?{pad}}{n:int}{?({e})} {g:guid} {q:quoted}{keys}'
    - '{a}{pad}={?{pad}}<{b}>{?:{c:int}}'
time: {codec: ymd, zone: utc}
levels: {INFO: info, ERROR: error}
"""


def agrees(family_id: str, line: str) -> None:
    family = FAMILIES[family_id]
    plan = compiled(core_plan(family))
    matched = [index for _, index in plan.match(line)]
    if is_blank(line):
        assert matched == []
        return
    assert (explain(family, line) is None) == (matched != [-1]), line


def test_the_explainer_agrees_with_the_core_on_every_real_line() -> None:
    assert len(REAL) > 300
    for family in TEXTUAL:
        for line in REAL:
            agrees(family.id, line)


PIECES = [
    *("[2026-03-10 12:00:00.5]", " ", "[", "]", "INFO", "x:12", "=", "a b", ":"),
    *("  ", "\t", "<", ">", '"q\\""', "7", "(e)", "k=v", "é", "[ERROR] ", ":9"),
    "12345678-1234-1234-1234-123456789abc",
]
ENDS = "\r\n"
ANY = st.characters(codec="utf-8", exclude_characters=ENDS)


@st.composite
def changed(draw: st.DrawFn) -> str:
    """A real line of which a part is missing, doubled or another."""
    line = draw(st.sampled_from(REAL))
    start = draw(st.integers(0, len(line)))
    end = draw(st.integers(start, min(len(line), start + 12)))
    part = draw(
        st.one_of(
            st.just(""),
            st.text(ANY, max_size=6),
            st.sampled_from([" ", "]", "[", '"', ":", "\t", "  :", "=", line[:30]]),
        )
    )
    return line[:start] + part + line[end:]


@settings(max_examples=examples(400), deadline=None)
@given(changed(), st.sampled_from(TEXTUAL))
@example("\x0b", FAMILIES["himds"])
@example("ä" * 70 + " : x", FAMILIES["azcmagent_show"])
def test_it_agrees_on_changed_lines(line: str, family: Family) -> None:
    agrees(family.id, line)


@settings(max_examples=examples(300), deadline=None)
@given(st.text(ANY, max_size=80), st.sampled_from(TEXTUAL))
def test_it_agrees_on_any_line(line: str, family: Family) -> None:
    agrees(family.id, line)


@settings(max_examples=examples(500), deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=12,
    ).map("".join)
)
def test_it_agrees_on_layouts_with_every_kind(line: str) -> None:
    family = read_family(TINY, "tiny.yaml")
    matched = [index for _, index in compiled(core_plan(family)).match(line)]
    if not is_blank(line):
        assert (explain(family, line) is None) == (matched != [-1])


@pytest.mark.parametrize(
    ("line", "at", "text"),
    [
        ("[2026-03-10 12:00:00] [INFO [a] b", 23, "{level} and '] [' after it"),
        ("[2026-03-10 12:00:00] [INF] [a] b", 23, "a level such as INFO, ERROR"),
        ("[2026-03-10 12:00:00 [INFO] [a] b", 20, "expected '] [' after {time}"),
        ("[2026-03-10 12:00] [INFO] [a] b", 1, "expected a time as ymd ({time})"),
        ("[2026-03-10 12:00:00] (INFO] [a] b", 22, "expected '['"),
        ("key : 7 no", 8, "expected a GUID ({g:guid})"),
        ("ä  = <é>x", 8, "expected ':' or the end of the line"),
    ],
)
def test_what_was_wanted_and_where(line: str, at: int, text: str) -> None:
    stop = explain(read_family(TINY, "tiny.yaml"), line)
    assert stop is not None
    assert stop.at == at
    assert text in stop.text


TEXT = """\
[2026-03-10 12:00:00] [INFO] [a] one

\tgoes on
[2026-03-10 12:00:01] [INFO [a] two
nothing of ours
"""


def test_of_a_text_the_first_line_that_did_not_parse() -> None:
    family = read_family(TINY, "tiny.yaml")
    found = try_text(family, TEXT)
    assert (found.lines, found.starts, found.blank, found.folded) == (5, 1, 1, 0)
    assert found.unparsed == 3
    assert found.missed is not None
    assert (found.missed.line, found.missed.folded) == (3, False)
    folding = replace(family, fold=True)
    found = try_text(folding, TEXT)
    assert (found.starts, found.folded, found.unparsed) == (1, 3, 0)
    assert found.missed is not None
    # Line 3 looks like nothing of ours; line 4 begins like a record.
    assert (found.missed.line, found.missed.folded) == (4, True)
    assert found.missed.shown() == [
        "[2026-03-10 12:00:01] [INFO [a] two",
        "                       ^ expected {level} and '] [' after it",
    ]
    whole = try_text(folding, TEXT.splitlines()[0])
    assert (whole.missed, whole.share) == (None, 1.0)
    assert try_text(folding, "\n\n").share == 0.0


@given(st.lists(st.sampled_from(REAL), max_size=20), st.sampled_from(TEXTUAL))
@settings(max_examples=examples(50), deadline=None)
def test_the_account_of_a_text_is_whole(lines: list[str], family: Family) -> None:
    found = try_text(family, "\n".join(lines))
    assert found.lines == found.starts + found.folded + found.blank + found.unparsed
    assert found.unparsed == 0 or found.missed is not None


def test_a_long_line_takes_no_time() -> None:
    family = read_family(TINY, "tiny.yaml")
    found = try_text(family, "[2026-03-10 12:00:00] [INFO" + "  :" * 1_000_000)
    assert found.missed is not None
    assert max(map(len, found.missed.shown())) < 200


def test_a_time_is_as_long_as_the_core_says() -> None:
    assert time_at("ymd", "2026-03-10 12:00:00.123] x") == (23, True)
    assert time_at("ymd", "2026-03-10 12:00:00") == (19, True)
    assert time_at("ymd", "2026-13-10 12:00:00 x") == (19, False)
    assert time_at("rfc3339", "2026-03-10T12:00:00+01:00é") == (25, True)
    assert time_at("ymd", "2026-03-10 12:00:00." + "1" * 300) == (320, True)
    assert time_at("ymd", "no time") is None
    assert time_at("ymd", "") is None
