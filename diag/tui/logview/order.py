"""In which order events are shown, and which of them: arrays of numbers.

An event has a row (its number in the store), an index (its number by time) and, in a
view, a place (its number among those shown). Ten million events are three arrays in the
order of time, so that what is asked of a view walks through memory once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diag.store.browse import NO_TIME
from diag.tui.logview.places import AT_ONCE, View

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from diag.store.browse import Columns, Rows

    Indexes = NDArray[np.uint32]


# Lines of threads overtake each other by less than this.
STEP_US = 60 * 1_000_000
MOST_STEPS = 5_000


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


def steps_back(
    times: NDArray[np.int64], files: NDArray[np.int32]
) -> list[tuple[int, int]]:
    """Return where time goes back within a file.

    Args:
        times: Of all events in the order of their files, in microseconds.
        files: Of all events.

    Returns:
        The time after each step, and by how many seconds, ascending.
    """
    found: list[tuple[int, int]] = []
    for first in range(0, max(len(times) - 1, 0), AT_ONCE):
        some = times[first : first + AT_ONCE + 1]
        own = files[first : first + AT_ONCE + 1]
        back = (some[1:] < some[:-1] - STEP_US) & (own[1:] == own[:-1])
        back &= some[1:] != NO_TIME
        for at in np.flatnonzero(back)[:MOST_STEPS].tolist():
            seconds = int(some[at] - some[at + 1]) // 1_000_000
            found.append((int(some[at + 1]), seconds))
    return sorted(found)[:MOST_STEPS]


class Order:
    """All events in the order of their times.

    `rows`, `times`, `levels` and `files` are by index. The first `untimed` events are
    of files without any time: documents, such as the output of a command. `steps` are
    where the clock went back: the time after it, and seconds.
    """

    def __init__(self, columns: Columns) -> None:
        """Sort once; events of one time keep the order of their files and lines."""
        times = carried(columns)
        self.steps = steps_back(times, columns.files)
        if (times[1:] >= times[:-1]).all():
            self.rows: Rows = np.arange(len(times), dtype=np.uint32)
            self.times, self.levels, self.files = times, columns.levels, columns.files
        else:
            self.rows = np.argsort(times, kind="stable").astype(np.uint32)
            self.times = times[self.rows]
            self.levels = columns.levels[self.rows]
            self.files = columns.files[self.rows]
        self.untimed = int(np.searchsorted(self.times, NO_TIME, side="right"))

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.rows)

    def whole(self, *, untimed: bool = True) -> View:
        """Return all events.

        Args:
            untimed: With those of documents without a time.
        """
        return View(self, None, 0 if untimed else self.untimed)

    def only(self, rows: Rows) -> View:
        """Return some events in the order of all.

        Args:
            rows: Their row numbers, in any order.
        """
        return View(self, self.indexes(rows))

    def indexes(self, rows: Rows | Collection[int]) -> Indexes:
        """Return at which indexes some events are, ascending.

        Args:
            rows: Their row numbers, in any order.
        """
        marked = np.zeros(len(self.rows), dtype=bool)
        marked[np.fromiter(rows, dtype=np.int64, count=len(rows))] = True
        return np.flatnonzero(marked[self.rows]).astype(np.uint32)

    def index_of(self, row: int) -> int:
        """Return the index of an event."""
        return int(np.flatnonzero(self.rows == row)[0])

    def choose(
        self,
        matched: Indexes | None,
        *,
        level: int = 0,
        hidden: Collection[int] = (),
        untimed: bool = True,
    ) -> View:
        """Return the events that meet all conditions.

        Args:
            matched: Indexes of events that meet a filter; None for all.
            level: The lowest level, as a number of `LEVELS`.
            hidden: Ids of files that are not shown.
            untimed: With those of documents without a time.
        """
        start = 0 if untimed else self.untimed
        if matched is None and not level and not hidden:
            return View(self, None, start)
        if matched is None:
            kept = self.levels[start:] >= level if level else self._shown(hidden, start)
            if level and hidden:
                kept &= self._shown(hidden, start)
            found = np.flatnonzero(kept).astype(np.uint32)
            found += np.uint32(start)
            return View(self, found)
        found = matched[np.searchsorted(matched, start) :]
        if level:
            found = found[self.levels[found] >= level]
        if hidden:
            found = found[~np.isin(self.files[found], list(hidden))]
        return View(self, found)

    def _shown(self, hidden: Collection[int], start: int) -> NDArray[np.bool_]:
        table = np.ones(max(int(self.files.max(initial=0)), *hidden) + 1, dtype=bool)
        table[list(hidden)] = False
        return table[self.files[start:]]
