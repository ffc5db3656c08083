"""In which order events are shown, and which of them: arrays of row numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diag.store.browse import ERROR, NO_TIME, WARNING

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from diag.store.browse import Columns, Rows

    Places = NDArray[np.int64]

# A silence of more than this is drawn between two lines.
SILENCE_US = 15 * 60 * 1_000_000
MOST_SILENCES = 20_000


def carried(columns: Columns) -> NDArray[np.int64]:
    """Return the times by which events are sorted.

    An event without a time stands behind the one before it in its file; before the
    first time of a file, with that; events of a file without any time stand first.

    Args:
        columns: Of all events; those of a file stand together.
    """
    times = columns.times
    none = times == NO_TIME
    if not none.any():
        return times
    places = np.arange(len(times), dtype=np.int64)
    starts = np.concatenate(([True], columns.files[1:] != columns.files[:-1]))
    file = np.maximum.accumulate(np.where(starts, places, 0))
    known = np.maximum.accumulate(np.where(none, -1, places))
    before = np.where(known >= file, known, -1)
    ends = np.concatenate((starts[1:], [True]))
    last = np.minimum.accumulate(np.where(ends, places, len(times))[::-1])[::-1]
    later = np.minimum.accumulate(np.where(none, len(times), places)[::-1])[::-1]
    after = np.where(later <= last, later, -1)
    source = np.where(before >= 0, before, after)
    return np.where(source >= 0, times[np.maximum(source, 0)], NO_TIME)


class Order:
    """All events in the order of their times."""

    def __init__(self, columns: Columns) -> None:
        """Sort once; events of one time keep the order of their files and lines."""
        self.times = carried(columns)
        self.levels = columns.levels
        self.files = columns.files
        self.rows: Rows = np.argsort(self.times, kind="stable").astype(np.uint32)

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.rows)

    def whole(self) -> View:
        """Return all events."""
        return View(self, self.rows)

    def only(self, rows: Rows) -> View:
        """Return some events in the order of all.

        Args:
            rows: Their row numbers, in any order.
        """
        wanted = np.zeros(len(self.rows), dtype=bool)
        wanted[rows] = True
        return View(self, self.rows[wanted[self.rows]])

    def place_of(self, row: int) -> int:
        """Return the place of an event among all."""
        return int(np.flatnonzero(self.rows == row)[0])


@dataclass(slots=True)
class View:
    """The events that are shown: the whole truth of what stands where."""

    order: Order
    rows: Rows

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self.rows)

    def time_at(self, place: int) -> int:
        """Return the time of a line in microseconds; `NO_TIME` if it has none."""
        return int(self.order.times[self.rows[place]])

    def at_time(self, moment: int) -> int:
        """Return the first line at or after a time in microseconds."""
        low, high = 0, len(self.rows)
        while low < high:
            middle = (low + high) // 2
            if self.time_at(middle) < moment:
                low = middle + 1
            else:
                high = middle
        return low

    def nearest(self, row: int) -> int:
        """Return the line of an event, or the next one that is shown.

        Args:
            row: Of an event that need not be among those shown.
        """
        if not len(self.rows):
            return 0
        if self.rows is self.order.rows:
            return self.order.place_of(row)
        shown = np.zeros(len(self.order), dtype=bool)
        shown[self.rows] = True
        before = self.order.rows[: self.order.place_of(row)]
        return min(int(np.count_nonzero(shown[before])), len(self.rows) - 1)

    def severe(self, *, errors: bool) -> Places:
        """Return the lines of errors, or of warnings, ascending."""
        levels = self.order.levels[self.rows]
        wanted = levels >= ERROR if errors else levels == WARNING
        return np.flatnonzero(wanted)

    def of(self, rows: Rows | Collection[int]) -> Places:
        """Return the lines of some events, as far as they are shown, ascending."""
        marked = np.zeros(len(self.order), dtype=bool)
        marked[np.fromiter(rows, dtype=np.int64, count=len(rows))] = True
        return np.flatnonzero(marked[self.rows])

    def silences(self) -> Places:
        """Return the lines before which nothing was written for long, ascending."""
        if len(self.rows) < 2:  # noqa: PLR2004 - a silence needs two lines
            return np.zeros(0, dtype=np.int64)
        times = self.order.times[self.rows]
        quiet = np.diff(times) > SILENCE_US
        quiet &= times[:-1] != NO_TIME
        return np.flatnonzero(quiet)[:MOST_SILENCES] + 1


def step(places: Places, at: int, *, forward: bool) -> int | None:
    """Return the next or last of some lines, seen from a line; None at the end."""
    if forward:
        found = int(np.searchsorted(places, at, side="right"))
        return int(places[found]) if found < len(places) else None
    found = int(np.searchsorted(places, at, side="left")) - 1
    return int(places[found]) if found >= 0 else None
