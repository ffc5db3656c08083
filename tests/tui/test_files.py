"""Files: the account of every file, and the problems of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.tui.panes.log import LogPane
from diag.tui.sheet import Sheet
from tests.tui.opened import SAMPLES, drive, program, seen, settled

if TYPE_CHECKING:
    from textual.pilot import Pilot


def test_every_file_has_a_row_whose_lines_add_up() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7", "G")
        await pilot.pause()
        text = seen(pilot)
        assert "himds.log" in text
        assert "lines  243 = 243 events + 0 continued + 0 blank + 0 unparsed" in text
        files = app.case.standing.files
        assert len(files) == len(app.case.diagnosis.files)
        for one in files:
            parts = one.events + one.continued + one.blank + one.unparsed
            assert one.lines == parts

    drive(app, steps)


def test_enter_shows_the_lines_of_the_file() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7", "G", "enter")
        await settled(pilot)
        assert isinstance(app.pane, LogPane)
        view = app.pane.log_view
        assert len(view.view) == 243
        assert view.line is not None
        assert view.line.file == "var/opt/azcmagent/log/himds.log"

    drive(app, steps)


def test_problems_are_a_key_away() -> None:
    app = program(SAMPLES / "half-missing.zip", quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("7", "exclamation_mark")
        await pilot.pause()
        problems = app.case.diagnosis.problems
        assert problems
        assert problems[0].kind in seen(pilot)
        sheet = app.query_one("#file-list", Sheet)
        assert len(sheet.rows) >= len(problems)
        await pilot.press("exclamation_mark")
        assert len(sheet.rows) == len(app.case.diagnosis.files)

    drive(app, steps)
