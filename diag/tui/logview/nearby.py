"""What is near to a line, in steps: what one looks for first stands on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diag.tui.logview.order import Indexes
    from diag.tui.logview.places import View

# Lines. Each takes little longer than the last; of 256,000 the engine makes a table of
# 40 MB, and by then one knows that there is nothing near.
STEPS = (4_000, 32_000, 96_000)
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Near:
    """Where to look first.

    `pool` gives the lines that can be shown, for the thread that looks; `at` is the
    index to begin at, `enough` how many lines are; `forward`: only from there on.
    """

    pool: Callable[[], View]
    at: int
    enough: int
    forward: bool = False

    def steps(self) -> Iterator[Indexes]:
        """Give indexes, ascending, further from the line each time; none twice."""
        pool = self.pool()
        if not len(pool):
            return
        for spans in around(len(pool), pool.near(self.at), forward=self.forward):
            yield np.concatenate([pool.span(*span) for span in spans])


def around(count: int, at: int, *, forward: bool) -> Iterator[Spans]:
    """Give parts of a view, from first to before last, near to a line and then further.

    Args:
        count: How many lines there are.
        at: The line, from 0.
        forward: Not those above it.
    """
    low = high = at
    for size in STEPS:
        first = at if forward else max(0, min(at - size // 2, count - size))
        last = min(first + size, count)
        # The first step begins within itself: its two parts are one.
        parts = [(first, last)] if low == high else [(first, low), (high, last)]
        spans = [(begin, end) for begin, end in parts if begin < end]
        if spans:
            yield spans
        low, high = min(low, first), max(high, last)
