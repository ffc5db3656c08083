"""Which events are shown, and where the next one of a kind is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diag.store.browse import ERROR, NO_TIME, WARNING

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from diag.store.browse import Rows
    from diag.tui.logview.order import Indexes, Order

    Places = NDArray[np.int64]

# A silence of more than this is drawn between two lines.
SILENCE_US = 15 * 60 * 1_000_000
MOST_SILENCES = 20_000
AT_ONCE = 1_000_000  # a copy of all times would be large


@dataclass(slots=True, eq=False)
class View:
    """The events that are shown: the whole truth of what stands where.

    `indexes` are theirs in the order, ascending; None stands for all from `start` on.
    """

    order: Order
    indexes: Indexes | None
    start: int = 0

    def __len__(self) -> int:
        """Return how many lines there are."""
        if self.indexes is None:
            return len(self.order) - self.start
        return len(self.indexes)

    def index(self, place: int) -> int:
        """Return the index of a line in the order of all."""
        return place + self.start if self.indexes is None else int(self.indexes[place])

    def row(self, place: int) -> int:
        """Return the row number of a line."""
        return int(self.order.rows[self.index(place)])

    def rows(self, first: int, last: int) -> Rows:
        """Return the row numbers of the lines from one to before another."""
        if self.indexes is None:
            return self.order.rows[self.start + first : self.start + last]
        return self.order.rows[self.indexes[first:last]]

    def time_at(self, place: int) -> int:
        """Return the time of a line in microseconds; `NO_TIME` if it has none."""
        return int(self.order.times[self.index(place)])

    def at_time(self, moment: int) -> int:
        """Return the first line at or after a time in microseconds."""
        return self._place(int(np.searchsorted(self.order.times, moment)))

    def _place(self, index: int) -> int:
        if self.indexes is None:
            return min(max(index - self.start, 0), len(self))
        return int(np.searchsorted(self.indexes, index))

    def nearest(self, row: int) -> int:
        """Return the line of an event, or the next one that is shown.

        Args:
            row: Of an event that need not be among those shown.
        """
        if not len(self):
            return 0
        return min(self._place(self.order.index_of(row)), len(self) - 1)

    def has(self, row: int) -> bool:
        """Return whether an event is shown."""
        return len(self) > 0 and self.row(self.nearest(row)) == row

    def levels(self) -> NDArray[np.int8]:
        """Return the levels of all lines."""
        if self.indexes is None:
            return self.order.levels[self.start :]
        return self.order.levels[self.indexes]

    def severe(self, *, errors: bool) -> Places:
        """Return the lines of errors, or of warnings, ascending."""
        levels = self.levels()
        wanted = levels >= ERROR if errors else levels == WARNING
        return np.flatnonzero(wanted)

    def of(self, rows: Rows | Collection[int]) -> Places:
        """Return the lines of some events, as far as they are shown, ascending."""
        return self.places(self.order.indexes(rows)) if len(rows) else EMPTY

    def places(self, indexes: Indexes) -> Places:
        """Return the lines at some indexes, as far as they are shown, ascending."""
        if self.indexes is None:
            found = indexes[np.searchsorted(indexes, self.start) :].astype(np.int64)
            return found - self.start
        places = np.searchsorted(self.indexes, indexes)
        inside = np.flatnonzero(places < len(self.indexes))
        same = self.indexes[places[inside]] == indexes[inside]
        return places[inside][same]

    def silences(self) -> Places:
        """Return the lines before which nothing was written for long, ascending."""
        found = []
        for first in range(0, max(len(self) - 1, 0), AT_ONCE):
            span = slice(first, min(first + AT_ONCE + 1, len(self)))
            times = self._times(span)
            quiet = np.diff(times) > SILENCE_US
            quiet &= times[:-1] != NO_TIME
            found.append(np.flatnonzero(quiet) + first + 1)
        return np.concatenate(found)[:MOST_SILENCES] if found else EMPTY

    def _times(self, span: slice) -> NDArray[np.int64]:
        if self.indexes is None:
            span = slice(span.start + self.start, span.stop + self.start)
            return self.order.times[span]
        found: NDArray[np.int64] = self.order.times[self.indexes[span]]
        return found

    def worst(self, parts: int) -> list[int]:
        """Return the worst level in each of so many equal parts of the view.

        Args:
            parts: How many; with fewer lines than parts some are empty, and 0.
        """
        count = len(self)
        edges = np.arange(parts, dtype=np.int64) * count // max(parts, 1)
        ends = np.append(edges[1:], count)
        if not count:
            return [0] * parts
        worst = np.maximum.reduceat(self.levels(), np.minimum(edges, count - 1))
        return [int(level) for level in np.where(ends > edges, worst, 0)]


EMPTY: Places = np.zeros(0, dtype=np.int64)


def step(places: Places, at: int, *, forward: bool) -> int | None:
    """Return the next or last of some lines, seen from a line; None at the end."""
    if forward:
        found = int(np.searchsorted(places, at, side="right"))
        return int(places[found]) if found < len(places) else None
    found = int(np.searchsorted(places, at, side="left")) - 1
    return int(places[found]) if found >= 0 else None


def part_of(places: Places, parts: int, count: int) -> set[int]:
    """Return in which of so many equal parts of a view some lines are."""
    if not count:
        return set()
    edges = np.arange(parts, dtype=np.int64) * count // max(parts, 1)
    return set((np.searchsorted(edges, places, side="right") - 1).tolist())
