"""Bytes become text once, nothing is dropped, and what was odd is told."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import END, read

TEXT = "level=info msg=één Key=☃😀\nlevel=warn msg=two\n"
MARKS = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-bom"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_encodings_and_line_ends_read_the_same(
    data: bytes, name: str, end: str
) -> None:
    if end != "\n":
        wide = name if name in MARKS else "utf-8"
        data = data.replace("\n".encode(wide), end.encode(wide))
    answer = read(data, "himds")
    assert answer.messages == ["één", "two"]
    assert answer.rows[0].fields == '{"Key":"☃😀"}'
    assert answer.report["encoding"] == name
    assert answer.report["lines"] == 2
    assert answer.kinds == []


@pytest.mark.parametrize("name", sorted(MARKS))
def test_a_guess_is_reported(name: str) -> None:
    answer = read(TEXT.encode(name), "himds")
    assert answer.messages == ["één", "two"]
    assert answer.report["encoding"] == name
    assert answer.kinds == ["guessed-encoding"]


def test_invalid_bytes_are_shown_counted_and_told_once() -> None:
    data = b"level=info msg=a\r\nlevel=info msg=b\xff\xfe K=\xc3(\n"
    data += b"level=info msg=\xe2\x82\n"
    answer = read(data, "himds")
    assert answer.messages == ["a", r"b\xff\xfe", r"\xe2\x82"]
    assert answer.rows[1].fields == r'{"K":"\\xc3("}'
    ((line, kind, text),) = answer.report["problems"]
    assert (line, kind) == (2, "bad-utf8")
    assert text.startswith("4 places")


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.text(max_size=8).map(str.encode) | st.binary(max_size=6), max_size=20)
)
def test_no_byte_is_dropped(pieces: list[bytes]) -> None:
    data = b"text " + b"".join(pieces).replace(b"\0", b"")
    answer = read(data, None)
    if answer.report["encoding"] != "utf-8":
        return
    whole = data.decode("utf-8", "backslashreplace").encode()
    lines = [line.decode() for line in END.split(whole)]
    blank = " \t\x0c"
    assert answer.messages == [line for line in lines if line.strip(blank)]


def test_half_surrogates_and_an_odd_byte_are_shown() -> None:
    high, low = b"\x3d\xd8", b"\x00\xde"
    good = "level=info msg=".encode("utf-16-le")
    end = "\n".encode("utf-16-le")
    data = (
        codecs.BOM_UTF16_LE
        + good
        + high
        + low
        + end
        + good
        + low
        + high
        + end
        + b"\x41"
    )
    answer = read(data, "himds")
    assert answer.messages == ["😀", "\\x00\\xde\\x3d\\xd8\n\\x41"]
    ((line, kind, text),) = answer.report["problems"]
    assert (line, kind) == (2, "bad-utf8")
    assert text.startswith("3 places are not valid UTF-16")


@pytest.mark.parametrize(
    ("run", "shown"), [(1, "␀"), (64, "␀" * 64), (65, "␀"), (1 << 20, "␀")]
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_hole_of_nuls_is_one_picture(run: int, shown: str, *, packed: bool) -> None:
    head = b"level=info msg=first\n"
    data = head + b"level=info msg=a" + b"\0" * run + b"\nlevel=info msg=b\n"
    answer = read(data, "himds", deflate=packed)
    assert answer.messages == ["first", "a" + shown, "b"]
    ((line, kind, text),) = answer.report["problems"]
    assert (line, kind) == (2, "nul-bytes")
    assert text.startswith(f"{run} NUL")
    assert answer.report["bytes"] == len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + b"x\n" * 50,
        b"\x1f\x8b\x08\0\0\0",
        b"ElfFile\0" + bytes(4088),
        b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8,
        b"MZ\x90\0\x03",
        b"regf\x01\0\0\0",
        bytes(range(1, 256)) * 20,
    ],
)
@pytest.mark.parametrize("family", [None, "himds"])
def test_binary_content_makes_no_events(data: bytes, family: str | None) -> None:
    answer = read(data, family)
    assert answer.rows == []
    assert answer.kinds == []
    assert answer.report["encoding"] == "binary"
    assert answer.report["bytes"] == len(data)
    assert answer.report["lines"] == 0


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_lf_crlf_and_cr_end_a_line(sign: str) -> None:
    text = f"level=info msg=a{sign}b\nlevel=info msg=c\n"
    for encoding in ("utf-8", "utf-16"):
        answer = read(text.encode(encoding), "himds")
        assert answer.messages == [f"a{sign}b", "c"]
        assert answer.report["lines"] == 2


def test_colours_and_other_control_characters_stay() -> None:
    answer = read(b"level=info msg=\x1b[31mred\x1b[0m\x07\x08\n", "himds")
    assert answer.messages == ["\x1b[31mred\x1b[0m\x07\x08"]
