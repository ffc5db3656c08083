"""Packs one member and measures it: the same text gives the same bytes."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Half as slow again as level 6 for 5 % more bytes would be no bargain on a server.
LEVEL = 1
BLOCK = 1 << 16


class Packer:
    """Deflates what it is given. What it counts is right once `end` was called."""

    def __init__(self) -> None:
        """Begin with an empty member."""
        self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._text = hashlib.sha256()
        self._bytes = hashlib.sha256()
        self.crc = 0
        self.size = 0
        self.packed = 0

    def add(self, block: bytes) -> bytes:
        """Return packed bytes, if there are any yet.

        Args:
            block: Of `BLOCK` bytes, but for the last one: deflate need not give the
                same bytes for the same text in other pieces.
        """
        self.crc = zlib.crc32(block, self.crc)
        self.size += len(block)
        self._text.update(block)
        return self._counted(self._deflate.compress(block))

    def end(self) -> bytes:
        """Return the last packed bytes."""
        return self._counted(self._deflate.flush())

    def _counted(self, data: bytes) -> bytes:
        self.packed += len(data)
        self._bytes.update(data)
        return data

    @property
    def sha256(self) -> str:
        """The hash of the text."""
        return self._text.hexdigest()

    @property
    def packed_sha256(self) -> str:
        """The hash of the packed bytes."""
        return self._bytes.hexdigest()


def in_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in blocks of 64 KiB, the last one shorter.

    Args:
        chunks: Of any length.
    """
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        whole = len(waiting) // BLOCK * BLOCK
        if whole:
            ready = bytes(waiting[:whole])
            del waiting[:whole]
            for at in range(0, whole, BLOCK):
                yield ready[at : at + BLOCK]
    if waiting:
        yield bytes(waiting)
