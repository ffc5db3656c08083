"""Overview: the facts of the store, one a row, and where each leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.tui.goals import Found, Place
from diag.tui.overviewrows import overview_rows
from diag.tui.panes.findings import FindingsPane
from diag.tui.panes.log import LogPane
from diag.tui.sheet import Sheet
from tests.tui.opened import SAMPLES, drive, program, seen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from diag.tui.case import Case
    from diag.tui.sheet import Row


def texts(rows: list[Row]) -> list[str]:
    return ["".join(text for text, _ in row.parts) for row in rows]


async def choose(pilot: Pilot[None], goal: object) -> None:
    """Select the row that leads somewhere, and press Enter."""
    sheet = pilot.app.query_one("#overview-list", Sheet)
    place = next(n for n in range(len(sheet.rows)) if sheet.rows[n].goal == goal)
    sheet.move_to(place)
    await pilot.press("enter")
    await pilot.pause()


def test_it_tells_what_the_tables_hold() -> None:
    app = program()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("1")
        case: Case = app.case
        rows = texts(overview_rows(case))
        told = "\n".join(rows)
        assert rows[0].strip() == "1 critical, 4 high, 1 medium"
        for one in case.diagnosis.findings:
            assert f"{one.rule:<12} {one.title}" in told
        services = case.browser.rows("SELECT Name, State FROM Services", {})
        assert services
        for name, state in services:
            assert f"  {name:<22} {state}" in told
        assert "Agent Status           Disconnected" in told
        assert "Agent Error Code       none" in told
        assert "Using HTTPS Proxy      none" in told
        assert "59 of 103 rules could look; 24 lacked a log" in told
        assert "gc_ext                 not in the input; 7 rules need it" in told
        assert "MACHINE db0003" in told
        assert rows[0].strip() in seen(pilot)

    drive(app, steps)


def test_enter_goes_to_the_finding_and_to_the_line() -> None:
    app = program()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("1")
        await choose(pilot, Found(3))
        assert isinstance(app.pane, FindingsPane)
        assert app.pane.finding is app.case.diagnosis.findings[3]
        await pilot.press("escape")
        assert app.pane.id == "overview"
        await choose(pilot, Place("commands/azcmagent-show.txt", 14))
        assert isinstance(app.pane, LogPane)
        line = app.pane.log_view.line
        assert line is not None
        assert (line.file, line.line) == ("commands/azcmagent-show.txt", 14)
        assert "Disconnected" in line.text

    drive(app, steps)


def test_the_cursor_passes_over_headings() -> None:
    app = program()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("1")
        sheet = app.query_one("#overview-list", Sheet)
        visited = []
        for _ in range(len(sheet.rows)):
            visited.append(sheet.cursor)
            sheet.action_move(1)
        still = [n for n in range(len(sheet.rows)) if sheet.rows[n].still]
        assert still
        assert sorted({*visited, *still}) == list(range(len(sheet.rows)))
        await pilot.press("g")
        assert sheet.scroll_offset.y == 0

    drive(app, steps)


def test_all_samples_are_told() -> None:
    for name in ("half-missing.zip", "healthy-windows.zip", "crash-loop"):
        app = program(SAMPLES / name)

        async def steps(pilot: Pilot[None]) -> None:
            await pilot.press("1")
            told = "\n".join(texts(overview_rows(app.case)))  # noqa: B023 - run at once
            for one in app.case.diagnosis.problems[:5]:  # noqa: B023 - run at once
                assert one.text in told

        drive(app, steps)
