"""Local headers of a zip (APPNOTE 4.3.7), and finding members by them alone.

A zip that was cut, or whose directory is damaged, still has a header before
each member. Writers that stream (Go's archive/zip, which `azcmagent logs`
uses) put zeros there and the sizes into a data descriptor behind the member.
"""

from __future__ import annotations

import bisect
import itertools
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.bundle.limits import LONGEST_NAME, MOST_MEMBERS
from diag.bundle.zipextra import FULL_32, widen

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile

SIGNATURE = b"PK\x03\x04"
DESCRIPTOR = b"PK\x07\x08"
ENTRY = b"PK\x01\x02"
END = b"PK\x05\x06"
BEGINNINGS = (SIGNATURE, DESCRIPTOR, ENTRY, END)
MARKS = re.compile(rb"PK(?:\x03\x04|\x01\x02|\x05\x06|\x07\x08)")
MOST_MARKS = 200_000
# In one member, whose packed data hold them only by chance or on purpose.
MOST_MARKS_INSIDE = 100

HEADER = struct.Struct("<4sHHH4xIIIHH")
NARROW = struct.Struct("<III")
WIDE = struct.Struct("<IQQ")
HAS_DESCRIPTOR = 0x08
LAST_VERSION = 100
LAST_METHOD = 99
USUAL_NAMES = 200


@dataclass(frozen=True, slots=True)
class Local:
    """A local header: `at` is its own place, `data` where the packed bytes begin."""

    at: int
    data: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    name: bytes
    extra: bytes

    @property
    def streamed(self) -> bool:
        """Whether crc and sizes stand behind the data instead of in the header."""
        return bool(self.flags & HAS_DESCRIPTOR)


@dataclass(frozen=True, slots=True)
class Found:
    """A member found by its local header. `crc` and `size` are None if unknown.

    `torn`: where it ends is not certain; the end is then the next thing that
    can be told apart, or the end of the file.
    """

    local: Local
    packed: int
    crc: int | None
    size: int | None
    torn: bool


def read_local(disk: DiskFile, at: int, *, signed: bool = True) -> Local | None:
    """Read a local header.

    Args:
        disk: The archive.
        at: Where it begins.
        signed: Demand the signature; without it any bytes are taken as one.

    Returns:
        The header, or None when there is none or the file ends in it.
    """
    head = disk.read(at, HEADER.size + USUAL_NAMES)
    if len(head) < HEADER.size or (signed and not head.startswith(SIGNATURE)):
        return None
    _, _, flags, method, crc, packed, size, n, m = HEADER.unpack_from(head)
    end = HEADER.size + n + m
    if len(head) < end:
        head = disk.read(at, end)
    if len(head) < end:
        return None
    name, extra = head[HEADER.size : HEADER.size + n], head[HEADER.size + n : end]
    size, packed = widen(extra, size, packed)
    return Local(at, at + end, flags, method, crc, packed, size, name, extra)


class Walker:
    """Finds members by their local headers, within bounds over all ranges.

    `cut` is set once there was more to find than the bounds allow.
    """

    def __init__(self, disk: DiskFile, members: int = MOST_MEMBERS) -> None:
        """Take an archive.

        Args:
            disk: The archive.
            members: How many members to find at most.
        """
        self._disk = disk
        self._members = members
        self._marks = MOST_MARKS
        self.cut = False

    def walk(self, start: int, end: int) -> list[Found]:
        """Find the members of a range, in order and none inside another.

        Args:
            start: First byte of the range.
            end: First byte behind it.
        """
        marks = _Marks(self._disk, end)
        for at, mark in self._disk.find(MARKS, start, end, len(SIGNATURE)):
            self._marks -= 1
            if self._marks < 0:
                self.cut = True
                break
            marks.note(at, mark)
        found: list[Found] = []
        reached = start
        for local in marks.headers:
            if local.at < reached:
                continue
            if self._members <= 0:
                self.cut = True
                break
            self._members -= 1
            found.append(marks.measure(local))
            reached = local.data + found[-1].packed
        return found


