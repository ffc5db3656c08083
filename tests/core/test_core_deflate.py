"""Damage stays inside its member: what can be read is read, the rest is told."""

from __future__ import annotations

import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import (
    Answer,
    count_lines,
    deflated,
    ingest,
    plan_of,
    spec,
)

LINES = [
    f'time="2026-03-10T12:00:{n % 60:02d}Z" level=info msg="no {n * n}" K="{n}"\n'
    for n in range(8000)
]
TEXT = "".join(LINES).encode()
PACKED = deflated(TEXT)
FREE = 16 << 20  # text of an unknown kind may always grow to this


def unpack(
    path: Path, packed: bytes, family: str | None = "himds", **changes: Any
) -> Answer:
    """Read packed bytes between other bytes, as a member of a zip lies."""
    path.write_bytes(b"before" + packed + b"behind")
    found = {"offset": 6, "packed": len(packed), "packing": "deflate"} | changes
    plans = [] if family is None else [plan_of(family)]
    return ingest([spec(path, **found, plan=0 if family else None)], plans)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.zip"


def test_an_honest_member(path: Path) -> None:
    answer = unpack(path, PACKED, crc=zlib.crc32(TEXT), size=len(TEXT))
    assert len(answer.rows) == len(LINES)
    assert answer.kinds == []
    assert answer.report["bytes"] == len(TEXT)


def test_a_wrong_checksum_keeps_the_content(path: Path) -> None:
    answer = unpack(path, PACKED, crc=zlib.crc32(TEXT) ^ 1, size=len(TEXT))
    assert len(answer.rows) == len(LINES)
    ((line, kind, text),) = answer.report["problems"]
    assert (line, kind) == (0, "bad-crc")
    assert f"{zlib.crc32(TEXT):08x}" in text


@pytest.mark.parametrize("size", [0, 5, len(TEXT) - 1, len(TEXT) + 1, 1 << 62])
def test_a_wrong_size_is_told(path: Path, size: int) -> None:
    answer = unpack(path, PACKED, crc=zlib.crc32(TEXT), size=size)
    assert len(answer.rows) == len(LINES)
    assert answer.kinds == ["size-mismatch"]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_of_a_cut_stream_the_prefix_is_kept(path: Path, share: float) -> None:
    cut = PACKED[: int(len(PACKED) * share)]
    prefix = zlib.decompressobj(-15).decompress(cut)
    answer = unpack(path, cut, crc=zlib.crc32(TEXT), size=len(TEXT))
    assert answer.report["bytes"] == len(prefix)
    assert answer.report["lines"] == count_lines(prefix, "utf-8")
    whole = prefix.count(b"\n")
    assert [row.line for row in answer.rows[:whole]] == list(range(1, whole + 1))
    assert answer.kinds == ["inflate-failed"]


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, len(PACKED) * 8 - 1), st.booleans())
def test_before_a_rotten_bit_nothing_is_lost(bit: int, known: bool) -> None:  # noqa: FBT001
    rotten = bytearray(PACKED)
    rotten[bit // 8] ^= 1 << bit % 8
    sound = zlib.decompressobj(-15).decompress(PACKED[: bit // 8]).count(b"\n")
    with tempfile.TemporaryDirectory() as folder:
        answer = unpack(
            Path(folder) / "x.zip",
            bytes(rotten),
            "himds" if known else None,
            crc=zlib.crc32(TEXT),
            size=len(TEXT),
        )
    if not answer.kinds:  # the bit stands behind the end of the stream
        assert zlib.decompress(bytes(rotten), -15) == TEXT
        return
    assert set(answer.kinds) & {"bad-crc", "inflate-failed", "over-limit"}
    lines = [line.encode() for line in LINES[:sound]]
    if known:
        # What follows the last sound line may read as a part of its record.
        assert len(answer.rows) >= sound
        for number, row in enumerate(answer.rows[: max(sound - 1, 0)]):
            assert row.message == f"no {number * number}"
    else:
        kept = [row.message.encode() + b"\n" for row in answer.rows[:sound]]
        assert kept == lines


def test_bytes_behind_the_end_of_the_stream_are_not_read(path: Path) -> None:
    answer = unpack(path, PACKED + b"level=info msg=more\n" * 9, size=len(TEXT))
    assert len(answer.rows) == len(LINES)
    assert answer.kinds == []


def test_a_bomb_of_unknown_kind_is_stopped(path: Path) -> None:
    bomb = deflated((b"0" * 4000 + b"\n") * (FREE // 4001 * 3))
    answer = unpack(path, bomb, None)
    assert answer.kinds == ["over-limit"]
    cap = max(FREE, len(bomb) * 200)
    assert cap <= answer.report["bytes"] < cap + (1 << 20)
    assert answer.report["lines"] == answer.report["unparsed"] > FREE // 4002


def test_a_log_of_a_known_kind_may_be_as_dull_as_it_likes(path: Path) -> None:
    dull = b"level=info msg=" + b"x" * 1000 + b"\n"
    count = FREE // len(dull) + 1000
    answer = unpack(path, deflated(dull * count))
    assert len(answer.rows) == count
    assert answer.kinds == []


def test_a_stored_member_that_is_cut(path: Path) -> None:
    path.write_bytes(TEXT[:100_000])
    answer = ingest([spec(path, packed=len(TEXT))], [plan_of("himds")])
    assert answer.kinds == ["size-mismatch"]
    assert answer.report["bytes"] == 100_000
    assert f"{len(TEXT) - 100_000} bytes too early" in answer.report["problems"][0][2]


def test_a_file_that_vanishes_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.log", "gone.log", "c.log")]
    for place in paths:
        place.write_bytes(TEXT[:1000])
    files = [spec(place, file_id=n) for n, place in enumerate(paths, start=1)]
    paths[1].unlink()
    answer = ingest(files, [plan_of("himds")])
    assert [report["bytes"] for report in answer.reports] == [1000, 0, 1000]
    assert [report["problems"][:1] != [] for report in answer.reports] == [
        False,
        True,
        False,
    ]
    ((line, kind, _),) = answer.reports[1]["problems"]
    assert (line, kind) == (0, "unreadable")


@pytest.mark.parametrize("packing", ["stored", "deflate"])
def test_a_folder_or_an_offset_behind_the_end_is_no_crash(
    tmp_path: Path, packing: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    files = [
        spec(path) | {"path": str(tmp_path), "packing": packing},
        spec(path, file_id=2, offset=1 << 40, packing=packing),
        spec(path, file_id=3, offset=(1 << 64) - 1, packing=packing),
        spec(path, file_id=4, packed=0, packing=packing),
    ]
    answer = ingest(files, [plan_of("himds")])
    assert answer.rows == []
    assert answer.reports[0]["problems"][0][1] == "unreadable"
    told = [report["problems"] != [] for report in answer.reports]
    assert told == [True, True, True, packing == "deflate"]
