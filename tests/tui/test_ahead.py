"""Lines that the next key may ask for are read before it is pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diag.tui.logview.pages import Pages
from tests.tui.logopened import drive, log_of, program, settled, typed

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from diag.tui.panes.log import LogPane

FAR = 60  # lines; around a window of 8 the next 24 are read


async def read(pilot: Pilot[None], log: LogPane, place: int) -> bool:
    """Return whether the lines that would be shown around a line come unasked for."""
    view = log.log_view
    half = view.size.height // 2
    for _ in range(300):
        if not view.pages.missing(view.view, place - half, place + half):
            return True
        await pilot.pause(0.01)
    return False


def test_the_lines_of_the_next_jump_are_there_before_its_key() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g")
        log = log_of(pilot)
        one, other = log.log_view.view.silences().tolist()[-2:]
        assert other - one > FAR
        log.log_view.move_to(one - 1)
        await settled(pilot)
        log.log_view.pages = Pages(log.case.browser)
        await pilot.press("s")
        assert log.log_view.cursor == one
        assert await read(pilot, log, other)
        await pilot.press("s")
        assert log.log_view.cursor == other

    drive(program(), steps, (80, 20))


def test_the_lines_of_a_time_are_there_before_enter() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g")
        log = log_of(pilot)
        await settled(pilot)
        target = log.log_view.view.nearest(log.log_view.view.row(400))
        line = log.case.browser.lines([log.log_view.view.row(target)])
        [moment] = [one.time for one in line.values()]
        assert moment is not None
        await pilot.press("t")
        await typed(pilot, f"{moment:%Y-%m-%dT%H:%M:}")  # no time yet
        await settled(pilot)
        place = log.log_view.view.at_time(log._moment_of(f"{moment:%FT%T}"))  # noqa: SLF001 - what Enter uses
        assert place > FAR
        log.log_view.pages = Pages(log.case.browser)
        await typed(pilot, f"{moment:%S}")
        assert await read(pilot, log, place)
        assert log.log_view.cursor == 0
        await settled(pilot)
        shown = log.log_view.pages.get(log.log_view.view.row(place))
        assert shown is not None
        assert shown.fields is not None  # the panel below shows them
        assert log.case.text_of(shown) == log.case.text_of(replace(shown, fields=None))
        await pilot.press("enter")
        assert log.log_view.cursor == place

    drive(program(), steps, (80, 20))
