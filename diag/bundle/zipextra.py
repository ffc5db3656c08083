"""Extra fields of zip headers: wide sizes, UTC times, Unicode names."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta

WIDE = 0x0001
NTFS = 0x000A
EXTENDED_TIME = 0x5455
UNICODE_PATH = 0x7075

FULL_32 = 0xFFFFFFFF

HAS_MTIME = 0x01
NTFS_TIMES = 0x0001
NTFS_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The first time that a zip can say: written where no time is known.
NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
# What a FILETIME may say; beyond it datetime ends (year 9999).
LAST_FILETIME = int((datetime(9999, 1, 1, tzinfo=UTC) - NTFS_EPOCH).total_seconds())


def fields(extra: bytes) -> dict[int, bytes]:
    """Return the extra fields by their id; the first of several counts.

    Args:
        extra: The extra bytes of a header. What is torn is left out.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        data = extra[at + 4 : at + 4 + length]
        if len(data) < length:
            break
        found.setdefault(kind, data)
        at += 4 + length
    return found


def widen(extra: bytes, *narrow: int) -> tuple[int, ...]:
    """Return 32-bit values, each that is full replaced by its 64-bit one.

    Args:
        extra: The extra bytes of the same header.
        narrow: Size, packed size and (in the directory) offset, in this order:
            the wide field holds only those that are full (APPNOTE 4.5.3).
    """
    if FULL_32 not in narrow:
        return narrow
    wide = fields(extra).get(WIDE, b"")
    values = iter(struct.unpack(f"<{len(wide) // 8}Q", wide[: len(wide) // 8 * 8]))
    return tuple(next(values, v) if v == FULL_32 else v for v in narrow)


def modified(*extras: bytes) -> datetime | None:
    """Return when a member was last written, if the zip says so in UTC.

    DOS times carry no zone and are never used. The extended time stamp (Go's
    archive/zip and Info-ZIP write it) and the NTFS times (Windows) are UTC.

    Args:
        extras: Extra bytes of the directory entry and of the local header.
    """
    for extra in extras:
        found = fields(extra)
        stamp = found.get(EXTENDED_TIME, b"")
        if len(stamp) >= 5 and stamp[0] & HAS_MTIME:  # noqa: PLR2004 - flags, int32
            (seconds,) = struct.unpack_from("<i", stamp, 1)
            moment = UNIX_EPOCH + timedelta(seconds=seconds)
            return None if moment == NO_TIME else moment
        written = _filetime(found.get(NTFS, b"")[4:])
        if written is not None:
            return written
    return None


def _filetime(attributes: bytes) -> datetime | None:
    times = fields(attributes).get(NTFS_TIMES, b"")
    if len(times) < 8:  # noqa: PLR2004 - the first of three 64-bit times
        return None
    (ticks,) = struct.unpack_from("<Q", times)
    if not 0 < ticks // 10_000_000 < LAST_FILETIME:
        return None
    return NTFS_EPOCH + timedelta(microseconds=ticks // 10)


def unicode_name(extra: bytes, raw: bytes) -> bytes | None:
    """Return the UTF-8 name of the Unicode path field, if it fits the header's.

    Args:
        extra: The extra bytes of the same header.
        raw: The name in the header, whose CRC-32 the field repeats.
    """
    field = fields(extra).get(UNICODE_PATH, b"")
    if len(field) <= 5 or field[0] != 1:  # noqa: PLR2004 - version, CRC-32, name
        return None
    (check,) = struct.unpack_from("<I", field, 1)
    return field[5:] if check == zlib.crc32(raw) else None
