"""Bytes to clean text and lines, as the core makes them."""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diag.bundle.unpacked import Told

CODECS = {
    "utf-8": ("utf-8", "surrogateescape"),
    "utf-8-bom": ("utf-8-sig", "surrogateescape"),
    "utf-16-le": ("utf-16-le", "replace"),
    "utf-16-be": ("utf-16-be", "replace"),
}
# The invalid bytes that `surrogateescape` let through, and NUL.
ESCAPED = re.compile("[\udc80-\udcff]")
NUL, PICTURE = "\0", "\u2400"
MARK = "\ufeff"
LONGEST_LINE = 1 << 20
HEAD, TAIL = 64 << 10, 4 << 10


class Text:
    """A text that can be read from its start more than once."""

    def __init__(self, blocks: Callable[[], Iterable[bytes]], encoding: str) -> None:
        """Take where the bytes come from, and the encoding that the core saw."""
        self._blocks = blocks
        self._encoding = encoding if encoding in CODECS else "utf-8"
        self._bad = self._nul = self._long = 0

    def pieces(self) -> Iterator[str]:
        """Yield the text piece by piece; every line ends in LF alone."""
        codec, errors = CODECS[self._encoding]
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(codec)(errors), translate=True
        )
        self._bad = self._nul = 0
        first = True
        for block in self._blocks():
            piece = self._clean(decoder.decode(block))
            if first and piece:
                piece, first = piece.removeprefix(MARK), False
            yield piece
        yield self._clean(decoder.decode(b"", final=True))

    def lines(self) -> Iterator[str]:
        """Yield the lines without their ends; a very long one loses its middle."""
        self._long = 0
        kept = ""
        for piece in self.pieces():
            lines = (kept + piece).split("\n")
            kept = lines.pop()
            yield from map(self._kept, lines)
            if len(kept) > LONGEST_LINE:
                # What streams by is dropped bit by bit; the mark then counts too few.
                kept = self._kept(kept)
        if kept:
            yield self._kept(kept)

    def _kept(self, line: str) -> str:
        if len(line) <= LONGEST_LINE:
            return line
        self._long += 1
        return shortened(line)

    def problems(self) -> list[Told]:
        """Return what was odd in it when it was read last."""
        told = []
        if self._bad:
            said = f"{self._bad} bytes or characters are not valid {self._encoding}"
            told.append((0, "bad-utf8", f"{said}; they are shown as \\xNN or \ufffd"))
        if self._nul:
            said = f"{self._nul} NUL bytes, shown as {PICTURE}"
            told.append((0, "nul-bytes", f"{said}: the writer or the disk lost data"))
        if self._long:
            said = "lines of more than 1 Mi characters lost their middle"
            told.append((0, "long-line", f"{said}; their first and last part are kept"))
        return told

    def _clean(self, text: str) -> str:
        if NUL in text:
            self._nul += text.count(NUL)
            text = text.replace(NUL, PICTURE)
        if self._encoding.startswith("utf-16"):
            self._bad += text.count("\ufffd")
            return text
        if not text.isascii() and ESCAPED.search(text):
            text, count = ESCAPED.subn(lambda m: f"\\x{ord(m[0]) - 0xDC00:02x}", text)
            self._bad += count
        return text


def shortened(line: str) -> str:
    """Return the first 64 Ki and last 4 Ki characters of a line."""
    gone = len(line) - HEAD - TAIL
    return f"{line[:HEAD]}\u2026[{gone} characters left out]\u2026{line[-TAIL:]}"
