"""Files and folders that are not what a log is."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from tests.analyze.faults.fault import OTHER, OTHER_TEXT, Fault, folder_of, lone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def beside(change: Callable[[Path], None]) -> Callable[[Path], Path]:
    """Return what writes a folder with himds.log and something else."""

    def make(folder: Path) -> Path:
        root = folder_of({})(folder)
        change(root)
        return root

    return make


def loop(root: Path) -> None:
    (root / "loop").symlink_to(root)
    (root / "gone").symlink_to(root / "nothing")
    (root / "passwd").symlink_to("/etc/passwd")


def bind(root: Path) -> None:
    # A socket's path may have 108 bytes at most: go there first.
    before = os.getcwd()  # noqa: PTH109 - chdir of the os, too
    os.chdir(root)
    try:
        with socket.socket(socket.AF_UNIX) as own:
            own.bind("himds.sock")
    finally:
        os.chdir(before)
    os.mkfifo(root / "pipe")


def sparse(root: Path) -> None:
    with (root / "huge.log").open("wb") as stream:
        stream.truncate(1 << 40)


def deep(root: Path) -> None:
    path = root
    for _ in range(60):
        path /= "d"
    path.mkdir(parents=True)
    (path / "x.log").write_bytes(OTHER_TEXT)


def make_empty(folder: Path) -> Path:
    (folder / "m").mkdir()
    return folder / "m"


def unknown(folder: Path) -> Path:
    (folder / "m").mkdir()
    (folder / "m" / "x.txt").write_bytes(b"a note\n")
    return folder / "m"


FAULTS = (
    Fault(
        "links: in a circle, to nothing, to another file",
        "all other files",
        beside(loop),
        ("symlink",),
    ),
    Fault(
        "a socket or a pipe",
        "all other files; they are not opened",
        beside(bind),
        ("special-file",),
    ),
    Fault(
        "a file of a tebibyte with a hole",
        "all other files",
        beside(sparse),
        ("too-big",),
    ),
    Fault(
        "folders 60 deep",
        "what lies at most 32 deep",
        beside(deep),
        ("too-deep",),
    ),
    Fault(
        "an empty log beside others",
        "all other files",
        folder_of({OTHER: b""}),
        (),
        {OTHER: 0},
    ),
    Fault(
        "an empty folder",
        "nothing",
        make_empty,
        ("no-files", "no-known-log"),
        {},
        beside=False,
    ),
    Fault(
        "a folder without a log of the agent",
        "its lines can be searched",
        unknown,
        ("no-known-log",),
        {"x.txt": 1},
        beside=False,
    ),
    Fault(
        "an empty file as the source",
        "nothing",
        lone("azcmagent.log", b""),
        ("empty-file",),
        {"azcmagent.log": 0},
        beside=False,
    ),
)
