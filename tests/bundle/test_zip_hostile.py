"""Zips that lie or are damaged: fault matrix and threats T1 to T4 of the study."""

from __future__ import annotations

import stat
import struct
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from diag.bundle.limits import MOST_MEMBERS, MOST_ROWS
from diag.bundle.ziplocal import Walker
from tests.bundle.opened import content, kinds, names, opened
from tests.bundle.zipmaker import (
    DEFLATE,
    ENCRYPTED,
    STORED,
    STREAMED,
    UTF8,
    Part,
    build,
    end_record,
)

if TYPE_CHECKING:
    from pathlib import Path

LOG = b"2026-03-10T12:00:00Z line\n" * 300


def logs(count: int = 4, flags: int = UTF8, method: int = DEFLATE) -> list[Part]:
    return [
        Part(b"log/%d.log" % n, LOG + b"%d\n" % n, method, flags) for n in range(count)
    ]


STYLES = pytest.mark.parametrize(
    ("flags", "signed"),
    [(UTF8, True), (UTF8 | STREAMED, True), (UTF8 | STREAMED, False)],
)


@STYLES
def test_t4_the_directory_is_gone(tmp_path: Path, flags: int, *, signed: bool) -> None:
    parts = logs(flags=flags)
    for part in parts:
        part.signed = signed
    data = build(parts)
    for cut in (22, 60):
        bundle = opened(tmp_path / "g.zip", data[:-cut])
        assert [content(m) for m in bundle.members] == [p.content for p in parts]
        assert [m.crc for m in bundle.members] == [p.crc for p in parts]
        assert kinds(bundle) == ["truncated-zip"]
        assert f"after {len(data) - cut:,} bytes" in bundle.problems[0].text


@STYLES
def test_a_torn_last_member_keeps_its_prefix(
    tmp_path: Path, flags: int, *, signed: bool
) -> None:
    parts = logs(flags=flags)
    for part in parts:
        part.signed = signed
    cut = build(parts)[: parts[3].data + 20]
    bundle = opened(tmp_path / "t.zip", cut)
    assert names(bundle) == [f"log/{n}.log" for n in range(4)]
    assert [content(m) for m in bundle.members[:3]] == [p.content for p in parts[:3]]
    last = bundle.members[3]
    assert (last.offset, last.packed, last.size, last.crc) == (
        parts[3].data, 20, None, None,
    )  # fmt: skip
    assert kinds(bundle) == ["torn", "truncated-zip"]


@pytest.mark.parametrize("size", range(1, 36))
def test_a_zip_cut_in_its_first_header_is_told(tmp_path: Path, size: int) -> None:
    bundle = opened(tmp_path / "c.zip", build(logs(1))[:size])
    assert bundle.members == ()
    assert len(bundle.problems) == 1


def test_t4_a_false_end_record_in_the_comment(tmp_path: Path) -> None:
    parts = logs()
    for false in (end_record(0, 0, 0), build([Part(b"other.log")])):
        bundle = opened(tmp_path / "f.zip", build(parts, comment=false))
        assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert kinds(bundle) == ["second-directory"]


def test_t4_two_zips_in_one_file_are_both_read(tmp_path: Path) -> None:
    first, second = build(logs(2)), build([Part(b"later.log", LOG)])
    bundle = opened(tmp_path / "two.zip", first + second)
    assert sorted(names(bundle)) == ["later.log", "log/0.log", "log/1.log"]
    assert "unlisted" in kinds(bundle)


def test_t4_a_member_that_the_directory_hides_is_found(tmp_path: Path) -> None:
    parts = logs()
    parts[1].listed = False
    bundle = opened(tmp_path / "h.zip", build(parts))
    assert sorted(names(bundle)) == [f"log/{n}.log" for n in range(4)]
    assert kinds(bundle) == ["unlisted"]


def test_bytes_before_and_behind(tmp_path: Path) -> None:
    parts = logs()
    for data in (
        b"#!/bin/sh\n" + build(parts),
        build(parts, prefix=b"#!/bin/sh\n"),
        build(parts) + b"\0" * 100_000,
        build(parts, shift=13),
    ):
        bundle = opened(tmp_path / "s.zip", data)
        assert [content(m) for m in bundle.members] == [p.content for p in parts]
        assert set(kinds(bundle)) <= {"stray-bytes"}


