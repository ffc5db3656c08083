"""Compare: the differences of `arcdiag diff` on a screen, and the lines behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from diag import analyze
from diag.analyze.comparison import compare
from diag.analyze.load import Options
from diag.tui.panes.compare import ComparePane
from diag.tui.panes.log import LogPane
from tests.tui.opened import LOST, WELL, drive, program, rules, seen, settled, stored

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from diag.model import Difference
    from diag.tui.app import TriageApp


def pane_of(app: TriageApp) -> ComparePane:
    assert isinstance(app.pane, ComparePane)
    return app.pane


def differences(well: Path, ill: Path) -> tuple[Difference, ...]:
    """Return what the command line would list."""
    good = analyze.load([stored(well)], Options())
    bad = analyze.load([stored(ill)], Options())
    with good, bad:
        sides = [(one, analyze.diagnose(one, rules())) for one in (good, bad)]
        return compare(sides[0], sides[1]).differences


def test_the_source_of_the_command_line_is_compared_when_it_is_looked_at() -> None:
    app = program(against=stored(WELL))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("5")
        await settled(pilot)
        text = seen(pilot)
        assert "GOOD edge0001" in text
        assert "BAD  db0003" in text
        pane = pane_of(app)
        wanted = differences(WELL, LOST)
        assert len(pane.first.rows) >= len(wanted)
        for place, one in enumerate(wanted):
            pane.first.move_to(place)
            assert pane.difference == one
        assert f"{wanted[0].good} → {wanted[0].bad}" in text

    drive(app, steps)


def test_enter_shows_the_line_of_the_sick_one() -> None:
    app = program(against=stored(WELL))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("5")
        await settled(pilot)
        pane = pane_of(app)
        proof = pane.difference.evidence[0] if pane.difference else None
        assert proof is not None
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.pane, LogPane)
        line = app.pane.log_view.line
        assert line is not None
        assert (line.file, line.line) == (proof.file, proof.line)

    drive(app, steps)


def test_a_difference_without_a_line_here_says_so() -> None:
    app = program(stored(WELL), against=stored(LOST))

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("5")
        await settled(pilot)
        pane = pane_of(app)
        gone = [one for one in differences(LOST, WELL) if one.bad == "never"]
        while pane.difference != gone[0]:
            await pilot.press("down")
        await pilot.press("enter")
        await pilot.pause()
        assert app.pane is pane
        assert "no line of BAD" in seen(pilot)

    drive(app, steps)


def test_another_source_can_be_named(tmp_path: Path) -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("5")
        assert "o names one that works" in seen(pilot)
        for path, said in ((tmp_path / "none.zip", "cannot be opened"), (WELL, "GOOD")):
            await pilot.press("o")
            app.query_one("#compare-ask", Input).value = str(path)
            await pilot.press("enter")
            await settled(pilot)
            assert said in seen(pilot)

    drive(app, steps)


def test_escape_stops_a_comparison() -> None:
    app = program(against=WELL, quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        app.action_show("compare")
        await app.action_back()
        await settled(pilot)
        assert app.pane.id == "compare"
        assert "stopped" in seen(pilot)
        assert "GOOD" not in seen(pilot)

    drive(app, steps)
