"""The timeline: lanes against what the sample holds, moving, and filters from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from diag.store.scale import Scale
from diag.tui.timeline.lanes import ASCII_BARS, Kind, Lane, bars
from diag.tui.timeline.window import Window
from tests.tui.logopened import drive, log_of, program, seen, settled

if TYPE_CHECKING:
    from textual.pilot import Pilot


MINUTE = 60_000_000


def test_lanes_say_what_the_sample_holds() -> None:
    app = program()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("4")
        await settled(pilot)
        lanes = {lane.name: lane for lane in app.timeline.lanes}
        services = [one.sign for one in lanes["services"].marks]
        assert services.count("↓") == 3
        assert services.count("↑") == 4
        assert any("1.60" in one.text for one in lanes["version"].marks)
        assert len(lanes["errors"].ticks) == 11
        assert len(lanes["E himds"].ticks) == 11
        day = 86_400_000_000 * 20_522  # 2026-03-10
        edges = np.arange(day, day + 12 * 60 * MINUTE, 10 * MINUTE)
        cells = lanes["heartbeat"].cells(edges, plain=True)
        # Silent from 03:10 to 03:57 and from 07:57 to 08:32; failing from 10:50 on.
        assert cells[20:23] == "..."
        assert cells[48:51] == "..."
        assert cells[65:70] == "xxxxx"
        assert set(cells[:20]) == {"#"}
        text = lanes["heartbeat"].words(day + 200 * MINUTE, day + 210 * MINUTE)
        assert text == "silent for 46 min"

    drive(app, steps)


def test_a_span_becomes_a_filter_of_the_log() -> None:
    app = program()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("4")
        await settled(pilot)
        await pilot.press("end", "space", "left", "left", "f")
        await settled(pilot)
        log = log_of(pilot)
        assert log.showing.filter.startswith("TimeGenerated >= datetime(2026-03-")
        assert 0 < len(log.log_view.view) < 539
        await pilot.press("i")
        await pilot.pause()
        assert app.pane.id == "timeline"
        await pilot.press("enter")
        await pilot.pause()
        assert app.pane.id == "log"

    drive(app, steps)


def test_every_key_draws_at_every_size() -> None:
    app = program()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("4")
        await settled(pilot)
        for width, height in ((60, 16), (200, 60), (80, 24)):
            await pilot.resize_terminal(width, height)
            await pilot.press(
                *"zzzlhjkZZA0cp", "pageup", "home", "end", "space", *"llp"
            )
            await pilot.pause()
            assert "heartbeat" in seen(pilot)

    drive(app, steps, size=(80, 24))


@given(
    st.lists(st.tuples(st.sampled_from("mzspa"), st.integers(-99, 99)), max_size=20),
    st.integers(1, 10**14),
    st.integers(10, 200),
)
def test_the_window_stays_in_the_time_of_the_case(
    moves: list[tuple[str, int]], span: int, columns: int
) -> None:
    window = Window(1_000, 1_000 + span)
    window.resize(columns)
    for what, by in moves:
        if what == "m":
            window.move(by)
        elif what == "z":
            window.zoom(0.5 if by < 0 else 2.0)
        elif what == "s":
            window.show(by * span // 50)
        elif what == "p":
            window.put(by)
        else:
            window.all()
        assert window.first <= window.start < window.end <= window.last
        assert 0 <= window.at < columns
        first, last = window.bucket
        assert window.start <= first <= last <= window.end


@given(st.lists(st.integers(0, 500), max_size=30), st.integers(2, 20))
def test_counts_lose_nothing(minutes: list[int], buckets: int) -> None:
    scale = Scale.of(0, 500 * MINUTE)
    ticks = np.array(sorted(scale.tick(m * MINUTE) for m in minutes), dtype=np.uint32)
    lane = Lane("x", Kind.COUNTS, ticks, scale=scale)
    edges = np.linspace(0, 501 * MINUTE, buckets + 1).astype(np.int64)
    found = lane.counts(edges)
    assert found.sum() == len(minutes)
    drawn = bars(found, plain=True)
    assert [one != ASCII_BARS[0] for one in drawn] == [
        one > 0 for one in found.tolist()
    ]
