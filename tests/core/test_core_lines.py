"""No line is ever lost: every one is part of an event, blank or unparsed."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import count_lines, family_ids, read

GUID = "00000000-0000-0000-0000-000000000000"
STARTS = [
    'time="2026-03-10T12:00:00Z" level=info msg="Heartbeat" Status Code=200',
    'time="2026-03-10T12:00:00+01:00" level=error msg="open',
    "level=warn msg=bare Key With Blanks=value",
    f"[2026-03-10 12:00:00.123] [PID 7] [TID 8] [Rest] [INFO] [{GUID}] [a.cpp:12] text",
    "Mar 10 12:00:00 host himdsd[12]: Started",
    "Agent Version                           : 1.58.03228.700",
    "  Agent Service (himdsd)                : active",
    "INFO    Cloud: AzureCloud",
    "-- Reboot --",
]
ODD = [
    "",
    " ",
    "\t \t",
    "x",
    "   at Step (String id)",
    "é😀",
    '"',
    "\x0b\x0c",
    "\x85 ",
    "=",
]
ENDS = ["\n", "\r\n", "\r", "\n\n", "\r\r\n"]
MIXED = st.lists(
    st.tuples(
        st.sampled_from(STARTS + ODD) | st.text(max_size=20), st.sampled_from(ENDS)
    ),
    max_size=30,
).map(lambda pairs: "".join(text + end for text, end in pairs))
HOSTILE = st.lists(
    st.binary(max_size=40)
    | st.sampled_from(
        [b"\r\n", b"\r", b"\n", b"\0" * 70, b"\xff", b'level=info msg="']
    ),
    max_size=30,
).map(b"".join)
FAMILIES = [None, *family_ids()]


def lines_are_all_there(data: bytes, family: str | None) -> None:
    report = read(data, family).report  # which checks the sums, too
    encoding = report["encoding"]
    text = data.removeprefix(codecs.BOM_UTF8 if encoding == "utf-8-bom" else b"")
    if encoding.startswith("utf-16") and data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = data[2:]
    kinds = {kind for _, kind, _ in report["problems"]}
    if "mixed-encoding" not in kinds:  # then line ends are not those of one encoding
        assert report["lines"] == count_lines(text, encoding), encoding
    assert report["bytes"] == len(data)
    if family is None:
        assert report["events"] == 0


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=examples(60), deadline=None)
@given(MIXED, st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16"]))
@example("\r\n" * 3, "utf-8")
@example("", "utf-16")
def test_of_mixed_texts(family: str | None, text: str, encoding: str) -> None:
    lines_are_all_there(text.encode(encoding, "surrogatepass"), family)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=examples(60), deadline=None)
@given(HOSTILE)
@example(b"\0" * 65 + b"\r\0\n")
@example(b"level=info msg=a\n\n\n\r\n \nb\r\r")
@example(b"\n\xff\n\xfe")
def test_of_hostile_bytes(family: str | None, data: bytes) -> None:
    lines_are_all_there(data, family)


def test_blank_lines_belong_to_a_record_only_if_it_goes_on() -> None:
    first = read(b"level=info msg=a\n\n\n  b\n\n\nlevel=info msg=b\n\n", "himds")
    assert [(row.line, row.line_count) for row in first.rows] == [(1, 4), (7, 1)]
    assert first.rows[0].message == "a\n\n\n  b"
    assert first.report["blank"] == 3
    assert first.report["continued"] == 3


def test_an_unknown_file_is_all_unparsed_lines() -> None:
    answer = read(b"\none\n  \ntwo", None)
    assert answer.messages == ["one", "two"]
    assert [row.line for row in answer.rows] == [2, 4]
    assert (answer.report["blank"], answer.report["unparsed"]) == (2, 2)
    assert {row.fields for row in answer.rows} == {"{}"}


@pytest.mark.parametrize("data", [b"x", b"x\n", b"x\r", b"x\r\n"])
def test_the_last_line_counts_with_and_without_an_end(data: bytes) -> None:
    assert read(data, None).report["lines"] == 1
    assert read(data, "gc_agent").messages == ["x"]


@pytest.mark.parametrize("first", STARTS[:4])
def test_what_follows_a_record_of_many_lines_is_read_afresh(first: str) -> None:
    later = first.replace("12:00:00", "13:07:09").replace("TID 8", "TID 9")
    family = "gc_agent" if first.startswith("[") else "himds"
    together = read(f"{first}\n  goes on\n{later}\n{first}\n".encode(), family)
    alone = [read(text.encode(), family).rows[0] for text in (later, first)]
    for row, single in zip(together.rows[1:], alone, strict=True):
        assert row[1:11] == single[1:11]
