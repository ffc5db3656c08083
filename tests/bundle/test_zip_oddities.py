"""Rows of the fault matrix that are odd rather than hostile: dates, twins, holes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.bundle.opened import content, kinds, names, opened
from tests.bundle.zipmaker import ENCRYPTED, STREAMED, UTF8, Part, build, extended_time

if TYPE_CHECKING:
    from pathlib import Path

LOG = b"2026-03-10T12:00:00Z line\n" * 30


@pytest.mark.parametrize(
    ("time", "date"), [(0, 0), (0xFFFF, 0xFFFF), (0xBF7D, 0x01EF), (0, 0x5C21 | 0x1E0)]
)
def test_dos_dates_that_cannot_be(tmp_path: Path, time: int, date: int) -> None:
    data = bytearray(build([Part(b"a.log", LOG), Part(b"b.log", LOG + b"b")]))
    for mark, at in ((b"PK\x03\x04", 10), (b"PK\x01\x02", 12)):
        place = data.find(mark)
        while place >= 0:
            struct.pack_into("<HH", data, place + at, time, date)
            place = data.find(mark, place + 1)
    bundle = opened(tmp_path / "d.zip", bytes(data))
    assert bundle.problems == ()
    assert [content(m) for m in bundle.members] == [LOG, LOG + b"b"]
    assert [m.modified for m in bundle.members] == [None, None]


@pytest.mark.parametrize("seconds", [-(2**31), -1, 0, 2**31 - 1])
def test_utc_times_at_the_ends_of_their_range(tmp_path: Path, seconds: int) -> None:
    part = Part(b"a.log", LOG, extra=extended_time(seconds))
    bundle = opened(tmp_path / "t.zip", build([part]))
    assert bundle.members[0].modified is not None
    assert bundle.members[0].modified.timestamp() == seconds


@pytest.mark.parametrize("ticks", [0, 1, 2**63, 2**64 - 1])
def test_windows_times_that_cannot_be(tmp_path: Path, ticks: int) -> None:
    times = struct.pack("<IHHQQQ", 0, 1, 24, ticks, ticks, ticks)
    part = Part(b"a.log", LOG, extra=struct.pack("<HH", 0x000A, len(times)) + times)
    bundle = opened(tmp_path / "t.zip", build([part]))
    assert [m.modified for m in bundle.members] == [None]
    assert content(bundle.members[0]) == LOG


def test_names_that_look_alike_are_all_kept(tmp_path: Path) -> None:
    raw = ["caf\u00e9.log", "cafe\u0301.log", "a\u200bb.log", "ab.log", "a\u00adb.log"]
    parts = [Part(name.encode(), LOG + name.encode()) for name in raw]
    bundle = opened(tmp_path / "n.zip", build(parts))
    assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert names(bundle) == [
        "caf\u00e9.log", "cafe\u0301.log", "a\\u{200b}b.log", "ab.log", "a\\u{ad}b.log",
    ]  # fmt: skip
    assert kinds(bundle) == ["bad-name", "bad-name"]


@pytest.mark.parametrize("taken", [1, 25, 45, 46, 60])
@pytest.mark.parametrize("flags", [UTF8, UTF8 | STREAMED])
def test_a_hole_in_the_directory(tmp_path: Path, taken: int, flags: int) -> None:
    # Counted back from its end, the directory seems to begin within a member.
    parts = [Part(b"log/%d.log" % n, b"%d" % n, flags=flags) for n in range(4)]
    data = build(parts)
    hole = data.index(b"PK\x01\x02")
    bundle = opened(tmp_path / "h.zip", data[:hole] + data[hole + taken :])
    assert sorted(content(m) for m in bundle.members) == [p.content for p in parts]
    assert sorted(names(bundle)) == [p.name.decode() for p in parts]
    assert "bad-directory" in kinds(bundle)


def test_a_zip_of_nothing_but_secrets_names_them_all(tmp_path: Path) -> None:
    parts = [Part(b"%d.log" % n, LOG, flags=UTF8 | ENCRYPTED) for n in range(3)]
    bundle = opened(tmp_path / "e.zip", build(parts))
    assert bundle.members == ()
    assert [(p.file, p.kind) for p in bundle.problems] == [
        (f"{n}.log", "encrypted") for n in range(3)
    ]


def test_equal_content_gives_an_equal_hash_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for data in (b"", b"<html>", bytes(99)):
        one = opened(tmp_path / "a" / "x.zip", data)
        two = opened(tmp_path / "b" / "x.zip", data)
        assert one.problems
        assert one.sha256 == two.sha256
    for name in ("a", "b"):
        (tmp_path / name / "none").mkdir()
    assert opened(tmp_path / "a" / "none").sha256 == (
        opened(tmp_path / "b" / "none").sha256
    )