def measured(disk: DiskFile, local: Local, stop: int) -> int | None:
    """Return a member's packed length by its header or its data descriptor.

    Args:
        disk: The archive.
        local: The member's header.
        stop: Where the next thing begins that is known.

    Returns:
        None when neither tells it.
    """
    if not local.streamed:
        return local.packed
    marks = _Marks(disk, stop)
    # A descriptor without a signature is seen by the mark right behind it.
    reach = min(stop + len(SIGNATURE), disk.size)
    places = disk.find(MARKS, local.data, reach, len(SIGNATURE))
    for at, mark in itertools.islice(places, MOST_MARKS_INSIDE):
        marks.note(at, mark)
    found = marks.measure(local)
    return None if found.torn else found.packed


def begins(disk: DiskFile, at: int) -> bool:
    """Say whether a signature stands at a place, if only with its first byte."""
    there = disk.read(at, len(SIGNATURE))
    return any(mark.startswith(there) for mark in BEGINNINGS) if there else False


def described(disk: DiskFile, at: int, crc: int, packed: int) -> bool:
    """Say whether a data descriptor without a signature stands at a place."""
    return disk.read(at, 8) == struct.pack("<II", crc, packed & FULL_32)


class _Marks:
    """All signatures of a range, and what they say about ends of members."""

    def __init__(self, disk: DiskFile, end: int) -> None:
        self._disk = disk
        self._end = end
        self.headers: list[Local] = []
        self._stops: list[int] = []
        # Descriptors by the data start that they would fit: packed, crc, size.
        self._described: dict[int, tuple[int, int, int]] = {}

    def note(self, at: int, mark: bytes) -> None:
        """Take in one signature; they come in order."""
        if mark == DESCRIPTOR:
            self._describe(at, at + len(mark))
            return
        # Descriptors need no signature of their own: look right before this.
        self._describe(at - NARROW.size, at - NARROW.size, wide=False)
        self._describe(at - WIDE.size, at - WIDE.size, narrow=False)
        if mark == SIGNATURE:
            local = read_local(self._disk, at)
            if local is None or not _plausible(self._disk, local):
                return
            self.headers.append(local)
        self._stops.append(at)

    def _describe(
        self, end: int, at: int, *, narrow: bool = True, wide: bool = True
    ) -> None:
        """Note the descriptor with fields at `at` of data that ends at `end`."""
        data = self._disk.read(at, WIDE.size)
        for shape, wanted in ((NARROW, narrow), (WIDE, wide)):
            if wanted and len(data) >= shape.size:
                crc, packed, size = shape.unpack_from(data)
                self._described.setdefault(end - packed, (packed, crc, size))

    def measure(self, local: Local) -> Found:
        """Say how long a member is."""
        if local.streamed and local.data in self._described:
            packed, crc, size = self._described[local.data]
            return Found(local, packed, crc, size, torn=False)
        stop = local.data + local.packed
        whole = not local.streamed or local.packed
        place = bisect.bisect_left(self._stops, local.data)
        after = self._stops[place] if place < len(self._stops) else self._end
        # A stored zip has signatures inside; else nothing can begin in a member.
        if whole and (stop <= after or self._ends_at(stop)):
            return Found(local, local.packed, local.crc, local.size, torn=False)
        return Found(local, max(after - local.data, 0), None, None, torn=True)

    def _ends_at(self, stop: int) -> bool:
        """Say whether something else begins at a place, if only with its first byte."""
        return stop == self._end or (stop < self._end and begins(self._disk, stop))


def _plausible(disk: DiskFile, local: Local) -> bool:
    head = disk.read(local.at, 6)
    version = head[4]
    return (
        0 < len(local.name) <= LONGEST_NAME * 2
        and version <= LAST_VERSION
        and local.method <= LAST_METHOD
        and local.packed <= max(disk.size, FULL_32)
    )
