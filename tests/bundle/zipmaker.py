"""Writes zips byte by byte, honest and hostile. Not the code under test."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

STORED, DEFLATE = 0, 8
STREAMED, UTF8, ENCRYPTED = 0x08, 0x800, 0x01
FULL = 0xFFFFFFFF


def extended_time(seconds: int) -> bytes:
    return struct.pack("<HHBi", 0x5455, 5, 1, seconds)


@dataclass
class Part:
    """One member; `local_*` and `listed_*` make header and directory differ."""

    name: bytes
    content: bytes = b"line\n" * 40
    method: int = DEFLATE
    flags: int = UTF8
    extra: bytes = b""
    external: int = 0o100644 << 16
    local_name: bytes | None = None
    listed_crc: int | None = None
    listed_size: int | None = None
    listed_packed: int | None = None
    listed_offset: int | None = None
    signed: bool = True
    listed: bool = True
    # Filled in by `build`: where header, data and everything of it lie.
    header: int = field(default=0, init=False)
    data: int = field(default=0, init=False)
    end: int = field(default=0, init=False)

    @property
    def packed(self) -> bytes:
        if self.method != DEFLATE:
            return self.content
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()

    @property
    def crc(self) -> int:
        return zlib.crc32(self.content)


def build(
    parts: list[Part],
    *,
    comment: bytes = b"",
    prefix: bytes = b"",
    shift: int = 0,
    wide: bool = False,
    end: bool = True,
) -> bytes:
    """Return an archive; `shift` is added to all offsets, `wide` writes zip64."""
    out = bytearray(prefix)
    for part in parts:
        part.header = len(out)
        out += _local(part, wide=wide)
        part.data = len(out)
        out += part.packed
        if part.flags & STREAMED:
            out += b"PK\x07\x08" if part.signed else b""
            out += struct.pack("<III", part.crc, len(part.packed), len(part.content))
        part.end = len(out)
    start = len(out)
    listed = [part for part in parts if part.listed]
    for part in listed:
        out += _record(part, shift, wide=wide)
    if end:
        out += end_record(
            len(listed), len(out) - start, start + shift, comment, wide=wide
        )
    return bytes(out)


def _local(part: Part, *, wide: bool) -> bytes:
    name = part.name if part.local_name is None else part.local_name
    sizes = (part.crc, len(part.packed), len(part.content))
    extra = part.extra
    if part.flags & STREAMED:
        sizes = (0, 0, 0)
    elif wide:
        extra += struct.pack("<HHQQ", 1, 16, sizes[2], sizes[1])
        sizes = (part.crc, FULL, FULL)
    head = struct.pack(
        "<4sHHHHHIIIHH", b"PK\x03\x04", 20, part.flags, part.method, 0, 0x21, *sizes,
        len(name), len(extra),
    )  # fmt: skip
    return head + name + extra


def _record(part: Part, shift: int, *, wide: bool) -> bytes:
    crc = part.crc if part.listed_crc is None else part.listed_crc
    size = len(part.content) if part.listed_size is None else part.listed_size
    packed = len(part.packed) if part.listed_packed is None else part.listed_packed
    offset = part.header if part.listed_offset is None else part.listed_offset
    offset += shift
    extra = part.extra
    if wide:
        extra += struct.pack("<HHQQQ", 1, 24, size, packed, offset)
        size = packed = offset = FULL
    head = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 0x0314, 20, part.flags, part.method, 0,
        0x21, crc, packed, size, len(part.name), len(extra), 0, 0, 0, part.external,
        offset,
    )  # fmt: skip
    return head + part.name + extra


def end_record(
    count: int, size: int, offset: int, comment: bytes = b"", *, wide: bool = False
) -> bytes:
    out = b""
    if wide:
        place = offset + size
        out += struct.pack(
            "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset
        )
        out += struct.pack("<4sIQI", b"PK\x06\x07", 0, place, 1)
        count, size, offset = 0xFFFF, FULL, FULL
    count = min(count, 0xFFFF)
    return out + struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size, offset, len(comment)
    ) + comment  # fmt: skip
