"""Which part of the time is shown, in how many columns, and where the cursor is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from diag.tui.timeline.lanes import Times

NAME = 15  # columns of a lane's name
LEAST_US = 1_000  # of a column
UNITS = ((86_400e6, "d"), (3_600e6, "h"), (60e6, "min"), (1e6, "s"), (1e3, "ms"))


@dataclass(slots=True)
class Window:
    """A span of time in columns.

    `first` and `last` are those of the case, `start` and `end` of the window, all in
    microseconds since 1970. `at` is the column of the cursor; `anchor` the time where
    a selection began, None without one.
    """

    first: int
    last: int
    columns: int = 60
    start: int = 0
    end: int = 0
    at: int = 0
    anchor: int | None = None

    def __post_init__(self) -> None:
        """Show all, with the cursor at the end: there it is that something is wrong."""
        self.all()
        self.at = self.columns - 1

    def all(self) -> None:
        """Show all of the time; the cursor stays at its time."""
        moment = self.bucket[0] if self.end else self.first
        self.start, self.end = self.first, self.last
        self.show(moment)

    @property
    def edges(self) -> Times:
        """Where the columns begin, and where the last ends."""
        places = np.linspace(self.start, self.end, self.columns + 1)
        return places.astype(np.int64)

    @property
    def bucket(self) -> tuple[int, int]:
        """Beginning and end of the column under the cursor."""
        edges = self.edges
        at = max(0, min(self.at, self.columns - 1))
        return int(edges[at]), int(edges[at + 1])

    @property
    def selection(self) -> tuple[int, int]:
        """Beginning and end of what is selected, at least the column of the cursor."""
        first, last = self.bucket
        if self.anchor is None:
            return first, last
        return min(first, self.anchor), max(last, self.anchor)

    def select(self) -> None:
        """Begin a selection at the cursor, or take it away."""
        self.anchor = self.bucket[0] if self.anchor is None else None

    def resize(self, columns: int) -> None:
        """Use another number of columns; the cursor stays at its time."""
        moment = self.bucket[0]
        self.columns = columns
        self.show(moment)

    def show(self, moment: int) -> None:
        """Put the cursor at a time, and the window where it can be seen."""
        moment = max(self.first, min(moment, self.last - 1))
        span = self.end - self.start
        if not self.start <= moment < self.end:
            self._place(moment - span // 2, span)
        at = int(np.searchsorted(self.edges, moment, side="right")) - 1
        self.at = max(0, min(at, self.columns - 1))

    def move(self, columns: int) -> None:
        """Move the cursor; beyond the edge the window moves."""
        wanted = self.at + columns
        if 0 <= wanted < self.columns:
            self.at = wanted
            return
        span = self.end - self.start
        over = wanted - (0 if wanted < 0 else self.columns - 1)
        before = self.start
        self._place(self.start + over * span // self.columns, span)
        self.at = max(0, min(wanted, self.columns - 1))
        if self.start == before:
            self.at = 0 if wanted < 0 else self.columns - 1

    def put(self, column: int) -> None:
        """Put the cursor into a column."""
        self.at = max(0, min(column, self.columns - 1))

    def zoom(self, factor: float) -> None:
        """Show so much more of the time; what is under the cursor stays there."""
        first, last = self.bucket
        middle = (first + last) // 2
        span = round((self.end - self.start) * factor)
        whole = self.last - self.first
        span = max(min(span, whole), min(LEAST_US * self.columns, whole))
        share = (self.at + 0.5) / self.columns
        self._place(middle - round(span * share), span)
        self.show(middle)

    def _place(self, start: int, span: int) -> None:
        self.start = max(self.first, min(start, self.last - span))
        self.end = self.start + span

    @property
    def step_words(self) -> str:
        """How much time a column is."""
        step = (self.end - self.start) / self.columns
        for size, word in UNITS:
            if step >= size:
                return f"{step / size:.3g} {word}"
        return f"{step:.0f} µs"


def moment_at(micro: int) -> datetime:
    """Return a time in microseconds since 1970 as naive UTC."""
    try:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micro)
    except OverflowError:
        moment = datetime.fromtimestamp(0, UTC)
    return moment.replace(tzinfo=None)


def time_words(micro: int) -> str:
    """Return a time as people read it, to the second."""
    return f"{moment_at(micro):%Y-%m-%d %H:%M:%S}"


def kql_time(micro: int) -> str:
    """Return a time as KQL reads it, exactly."""
    return f"{moment_at(micro).isoformat()}Z"
