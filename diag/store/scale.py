"""How numbers of 32 bits stand for the times of events."""

from __future__ import annotations

from typing import NamedTuple

NO_TIME = -(2**63)
MOST_TICKS = 1 << 32
COARSEST = 10_000  # microseconds; of a tick


class Scale(NamedTuple):
    """How a tick stands for a time: `base` is that of tick 1, `unit` how long one is.

    Both in microseconds. Tick 0 is no time. Ticks take half the memory of times; the
    unit is a millisecond for seven weeks, and at most `COARSEST`.
    """

    base: int
    unit: int

    @classmethod
    def of(cls, first: int, last: int) -> Scale:
        """Return the scale for times between two, in microseconds."""
        unit = max(1_000, -((first - last) // (MOST_TICKS - 2)))
        return cls(first, unit if unit <= COARSEST else 1)

    def time(self, tick: int) -> int:
        """Return the time of a tick in microseconds."""
        return self.base + (tick - 1) * self.unit if tick else NO_TIME

    def tick(self, moment: int) -> int:
        """Return the first tick at or after a time in microseconds, at least 1."""
        return max(-((self.base - moment) // self.unit) + 1, 1)

    @property
    def short(self) -> bool:
        """Whether ticks have room in 32 bits."""
        return self.unit > 1
