"""In which order events are shown, and which of them: arrays of numbers.

An event has a row (its number in the store), an index (its number by time) and, in a
view, a place (its number among those shown). Ten million events are three arrays in the
order of time, so that what is asked of a view walks through memory once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from diag.store.browse import ERROR, WARNING
from diag.tui.logview.places import AT_ONCE, View, first_at, taken, top_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from diag.store.browse import Marks, Rows
    from diag.store.columns import Columns
    from diag.tui.logview.places import Places

    Indexes = NDArray[np.uint32]
    Ticks = NDArray[np.uint32] | NDArray[np.int64]


class Wanted(TypedDict):
    """What `Order.choose` is asked for besides a filter."""

    level: int
    hidden: Collection[int]
    untimed: bool


# Lines of threads overtake each other by less than this.
STEP_US = 60 * 1_000_000
MOST_STEPS = 5_000
MOST_FEW = 3  # sets of rows
SAMPLE = 4_096  # times that the parts to sort are chosen by


def carried(columns: Columns) -> Ticks:
    """Return the ticks by which events are sorted; the array is changed in place.

    An event without a time stands behind the one before it in its file; before the
    first time of a file, with that; events of a file without any time stand first.

    Args:
        columns: Of all events; those of a file stand together.
    """
    ticks, runs = columns.ticks, columns.files
    none = np.flatnonzero(ticks == 0)
    if not len(none):
        return ticks
    # Runs of events without a time, each within one file.
    begins = np.ones(len(none), dtype=bool)
    own = runs.at(none)
    begins[1:] = (np.diff(none) > 1) | (np.diff(own) != 0)
    starts = none[begins]
    ends = none[np.append(np.flatnonzero(begins)[1:], len(none)) - 1]
    before = np.maximum(starts - 1, 0)
    after = np.minimum(ends + 1, len(ticks) - 1)
    own = runs.at(starts)
    later = np.where(runs.at(after) == own, ticks[after], 0)
    carry = np.where(runs.at(before) == own, ticks[before], 0)
    carry = np.where(carry == 0, later, carry)
    ticks[none] = np.repeat(carry, ends - starts + 1)
    return ticks


def steps_back(columns: Columns) -> list[tuple[int, int]]:
    """Return where time goes back within a file.

    Args:
        columns: Of all events; those of a file stand together.

    Returns:
        The time after each step in microseconds, and by how many seconds, ascending.
    """
    found: list[tuple[int, int]] = []
    scale = columns.scale
    for first in range(0, max(len(columns.ticks) - 1, 0), AT_ONCE):
        some = columns.ticks[first : first + AT_ONCE + 1].astype(np.int64)
        back = (np.diff(some) < -(STEP_US // scale.unit)) & (some[1:] != 0)
        begins = columns.files.starts - first - 1
        back[begins[(begins >= 0) & (begins < len(back))]] = False
        for at in np.flatnonzero(back)[:MOST_STEPS].tolist():
            seconds = int(some[at] - some[at + 1]) * scale.unit // 1_000_000
            found.append((scale.time(int(some[at + 1])), seconds))
    return sorted(found)[:MOST_STEPS]


def sorted_rows(ticks: Ticks) -> tuple[Rows, Ticks]:
    """Return the rows in the order of their times, and the times in that order.

    Sorted in parts, as to sort ten million at once takes several times their memory.

    Args:
        ticks: Of all events; sorted in place, which is what is returned.
    """
    rows: Rows = np.empty(len(ticks), dtype=np.uint32)
    parts = min(len(ticks) // AT_ONCE, 200)
    sample = np.sort(ticks[:: max(len(ticks) // SAMPLE, 1)])
    limits = np.unique(sample[:: SAMPLE // (parts + 1)])
    part_of = np.empty(len(ticks), dtype=np.uint8)
    for first in range(0, len(ticks), AT_ONCE):
        some = ticks[first : first + AT_ONCE]
        part_of[first : first + AT_ONCE] = np.searchsorted(limits[1:], some, "right")
    at = 0
    for part in range(max(len(limits), 1)):
        own = np.flatnonzero(part_of == part).astype(np.uint32)
        rows[at : at + len(own)] = own[np.argsort(ticks[own], kind="stable")]
        at += len(own)
    del part_of
    ticks.sort()
    return rows, ticks


class Order:
    """All events in the order of their times.

    `rows`, `ticks` and `levels` are by index, `files` by row. The first `untimed`
    events are of files without any time: documents, such as the output of a command.
    `steps` are where the clock went back: the time after it, and seconds.
    """

    def __init__(self, columns: Columns) -> None:
        """Sort once; events of one time keep the order of their files and lines."""
        ticks = carried(columns)
        self.scale = columns.scale
        self.steps = steps_back(columns)
        self.rows, self.ticks = sorted_rows(ticks)
        self.levels = taken(columns.levels, self.rows)
        self.files = columns.files
        self._views: dict[tuple[int, bool], View] = {}
        self._few: dict[frozenset[int], Indexes] = {}
        self.untimed = first_at(self.ticks, 1)

    def before(self, moment: int) -> int:
        """Return how many events are before a time in microseconds."""
        return first_at(self.ticks, min(self.scale.tick(moment), top_of(self.ticks)))

    def times(self, indexes: Indexes | Places) -> Places:
        """Return the times at some indexes in microseconds; all have one."""
        found: Places = self.ticks[indexes].astype(np.int64)
        found -= 1
        found *= self.scale.unit
        found += self.scale.base
        return found

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self.rows)

    def whole(self, *, untimed: bool = True) -> View:
        """Return all events.

        Args:
            untimed: With those of documents without a time.
        """
        return self._kept(0, untimed=untimed)

    def _kept(self, level: int, *, untimed: bool) -> View:
        """Return the view of a level; views that cost much are made once."""
        key = level, untimed
        if key not in self._views:
            start = 0 if untimed else self.untimed
            found = None
            if level:
                found = np.flatnonzero(self.levels[start:] >= level).astype(np.uint32)
                found += np.uint32(start)
            self._views[key] = View(self, found, 0 if level else start)
        return self._views[key]

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
        if not isinstance(rows, np.ndarray):
            rows = np.fromiter(rows, dtype=np.uint32, count=len(rows))
        marked[rows] = True
        return self.marked(marked)

    def few(self, rows: frozenset[int]) -> Indexes:
        """Return what `indexes` does; asked for again, it is there at once.

        Args:
            rows: Row numbers that are asked for with each key: evidence, bookmarks.
        """
        found = self._few.get(rows)
        if found is None:
            found = self.indexes(rows)
            self._few = dict([*self._few.items(), (rows, found)][-MOST_FEW:])
        return found

    def prepare(self, rows: frozenset[int], *, untimed: bool) -> None:
        """Make what the first keys ask for; for a thread of its own.

        Args:
            rows: The events that prove something.
            untimed: As `choose` has it.
        """
        self.few(rows)
        for level in (WARNING, ERROR):
            self._kept(level, untimed=untimed).silences()

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
        if matched is None and not hidden:
            return self._kept(level, untimed=untimed)
        if matched is None:
            kept = self._shown(hidden, start)
            if level:
                kept &= self.levels[start:] >= level
            found = np.flatnonzero(kept).astype(np.uint32)
            found += np.uint32(start)
            return View(self, found)
        found = matched[first_at(matched, start) :]
        if level:
            found = found[taken(self.levels, found) >= level]
        if hidden:
            found = found[~np.isin(self.files_at(found), list(hidden))]
        return View(self, found)

    def files_at(self, indexes: Indexes | Places) -> NDArray[np.int64]:
        """Return the ids of the files of the events at some indexes."""
        return self.files.of(taken(self.rows, indexes))

    def of_files(self, numbers: Collection[int]) -> Indexes:
        """Return the indexes of all events of some files, ascending."""
        return self.marked(self._rows_of(numbers))

    def marked(self, marks: Marks) -> Indexes:
        """Return the indexes of the events that are marked, ascending.

        Args:
            marks: For each row whether it is.
        """
        found: Indexes = np.empty(np.count_nonzero(marks), dtype=np.uint32)
        at = 0
        for first in range(0, len(self.rows), AT_ONCE):
            part = np.flatnonzero(marks[self.rows[first : first + AT_ONCE]])
            found[at : at + len(part)] = part
            found[at : at + len(part)] += np.uint32(first)
            at += len(part)
        return found

    def _shown(self, hidden: Collection[int], start: int) -> NDArray[np.bool_]:
        return ~taken(self._rows_of(hidden), self.rows[start:])

    def _rows_of(self, numbers: Collection[int]) -> NDArray[np.bool_]:
        """Return for each row whether it is of one of some files."""
        marked = np.zeros(len(self.rows), dtype=bool)
        starts = self.files.starts.tolist()
        ends = [*starts, len(self.rows)][1:]  # no file has no end
        for start, end, number in zip(
            starts, ends, self.files.numbers.tolist(), strict=True
        ):
            if number in numbers:
                marked[start:end] = True
        return marked
