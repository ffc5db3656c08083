"""Gzip data: read as their text, and what is wrong with them is told."""

from __future__ import annotations

import gzip
import random
import struct
import tempfile
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import arcdiag_core
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import Answer, deflated, ingest, plan_of, spec

LINES = [
    f'time="2026-03-10T12:00:{n % 60:02d}Z" level=info msg="no {n * n}" K="{n}"\n'
    for n in range(8000)
]
TEXT = "".join(LINES).encode()
PACKED = gzip.compress(TEXT)
FREE = 16 << 20  # text of an unknown kind may always grow to this
PACKINGS = pytest.mark.parametrize("packing", ["gzip", "deflate+gzip"])


def unpack(
    folder: Path,
    data: bytes,
    packing: str = "gzip",
    family: str | None = "himds",
    **more: Any,
) -> Answer:
    """Read gzip data between other bytes, as a member of a zip lies."""
    held = deflated(data) if packing == "deflate+gzip" else data
    path = folder / "some.zip"
    path.write_bytes(b"before" + held + b"behind")
    found = {"offset": 6, "packed": len(held), "packing": packing} | more
    plans = [] if family is None else [plan_of(family)]
    return ingest([spec(path, **found, plan=0 if family else None)], plans)


def member(
    text: bytes,
    *,
    flags: int = 0,
    behind: bytes = b"",
    crc: int | None = None,
    size: int | None = None,
) -> bytes:
    """Write one gzip member byte by byte (RFC 1952)."""
    head = b"\x1f\x8b\x08" + bytes([flags]) + bytes(4) + b"\x00\xff"
    crc = zlib.crc32(text) if crc is None else crc
    size = len(text) if size is None else size
    return head + behind + deflated(text) + struct.pack("<II", crc, size & 0xFFFFFFFF)


@PACKINGS
def test_an_honest_file(tmp_path: Path, packing: str) -> None:
    answer = unpack(tmp_path, PACKED, packing, crc=zlib.crc32(PACKED))
    assert len(answer.rows) == len(LINES)
    assert answer.kinds == []
    assert answer.report["bytes"] == len(TEXT)
    assert answer.report["crc"] == zlib.crc32(TEXT)


@PACKINGS
def test_several_gzip_members_are_one_text(tmp_path: Path, packing: str) -> None:
    cuts = [0, 1000, 1000, 200_000, len(TEXT)]
    parts = [TEXT[a:b] for a, b in pairwise(cuts)]
    answer = unpack(tmp_path, b"".join(map(gzip.compress, parts)), packing)
    assert answer.messages == [f"no {n * n}" for n in range(len(LINES))]
    assert answer.kinds == []
    assert answer.report["crc"] == zlib.crc32(TEXT)


@pytest.mark.parametrize(
    ("flags", "behind"),
    [
        (0x01, b""),
        (0x02, b"\x12\x34"),
        (0x04, struct.pack("<H", 300) + bytes(300)),
        (0x08, b"himds.log\0"),
        (0x10, b"\x1b]0;x\x07\0"),
        (0x08, b"x" * 1_000_000 + b"\0"),
        (0x1F, b"\x05\x00abcdeNAME\0COMMENT\0\x00\x00"),
    ],
)
def test_header_fields_are_passed_over(
    tmp_path: Path, flags: int, behind: bytes
) -> None:
    answer = unpack(tmp_path, member(TEXT, flags=flags, behind=behind))
    assert (len(answer.rows), answer.kinds) == (len(LINES), [])


@PACKINGS
@pytest.mark.parametrize("share", [0.05, 0.5, 0.999])
def test_of_a_cut_file_the_prefix_is_kept(
    tmp_path: Path, packing: str, share: float
) -> None:
    cut = PACKED[: int(len(PACKED) * share)]
    prefix = zlib.decompressobj(31).decompress(cut)
    answer = unpack(tmp_path, cut, packing)
    assert answer.report["bytes"] == len(prefix)
    whole = prefix.count(b"\n")
    assert [row.line for row in answer.rows[:whole]] == list(range(1, whole + 1))
    assert answer.kinds == ["inflate-failed"]
    assert f"the {len(prefix)} bytes before it" in answer.report["problems"][0][2]