def test_bytes_lost_from_the_middle(tmp_path: Path) -> None:
    parts = logs()
    data = build(parts)
    hole = parts[1].data + 5
    bundle = opened(tmp_path / "m.zip", data[:hole] + data[hole + 7 :])
    whole = [m for m in bundle.members if m.name != "log/1.log"]
    assert [content(m) for m in whole] == [parts[n].content for n in (0, 2, 3)]
    assert "log/1.log" in names(bundle)


def test_wrong_crc_is_left_to_the_core(tmp_path: Path) -> None:
    parts = logs(1)
    parts[0].listed_crc = 1
    bundle = opened(tmp_path / "crc.zip", build(parts))
    assert (bundle.members[0].crc, bundle.problems) == (1, ())


def test_t3_a_forged_size_is_only_a_number(tmp_path: Path) -> None:
    parts = logs(2)
    parts[0].listed_size = 0xFFFFFFFE
    bundle = opened(tmp_path / "z.zip", build(parts))
    assert [content(m) for m in bundle.members] == [p.content for p in parts]


def test_t3_a_forged_packed_size_ends_at_the_next_member(tmp_path: Path) -> None:
    parts = logs(3, flags=STREAMED)
    parts[1].listed_packed = 0xFFFFFFF0
    bundle = opened(tmp_path / "p.zip", build(parts))
    assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert [(p.file, p.kind) for p in bundle.problems] == [("log/1.log", "bad-header")]
    data = bytearray(build(logs(3)))
    forged = struct.pack("<I", 0x7FFFFFFF)
    for header, at in ((b"PK\x03\x04", 18), (b"PK\x01\x02", 20)):
        place = data.index(header, data.index(header) + 1) + at
        data[place : place + 4] = forged
    bundle = opened(tmp_path / "q.zip", bytes(data))
    assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert [(p.file, p.kind) for p in bundle.problems] == [("log/1.log", "overlap")]


def test_a_packed_size_that_the_header_knows_better(tmp_path: Path) -> None:
    for forged in (3, 0xFFFFFFF0):
        parts = logs(3)
        parts[1].listed_packed = forged
        bundle = opened(tmp_path / "p.zip", build(parts))
        assert [content(m) for m in bundle.members] == [p.content for p in parts]
        assert kinds(bundle) == ["bad-header"]


def test_t3_overlap_bomb_reads_shared_bytes_once(tmp_path: Path) -> None:
    parts = logs(1) + [Part(b"copy%d" % n, b"", listed_offset=0) for n in range(50)]
    for part in parts[1:]:
        part.listed_packed, part.listed_size = len(parts[0].packed), 1 << 30
    bundle = opened(tmp_path / "o.zip", build(parts))
    assert "log/0.log" in names(bundle)
    assert content(bundle.members[0]) == parts[0].content
    assert kinds(bundle).count("overlap") == 50
    spans = sorted((m.offset, m.offset + m.packed) for m in bundle.members)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_encrypted_and_unknown_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    parts = logs()
    parts[0].flags |= ENCRYPTED
    parts[1].method = 99
    parts[2].method = 14
    bundle = opened(tmp_path / "e.zip", build(parts))
    assert names(bundle) == ["log/3.log"]
    told = [(p.file, p.kind) for p in bundle.problems]
    assert told == [
        ("log/0.log", "encrypted"),
        ("log/1.log", "encrypted"),
        ("log/2.log", "unknown-method"),
    ]
    assert "LZMA" in bundle.problems[2].text


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (stat.S_IFLNK | 0o777, "symlink"),
        (stat.S_IFIFO | 0o644, "special-file"),
        (stat.S_IFCHR | 0o644, "special-file"),
        (stat.S_IFSOCK | 0o644, "special-file"),
    ],
)
def test_t2_links_and_devices(tmp_path: Path, mode: int, kind: str) -> None:
    parts = [Part(b"x", b"/etc/shadow", STORED, external=mode << 16), *logs(1)]
    bundle = opened(tmp_path / "l.zip", build(parts))
    assert names(bundle) == ["log/0.log"]
    assert kinds(bundle) == [kind]


