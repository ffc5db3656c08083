"""The records of a zip's central directory (APPNOTE 4.3.12)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag.bundle.limits import MOST_MEMBERS
from diag.bundle.zipextra import widen

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile

SIGNATURE = b"PK\x01\x02"
RECORD = struct.Struct("<4s4xHH4xIIIHHHHHII")
# Directories are read in windows: the longest record has 46 + 3 x 65,535 bytes.
WINDOW = 1 << 20
LONGEST_RECORD = RECORD.size + 3 * 0xFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the directory, as it stands there.

    `offset` is where the local header is said to be, `external` the external
    attributes; sizes are in bytes, 64-bit fields already put in.
    """

    name: bytes
    extra: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    external: int


@dataclass(slots=True)
class Directory:
    """What was read of a directory.

    `first` is where its first readable record stands, `lost` are the places of
    unreadable ones.
    """

    entries: list[Entry] = field(default_factory=list)
    first: int = -1
    lost: list[int] = field(default_factory=list)
    cut: bool = False


def read_entries(
    disk: DiskFile, start: int, stop: int, most: int = MOST_MEMBERS
) -> Directory:
    """Read the records between two places; a damaged one is stepped over.

    Args:
        disk: The archive.
        start: First byte of the directory.
        stop: First byte behind it.
        most: How many records to read; `cut` is set when there are more.
    """
    found = Directory()
    window, origin = b"", start
    at = start
    while at + RECORD.size <= stop:
        if at + LONGEST_RECORD > origin + len(window) < stop:
            window, origin = disk.read(at, min(WINDOW, stop - at)), at
        if max(len(found.entries), len(found.lost)) >= most:
            found.cut = True
            break
        entry, length = _entry(window, at - origin)
        if entry is not None:
            found.first = at if found.first < 0 else found.first
            found.entries.append(entry)
            at += length
            continue
        found.lost.append(at)
        step = window.find(SIGNATURE, at - origin + 1)
        if step < 0 and origin + len(window) < stop and len(window) >= WINDOW:
            at = origin + len(window) - len(SIGNATURE) + 1
        elif step < 0:
            break
        else:
            at = origin + step
    return found


def _entry(data: bytes, at: int) -> tuple[Entry | None, int]:
    if len(data) < at + RECORD.size or not data.startswith(SIGNATURE, at):
        return None, 0
    record = RECORD.unpack_from(data, at)
    _, flags, method, crc, packed, size, n, m, k, _, _, external, offset = record
    length = RECORD.size + n + m + k
    if len(data) < at + length:
        return None, 0
    name_at = at + RECORD.size
    name = data[name_at : name_at + n]
    extra = data[name_at + n : name_at + n + m]
    size, packed, offset = widen(extra, size, packed, offset)
    entry = Entry(name, extra, flags, method, crc, packed, size, offset, external)
    return entry, length
