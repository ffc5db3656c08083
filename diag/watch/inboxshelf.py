"""Reading and writing in an inbox that others may write to as well.

A folder is opened once and names are looked up in it, no link is followed, and only
what we wrote and nobody changed since is ever replaced.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from typing import TYPE_CHECKING, Self

from diag.collect.folders import Folder, is_file, is_folder
from diag.watch.inboxfind import UNDONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_NAME = 200  # bytes, where file systems take 255
BLOCK = 1 << 20
READABLE = 0o644
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
for _name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
    CREATE |= getattr(os, _name, 0)


def safe_name(name: str) -> str:
    """Return a name that acts on no shell, page or terminal, made of a file's name.

    Args:
        name: Of a bundle, without its folder; may be anything a file system takes.

    Returns:
        Letters, digits and `._-` stay. When another character was there, or the name
        is long, eight digits of the name's hash keep it apart from others.
    """
    plain = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)
    plain = plain if plain[:1].isalnum() else f"_{plain}"
    raw = plain.encode("utf-8", "replace")
    if plain == name and len(raw) <= MOST_NAME:
        return plain
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    return f"{raw[: MOST_NAME - 9].decode('utf-8', 'ignore')}-{digest}"


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


class Shelf:
    """A folder of the inbox: the inbox itself, or one for a case."""

    def __init__(self, root: Path, case: str = "") -> None:
        """Open it.

        Args:
            root: The inbox.
            case: The name of a folder in it; empty for the inbox itself.

        Raises:
            OSError: It cannot be opened, or is a link.
        """
        self._path = root / case if case else root
        self._folder: Folder | None = None
        if sys.platform != "win32":
            with contextlib.ExitStack() as stack:
                self._folder = Folder.at(str(root))
                if case:
                    stack.enter_context(self._folder)
                    self._folder = self._folder.enter(case)
        elif case and not is_folder(os.lstat(self._path)):
            raise NotADirectoryError("it is no folder")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        if self._folder is not None:
            self._folder.close()

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield the content of a regular file.

        Raises:
            OSError: It is none, or cannot be read.
        """
        if self._folder is not None:
            number = self._folder.file(name)
        elif is_file(os.lstat(self._path / name)):
            number = os.open(
                self._path / name, os.O_RDONLY | getattr(os, "O_BINARY", 0)
            )
        else:
            raise OSError("it is no regular file")
        with os.fdopen(number, "rb", buffering=0) as stream:
            while block := stream.read(BLOCK):
                yield block

    def status(self, name: str) -> os.stat_result | None:
        """Return what a name is, itself; None when it is nothing."""
        with contextlib.suppress(FileNotFoundError):
            if self._folder is not None:
                return self._folder.look(name)
            return os.lstat(self._path / name)
        return None

    def hash(self, name: str) -> str:
        """Return the SHA-256 of a file; empty when there is none that can be read."""
        total = hashlib.sha256()
        try:
            for block in self.blocks(name):
                total.update(block)
        except OSError:
            return ""
        return total.hexdigest()

    def put(self, name: str, data: bytes) -> None:
        """Write a file under another name, then give it its own in one step.

        Raises:
            OSError: It cannot be written; nothing is left of it then.
        """
        partial = f".{name}{UNDONE}"  # one that was left by a kill is replaced
        by = self._folder.number if self._folder is not None else None
        here = partial if by is not None else str(self._path / partial)
        there = name if by is not None else str(self._path / name)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(here, dir_fd=by)
        try:
            number = os.open(here, CREATE, READABLE, dir_fd=by)
            with os.fdopen(number, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(here, there, src_dir_fd=by, dst_dir_fd=by)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(here, dir_fd=by)
            raise

    def remove(self, name: str) -> None:
        """Remove a file, if it is there.

        Raises:
            OSError: It may not be removed.
        """
        with contextlib.suppress(FileNotFoundError):
            if self._folder is not None:
                os.unlink(name, dir_fd=self._folder.number)
            else:
                (self._path / name).unlink()

    def free_name(self, stem: str, ending: str, ours: dict[str, str], at: str) -> str:
        """Return the first name that is free, or a file of ours that nobody changed.

        Args:
            stem: Such as `case.zip.report`; `-2` and so on stand behind it.
            ending: Such as `.html`.
            ours: Hashes of what we wrote, by path in the inbox; two with a blank
                between them where one was about to take the other's place.
            at: The folder in front of a path in the inbox: `case/`, or nothing.
        """
        for count in range(1, MOST_NAME):
            name = f"{stem}{ending}" if count == 1 else f"{stem}-{count}{ending}"
            known = ours.get(f"{at}{name}", "").split()
            if self.status(name) is None or (known and self.hash(name) in known):
                return name
        raise FileExistsError(f"{stem}{ending} and all like it are taken")
