"""Cutting text at line ends, in UTF-8, code pages and UTF-16."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 1024 * 1024  # bytes that are looked through for an end


class LineEnd:
    """How a line ends in a file."""

    def __init__(self, head: bytes) -> None:
        """Judge by the begin of the file.

        Args:
            head: Its first bytes.
        """
        self.mark = b"\n"
        if head[:2] == b"\xff\xfe" or _zeros(head, 1):
            self.mark = b"\n\x00"
        elif head[:2] == b"\xfe\xff" or _zeros(head, 0):
            self.mark = b"\x00\n"
        self.unit = len(self.mark)

    def after_first(self, data: bytes, offset: int) -> int:
        """Return where the second line begins in data; -1 when it is not there.

        Args:
            data: A part of the file.
            offset: Where in the file it begins, as UTF-16 goes by even places.
        """
        at = data.find(self.mark)
        while at >= 0 and (at + offset) % self.unit:
            at = data.find(self.mark, at + 1)
        return at + self.unit if at >= 0 else -1

    def after_last(self, data: bytes, offset: int) -> int:
        """Return where the last line, which may be torn, begins; 0 without an end."""
        at = data.rfind(self.mark)
        while at >= 0 and (at + offset) % self.unit:
            at = data.rfind(self.mark, 0, at + self.unit - 1)
        return at + self.unit if at >= 0 else 0


def _zeros(head: bytes, place: int) -> bool:
    """Say whether every second byte is zero, as in UTF-16 without a mark."""
    some = head[:512]
    pairs = len(some) // 2
    ours, others = some[place::2].count(0), some[1 - place :: 2].count(0)
    return pairs > 0 and ours * 2 > pairs and others * 8 < pairs


class Held:
    """Text of which the last line is held back until it is known to be whole."""

    def __init__(self, end: LineEnd) -> None:
        """Begin with nothing held."""
        self._end = end
        self._rest = b""
        self._given = 0  # bytes that were passed on

    def add(self, data: bytes) -> Iterator[bytes]:
        """Pass on all lines that have ended, and hold the rest."""
        data = self._rest + data
        at = self._end.after_last(data, self._given)
        if not at and len(data) > LONGEST_LINE:
            at = len(data) - len(data) % self._end.unit
        self._rest = data[at:]
        self._given += at
        if at:
            yield data[:at]

    def rest(self) -> bytes:
        """Return what was held: a last line without an end."""
        return self._rest
