"""Which events are shown, and where the next one of a kind is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from diag.store.browse import ERROR, WARNING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from diag.store.browse import Rows
    from diag.tui.logview.order import Indexes, Order, Ticks

    Places = NDArray[np.int64]

# A silence of more than this is drawn between two lines.
SILENCE_US = 15 * 60 * 1_000_000
MOST_SILENCES = 20_000
AT_ONCE = 1_000_000  # a copy of all times would be large
FEW = 4_096  # lines; the next error is seldom far


@dataclass(slots=True, eq=False)
class View:
    """The events that are shown: the whole truth of what stands where.

    `indexes` are theirs in the order, ascending; None stands for all from `start` on.
    """

    order: Order
    indexes: Indexes | None
    start: int = 0
    _silences: Places | None = None
    _worst: dict[int, list[int]] = field(default_factory=dict)

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

    def span(self, first: int, last: int) -> Indexes:
        """Return the indexes of the lines from one to before another."""
        if self.indexes is None:
            return np.arange(self.start + first, self.start + last, dtype=np.uint32)
        return self.indexes[first:last]

    def time_at(self, place: int) -> int:
        """Return the time of a line in microseconds; `NO_TIME` if it has none."""
        return self.order.scale.time(int(self.order.ticks[self.index(place)]))

    def at_time(self, moment: int) -> int:
        """Return the first line at or after a time in microseconds."""
        return self._place(self.order.before(moment))

    def at_times(self, moments: Places) -> Places:
        """Return the first lines at or after ascending times in microseconds."""
        scale, ticks = self.order.scale, self.order.ticks
        wanted = -((scale.base - moments) // scale.unit) + 1
        wanted = np.clip(wanted, 1, top_of(ticks)).astype(ticks.dtype)
        indexes = np.searchsorted(ticks, wanted)
        if self.indexes is None:
            return np.clip(indexes - self.start, 0, len(self))
        found: Places = np.searchsorted(
            self.indexes, indexes.astype(self.indexes.dtype)
        )
        return found

    def timed(self) -> int:
        """Return the first line with a time; those of documents stand before it."""
        return self._place(self.order.untimed)

    def _place(self, index: int) -> int:
        if self.indexes is None:
            return min(max(index - self.start, 0), len(self))
        return first_at(self.indexes, index)

    def nearest(self, row: int) -> int:
        """Return the line of an event, or the next one that is shown.

        Args:
            row: Of an event that need not be among those shown.
        """
        return self.near(self.order.index_of(row)) if len(self) else 0

    def near(self, index: int) -> int:
        """Return the line at an index, or the next one that is shown."""
        return max(min(self._place(index), len(self) - 1), 0)

    def has(self, row: int) -> bool:
        """Return whether an event is shown."""
        return len(self) > 0 and self.row(self.nearest(row)) == row

    def levels(self) -> NDArray[np.int8]:
        """Return the levels of all lines."""
        return self._levels(slice(0, len(self)))

    def _levels(self, span: slice) -> NDArray[np.int8]:
        if self.indexes is None:
            span = slice(span.start + self.start, span.stop + self.start)
            return self.order.levels[span]
        return taken(self.order.levels, self.indexes[span])

    def severe(self, at: int, *, errors: bool, forward: bool) -> int | None:
        """Return the next or last error or warning seen from a line; None at the end.

        Args:
            at: The line, from 0.
            errors: Errors and worse; else warnings, and nothing worse.
            forward: Below the line; else above it.
        """
        for span in away(len(self), at, forward=forward):
            levels = self._levels(span)
            met = np.flatnonzero(levels >= ERROR if errors else levels == WARNING)
            if len(met):
                found: int = span.start + int(met[0 if forward else -1])
                return found
        return None

    def of(self, rows: Collection[int]) -> Places:
        """Return the lines of a few events, as far as they are shown, ascending."""
        return self.places(self.order.few(frozenset(rows))) if len(rows) else EMPTY

    def places(self, indexes: Indexes) -> Places:
        """Return the lines at some indexes, as far as they are shown, ascending."""
        if self.indexes is None:
            shown: Places = indexes[first_at(indexes, self.start) :].astype(np.int64)
            return shown - self.start
        places = np.searchsorted(self.indexes, indexes)
        inside = np.flatnonzero(places < len(self.indexes))
        same = self.indexes[places[inside]] == indexes[inside]
        found: Places = places[inside][same].astype(np.int64)
        return found

    def silences(self) -> Places:
        """Return the lines before which nothing was written for long, ascending."""
        if self._silences is None:
            self._silences = self._quiet()
        return self._silences

    def _quiet(self) -> Places:
        found = []
        for first in range(0, max(len(self) - 1, 0), AT_ONCE):
            span = slice(first, min(first + AT_ONCE + 1, len(self)))
            ticks = self._ticks(span)
            # Ticks ascend, so that the difference of unsigned numbers is right.
            quiet = ticks[1:] - ticks[:-1] > SILENCE_US // self.order.scale.unit
            quiet &= ticks[:-1] != 0
            found.append(np.flatnonzero(quiet) + first + 1)
        return np.concatenate(found)[:MOST_SILENCES] if found else EMPTY

    def _ticks(self, span: slice) -> Ticks:
        if self.indexes is None:
            span = slice(span.start + self.start, span.stop + self.start)
            return self.order.ticks[span]
        return self.order.ticks[self.indexes[span]]

    def worst(self, parts: int) -> list[int]:
        """Return the worst level in each of so many equal parts of the view.

        Args:
            parts: How many; with fewer lines than parts some are empty, and 0.
        """
        if parts not in self._worst:
            self._worst[parts] = self._worst_of(parts)
        return self._worst[parts]

    def _worst_of(self, parts: int) -> list[int]:
        count = len(self)
        edges = np.arange(parts, dtype=np.int64) * count // max(parts, 1)
        ends = np.append(edges[1:], count)
        if not count:
            return [0] * parts
        worst = np.maximum.reduceat(self.levels(), np.minimum(edges, count - 1))
        return [int(level) for level in np.where(ends > edges, worst, 0)]


def away(count: int, at: int, *, forward: bool) -> Iterator[slice]:
    """Give parts of a view from a line on, without it, each larger than the last.

    Args:
        count: How many lines there are.
        at: The line, from 0.
        forward: From there down; else up.
    """
    size, near = FEW, at + 1 if forward else at
    while 0 < near <= count if not forward else 0 <= near < count:
        far = min(near + size, count) if forward else max(near - size, 0)
        yield slice(min(near, far), max(near, far))
        size, near = min(size * 4, AT_ONCE), far


def first_at(values: NDArray[Any], wanted: int) -> int:
    """Return where the first of some ascending numbers is that is not below another.

    The number gets the type of the others: else NumPy makes a copy of them all.
    """
    return int(values.searchsorted(values.dtype.type(wanted)))


def taken(values: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Return the values at some rows; a part at a time, as NumPy copies the rows."""
    made = np.empty(len(rows), dtype=values.dtype)
    for first in range(0, len(rows), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        np.take(values, rows[part], out=made[part])
    return made


def top_of(values: NDArray[Any]) -> int:
    """Return the largest number that there is room for in an array."""
    return int(np.iinfo(values.dtype).max)


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