@pytest.mark.parametrize("missing", [1, 4, 5, 8])
def test_a_file_cut_in_its_check_sum_has_all_lines(
    tmp_path: Path, missing: int
) -> None:
    answer = unpack(tmp_path, PACKED[:-missing])
    assert (len(answer.rows), answer.kinds) == (len(LINES), ["inflate-failed"])


@pytest.mark.parametrize("size", range(3, 10))
def test_a_file_cut_in_its_header(tmp_path: Path, size: int) -> None:
    answer = unpack(tmp_path, PACKED[:size])
    assert (answer.rows, answer.kinds) == ([], ["inflate-failed"])


def test_a_zip_that_is_cut_is_told_once(tmp_path: Path) -> None:
    held = deflated(PACKED)
    path = tmp_path / "x.zip"
    path.write_bytes(held[: len(held) // 2])
    found = spec(path, packing="deflate+gzip")
    answer = ingest([found], [plan_of("himds")])
    assert answer.kinds == ["inflate-failed"]
    assert len(answer.rows) > 1000


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"crc": 1}, "bad-crc"), ({"size": 5}, "size-mismatch")],
)
def test_wrong_sums_keep_the_content(
    tmp_path: Path, changes: dict[str, int], kind: str
) -> None:
    half = len(TEXT) // 2
    data = member(TEXT[:half], **changes) + member(TEXT[half:])  # type: ignore[arg-type]
    answer = unpack(tmp_path, data)
    assert (len(answer.rows), answer.kinds) == (len(LINES), [kind])
    assert "gzip member 1 " in answer.report["problems"][0][2]


def test_many_wrong_sums_are_not_told_without_end(tmp_path: Path) -> None:
    answer = unpack(tmp_path, member(b"x\n", crc=1) * 500, family=None)
    assert len(answer.rows) == 500
    assert answer.kinds == ["bad-crc"] * 20


def test_the_sum_of_the_zip_is_that_of_the_gzip_file(tmp_path: Path) -> None:
    answer = unpack(tmp_path, PACKED, "deflate+gzip", crc=5)
    assert (len(answer.rows), answer.kinds) == (len(LINES), ["bad-crc"])


@pytest.mark.parametrize("garbage", [b"x", b"\x1e\x8b" * 99, bytes(512) + b"x"])
@PACKINGS
def test_what_stands_behind_is_told(
    tmp_path: Path, packing: str, garbage: bytes
) -> None:
    answer = unpack(tmp_path, PACKED + garbage, packing)
    assert (len(answer.rows), answer.kinds) == (len(LINES), ["trailing-bytes"])
    assert f"{len(garbage)} bytes" in answer.report["problems"][0][2]


def test_zeros_that_fill_a_block_are_only_a_remark(tmp_path: Path) -> None:
    answer = unpack(tmp_path, PACKED + bytes(700))
    assert (len(answer.rows), answer.kinds) == (len(LINES), ["stray-bytes"])
    answer = unpack(tmp_path, member(TEXT[:-5]) + bytes(512) + member(TEXT[-5:]))
    assert (len(answer.rows), answer.kinds) == (len(LINES), [])


@pytest.mark.parametrize("second", [b"\x1f", b"\x1f\x8b\x07" + bytes(50), b"\x1f!"])
def test_a_second_member_that_is_damaged(tmp_path: Path, second: bytes) -> None:
    answer = unpack(tmp_path, PACKED + second)
    assert (len(answer.rows), answer.kinds) == (len(LINES), ["inflate-failed"])


