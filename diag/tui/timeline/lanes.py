"""The lanes: what is counted and what is marked, and its text for a span of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from diag.store.scale import Scale
from diag.tui.logview.places import top_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diag.tui.logview.order import Ticks

    Times = NDArray[np.int64]

# Between two lines of himds at most so much is normal (rules/arc/heartbeat).
QUIET_US = 15 * 60 * 1_000_000
BARS, ASCII_BARS = " ▁▂▃▄▅▆▇█", " .:-=+*#%"


NONE = Scale(0, 1_000)


class Kind(StrEnum):
    """How a lane is drawn."""

    COUNTS = "counts"
    ALIVE = "alive"
    MARKS = "marks"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a time in microseconds; `sign` and `plain` are one character."""

    time: int
    sign: str
    plain: str
    text: str


@dataclass(slots=True)
class Lane:
    """A lane. `ticks` are ascending; of `ALIVE` `bad` are those of errors."""

    name: str
    kind: Kind
    ticks: Ticks = field(default_factory=lambda: np.zeros(0, dtype=np.uint32))
    bad: Ticks = field(default_factory=lambda: np.zeros(0, dtype=np.uint32))
    marks: list[Mark] = field(default_factory=list)
    note: str = ""
    scale: Scale = NONE  # that of empty lanes

    def counts(self, edges: Times) -> Times:
        """Return how many events there are in each bucket."""
        return counts(self.ticks, self._ticks(edges))

    def _ticks(self, edges: Times) -> Ticks:
        """Return the first tick at or after each of some times."""
        found = -((self.scale.base - edges) // self.scale.unit) + 1
        # Of their type: else NumPy makes a copy of them all.
        found = np.clip(found, 1, top_of(self.ticks))
        if self.scale.short:
            return found.astype(np.uint32)
        return found

    def cells(self, edges: Times, *, plain: bool) -> str:
        """Return one character for each bucket.

        Args:
            edges: Where buckets begin, and where the last ends, in microseconds.
            plain: In ASCII.
        """
        if self.kind is Kind.COUNTS:
            return bars(self.counts(edges), plain=plain)
        if self.kind is Kind.ALIVE:
            return self._alive(edges, plain=plain)
        return self._marked(edges, plain=plain)

    def _alive(self, edges: Times, *, plain: bool) -> str:
        """Say of each bucket whether lines came as they should; gaps are dots."""
        if not len(self.ticks):
            return " " * (len(edges) - 1)
        at = self._ticks(edges)
        before = np.searchsorted(self.ticks, at[:-1], side="left") - 1
        after = np.searchsorted(self.ticks, at[1:], side="left")
        last = self.ticks[np.maximum(before, 0)].astype(np.int64)
        following = self.ticks[np.minimum(after, len(self.ticks) - 1)].astype(np.int64)
        some = counts(self.ticks, at) > 0
        inside = (before >= 0) & (after < len(self.ticks))
        quiet = (following - last) * self.scale.unit
        alive = some | (inside & (quiet <= QUIET_US))
        outside = ~alive & (before < 0)
        failing = counts(self.bad, at) > 0
        full, weak, gap = ("#", "x", ".") if plain else ("█", "▒", "·")
        cells = np.where(alive, np.where(failing, weak, full), gap)
        return "".join(np.where(outside, " ", cells).tolist())

    def _marked(self, edges: Times, *, plain: bool) -> str:
        cells = ["-" if plain else "─"] * (len(edges) - 1)
        for one in self.marks:
            at = int(np.searchsorted(edges, one.time, side="right")) - 1
            if 0 <= at < len(cells):
                cells[at] = one.plain if plain else one.sign
        return "".join(cells)

    def words(self, first: int, last: int) -> str:
        """Return what is in a bucket, in words; nothing if there is nothing to say.

        Args:
            first: Where the bucket begins, in microseconds.
            last: Where it ends.
        """
        edges = np.array([first, last], dtype=np.int64)
        if self.kind is Kind.MARKS:
            inside = [one.text for one in self.marks if first <= one.time < last]
            more = f" and {len(inside) - MOST:,} more" if len(inside) > MOST else ""
            return f"{'; '.join(inside[:MOST])}{more}" if inside else ""
        count = int(self.counts(edges)[0])
        if self.kind is Kind.COUNTS:
            return f"{count:,}" if count else ""
        bad = int(counts(self.bad, self._ticks(edges))[0])
        if count:
            return f"{count:,} lines" + (f", {bad:,} of them errors" if bad else "")
        at = int(np.searchsorted(self.ticks, self._ticks(edges)[0]))
        if not 0 < at < len(self.ticks):
            return "no line before it" if at == 0 else "no line after it"
        gap = int(self.ticks[at] - self.ticks[at - 1]) * self.scale.unit
        minutes = gap // 60_000_000
        return f"silent for {minutes:,} min" if gap > QUIET_US else "as usual"


MOST = 3


def counts(ticks: Ticks, edges: Ticks) -> Times:
    """Return how many of some ascending ticks are in each bucket."""
    return np.diff(np.searchsorted(ticks, edges, side="left"))


def bars(found: Times, *, plain: bool) -> str:
    """Return a bar of one character for each count; any count can be seen."""
    signs = ASCII_BARS if plain else BARS
    most = int(found.max(initial=0))
    if not most:
        return signs[0] * len(found)
    steps = len(signs) - 1
    heights = np.ceil(found * steps / most).astype(np.int64)
    return "".join(signs[height] for height in heights.tolist())
