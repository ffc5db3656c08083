"""Folders of a running Windows, which knows no names relative to an open folder.

Each folder is looked at before it is used and again afterwards; a file is opened
without following a link, shared with its writer in every way (so that it can be
rotated while we read), and its identity compared with what was seen before. Reasoned
from the documentation of the system; not run on one.
"""

from __future__ import annotations

import heapq
import os
import sys
from typing import TYPE_CHECKING

from diag.collect.folders import (
    MOST_NAMES,
    Identity,
    SwappedError,
    identity_of,
    is_file,
    is_folder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONG = "\\\\?\\"  # in front of a path of any length
READ = 0x80000000
SHARE_ALL = 0x7
EXISTING = 3
NO_LINK, SEQUENTIAL = 0x00200000, 0x08000000


class WindowsFolder:
    """A folder by its path, and by what was there when it was entered."""

    def __init__(self, path: str) -> None:
        """Take an absolute path.

        Raises:
            OSError: It is no folder, or a link or junction.
        """
        self.path = path
        self.identity = self._check()

    @classmethod
    def at(cls, path: str) -> WindowsFolder:
        """Open a folder that the caller named, whatever its length."""
        full = os.path.abspath(path)
        short = sys.platform == "win32" and not full.startswith("\\\\")
        return cls(LONG + full if short else full)

    def _check(self) -> Identity:
        status = os.lstat(self.path)
        if not is_folder(status):
            raise SwappedError("it is no folder but leads to one")
        return identity_of(status)

    def _same(self) -> None:
        if self._check() != self.identity:
            raise SwappedError("the folder was exchanged")

    def names(self, wanted: Callable[[str], object]) -> list[str]:
        """Return the wanted names in it, as `Folder.names` does."""
        with os.scandir(self.path) as entries:
            names = (entry.name for entry in entries)
            found = heapq.nsmallest(MOST_NAMES, (n for n in names if wanted(n)))
        self._same()
        return found

    def look(self, name: str) -> os.stat_result:
        """Return what is under a name, itself and not what it leads to."""
        return os.lstat(self._inner(name))

    def enter(self, name: str) -> WindowsFolder:
        """Open a folder in this one."""
        inner = WindowsFolder(self._inner(name))
        self._same()
        return inner

    def file(self, name: str) -> int:
        """Return the descriptor of a regular file in it."""
        seen = self.look(name)
        if not is_file(seen):
            raise SwappedError("it is no regular file")
        number = _open_shared(self._inner(name))
        try:
            if identity_of(os.fstat(number)) != identity_of(self.look(name)):
                raise SwappedError("the file was exchanged")
            self._same()
        except OSError:
            os.close(number)
            raise
        return number

    def link(self, name: str) -> str:
        """Return nothing: no link of Windows is read."""
        del name
        return ""

    def close(self) -> None:
        """Do nothing: nothing is held open."""

    def __enter__(self) -> WindowsFolder:  # noqa: PYI034 - Self is of 3.11
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing."""

    def _inner(self, name: str) -> str:
        return os.path.join(self.path, name)


class Drive(WindowsFolder):
    """The usual folders of a running Windows, wherever its variables say they lie."""

    def __init__(self, places: Mapping[str, str]) -> None:
        """Take the folders by the names that globs begin with."""
        self.places = {name: path for name, path in places.items() if path}
        self.path = ""
        self.identity = Identity(0, 0)

    def names(self, wanted: Callable[[str], object]) -> list[str]:
        """Return the wanted names of usual folders that there are."""
        return sorted(
            name
            for name, path in self.places.items()
            if wanted(name) and os.path.lexists(path)
        )

    def look(self, name: str) -> os.stat_result:
        """Return what is under a usual name; the system's own link is followed."""
        return os.stat(self.places[name])

    def enter(self, name: str) -> WindowsFolder:
        """Open a usual folder."""
        return WindowsFolder.at(os.path.realpath(self.places[name]))


def usual_places(environment: Mapping[str, str]) -> dict[str, str]:
    """Return where the usual folders of this Windows lie.

    Args:
        environment: `os.environ`, whose names are in capitals on Windows.
    """
    drive = environment.get("SYSTEMDRIVE", "C:") + "\\"
    programs = environment.get("PROGRAMW6432") or environment.get("PROGRAMFILES", "")
    return {
        "ProgramData": environment.get("PROGRAMDATA", drive + "ProgramData"),
        "Program Files": programs or drive + "Program Files",
        "Windows": environment.get("SYSTEMROOT", drive + "Windows"),
        "Packages": drive + "Packages",
        "WindowsAzure": drive + "WindowsAzure",
        "Users": drive + "Users",
    }


def _open_shared(path: str) -> int:
    """Open a file for reading that others may go on to write, rename and delete."""
    if sys.platform != "win32":
        return os.open(path, os.O_RDONLY)
    import ctypes
    import msvcrt

    create = ctypes.windll.kernel32.CreateFileW
    create.restype = ctypes.c_void_p
    create.argtypes = [
        ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p,
        ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p,
    ]  # fmt: skip
    flags = NO_LINK | SEQUENTIAL
    handle = create(path, READ, SHARE_ALL, None, EXISTING, flags, None)
    if handle is None or handle == ctypes.c_void_p(-1).value:
        raise ctypes.WinError()
    return msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY)
