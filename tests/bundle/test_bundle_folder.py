"""Folders: regular files only, nothing followed, everything skipped is told."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from diag.bundle import folder as walked
from diag.bundle.diskfile import DiskFile, NotRegularError
from diag.bundle.limits import DEEPEST
from diag.model import BundleKind, Packing
from tests.bundle.opened import content, kinds, names, opened

if TYPE_CHECKING:
    from pathlib import Path

POSIX = pytest.mark.skipif(os.name != "posix", reason="pipes and byte names")


def tree(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def test_files_are_members_sorted_by_name(tmp_path: Path) -> None:
    root = tree(tmp_path, {"z.log": b"z\n", "log/b.log": b"", "log/a.log": b"aa\n"})
    bundle = opened(root)
    assert (bundle.kind, bundle.problems) == (BundleKind.FOLDER, ())
    assert names(bundle) == ["log/a.log", "log/b.log", "z.log"]
    assert [content(m) for m in bundle.members] == [b"aa\n", b"", b"z\n"]
    first = bundle.members[0]
    assert (first.packed, first.size, first.packing) == (3, 3, Packing.STORED)
    assert (first.crc, first.modified) == (None, None)


def test_equal_content_gives_an_equal_hash(tmp_path: Path) -> None:
    files = {"a.log": b"one\n", "b/c.log": b"two\n"}
    one, two = tree(tmp_path / "1", files), tree(tmp_path / "2", files)
    assert opened(one).sha256 == opened(two).sha256
    seen = {opened(one).sha256}
    for change in (
        {"a.log": b"onE\n"},
        {"a.log": b"one\n", "d.log": b""},
        {"a.log": b"one\ntwo\n", "b/c.log": b""},
    ):
        seen.add(opened(tree(two, change)).sha256)
    assert len(seen) == 4
    (one / "a.log").rename(one / "x.log")
    assert opened(one).sha256 not in seen


@POSIX
def test_t2_pipes_sockets_and_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path / "in", {"real.log": b"x\n"})
    monkeypatch.chdir(root)
    outside = tree(tmp_path / "out", {"secret": b"s"})
    os.mkfifo(root / "pipe")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "dangling").symlink_to(root / "nothing")
    (root / "leak").symlink_to(outside / "secret")
    (root / "self").symlink_to(root / "self")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        bundle = opened(root)
    assert names(bundle) == ["real.log"]
    assert [(p.file, p.kind) for p in bundle.problems] == [
        ("dangling", "symlink"),
        ("leak", "symlink"),
        ("loop", "symlink"),
        ("pipe", "special-file"),
        ("s", "special-file"),
        ("self", "symlink"),
    ]


@POSIX
def test_t11_a_file_swapped_for_a_link_or_a_pipe_is_not_opened(tmp_path: Path) -> None:
    tree(tmp_path, {"real": b"x"})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r"."):
        DiskFile(tmp_path / "link")
    for follow in (True, False):
        with pytest.raises(NotRegularError):
            DiskFile(tmp_path / "pipe", follow=follow)


@POSIX
def test_t1_hostile_names_are_shown(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/bad\xff\x1b[31m\n.log"
    with open(raw, "wb") as stream:  # noqa: PTH123 - a name that is no text
        stream.write(b"x\n")
    tree(tmp_path, {"ProgramData\\Agent\\himds.log": b"y\n"})
    bundle = opened(tmp_path)
    assert names(bundle) == [
        "ProgramData/Agent/himds.log",
        "bad/xff\u241b[31m\u240a.log",
    ]
    assert [content(m) for m in bundle.members] == [b"y\n", b"x\n"]
    assert kinds(bundle) == ["bad-name"]


def test_too_deep_is_told(tmp_path: Path) -> None:
    deep = "/".join(["d"] * (DEEPEST + 3))
    bundle = opened(tree(tmp_path, {"a.log": b"", f"{deep}/b.log": b""}))
    assert names(bundle) == ["a.log"]
    assert kinds(bundle) == ["too-deep"]


@POSIX
def test_folders_1_200_deep_end_at_the_limit(tmp_path: Path) -> None:
    tree(tmp_path, {"a.log": b""})
    path = tmp_path
    made = [path := path / "d" for _ in range(1200)]
    for one in made:
        one.mkdir()
    try:
        bundle = opened(tmp_path)
    finally:
        # What removes old folders of tests does not get so deep.
        for one in reversed(made):
            one.rmdir()
    assert names(bundle) == ["a.log"]
    assert kinds(bundle) == ["too-deep"]


def test_too_many_files_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walked, "MOST_FILES", 5)
    root = tree(tmp_path, {f"{n}.log": b"" for n in range(9)})
    bundle = opened(root)
    assert names(bundle) == [f"{n}.log" for n in range(5)]
    assert kinds(bundle) == ["too-many-files"]


def test_too_big_is_told_and_not_read(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.log": b"x\n"})
    with (root / "sparse.log").open("wb") as stream:
        stream.truncate((64 << 30) + 1)
    bundle = opened(root)
    assert names(bundle) == ["a.log"]
    assert kinds(bundle) == ["too-big"]


@POSIX
@pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything"
)
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    root = tree(tmp_path, {"a.log": b"", "b.log": b"", "c/d.log": b""})
    (root / "b.log").chmod(0)
    (root / "c").chmod(0)
    bundle = opened(root)
    (root / "c").chmod(0o700)
    assert names(bundle) == ["a.log"]
    assert [(p.file, p.kind) for p in bundle.problems] == [
        ("b.log", "denied"),
        ("c/", "denied"),
    ]


def test_a_file_that_vanishes_is_told(tmp_path: Path) -> None:
    from diag.bundle.digest import Digest
    from diag.bundle.told import Told

    told = Told("x")
    gone = tmp_path / "gone.log"
    digest = Digest(BundleKind.FOLDER)
    assert walked.read_file(gone, "gone.log", "gone.log", told, digest) is None
    assert [(p.file, p.kind) for p in told.rows()] == [("gone.log", "vanished")]


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path) -> None:
    from diag.bundle.digest import Digest

    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 1000)
    with DiskFile(path) as disk:
        path.write_bytes(b"x" * 10)
        assert Digest(BundleKind.FOLDER).add_file("a.log", disk) == 10
        assert disk.read(5, 1000) == b"x" * 5
        assert disk.read(-1, 5) == b""


def test_an_empty_folder_is_never_fine(tmp_path: Path) -> None:
    assert kinds(opened(tmp_path)) == ["no-files"]


def test_t10_nothing_in_a_folder_is_configuration(tmp_path: Path) -> None:
    files = {"arcdiag.toml": b"x", "rules/x.yaml": b"y", "s.duckdb": b"z", "a.zip": b""}
    assert len(opened(tree(tmp_path, files)).members) == 4
