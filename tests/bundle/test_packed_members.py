"""Members that are packed once more: `.gz` files and zips inside the bundle."""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from typing import TYPE_CHECKING

import pytest

from diag.bundle import Scratch, limits, nested, scratch
from diag.model import BundleKind, Packing
from tests.bundle.opened import content, kinds, names, opened
from tests.bundle.zipmaker import (
    DEFLATE,
    ENCRYPTED,
    STORED,
    STREAMED,
    UTF8,
    Part,
    build,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOG = b"2026-03-10T12:00:00Z line\n" * 300
OLD = "ProgramData/GuestConfig/ext_mgr_logs/gc_ext.1.zip"
HOW = pytest.mark.parametrize("method", [STORED, DEFLATE])


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scratch]:
    """Give a scratch folder, and see that nothing of it is left."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with Scratch() as own:
        yield own
    assert list(place.iterdir()) == []


def outer(tmp_path: Path, inner: bytes, method: int, name: str = OLD) -> Path:
    parts = [Part(b"a.log", LOG), Part(name.encode(), inner, method), Part(b"z.log")]
    path = tmp_path / "o.zip"
    path.write_bytes(build(parts))
    return path


def told(path: Path, own: Scratch | None = None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in opened(path, scratch=own).problems:
        found.setdefault(problem.file, []).append(problem.kind)
    return found


@HOW
def test_a_zip_inside_gives_its_members(
    tmp_path: Path, room: Scratch, method: int
) -> None:
    inner = build([Part(b"gc_ext.1.log", LOG + b"1"), Part(b"x\\y.txt", LOG + b"2")])
    bundle = opened(outer(tmp_path, inner, method), scratch=room)
    assert bundle.problems == ()
    assert names(bundle) == [
        "a.log", f"{OLD}/gc_ext.1.log", f"{OLD}/x/y.txt", "z.log",
    ]  # fmt: skip
    assert content(bundle.members[1]) == LOG + b"1"
    assert content(bundle.members[2]) == LOG + b"2"
    assert bundle.members[2].original == "x\\y.txt"
    assert {m.inside for m in bundle.members} == {"", OLD}
    in_place = bundle.members[1].path == tmp_path / "o.zip"
    assert in_place == (method == STORED)


def test_a_zip_in_a_folder_is_read_in_place(tmp_path: Path) -> None:
    place = tmp_path / "m" / OLD
    place.parent.mkdir(parents=True)
    place.write_bytes(build([Part(b"gc_ext.1.log", LOG)]))
    bundle = opened(tmp_path / "m")
    assert (bundle.problems, names(bundle)) == ((), [f"{OLD}/gc_ext.1.log"])
    assert bundle.members[0].path == place
    assert content(bundle.members[0]) == LOG
    before = bundle.sha256
    place.write_bytes(build([Part(b"gc_ext.1.log", LOG + b"x")]))
    assert opened(tmp_path / "m").sha256 != before


def test_the_same_content_has_the_same_hash_wherever_it_is_unpacked(
    tmp_path: Path, room: Scratch
) -> None:
    inner = build([Part(b"gc_ext.1.log", LOG, flags=UTF8 | ENCRYPTED)])
    path = outer(tmp_path, inner, DEFLATE)
    first, second = opened(path, scratch=room), opened(path, scratch=room)
    assert first.members[0].path == path
    assert first.sha256 == second.sha256
    assert first.problems == second.problems
    assert str(tmp_path / "tmp") not in str(first.problems)


def test_without_a_place_to_unpack_it_is_told(tmp_path: Path) -> None:
    inner = build([Part(b"gc_ext.1.log", LOG)])
    path = outer(tmp_path, inner, DEFLATE)
    assert told(path) == {OLD: ["packed-file"]}
    assert OLD in names(opened(path))


@HOW
def test_what_is_packed_deeper_is_named(
    tmp_path: Path, room: Scratch, method: int
) -> None:
    deep = build([Part(b"deep.log", LOG)])
    middle = build(
        [
            Part(b"deep.zip", deep, method),
            Part(b"named.log", deep),
            Part(b"x.log.gz", gzip.compress(LOG)),
            Part(b"m.log", LOG),
        ]
    )
    bundle = opened(outer(tmp_path, middle, method, "in.zip"), scratch=room)
    assert names(bundle)[1:-1] == [
        "in.zip/deep.zip", "in.zip/named.log", "in.zip/x.log.gz", "in.zip/m.log",
    ]  # fmt: skip
    assert [(p.file, p.kind) for p in bundle.problems] == [
        ("in.zip/deep.zip", "too-deep"),
        ("in.zip/named.log", "too-deep"),
    ]
    assert content(bundle.members[3]) == LOG


@pytest.mark.parametrize("place", ["alone", "folder", "stored", "deflate"])
def test_gzip_is_known_by_its_content(tmp_path: Path, place: str) -> None:
    data = gzip.compress(LOG)
    files = {"himds.log.gz": data, "himds.log.1": data, "x.gz": LOG}
    if place == "alone":
        found = [opened(tmp_path / name, one) for name, one in files.items()]
        members = [bundle.members[0] for bundle in found]
        assert {bundle.kind for bundle in found} == {BundleKind.FILE}
        assert [bundle.problems for bundle in found] == [(), (), ()]
    elif place == "folder":
        (tmp_path / "m").mkdir()
        for name, one in files.items():
            (tmp_path / "m" / name).write_bytes(one)
        members = sorted(opened(tmp_path / "m").members, key=lambda m: m.name == "x.gz")
    else:
        method = STORED if place == "stored" else DEFLATE
        parts = [Part(name.encode(), one, method) for name, one in files.items()]
        members = list(opened(tmp_path / "o.zip", build(parts)).members)
        assert members[0].crc == zlib.crc32(data)
    deflated = place == "deflate"
    packing = Packing.DEFLATE_GZIP if deflated else Packing.GZIP
    assert [m.packing for m in members[:2]] == [packing, packing]
    assert members[2].packing is (Packing.DEFLATE if deflated else Packing.STORED)
    assert [content(member) for member in members] == [LOG, LOG, LOG]
    assert [member.size for member in members] == [None, None, len(LOG)]


INNER_NAMES = [
    (b"../../etc/x", "in.zip/etc/x", ["unsafe-name"]),
    (b"C:\\x.log", "in.zip/x.log", []),
    (b"/x.log", "in.zip/x.log", []),
    (b"\\\\srv\\s\\x", "in.zip/srv/s/x", ["unsafe-name"]),
    (b"", "in.zip/unnamed", ["bad-name"]),
    ("a\u202eb".encode(), "in.zip/a\\u{202e}b", ["bad-name"]),
    (b"x\x1b]0;y\x07", "in.zip/x\u241b]0;y\u2407", ["bad-name"]),
]


@HOW
@pytest.mark.parametrize(("raw", "name", "kind"), INNER_NAMES)
def test_names_inside_lead_nowhere(
    tmp_path: Path, room: Scratch, method: int, raw: bytes, name: str, kind: list[str]
) -> None:
    path = outer(tmp_path, build([Part(raw, LOG)]), method, "in.zip")
    bundle = opened(path, scratch=room)
    assert names(bundle) == ["a.log", name, "z.log"]
    assert kinds(bundle) == kind
    assert content(bundle.members[1]) == LOG
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.zip", "tmp"]


def test_long_and_equal_names_stay_apart(tmp_path: Path, room: Scratch) -> None:
    inner = build([Part(b"n" * 3000 + b"%d.log" % n, LOG) for n in range(3)])
    parts = [
        Part(b"in.zip", inner),
        Part(b"in.zip", inner),
        Part(b"in.zip/a", LOG),
        Part(b"b.zip", build([Part(b"../in.zip/a")])),
    ]
    bundle = opened(tmp_path / "o.zip", build(parts), room)
    assert len(bundle.members) == 8
    assert max(map(len, names(bundle))) <= limits.LONGEST_SHOWN + 4
    assert names(bundle)[0].startswith("in.zip/nnn")
    assert names(bundle)[3].startswith("in.zip (2)/nnn")


OVERLAPPING = {"overlap", "unlisted", "duplicate-name", "name-mismatch"}


def damaged(inner: str) -> tuple[bytes, set[str], int]:
    """Return a zip, what is to be told of it, and how many logs come out whole."""
    parts = [Part(b"%d.log" % n, LOG + b"%d" % n) for n in range(3)]
    if inner == "encrypted":
        parts[0].flags |= ENCRYPTED
        return build(parts), {"encrypted"}, 2
    if inner == "unknown method":
        parts[0].method = 14
        return build(parts), {"unknown-method"}, 2
    if inner == "link":
        parts[0].external = 0o120777 << 16
        return build(parts), {"symlink"}, 2
    if inner == "cut":
        data = build(parts)
        return data[: parts[2].data + 9], {"truncated-zip", "torn"}, 2
    if inner == "no directory":
        data = build(parts)
        return data[: parts[2].end], {"truncated-zip"}, 3
    if inner == "overlap":
        parts[1].listed_offset = 0
        return build(parts), OVERLAPPING, 3
    if inner == "hidden":
        parts[1].listed = False
        return build(parts), {"unlisted"}, 3
    if inner == "lying sizes":
        parts[1].listed_packed = 0xFFFFFFF0
        return build(parts), {"bad-header"}, 3
    if inner == "behind a stub":
        return build(parts, prefix=b"#!/bin/sh\n"), {"stray-bytes"}, 3
    if inner == "second end":
        return build(parts, comment=build([Part(b"x")])), {"second-directory"}, 3
    if inner == "streamed":
        for part in parts:
            part.flags |= STREAMED
        return build(parts), set(), 3
    return build([]), {"empty-zip"}, 0


DAMAGES = [
    "encrypted", "unknown method", "link", "cut", "no directory", "overlap", "hidden",
    "lying sizes", "behind a stub", "second end", "streamed", "empty",
]  # fmt: skip


@HOW
@pytest.mark.parametrize("inner", DAMAGES)
def test_a_damaged_zip_inside_is_read_as_one_outside(
    tmp_path: Path, room: Scratch, method: int, inner: str
) -> None:
    data, expected, whole = damaged(inner)
    alone = opened(tmp_path / "alone.zip", data)
    bundle = opened(outer(tmp_path, data, method, "in.zip"), scratch=room)
    assert set(kinds(bundle)) == set(kinds(alone)) == expected
    assert all(problem.file.startswith("in.zip") for problem in bundle.problems)
    inside = [m for m in bundle.members if m.inside]
    assert [m.name for m in inside] == [f"in.zip/{name}" for name in names(alone)]
    good = [m for m in inside if m.crc is not None]
    assert [content(m)[: len(LOG)] for m in good] == [LOG] * whole
    assert content(bundle.members[0]) == LOG


@HOW
def test_the_sum_of_the_zip_inside_is_checked(
    tmp_path: Path, room: Scratch, method: int
) -> None:
    inner = build([Part(b"i.log", LOG)])
    data = build([Part(b"in.zip", inner, method, listed_crc=1)])
    bundle = opened(tmp_path / "o.zip", data, room)
    assert [(p.file, p.kind) for p in bundle.problems] == [("in.zip", "bad-crc")]
    assert content(bundle.members[0]) == LOG


def test_a_zip_inside_that_is_rotten(tmp_path: Path, room: Scratch) -> None:
    parts = [Part(b"%d.log" % n, os.urandom(50_000), STORED) for n in range(4)]
    inner = Part(b"in.zip", build(parts))
    data = bytearray(build([inner]))
    middle = (inner.data + inner.end) // 2
    data[middle : middle + 64] = b"\xff" * 64
    bundle = opened(tmp_path / "o.zip", bytes(data), room)
    found = {m.name: m for m in bundle.members}
    assert content(found["in.zip/0.log"]) == parts[0].content
    assert {"bad-crc", "inflate-failed"} & set(kinds(bundle))


@pytest.mark.parametrize(
    "data", [b"", b"<html>", LOG, bytes(99), bytes(range(256)) * 9]
)
def test_called_a_zip_but_none(tmp_path: Path, room: Scratch, data: bytes) -> None:
    for method in (STORED, DEFLATE):
        path = outer(tmp_path, data, method, "in.zip")
        assert told(path, room) == {"in.zip": ["not-a-zip"]}
        assert names(opened(path, scratch=room)) == ["a.log", "in.zip", "z.log"]


def test_documents_that_are_zips_are_left_alone(tmp_path: Path, room: Scratch) -> None:
    inner = build([Part(b"word/document.xml", LOG)])
    for name in ("report.docx", "lib.jar", "Ext.nupkg"):
        path = outer(tmp_path, inner, DEFLATE, name)
        bundle = opened(path, scratch=room)
        assert (names(bundle)[1], bundle.problems) == (name, ())


def test_a_zip_bomb_inside_is_cut_at_the_limit(
    tmp_path: Path, room: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "MOST_UNPACKED", 1 << 20)
    monkeypatch.setattr(scratch, "MOST_SCRATCH", 3 << 19)
    first = Part(b"0.log", LOG)
    inner = build([first, Part(b"bomb.log", bytes(8 << 20), STORED)])
    parts = [Part(b"%d.zip" % n, inner) for n in range(4)]
    bundle = opened(tmp_path / "o.zip", build(parts), room)
    found = {m.name: m for m in bundle.members}
    assert [content(found[f"{n}.zip/0.log"]) for n in range(2)] == [LOG, LOG]
    limit = [p.file for p in bundle.problems if p.kind == "over-limit"]
    assert limit == ["0.zip", "1.zip", "2.zip", "3.zip"]
    assert "1,048,576 bytes" in bundle.problems[0].text
    used = sum(
        m.path.stat().st_size for m in {m.path: m for m in bundle.members}.values()
    )
    assert used < 2 << 20


def test_members_of_all_zips_together_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nested, "MOST_MEMBERS", 20)
    inner = build([Part(b"%d" % n, b"x", STORED) for n in range(8)])
    parts = [Part(b"%d.zip" % n, inner, STORED) for n in range(4)]
    bundle = opened(tmp_path / "o.zip", build(parts))
    assert len(bundle.members) == 18
    assert [(p.file, p.kind) for p in bundle.problems] == [
        ("2.zip", "too-many-members"),
        ("3.zip", "too-many-members"),
    ]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
    path = outer(tmp_path, build([Part(b"x.log", LOG)]), DEFLATE)
    with Scratch() as own:
        assert told(path, own) == {OLD: ["unreadable"]}
        assert OLD in names(opened(path, scratch=own))


def test_the_scratch_folder_goes_with_an_error_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    path = outer(tmp_path, build([Part(b"x.log", LOG)]), DEFLATE)

    def fail() -> None:
        with Scratch() as own:
            copy = opened(path, scratch=own).members[1].path
            assert [p.name for p in copy.parent.iterdir()] == ["1.zip"]
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list((tmp_path / "t").iterdir()) == []
