"""Walk a folder: regular files only, no link followed, what is skipped is told."""

from __future__ import annotations

import heapq
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.bundle.diskfile import DiskFile, NotRegularError
from diag.bundle.limits import DEEPEST, MOST_FILE_BYTES, MOST_FILES, MOST_FOLDERS
from diag.bundle.names import path_text
from diag.model import Member, Packing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diag.bundle.digest import Digest
    from diag.bundle.names import Names
    from diag.bundle.told import Told

# Junctions and links of Windows; other reparse points (OneDrive) are files.
LINK_TAGS = frozenset({0xA000000C, 0xA0000003})
RIGHTS = "Run as a user who may read it, or copy it and give the copy."


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    name: str
    status: os.stat_result


class FolderReader:
    """Lists one folder and reads each of its files once, for the hash."""

    def __init__(self, root: Path, told: Told, digest: Digest, names: Names) -> None:
        """Take the folder and where problems and contents go.

        Args:
            root: The folder.
            told: Collects what cannot be read.
            digest: Is given each file's content.
            names: Those that are taken.
        """
        self._root = root
        self._told = told
        self._digest = digest
        self._names = names
        self._folders = 0

    def members(self) -> tuple[Member, ...]:
        """Return the regular files, folder by folder, sorted by name."""
        members = []
        for count, found in enumerate(self._walk(self._root, "", 0)):
            if count >= MOST_FILES:
                text = (
                    f"The folder has more than {MOST_FILES:,} files; the first "
                    f"{MOST_FILES:,} by name are read. Give a folder with the agent's "
                    "logs alone."
                )
                self._told.add("too-many-files", text)
                break
            member = self._member(found)
            if member is not None:
                members.append(member)
        return tuple(members)

    def _walk(self, folder: Path, prefix: str, depth: int) -> Iterator[_Found]:
        self._folders += 1
        if depth > DEEPEST or self._folders > MOST_FOLDERS:
            text = (
                f"It is deeper than {DEEPEST} folders and not entered. "
                if depth > DEEPEST
                else f"It comes after {MOST_FOLDERS:,} folders and is not entered. "
            )
            self._told.add("too-deep", f"{text}Give the folder with the logs.", prefix)
            return
        for found in self._entries(folder, prefix):
            if stat.S_ISDIR(found.status.st_mode) and not _is_link(found.status):
                yield from self._walk(found.path, f"{found.name}/", depth + 1)
            else:
                yield found

    def _entries(self, folder: Path, prefix: str) -> list[_Found]:
        try:
            with os.scandir(folder) as listing:
                # Also of a folder with millions of files only the first are kept.
                names = heapq.nsmallest(MOST_FILES + 1, (e.name for e in listing))
        except OSError as error:
            text = f"The folder cannot be read ({_reason(error)}). {RIGHTS}"
            self._told.add(failure(error), text, prefix)
            return []
        entries = []
        for name in names:
            path = folder / name
            shown = prefix + path_text(name)
            try:
                entries.append(_Found(path, shown, path.lstat()))
            except OSError as error:
                text = f"It cannot be looked at ({_reason(error)}). {RIGHTS}"
                self._told.add(failure(error), text, shown)
        return entries

    def _member(self, found: _Found) -> Member | None:
        mode = found.status.st_mode
        if _is_link(found.status):
            text = "It is a link and not followed. Give the file it leads to as well."
            self._told.add("symlink", text, found.name)
            return None
        if not stat.S_ISREG(mode):
            self._told.add("special-file", SPECIAL, found.name)
            return None
        name = self._names.take(found.name)
        for kind, text in name.notes:
            self._told.add(kind, text, name.text)
        return read_file(found.path, name.text, found.name, self._told, self._digest)


SPECIAL = "It is a pipe, a socket or a device and not opened. Give regular files."


def read_file(
    path: Path, name: str, original: str, told: Told, digest: Digest, *,
    follow: bool = False,
) -> Member | None:  # fmt: skip
    """Read a file once and return it as a member.

    Args:
        path: The file.
        name: What the member is called.
        original: What the file is called.
        told: Is told why there is no member, or that the file shrank.
        digest: Is given the content.
        follow: Accept a symbolic link.

    Returns:
        None when the file cannot be read. Times of copied files are no
        evidence, so `modified` stays unknown.
    """
    try:
        with DiskFile(path, follow=follow) as disk:
            if disk.size > MOST_FILE_BYTES:
                text = f"It has {disk.size:,} bytes. Give the end of it as a new file."
                told.add("too-big", text, name)
                return None
            there = digest.add_file(name, disk)
            size = disk.size
    except OSError as error:
        told.add(
            failure(error), f"It cannot be read ({_reason(error)}). {RIGHTS}", name
        )
        return None
    if there < size:
        text = (
            f"It had {size:,} bytes and then {there:,}: it was cut while it was read. "
            "What is left is read; give a copy that does not change."
        )
        told.add("truncated-while-read", text, name)
    return Member(name, original, path, 0, there, Packing.STORED, there)


def failure(error: OSError) -> str:
    """Return the kind of problem that an error of the system is."""
    if isinstance(error, FileNotFoundError):
        return "vanished"
    if isinstance(error, NotRegularError):
        return "special-file"
    return "denied" if isinstance(error, PermissionError) else "unreadable"


def _is_link(status: os.stat_result) -> bool:
    tag: int = getattr(status, "st_reparse_tag", 0)
    return stat.S_ISLNK(status.st_mode) or tag in LINK_TAGS


def _reason(error: OSError) -> str:
    return error.strerror or "it is no regular file"
