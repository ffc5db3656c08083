"""Bounded reads of one regular file.

Nothing is mapped: a file that is cut while it is read gives short answers, not a
bus error.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Self

from diag.bundle.limits import BLOCK

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType


class NotRegularError(OSError):
    """The path names a folder, link, pipe, socket or device."""


class DiskFile:
    """A regular file, open for reading; its size is the one seen at open.

    `base` is where it begins in the file at `path`: 0 but for a window.
    """

    base = 0

    def __init__(self, path: Path, *, follow: bool = False) -> None:
        """Open a file without waiting for a writer and without side effects.

        Args:
            path: The file.
            follow: Accept a symbolic link as the last part of the path.

        Raises:
            NotRegularError: It is no regular file.
            OSError: It cannot be opened.
        """
        flags = os.O_RDONLY
        for name in ("O_BINARY", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY"):
            flags |= getattr(os, name, 0)
        if not follow:
            flags |= getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(path, flags)
        try:
            self.size = _regular_size(handle)
            self._file = os.fdopen(handle, "rb", buffering=0)
        except BaseException:
            os.close(handle)
            raise
        self.path = path

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes of a range, fewer where the file ends.

        Args:
            offset: First byte; a negative one gives nothing.
            length: How many bytes.
        """
        length = min(length, self.size - offset)
        if offset < 0 or length <= 0:
            return b""
        self._file.seek(offset)
        data = self._file.read(length)
        while len(data) < length and (more := self._file.read(length - len(data))):
            data += more
        return data

    def window(self, start: int, length: int) -> DiskFile:
        """Return a part of the file as if it were one; it is not closed by itself.

        Args:
            start: Its first byte.
            length: How many bytes, at most as many as there are.
        """
        return _Window(self, start, length)

    def blocks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes of a range in blocks of 1 MiB; stops where the file ends."""
        end = self.size if end is None else min(end, self.size)
        while start < end:
            data = self.read(start, min(BLOCK, end - start))
            if not data:
                return
            yield data
            start += len(data)

    def find(
        self, pattern: re.Pattern[bytes], start: int, end: int, width: int
    ) -> Iterator[tuple[int, bytes]]:
        """Yield place and text of all matches within a range, in order.

        Args:
            pattern: Matches exactly `width` bytes.
            start: Where to begin.
            end: Where to stop; a match ends before it.
            width: Length of a match in bytes.
        """
        at, kept = start, b""
        for block in self.blocks(start, end):
            window = kept + block
            origin = at - len(kept)
            for match in pattern.finditer(window):
                yield origin + match.start(), match.group()
            at += len(block)
            kept = window[-(width - 1) :]


class _Window(DiskFile):
    """A part of an open file, such as a zip that is stored inside another."""

    def __init__(self, whole: DiskFile, start: int, length: int) -> None:
        self._whole = whole
        self._start = start
        self.base = whole.base + start
        self.size = max(0, min(length, whole.size - start))
        self.path = whole.path

    def read(self, offset: int, length: int) -> bytes:
        length = min(length, self.size - offset)
        if offset < 0 or length <= 0:
            return b""
        return self._whole.read(self._start + offset, length)


def _regular_size(handle: int) -> int:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise NotRegularError
    return status.st_size
