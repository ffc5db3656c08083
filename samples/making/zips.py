"""Zips written byte by byte: the same bytes everywhere, and damaged where wanted."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from samples.making.deflate import pack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ENCRYPTED, STREAMED = 0x0001, 0x0008
DEFLATE = 8
EXTENDED_TIME = 0x5455


class Damage(StrEnum):
    """What is wrong with a member."""

    NONE = "none"
    CRC = "crc"
    ENCRYPTED = "encrypted"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Packed:
    """One member; `written` is its time stamp (aware)."""

    name: str
    content: bytes
    written: datetime
    damage: Damage = Damage.NONE


def write(members: Sequence[Packed]) -> bytes:
    """Return a zip as Go's archive/zip writes it, which `azcmagent logs` uses.

    Sizes and CRC stand behind the data and in the directory; times are DOS times
    in UTC and, as the extra field 0x5455, seconds since 1970.

    Args:
        members: In the order in which they are to stand.
    """
    out = bytearray()
    directory = bytearray()
    for member in members:
        at = len(out)
        packed = pack(member.content)
        crc = zlib.crc32(member.content)
        flags = STREAMED
        if member.damage is Damage.CUT:
            packed = packed[: len(packed) // 2]
        elif member.damage is Damage.CRC:
            crc ^= 0x00FF00FF
        elif member.damage is Damage.ENCRYPTED:
            flags |= ENCRYPTED
        name = member.name.encode()
        stamp = int(member.written.timestamp())
        extra = struct.pack("<HHBI", EXTENDED_TIME, 5, 1, stamp)
        sizes = (crc, len(packed), len(member.content))
        both = (flags, DEFLATE, *_dos(member.written))
        out += struct.pack(
            "<4sHHHHHIIIHH", b"PK\x03\x04", 20, *both, 0, 0, 0, len(name), len(extra)
        )
        out += name + extra + packed + struct.pack("<4sIII", b"PK\x07\x08", *sizes)
        directory += struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, *both, *sizes, len(name),
            len(extra), 0, 0, 0, 0, at,
        )  # fmt: skip
        directory += name + extra
    counts = (len(members), len(members))
    end = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, *counts, len(directory), len(out), 0
    )
    return bytes(out + directory + end)


def _dos(moment: datetime) -> tuple[int, int]:
    time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return time, (moment.year - 1980) << 9 | moment.month << 5 | moment.day