def test_a_folder_entry_is_nothing_but_one_with_content_is_kept(tmp_path: Path) -> None:
    parts = [
        Part(b"a/", b""),
        Part(b"b\\", b"", STORED),
        Part(b"c/", LOG),
        Part(b"d", LOG, external=stat.S_IFDIR << 16),
    ]
    bundle = opened(tmp_path / "d.zip", build(parts))
    assert names(bundle) == ["c", "d"]
    assert [content(m) for m in bundle.members] == [LOG, LOG]


NAMES = [
    (b"..\\..\\etc/passwd", "etc/passwd", ["unsafe-name"]),
    (b"/var/log/x", "var/log/x", []),
    (b"C:\\ProgramData\\x.log", "ProgramData/x.log", []),
    (b"C:x.log", "x.log", []),
    (b"\\\\server\\share\\x.log", "server/share/x.log", ["unsafe-name"]),
    (b"\\\\?\\C:\\x.log", "x.log", ["unsafe-name"]),
    (b"a/./b//c", "a/b/c", []),
    (b"..", "unnamed", ["bad-name", "unsafe-name"]),
    (b"", "unnamed", ["bad-name"]),
    (b"x\x1b]52;c;x\x07\n\x00", "x\u241b]52;c;x\u2407\u240a\u2400", ["bad-name"]),
    ("a\u202etxt".encode(), "a\\u{202e}txt", ["bad-name"]),
    (b"CON", "CON", []),
    (b"x.log:stream. ", "x.log:stream. ", []),
]


@pytest.mark.parametrize(("raw", "name", "told"), NAMES)
def test_t1_names(tmp_path: Path, raw: bytes, name: str, told: list[str]) -> None:
    bundle = opened(tmp_path / "n.zip", build([Part(raw, LOG)]))
    assert names(bundle) == [name]
    assert kinds(bundle) == told
    assert content(bundle.members[0]) == LOG
    assert list(tmp_path.iterdir()) == [tmp_path / "n.zip"]


def test_a_long_name_is_cut_in_its_middle(tmp_path: Path) -> None:
    raw = b"d/" * 20_000 + b"himds.log"
    bundle = opened(tmp_path / "n.zip", build([Part(raw, LOG)]))
    name = bundle.members[0].name
    assert (len(name), name[-9:]) == (1024, "himds.log")
    assert bundle.members[0].original == raw.decode()
    assert kinds(bundle) == ["bad-name"]


def test_duplicates_are_both_kept(tmp_path: Path) -> None:
    raw = [b"a.log", b"a.log", b"a.log (2)", b"\\a.log", b"A.LOG"]
    parts = [Part(name, LOG + name) for name in raw]
    bundle = opened(tmp_path / "d.zip", build(parts))
    assert names(bundle) == [
        "a.log", "a.log (2)", "a.log (2) (2)", "a.log (3)", "A.LOG",
    ]  # fmt: skip
    assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert kinds(bundle) == ["duplicate-name"] * 3


def test_names_that_differ_between_directory_and_header(tmp_path: Path) -> None:
    parts = [
        Part(b"real.log", LOG, local_name=b"fake\x1b.log"),
        Part(b"a\\b.log", LOG, local_name=b"a/b.log"),
    ]
    bundle = opened(tmp_path / "m.zip", build(parts))
    assert names(bundle) == ["real.log", "a/b.log"]
    assert [content(m) for m in bundle.members] == [LOG, LOG]
    assert [(p.file, p.kind) for p in bundle.problems] == [
        ("real.log", "name-mismatch")
    ]
    assert "fake\u241b.log" in bundle.problems[0].text


def test_directory_and_header_disagree_on_encryption_and_method(tmp_path: Path) -> None:
    parts = logs(2)
    data = bytearray(build(parts))
    first = data.index(b"PK\x01\x02")
    data[first + 8] |= ENCRYPTED
    data[first + 10] = 14
    bundle = opened(tmp_path / "m.zip", bytes(data))
    assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert kinds(bundle) == ["bad-header", "bad-header"]


