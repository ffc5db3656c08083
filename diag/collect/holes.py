"""Where a file holds data: a log of 10 GB may be one of 10 kB and a hole."""

from __future__ import annotations

import os
from typing import NamedTuple

FILL = 4096  # zero bytes that stand for a hole, however large it is
MOST_SPANS = 4096  # of data and holes that are told apart


class Span(NamedTuple):
    """A part of a file, from one offset to the next."""

    start: int
    end: int
    hole: bool

    @property
    def cost(self) -> int:
        """How many bytes it makes."""
        size = self.end - self.start
        return min(size, FILL) if self.hole else size


def spans_of(number: int, size: int) -> list[Span]:
    """Return the parts of a file in their order.

    Args:
        number: Its descriptor.
        size: Up to where to look.

    Returns:
        One span of data where the system knows no holes, or the file has none.
    """
    whole = [Span(0, size, False)] if size else []
    blocks = getattr(os.fstat(number), "st_blocks", None)
    if blocks is None or blocks * 512 >= size or not hasattr(os, "SEEK_DATA"):
        return whole
    try:
        return _seek(number, size)
    except OSError:
        return whole


def _seek(number: int, size: int) -> list[Span]:
    spans = []
    at = 0
    while at < size:
        try:
            data = min(os.lseek(number, at, os.SEEK_DATA), size)
        except OSError:  # no data behind this place
            data = size
        if data > at:
            spans.append(Span(at, data, True))
        if data == size:
            break
        at = min(os.lseek(number, data, os.SEEK_HOLE), size)
        if len(spans) > MOST_SPANS:
            at = size
        spans.append(Span(data, at, False))
    return spans


def last_of(spans: list[Span], most: int) -> list[Span]:
    """Return the parts at the end that make no more than so many bytes.

    Args:
        spans: All parts of the file.
        most: Bytes; the first part that is returned may begin inside one of data.
    """
    kept = []
    left = most
    for span in reversed(spans):
        if span.cost > left:
            if not span.hole and left:
                kept.append(Span(span.end - left, span.end, False))
            break
        kept.append(span)
        left -= span.cost
    return kept[::-1]
