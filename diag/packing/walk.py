"""Members of a bundle that has no directory yet, one behind the other."""

from __future__ import annotations

import hashlib
import os
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.packing import manifest
from diag.packing.encoding import ENOUGH, encoding_of
from diag.packing.layout import LOCAL, STAMP, WIDE, Entry, local_header

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 1 << 20


class Standing(NamedTuple):
    """A member that is whole.

    `at` is where its header begins, `end` the first byte behind its data, `known`
    what the manifest says of it, as far as the bytes tell.
    """

    at: int
    end: int
    entry: Entry
    known: dict[str, Any]


def whole_members(fd: int) -> Iterator[Standing]:
    """Yield the members from the begin of a `.partial` on, up to one that is torn.

    Args:
        fd: Its number; it can be read and sought.
    """
    at = 0
    while True:
        entry = _entry_at(fd, at)
        if entry is None or not entry.packed or entry.name == manifest.NAME.encode():
            return
        start = at + len(local_header(entry))
        known = _measured(fd, start, entry)
        if known is None:
            return
        yield Standing(at, start + entry.packed, entry, known)
        at = start + entry.packed


def name_at(fd: int, at: int) -> str:
    """Return the name of the member whose header begins at a place, if any does."""
    head = _read(fd, at, LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(b"PK\x03\x04"):
        return ""
    name = _read(fd, at + LOCAL.size, LOCAL.unpack(head)[-2])
    return name.decode("utf-8", "replace")


def _entry_at(fd: int, at: int) -> Entry | None:
    """Return what a header is made of, if it is one that we would write."""
    head = _read(fd, at, LOCAL.size)
    if len(head) < LOCAL.size:
        return None
    _, _, _, method, _, _, crc, _, _, length, more = LOCAL.unpack(head)
    rest = _read(fd, at + LOCAL.size, length + more)
    if len(rest) < length + more or more != WIDE.size + STAMP.size:
        return None
    _, _, size, packed = WIDE.unpack_from(rest, length)
    stamp = STAMP.unpack_from(rest, length + WIDE.size)[-1]
    entry = Entry(rest[:length], stamp, crc, size, packed, method)
    return entry if local_header(entry) == head + rest else None


def _measured(fd: int, start: int, entry: Entry) -> dict[str, Any] | None:
    """Return what the manifest says of a member; None unless it is whole."""
    text, data = hashlib.sha256(), hashlib.sha256()
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    at, crc, size, head = start, 0, 0, b""
    try:
        while at < start + entry.packed and size <= entry.size:
            block = _read(fd, at, min(BLOCK, start + entry.packed - at))
            if not block:
                return None
            at += len(block)
            data.update(block)
            while block and size <= entry.size:
                piece = inflate.decompress(block, BLOCK)
                block = inflate.unconsumed_tail
                head = head or piece[:ENOUGH]
                size, crc = size + len(piece), zlib.crc32(piece, crc)
                text.update(piece)
        name = entry.name.decode("utf-8")
    except (zlib.error, UnicodeDecodeError):
        return None
    if not inflate.eof or (crc, size) != (entry.crc, entry.size):
        return None
    return {
        "path": name,
        "size": size,
        "mtime": manifest.iso_time(entry.stamp),
        "sha256": text.hexdigest(),
        "encoding": encoding_of(head),
        "packed": entry.packed,
        "packed_sha256": data.hexdigest(),
        "crc32": format(crc, "08x"),
    }


def _read(fd: int, at: int, length: int) -> bytes:
    os.lseek(fd, at, os.SEEK_SET)
    found = os.read(fd, length)
    while len(found) < length:
        more = os.read(fd, length - len(found))
        if not more:
            break
        found += more
    return found
