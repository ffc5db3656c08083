"""Files of our own, for zips that are packed inside a zip. Removed at the end."""

from __future__ import annotations

import os
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from diag.bundle.limits import BLOCK, MOST_SCRATCH, MOST_UNPACKED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from diag.bundle.diskfile import DiskFile
    from diag.model import Member


@dataclass(slots=True)
class Unpacked:
    """A file of ours; `path` is None when there is none. `notes`: kinds and texts."""

    path: Path | None = None
    size: int = 0
    crc: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)


class Scratch:
    """A folder that is made when it is first needed, and removed with all in it.

    Its files have numbers for names: nothing of a bundle becomes a path.
    """

    def __init__(self) -> None:
        """Begin without a folder."""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0
        self._used = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the folder, if there is one."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def unpack(self, disk: DiskFile, member: Member) -> Unpacked:
        """Write the unpacked bytes of a deflated member to a file.

        Args:
            disk: The archive.
            member: The member.

        Returns:
            What there is: with damage or above a limit the bytes before it.
        """
        found = Unpacked()
        room = min(MOST_UNPACKED, MOST_SCRATCH - self._used)
        try:
            path = self._next_path()
            with path.open("xb") as stream:
                for data in _inflated(disk, member, room, found):
                    stream.write(data)
                    found.size += len(data)
                    found.crc = zlib.crc32(data, found.crc)
            stamp = disk.path.stat().st_mtime_ns
            os.utime(path, ns=(stamp, stamp))
        except OSError as error:
            text = (
                f"It could not be unpacked to the folder for temporary files "
                f"({error.strerror}). Make room there, or set TMPDIR to another folder."
            )
            return Unpacked(notes=[("unreadable", text)])
        self._used += found.size
        found.path = path
        return found

    def _next_path(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="arcdiag-zips-")
        self._count += 1
        return Path(self._folder.name) / f"{self._count}.zip"


def _inflated(
    disk: DiskFile, member: Member, room: int, found: Unpacked
) -> Iterator[bytes]:
    """Yield unpacked bytes, at most `room` of them; why they end goes to `found`."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    start = member.offset - disk.base
    left = room
    for block in disk.blocks(start, start + member.packed):
        data = block
        while data and not inflate.eof:
            try:
                out = inflate.decompress(data, min(BLOCK, left + 1))
            except zlib.error:
                found.notes.append(("inflate-failed", _DAMAGED))
                return
            if len(out) > left:
                yield out[:left]
                found.notes.append(("over-limit", _limit(room)))
                return
            yield out
            left -= len(out)
            data = inflate.unconsumed_tail
    yield inflate.flush()[:left]
    if not inflate.eof:
        found.notes.append(("inflate-failed", _DAMAGED))


_DAMAGED = (
    "This zip inside the zip is damaged or cut. What could be unpacked of it is read. "
    "Ask for the zip again."
)


def _limit(room: int) -> str:
    return (
        f"This zip inside the zip was unpacked for {room:,} bytes only, which is the "
        "limit. What lies behind is not read. Unpack it and give what is inside."
    )
