"""Where the rate of lines departs, by a rule that a few odd hours do not upset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from diag.store.columns import Columns, Runs
from diag.store.scale import Scale
from diag.tui.logview.order import Order
from diag.tui.logview.rates import HOUR_US, MINUTE_US, changes, departures
from tests.tui.logopened import drive, log_of, program, settled

if TYPE_CHECKING:
    from textual.pilot import Pilot


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ([], []),
        ([5] * 50, []),
        ([60] * 12 + [400] + [60] * 12, [12]),
        ([60] * 12 + [400] * 30, [12]),  # another level is one change
        ([60] * 12 + [0] * 3 + [60] * 3, [12]),
        ([60] * 12 + [3], []),  # the last hour is not over
        ([60] * 12 + [400], [12]),
        ([60, 400, 60, 0], []),  # too little to compare with
        ([60, 90, 30, 80, 40, 70] * 3 + [110], []),  # as uneven as ever
        ([0] * 12 + [3], []),
        ([0] * 12 + [4], [12]),
        ([60] * 12 + [400, 0, 400] + [60] * 2, [12, 13, 14]),
    ],
)
def test_departures(counts: list[int], found: list[int]) -> None:
    assert [at for at, _ in departures(np.array(counts, dtype=np.int64))] == found


def order_of(times: list[int]) -> Order:
    scale = Scale.of(min(times), max(times))
    ticks = np.array([0, *(scale.tick(one) for one in times)], dtype=np.uint32)
    files = Runs(np.array([0, 1]), np.array([1, 2]))
    return Order(Columns(ticks, np.zeros(len(ticks), dtype=np.int8), files, scale))


@pytest.mark.parametrize(("unit", "span"), [(HOUR_US, 30), (MINUTE_US, 60)])
def test_lines_are_counted_by_the_hour_or_by_the_minute(unit: int, span: int) -> None:
    start = 1_773_100_800 * 1_000_000
    times = [start + n * unit + k * unit // 40 for n in range(span) for k in range(10)]
    burst = [start + 20 * unit + k * unit // 200 for k in range(150)]
    order = order_of(sorted(times + burst))
    for view in (
        order.whole(),
        order.whole(untimed=False),
        order.only(np.array(order.rows)),
    ):
        [one] = changes(view)
        assert view.time_at(one.place) == start + 20 * unit
        assert (one.lines, one.usual, one.hour) == (160, 10.0, unit == HOUR_US)


def test_keys_go_there_and_say_what_happened() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g", "y")
        await settled(pilot)
        log = log_of(pilot)
        expected = [one.place for one in changes(log.log_view.view)]
        assert log.log_view.cursor == expected[0]
        await pilot.press("y", "Y")
        assert log.log_view.cursor == expected[0]
        await pilot.press("4", "g")
        await settled(pilot)
        await pilot.press("y")
        line = log.log_view.view.time_at(expected[0])
        first, last = log.triage.timeline.window.bucket
        assert first <= line < last

    drive(program(), steps)