def test_a_wrong_offset_in_the_directory(tmp_path: Path) -> None:
    parts = logs()
    parts[1].listed_offset = 7
    bundle = opened(tmp_path / "w.zip", build(parts))
    assert sorted(content(m) for m in bundle.members) == [p.content for p in parts]
    assert [(p.file, p.kind) for p in bundle.problems] == [
        ("log/1.log", "missing-header")
    ]


def test_a_damaged_header_whose_name_is_left(tmp_path: Path) -> None:
    parts = logs()
    data = bytearray(build(parts))
    data[parts[2].header] ^= 0xFF
    bundle = opened(tmp_path / "h.zip", bytes(data))
    assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert [(p.file, p.kind) for p in bundle.problems] == [("log/2.log", "bad-header")]


def test_a_damaged_record_in_the_directory(tmp_path: Path) -> None:
    parts = logs()
    data = bytearray(build(parts))
    data[data.index(b"PK\x01\x02") + 1] ^= 0xFF
    bundle = opened(tmp_path / "r.zip", bytes(data))
    assert sorted(content(m) for m in bundle.members) == [p.content for p in parts]
    assert "unlisted" in kinds(bundle)


def test_t4_zip64_values_that_lie(tmp_path: Path) -> None:
    parts = logs()
    data = bytearray(build(parts, wide=True))
    wide = data.index(b"PK\x06\x06")
    data[wide + 24 : wide + 56] = struct.pack("<QQQQ", 1 << 60, 1 << 60, 1 << 62, 1)
    bundle = opened(tmp_path / "w.zip", bytes(data))
    assert [content(m) for m in bundle.members] == [p.content for p in parts]
    assert kinds(bundle) == ["bad-directory"]


def test_a_torn_zip_with_a_whole_zip_inside(tmp_path: Path) -> None:
    inner = build([Part(b"inner.log", LOG)])
    parts = [Part(b"in.zip", inner, STORED), *logs(1), Part(b"z.log", LOG * 50, STORED)]
    bundle = opened(tmp_path / "i.zip", build(parts)[: parts[2].data + 500])
    assert names(bundle) == ["in.zip/inner.log", "log/0.log", "z.log"]
    assert content(bundle.members[0]) == LOG


def test_a_part_of_a_split_zip_is_told(tmp_path: Path) -> None:
    data = bytearray(build(logs(1)))
    end = data.rindex(b"PK\x05\x06")
    data[end + 4] = 2
    data[end + 12 : end + 20] = b"\xf0" * 8
    assert "split-zip" in kinds(opened(tmp_path / "z.zip", bytes(data)))


@pytest.mark.parametrize("whole", [True, False])
def test_t3_too_many_members(tmp_path: Path, *, whole: bool) -> None:
    one = Part(b"", b"", STORED)
    head, record = build([one])[:30], build([one])[30:-22]
    count = MOST_MEMBERS + 10_000
    names_ = [b"%06d" % n for n in range(count)]
    local = b"".join(head[:26] + b"\x06\x00\x00\x00" + n for n in names_)
    listed = b"".join(
        record[:28] + b"\x06\x00" + record[30:42] + struct.pack("<I", 36 * n) + name
        for n, name in enumerate(names_)
    )
    end = end_record(count, len(listed), len(local)) if whole else b""
    bundle = opened(tmp_path / "m.zip", local + (listed + end if whole else b""))
    assert len(bundle.members) == MOST_MEMBERS
    assert names(bundle)[-1] == f"{MOST_MEMBERS - 1:06d}"
    assert "too-many-members" in kinds(bundle)


def test_problems_of_one_kind_are_counted_beyond_a_thousand(tmp_path: Path) -> None:
    parts = [Part(b"%d" % n, b"", STORED, ENCRYPTED) for n in range(MOST_ROWS + 5)]
    bundle = opened(tmp_path / "p.zip", build(parts))
    assert len(bundle.problems) == MOST_ROWS + 1
    assert bundle.problems[-1].text.startswith("5 more")


def test_signatures_without_end_stop_the_walk(tmp_path: Path) -> None:
    from diag.bundle.diskfile import DiskFile

    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x07\x08" * 300_000)
    with DiskFile(path) as disk:
        walker = Walker(disk)
        assert walker.walk(0, disk.size) == []
        assert walker.cut
    opened(path)
