"""Where lines lie when some of them have more above or below: silences, open records.

Ten million lines have one row each but for a few; so rows are counted from the few.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Spot:
    """What a row of the screen shows.

    `part` is 0 for the first row of a line, more for what unfolds below it, and -1
    for the silence above it.
    """

    place: int
    part: int


@dataclass(slots=True)
class Spacing:
    """Rows of the screen for lines of a view.

    `above` are lines with a row above them; `below` how many rows an open line has
    more than one.
    """

    lines: int
    above: frozenset[int] = frozenset()
    below: dict[int, int] = field(default_factory=dict)
    _at: list[int] = field(default_factory=list)
    _sums: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Add up."""
        self._add_up()

    def _add_up(self) -> None:
        self._at = sorted({*self.above, *self.below})
        extra = (int(at in self.above) + self.below.get(at, 0) for at in self._at)
        self._sums = [0, *accumulate(extra)]

    def open(self, heights: Mapping[int, int]) -> None:
        """Unfold lines: how many rows more each has; 0 folds it."""
        for place, more in heights.items():
            if more:
                self.below[place] = more
            else:
                self.below.pop(place, None)
        self._add_up()

    @classmethod
    def of(cls, lines: int, above: Iterable[int]) -> Spacing:
        """Return the spacing of a view without open lines."""
        return cls(lines, frozenset(above))

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.lines + self._sums[-1]

    def row_of(self, place: int) -> int:
        """Return the first row of a line itself, behind what is above it."""
        found = bisect_left(self._at, place)
        return place + self._sums[found] + int(place in self.above)

    def spot(self, row: int) -> Spot | None:
        """Return what a row shows; None behind the end."""
        if not 0 <= row < self.height:
            return None
        low, high = 0, len(self._at)
        while low < high:
            middle = (low + high) // 2
            if self._at[middle] + self._sums[middle] <= row:
                low = middle + 1
            else:
                high = middle
        if low == 0:
            return Spot(row, 0)
        last = self._at[low - 1]
        start = last + self._sums[low - 1]
        inside = row - start - int(last in self.above)
        if inside <= self.below.get(last, 0):
            return Spot(last, inside)
        return Spot(row - self._sums[low], 0)

    def around(self, place: int) -> tuple[int, int]:
        """Return the first and the last row of a line with all it has."""
        first = self.row_of(place)
        return first, first + self.below.get(place, 0)

    def opened(self, place: int) -> bool:
        """Return whether a line is unfolded."""
        return place in self.below