@PACKINGS
def test_a_bomb_of_unknown_kind_is_stopped(tmp_path: Path, packing: str) -> None:
    bomb = gzip.compress((b"0" * 4000 + b"\n") * (FREE // 4001 * 3))
    answer = unpack(tmp_path, bomb, packing, None)
    assert answer.kinds == ["over-limit"]
    assert FREE <= answer.report["bytes"] < FREE * 1.2
    assert answer.report["lines"] == answer.report["unparsed"] > FREE // 4002


def test_gzip_data_that_grow_out_of_the_zip_are_stopped(tmp_path: Path) -> None:
    # No honest gzip file is a thousand times longer than the zip packs it.
    name = b"n" * (3 * FREE)
    data = member(TEXT, flags=0x08, behind=name + b"\0")
    answer = unpack(tmp_path, data, "deflate+gzip")
    assert (answer.rows, answer.kinds) == ([], ["over-limit"])


def test_many_empty_members_end(tmp_path: Path) -> None:
    answer = unpack(tmp_path, gzip.compress(b"") * 100_000 + PACKED)
    assert (len(answer.rows), answer.kinds) == (len(LINES), [])


def test_an_empty_text_and_utf_16(tmp_path: Path) -> None:
    answer = unpack(tmp_path, gzip.compress(b""))
    assert (answer.rows, answer.kinds, answer.report["bytes"]) == ([], [], 0)
    answer = unpack(tmp_path, gzip.compress(TEXT.decode().encode("utf-16")))
    assert (len(answer.rows), answer.report["encoding"]) == (len(LINES), "utf-16-le")


@pytest.mark.parametrize(
    "inner",
    [PACKED, b"PK\x03\x04" + bytes(99), bytes(257) + b"ustar" + bytes(300)],
    ids=["gzip", "zip", "tar"],
)
def test_an_archive_inside_is_binary(tmp_path: Path, inner: bytes) -> None:
    answer = unpack(tmp_path, gzip.compress(inner))
    assert (answer.rows, answer.report["encoding"]) == ([], "binary")
    assert answer.report["crc"] is None


@settings(max_examples=examples(60), deadline=None)
@given(st.data(), st.sampled_from(["gzip", "deflate+gzip"]))
def test_whatever_is_changed_the_lines_before_it_are_there(
    data: st.DataObject, packing: str
) -> None:
    text = b"".join(b"%d %d\n" % (n, n**5) for n in range(500))
    cut = data.draw(st.integers(0, len(text)))
    first = gzip.compress(text[:cut], mtime=0)
    second = gzip.compress(text[cut:], mtime=0)
    packed = first + second
    at = data.draw(st.integers(0, len(packed) - 1))
    put = data.draw(st.binary(max_size=9))
    taken = data.draw(st.integers(0, 9))
    changed = packed[:at] + put + packed[at + taken :]
    with tempfile.TemporaryDirectory() as folder:
        answer = unpack(Path(folder), changed, packing, None)
    whole = text if at >= len(packed) else _sound(packed[:at])
    lines = whole.split(b"\n")[:-1]
    if at >= 3:
        kept = [message.encode() for message in answer.messages[: len(lines)]]
        assert kept == lines
    if not answer.kinds and answer.report["encoding"] != "binary" and at >= 3:
        assert answer.report["crc"] in {zlib.crc32(text), zlib.crc32(text[:cut])}


def _sound(data: bytes) -> bytes:
    """Unpack what stands before a damage."""
    text = b""
    while data:
        inflate = zlib.decompressobj(31)
        text += inflate.decompress(data)
        data = inflate.unused_data
    return text


@PACKINGS
@pytest.mark.parametrize("limit", [1, 100, 5000, 1 << 20])
def test_a_look_at_both_ends(tmp_path: Path, packing: str, limit: int) -> None:
    held = deflated(PACKED) if packing == "deflate+gzip" else PACKED
    path = tmp_path / "x"
    path.write_bytes(held)
    place = (str(path), 0, len(held), packing, limit)
    head, name = arcdiag_core.sample(*place, tail=False)
    tail, _ = arcdiag_core.sample(*place, tail=True)
    text = TEXT.decode()
    assert name == "utf-8"
    # A few bytes wait for those behind them when the text goes on.
    assert head == text[: len(head)]
    assert len(head) >= min(limit - 3, len(text))
    expected = text if limit >= len(text) else text[-limit:].partition("\n")[2]
    assert tail == expected


def test_memory_does_not_grow_with_the_text(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    rest = bytes(random.Random(5).choices(b"abcdefgh", k=200_000))
    data = gzip.compress((TEXT + rest + b"\n") * 60)
    path = tmp_path / "x.gz"
    path.write_bytes(data)
    del data
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    arcdiag_core.sample(str(path), 0, path.stat().st_size, "gzip", 1000, tail=True)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 16 << 10  # KiB
