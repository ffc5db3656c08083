"""What lies in an inbox: bundles, and what is left alone and why."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from diag.collect.folders import is_file, is_folder, is_link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

MOST = 20_000  # names of one folder
BUNDLE = ".zip"
# How tools for copying and loading call what is not whole yet.
UNFINISHED = (".partial", ".part", ".tmp", ".temp", ".crdownload", ".filepart", "~")
OFFICE = "~$"  # and the locks of office programs
UNDONE = ".arcdiag-partial"  # what we write is called so until it is whole


class Mark(NamedTuple):
    """By what a change of a file is noticed without reading it."""

    size: int
    written: int  # nanoseconds, as the file system says
    changed: int  # the same; nobody can set it back
    number: int  # of the file, another one when it was replaced


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not checked, and why."""

    name: str
    why: str


@dataclass(slots=True)
class Sight:
    """What was seen at one moment: bundles with their marks, and the rest."""

    bundles: dict[str, Mark] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def look(root: Path, ours: Collection[str]) -> Sight:
    """Look into an inbox and the folders in it, one level deep; follow no link.

    Args:
        root: The inbox.
        ours: Names of what we wrote there, which is neither bundle nor rest.

    Raises:
        OSError: The inbox cannot be listed.
    """
    sight = Sight()
    for name, status in _names(root, sight, ""):
        if is_folder(status):
            _look_into(root, name, ours, sight)
        elif name not in ours:
            _sort(name, status, sight)
    return sight


def _look_into(root: Path, case: str, ours: Collection[str], sight: Sight) -> None:
    if case.startswith("."):
        return
    try:
        for name, status in _names(root / case, sight, f"{case}/"):
            path = f"{case}/{name}"
            if is_folder(status):
                sight.left.append(Left(path, "a folder in a folder"))
            elif path not in ours:
                _sort(path, status, sight)
    except OSError as error:
        sight.left.append(Left(case, f"cannot be listed: {error.strerror}"))


def _names(
    folder: Path, sight: Sight, before: str
) -> Iterator[tuple[str, os.stat_result]]:
    """Yield what is in a folder, in the order of names."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names[:MOST]:
        try:
            yield name, os.lstat(folder / name)
        except FileNotFoundError:
            continue
        except OSError as error:
            sight.left.append(Left(before + name, f"cannot be seen: {error.strerror}"))
    if len(names) > MOST:
        why = f"{len(names) - MOST:,} more names than the {MOST:,} that are looked at"
        sight.left.append(Left(before or ".", why))


def _sort(path: str, status: os.stat_result, sight: Sight) -> None:
    name = path.rpartition("/")[2]
    lower = name.lower()
    if name.endswith(UNDONE):
        return
    if is_link(status):
        sight.left.append(Left(path, "a link; links are not followed"))
    elif not is_file(status):
        sight.left.append(Left(path, "no regular file"))
    elif lower.endswith(UNFINISHED) or name.startswith((".", OFFICE)):
        sight.left.append(Left(path, "named as what is not finished, or hidden"))
    elif not lower.endswith(BUNDLE):
        sight.left.append(Left(path, "no zip by its name"))
    else:
        sight.bundles[path] = mark_of(status)


def mark_of(status: os.stat_result) -> Mark:
    """Return by what a later change is noticed."""
    return Mark(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
