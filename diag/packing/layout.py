"""The bytes of a bundle's zip: every header is a function of what the manifest says.

So `arcdiag verify` can write the same headers again and compare. All local headers
have room for 64-bit sizes, as the size of a log is not known before it was read
(APPNOTE 4.3.9.2 and 4.5.3 allow wide fields for members of any size); the directory
has wide fields only where they are needed.
"""

from __future__ import annotations

import struct
import time
from typing import NamedTuple

LOCAL = struct.Struct("<4sHHHHHIIIHH")
RECORD = struct.Struct("<4sHHHHHHIIIHHHHHII")
DESCRIPTOR = struct.Struct("<4sIQQ")
END = struct.Struct("<4sHHHHIIH")
WIDE_END = struct.Struct("<4sQHHIIQQQQ")
LOCATOR = struct.Struct("<4sIQI")
WIDE = struct.Struct("<HHQQ")
STAMP = struct.Struct("<HHBi")

STORED = 0
DEFLATED = 8
FULL_16 = 0xFFFF
FULL_32 = 0xFFFFFFFF

_VERSION = 45  # 64-bit sizes
_MADE_BY = 3 << 8 | _VERSION  # Unix: the upper half of the attributes is the mode
_MODE = 0o100600 << 16  # a regular file that only its owner reads
_UTF8 = 0x0800
_STREAMED = 0x0008
_WIDE_ID = 0x0001
_STAMP_ID = 0x5455  # "extended timestamp", in UTC
_HAS_MTIME = 1
_FIRST_DOS, _LAST_DOS = 315_532_800, 4_354_819_198  # 1980 to 2107, as Unix time


class Entry(NamedTuple):
    """What decides the headers of a member.

    `name` is in UTF-8, `stamp` Unix time in seconds, `size` and `packed` are bytes.
    `streamed`: the sizes stand behind the data, as stdout cannot be sought.
    """

    name: bytes
    stamp: int
    crc: int
    size: int
    packed: int
    method: int = DEFLATED
    streamed: bool = False


def local_header(entry: Entry) -> bytes:
    """Return the header before a member's data.

    Args:
        entry: The member. Of one that is streamed crc and sizes are zero here.
    """
    known = not entry.streamed
    size, packed = (entry.size, entry.packed) if known else (0, 0)
    extra = WIDE.pack(_WIDE_ID, WIDE.size - 4, size, packed) + _stamp(entry.stamp)
    crc = entry.crc if known else 0
    date, clock = _dos(entry.stamp)
    lengths = (len(entry.name), len(extra))
    head = LOCAL.pack(
        *(b"PK\x03\x04", _VERSION, _flags(entry), entry.method, clock, date, crc),
        *(FULL_32, FULL_32, *lengths),
    )
    return head + entry.name + extra


def descriptor(entry: Entry) -> bytes:
    """Return what stands behind a member's data; nothing unless it is streamed."""
    if not entry.streamed:
        return b""
    return DESCRIPTOR.pack(b"PK\x07\x08", entry.crc, entry.packed, entry.size)


def directory_record(entry: Entry, offset: int) -> bytes:
    """Return a member's record in the central directory.

    Args:
        entry: The member.
        offset: Where its local header begins.
    """
    values = (entry.size, entry.packed, offset)
    wide = [value for value in values if value >= FULL_32]
    extra = b""
    if wide:
        extra = struct.pack(f"<HH{len(wide)}Q", _WIDE_ID, 8 * len(wide), *wide)
    extra += _stamp(entry.stamp)
    date, clock = _dos(entry.stamp)
    size, packed, offset = (min(value, FULL_32) for value in values)
    head = RECORD.pack(
        *(b"PK\x01\x02", _MADE_BY, _VERSION, _flags(entry), entry.method),
        *(clock, date, entry.crc, packed, size, len(entry.name), len(extra)),
        *(0, 0, 0, _MODE, offset),
    )
    return head + entry.name + extra


def end_records(count: int, size: int, offset: int, comment: int) -> bytes:
    """Return what stands behind the directory, up to the comment.

    Args:
        count: How many members there are.
        size: Length of the directory in bytes.
        offset: Where it begins.
        comment: Length of the comment in bytes.
    """
    wide = b""
    if count >= FULL_16 or size >= FULL_32 or offset >= FULL_32:
        wide = WIDE_END.pack(
            *(b"PK\x06\x06", WIDE_END.size - 12, _MADE_BY, _VERSION, 0, 0),
            *(count, count, size, offset),
        )
        wide += LOCATOR.pack(b"PK\x06\x07", 0, offset + size, 1)
    few = min(count, FULL_16)
    places = (min(size, FULL_32), min(offset, FULL_32))
    return wide + END.pack(b"PK\x05\x06", 0, 0, few, few, *places, comment)


def _flags(entry: Entry) -> int:
    return _UTF8 | (_STREAMED if entry.streamed else 0)


def _stamp(seconds: int) -> bytes:
    """Return the UTC time as an extra field, where its 32 bits can hold it."""
    if not -(1 << 31) <= seconds < 1 << 31:
        return b""
    return STAMP.pack(_STAMP_ID, STAMP.size - 4, _HAS_MTIME, seconds)


def _dos(seconds: int) -> tuple[int, int]:
    """Return date and time as DOS has them, in UTC; the nearest there are."""
    at = time.gmtime(min(max(seconds, _FIRST_DOS), _LAST_DOS))
    date = (at.tm_year - 1980) << 9 | at.tm_mon << 5 | at.tm_mday
    return date, at.tm_hour << 11 | at.tm_min << 5 | at.tm_sec // 2
