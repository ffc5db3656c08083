"""Header, tabs and footer: what fits, what can be clicked, and windows of any size."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from diag.tui.app import TriageApp
from diag.tui.keys import SCREENS
from diag.tui.sheet import Sheet
from tests.amount import ALL
from tests.tui.opened import drive, program, seen

if TYPE_CHECKING:
    from textual.pilot import Pilot


def test_the_header_says_whose_and_how_it_stands() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        head = seen(pilot).splitlines()[0]
        for word in ("db0003", "Disconnected", "as of 2026-03-10T11:42:00Z", "1.60"):
            assert word in head
        await pilot.resize_terminal(200, 30)
        await pilot.pause()
        head = seen(pilot).splitlines()[0]
        assert "linux" in head
        assert "zone machine: UTC assumed" in head

    drive(app, steps)


def test_every_tab_can_be_clicked() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        for name, title in SCREENS:
            if name in TriageApp.names:
                tabs = seen(pilot).splitlines()[1]
                await pilot.click("#tabs", offset=(tabs.index(title) + 1, 0))
                await pilot.pause()
                assert app.pane.id == name

    drive(app, steps)


def test_keys_of_the_footer_can_be_clicked() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7")
        foot = seen(pilot).splitlines()[-1]
        await pilot.click("#foot", offset=(foot.index("problems") + 1, 0))
        await pilot.pause()
        assert "PROBLEMS" in seen(pilot)

    drive(app, steps)


def test_a_row_can_be_clicked_and_opened() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7")
        await pilot.click("#file-list", offset=(3, 3))
        assert app.query_one("#file-list", Sheet).cursor == 2
        await pilot.click("#file-list", offset=(3, 3), times=2)
        await pilot.pause()
        assert app.pane.id == "log"

    drive(app, steps)


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (40, 10)])
def test_help_and_numbers_are_there_at_any_size(size: tuple[int, int]) -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        for number, (name, title) in enumerate(SCREENS, 1):
            if name not in TriageApp.names:
                continue
            app.action_show(name)
            await pilot.pause()
            rows = seen(pilot).splitlines()
            assert len(rows) == size[1]
            assert f"{number} {title}" in rows[1]
            assert "? help" in rows[-1]
            for other, (there, _) in enumerate(SCREENS, 1):
                assert (f" {other} " in f"{rows[1]} ") == (there in TriageApp.names)

    drive(app, steps, size=size)


def test_a_window_that_is_too_small_says_so_and_comes_back() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        for key in ("1", "question_mark", "escape", "6", "escape", "7"):
            await pilot.resize_terminal(20, 5)
            await pilot.press(key)
            await pilot.pause()
            if len(app.screen_stack) == 1:
                assert "20x5 is too small" in seen(pilot).replace("\n", " ")
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
        assert "7 Files" in seen(pilot)

    drive(app, steps)


def test_a_storm_of_sizes_breaks_nothing() -> None:
    app = program(quick=True)
    chance = random.Random(7)

    async def steps(pilot: Pilot[None]) -> None:
        names = sorted(TriageApp.names)
        for _ in range(60 if ALL else 25):
            app.action_show(chance.choice(names))
            await pilot.resize_terminal(chance.randint(1, 250), chance.randint(1, 80))
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "? help" in seen(pilot)

    drive(app, steps)
