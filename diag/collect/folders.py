"""Folders by descriptor: what is looked at, entered and opened is the same thing.

A path is looked up anew each time it is used, and whoever owns a folder in it can
put a link there in between. A name relative to an open folder cannot lead elsewhere
when links are refused, so every step down is one name from one open folder.
"""

from __future__ import annotations

import heapq
import os
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_NAMES = 20000  # of one folder that are looked at
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
CLOSE = getattr(os, "O_CLOEXEC", 0)
# Opening a pipe or a terminal must neither wait nor make it ours.
NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
NO_TRACE = getattr(os, "O_NOATIME", 0)  # reading leaves the source as it was
FOLDER = getattr(os, "O_DIRECTORY", 0)
BINARY = getattr(os, "O_BINARY", 0)


class Identity(NamedTuple):
    """Which thing on which file system a name means."""

    device: int
    number: int


class SwappedError(OSError):
    """A name means something else than it did, and not by rotation."""


def identity_of(status: os.stat_result) -> Identity:
    """Return what tells a file or folder from all others."""
    return Identity(status.st_dev, status.st_ino)


class Folder:
    """An open folder of a POSIX system."""

    def __init__(self, number: int) -> None:
        """Take an open descriptor; it is closed with the folder."""
        self.number = number
        self.identity = identity_of(os.fstat(number))

    @classmethod
    def at(cls, path: str) -> Folder:
        """Open a folder that the caller named; a link in its name is followed.

        Raises:
            OSError: It is none, or may not be read.
        """
        return cls(os.open(path, os.O_RDONLY | FOLDER | CLOSE | NO_WAIT))

    def names(self, wanted: Callable[[str], object]) -> list[str]:
        """Return the wanted names in it in their order, 20,000 at most.

        Raises:
            OSError: It cannot be listed.
        """
        if sys.version_info < (3, 7):
            found: Iterable[str] = os.listdir(self.number)
            return sorted(name for name in found if wanted(name))[:MOST_NAMES]
        with os.scandir(self.number) as entries:
            # Also of a folder with millions of names only some are kept.
            names = (entry.name for entry in entries)
            return heapq.nsmallest(MOST_NAMES, (n for n in names if wanted(n)))

    def look(self, name: str) -> os.stat_result:
        """Return what is under a name, itself and not what it leads to.

        Raises:
            OSError: Nothing, or it may not be known.
        """
        return os.stat(name, dir_fd=self.number, follow_symlinks=False)

    def enter(self, name: str) -> Folder:
        """Open a folder in this one.

        Raises:
            OSError: It is none (a link is none), or may not be read.
        """
        flags = os.O_RDONLY | FOLDER | NO_FOLLOW | CLOSE | NO_WAIT
        return Folder(os.open(name, flags, dir_fd=self.number))

    def file(self, name: str) -> int:
        """Return the descriptor of a regular file in it.

        Raises:
            OSError: There is none, or it may not be read.
        """
        self._regular(self.look(name))  # opening a device may already do something
        flags = os.O_RDONLY | NO_FOLLOW | CLOSE | NO_WAIT | BINARY
        try:
            number = os.open(name, flags | NO_TRACE, dir_fd=self.number)
        except PermissionError:  # only the owner may read without a trace
            number = os.open(name, flags, dir_fd=self.number)
        try:
            self._regular(os.fstat(number))
        except OSError:
            os.close(number)
            raise
        return number

    def link(self, name: str) -> str:
        """Return what a link says, without going there; empty when it is none."""
        try:
            return os.readlink(name, dir_fd=self.number)
        except OSError:
            return ""

    def close(self) -> None:
        """Close it."""
        os.close(self.number)

    def __enter__(self) -> Folder:  # noqa: PYI034 - Self is of 3.11
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @staticmethod
    def _regular(status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise SwappedError("it is no regular file")


def is_link(status: os.stat_result) -> bool:
    """Say whether this leads elsewhere: a link, a junction, another reparse point."""
    reparse = getattr(status, "st_file_attributes", 0) & 0x400
    return stat.S_ISLNK(status.st_mode) or bool(reparse)


def is_folder(status: os.stat_result) -> bool:
    """Say whether this is a folder, and not a junction that looks like one."""
    return stat.S_ISDIR(status.st_mode) and not is_link(status)


def is_file(status: os.stat_result) -> bool:
    """Say whether this is a regular file, and nothing that leads to one."""
    return stat.S_ISREG(status.st_mode) and not is_link(status)
