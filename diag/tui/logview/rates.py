"""Where the rate of lines departs from what went before.

The rule, in short: lines are counted by the hour, or by the minute when they span less
than a day. A bucket departs when it differs from the median of the (at most 24, at
least 6) buckets before it by more than three spreads; a spread is the largest of 1, the
square root of the median (what chance does to counts) and 1.4826 times the median
distance from the median (what those buckets did themselves). Of several in a row that
depart in the same direction only the first counts, and the last bucket, which the end
of the logs cuts, cannot have too few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from diag.tui.logview.places import View

    Counts = NDArray[np.int64]

MINUTE_US = 60 * 1_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
MOST = 100_000  # buckets; eleven years of hours
BEFORE, FEWEST = 24, 6
SPREADS = 3.0
LIKE_SIGMA = 1.4826


class Change(NamedTuple):
    """A bucket whose rate departs: its first line, how many lines, how many usual."""

    place: int
    lines: int
    usual: float
    hour: bool

    @property
    def words(self) -> str:
        """What happened, in a line."""
        unit = "hour" if self.hour else "minute"
        return f"{self.lines:,} lines in this {unit}, {self.usual:,.0f} before"


def changes(view: View) -> list[Change]:
    """Return where the rate of the lines that are shown departs, ascending.

    Args:
        view: Lines without a time are left out.
    """
    first = view.timed()
    if first >= len(view):
        return []
    begin, end = view.time_at(first), view.time_at(len(view) - 1)
    hour = end - begin >= DAY_US
    unit = HOUR_US if hour else MINUTE_US
    last = end // unit * unit
    edges = np.arange(max(begin // unit * unit, last - MOST * unit), last + 1, unit)
    places = np.append(view.at_times(edges), len(view))
    counts = np.diff(places)
    return [
        Change(int(places[at]), int(counts[at]), usual, hour)
        for at, usual in departures(counts)
    ]


def departures(counts: Counts) -> list[tuple[int, float]]:
    """Return which of some counts depart from those before, and the usual count.

    Args:
        counts: Of one bucket after the other.
    """
    if len(counts) <= FEWEST:
        return []
    usual, spread = _before(counts)
    apart = counts - usual
    signs = np.sign(apart) * (np.abs(apart) > SPREADS * spread)
    signs[:FEWEST] = 0
    signs[-1] = max(signs[-1], 0)
    begun = (signs != 0) & (signs != np.append(0, signs[:-1]))
    return [(at, float(usual[at])) for at in np.flatnonzero(begun).tolist()]


def _before(counts: Counts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the median of the buckets before each, and their spread."""
    usual = np.zeros(len(counts))
    own = np.zeros(len(counts))  # the median distance from the median
    for at in range(FEWEST, min(BEFORE, len(counts))):
        usual[at] = np.median(counts[:at])
        own[at] = np.median(np.abs(counts[:at] - usual[at]))
    if len(counts) > BEFORE:
        some = np.lib.stride_tricks.sliding_window_view(counts[:-1], BEFORE)
        usual[BEFORE:] = np.median(some, axis=1)
        own[BEFORE:] = np.median(np.abs(some - usual[BEFORE:, None]), axis=1)
    spread = np.maximum(np.maximum(1.0, np.sqrt(usual)), LIKE_SIGMA * own)
    return usual, spread
