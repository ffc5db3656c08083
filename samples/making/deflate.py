"""A small deflate packer whose output depends on nothing but its input.

The bytes that zlib writes differ between its builds (zlib, zlib-ng), and the sample
zips have to be the same on every machine. This one writes a single block with the
fixed Huffman codes (RFC 1951, 3.2.6) and takes the newest match for three bytes.
"""

from __future__ import annotations

SHORTEST, LONGEST, FARTHEST = 3, 258, 32_768
END = 256

# RFC 1951, 3.2.5: first length or distance of each code, and its extra bits.
LENGTHS = (
    *((3 + n, 0) for n in range(8)),
    *((11 + 2 * n, 1) for n in range(4)),
    *((19 + 4 * n, 2) for n in range(4)),
    *((35 + 8 * n, 3) for n in range(4)),
    *((67 + 16 * n, 4) for n in range(4)),
    *((131 + 32 * n, 5) for n in range(4)),
    (258, 0),
)
DISTANCES = (
    *((1 + n, 0) for n in range(4)),
    *(
        (1 + ((2 + half) << bits), bits)
        for bits in range(1, 14)
        for half in (0, 1)
    ),
)  # fmt: skip


class _Bits:
    """Collects codes, first bit lowest."""

    def __init__(self) -> None:
        self.out = bytearray()
        self._held = 0
        self._count = 0

    def add(self, value: int, count: int) -> None:
        self._held |= value << self._count
        self._count += count
        while self._count >= 8:  # noqa: PLR2004 - bits of a byte
            self.out.append(self._held & 0xFF)
            self._held >>= 8
            self._count -= 8

    def code(self, value: int, count: int) -> None:
        """Add a Huffman code, which stands with its first bit highest."""
        self.add(int(f"{value:0{count}b}"[::-1], 2), count)

    def done(self) -> bytes:
        if self._count:
            self.out.append(self._held & 0xFF)
        return bytes(self.out)


def _symbol(bits: _Bits, symbol: int) -> None:
    """Write a literal, the end or a length code (table of RFC 1951, 3.2.6)."""
    for first, last, code, count in (
        (0, 143, 0x30, 8),
        (144, 255, 0x190, 9),
        (256, 279, 0x00, 7),
        (280, 287, 0xC0, 8),
    ):
        if first <= symbol <= last:
            bits.code(code + symbol - first, count)


def _index(table: tuple[tuple[int, int], ...], value: int) -> int:
    return max(i for i, (first, _) in enumerate(table) if first <= value)


def _match(bits: _Bits, length: int, distance: int) -> None:
    at = _index(LENGTHS, length)
    _symbol(bits, 257 + at)
    bits.add(length - LENGTHS[at][0], LENGTHS[at][1])
    at = _index(DISTANCES, distance)
    bits.code(at, 5)
    bits.add(distance - DISTANCES[at][0], DISTANCES[at][1])


def pack(data: bytes) -> bytes:
    """Return `data` as a raw deflate stream.

    Args:
        data: Some hundred kilobytes at most; this is plain Python.
    """
    bits = _Bits()
    bits.add(0b011, 3)  # the last block, with fixed codes
    seen: dict[bytes, int] = {}
    at = 0
    while at < len(data):
        key = data[at : at + SHORTEST]
        start = seen.get(key, -1)
        seen[key] = at
        if start < 0 or at - start > FARTHEST or len(key) < SHORTEST:
            _symbol(bits, data[at])
            at += 1
            continue
        length = SHORTEST
        most = min(LONGEST, len(data) - at)
        while length < most and data[start + length] == data[at + length]:
            length += 1
        _match(bits, length, at - start)
        for inner in range(at + 1, at + length):
            seen[data[inner : inner + SHORTEST]] = inner
        at += length
    _symbol(bits, END)
    return bits.done()
