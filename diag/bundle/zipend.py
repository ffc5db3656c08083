"""The end of a zip: which of its end records tells the truth (APPNOTE 4.3.14-16).

A comment may hold a second end record, offsets may be shifted by a stub, zip64
values may lie. A record counts only if the directory it names stands there and
its entries lead to local headers.
"""

from __future__ import annotations

import re
import struct
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.bundle import zipdir, ziplocal
from diag.bundle.zipextra import FULL_32

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.bundle.diskfile import DiskFile

SIGNATURE = re.compile(rb"PK\x05\x06")
RECORD = struct.Struct("<4sHHHHIIH")
LOCATOR = struct.Struct("<4sIQI")
WIDE_RECORD = struct.Struct("<4sQ2H2L4Q")
LOCATOR_SIGNATURE = b"PK\x06\x07"
WIDE_SIGNATURE = b"PK\x06\x06"
FULL_16 = 0xFFFF
LONGEST_COMMENT = 0xFFFF
# So many entries are followed to their headers, so many records are looked at.
SAMPLE = 32
MOST_RECORDS = 64


@dataclass(frozen=True, slots=True)
class End:
    """An end record whose directory verifies.

    `at` and `after` bound the record with its comment, `start` and `stop` the
    directory, all in bytes of the file. `shift` is to be added to the offsets
    of the entries; `count` is what the record claims. A higher `rank` is more
    to be believed.
    """

    at: int
    after: int
    start: int
    stop: int
    shift: int
    count: int
    rank: tuple[bool, bool, bool, int, int]


@dataclass(frozen=True, slots=True)
class _Claim:
    count: int
    size: int
    offset: int
    bottom: int


def find_records(disk: DiskFile, *, everywhere: bool = False) -> list[int]:
    """Return the places of end records, at most 64 of them: the last ones.

    Args:
        disk: The archive.
        everywhere: Look in the whole file, not only where a comment lets it be.
    """
    reach = disk.size if everywhere else RECORD.size + LONGEST_COMMENT
    start = max(0, disk.size - reach)
    places = (at for at, _ in disk.find(SIGNATURE, start, disk.size, 4))
    return list(deque(places, maxlen=MOST_RECORDS))


def verified_ends(disk: DiskFile, places: list[int]) -> list[End]:
    """Return the end records whose directories verify, the best one first.

    Args:
        disk: The archive.
        places: What `find_records` returned.
    """
    ends = [end for at in places if (end := _best(disk, at)) is not None]
    return sorted(ends, key=lambda end: end.rank, reverse=True)


def disk_number(disk: DiskFile, at: int) -> int:
    """Return the part of a split zip that an end record is in; 0 if there is one."""
    head = disk.read(at, 6)
    number = int.from_bytes(head[4:6], "little")
    return 0 if number == FULL_16 else number


def _best(disk: DiskFile, at: int) -> End | None:
    head = disk.read(at, RECORD.size)
    if len(head) < RECORD.size:
        return None
    comment = RECORD.unpack(head)[-1]
    found = [
        end
        for claim in _claims(disk, at, head)
        for start in dict.fromkeys((claim.bottom - claim.size, claim.offset))
        if (end := _verify(disk, at, comment, claim, start)) is not None
    ]
    return max(found, key=lambda end: end.rank, default=None)


def _claims(disk: DiskFile, at: int, head: bytes) -> Iterator[_Claim]:
    """Yield what a record claims, by its zip64 record where a field is full."""
    _, _, _, _, count, size, offset, _ = RECORD.unpack(head)
    if count == FULL_16 or FULL_32 in (size, offset):
        for bottom, record in _wide_records(disk, at):
            *_, wide_count, wide_size, wide_offset = record
            yield _Claim(
                wide_count if count == FULL_16 else count,
                wide_size if size == FULL_32 else size,
                wide_offset if offset == FULL_32 else offset,
                bottom,
            )
    yield _Claim(count, size, offset, at)


def _wide_records(disk: DiskFile, at: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    locator = disk.read(at - LOCATOR.size, LOCATOR.size)
    if len(locator) < LOCATOR.size or not locator.startswith(LOCATOR_SIGNATURE):
        return
    stated = LOCATOR.unpack(locator)[2]
    # Behind a stub the stated place is wrong; the record then is right before.
    for place in dict.fromkeys((stated, at - LOCATOR.size - WIDE_RECORD.size)):
        record = disk.read(place, WIDE_RECORD.size)
        if len(record) == WIDE_RECORD.size and record.startswith(WIDE_SIGNATURE):
            yield place, WIDE_RECORD.unpack(record)[1:]


def _verify(
    disk: DiskFile, at: int, comment: int, claim: _Claim, start: int
) -> End | None:
    stop = start + claim.size
    if start < 0 or stop > at:
        return None
    after = min(at + RECORD.size + comment, disk.size)
    exact = at + RECORD.size + comment == disk.size
    if claim.size == 0:
        empty = claim.count == 0
        rank = (False, True, exact, 0, at)
        return End(at, after, at, at, 0, 0, rank) if empty else None
    # The first records may be damaged, so they need not be at the very start.
    reach = min(stop, start + zipdir.WINDOW)
    entries = zipdir.read_entries(disk, start, reach, SAMPLE).entries
    shift = start - claim.offset
    right = sum(_leads_to_header(disk, entry, shift) for entry in entries)
    if not right:
        return None
    rank = (True, stop == claim.bottom, exact, right, at)
    return End(at, after, start, stop, shift, claim.count, rank)


def _leads_to_header(disk: DiskFile, entry: zipdir.Entry, shift: int) -> bool:
    return any(
        disk.read(entry.offset + by, 4) == ziplocal.SIGNATURE for by in {shift, 0}
    )
