"""Query: completion, errors with their place, rows, charts, history, export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from diag.kql.completion import Kind
from diag.schema import TABLES
from diag.tui.answers import MOST_ROWS
from diag.tui.panes.log import LogPane
from diag.tui.panes.query import QueryPane
from diag.tui.querywords import complete
from tests.tui.opened import drive, program, seen, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from diag.tui.app import TriageApp


def pane_of(app: TriageApp) -> QueryPane:
    assert isinstance(app.pane, QueryPane)
    return app.pane


def pairs(count: int) -> str:
    """Return a query for the square of so many rows."""
    one, two = (f"range {x} from 1 to {count} step 1 | extend k = 1" for x in "ab")
    return f"{one} | join kind=inner ({two}) on k | project a, b"


async def ask(pilot: Pilot[None], app: TriageApp, text: str) -> QueryPane:
    """Run a query on its screen."""
    app.action_show("query")
    pane = pane_of(app)
    pane.editor.text = text
    pane.action_edit()
    await pilot.press("ctrl+r")
    await settled(pilot)
    return pane


@pytest.mark.parametrize(
    ("text", "first", "kind"),
    [
        ("", "Bundles", Kind.TABLE),
        ("Ev", "Events", Kind.TABLE),
        ("Events | wh", "where", Kind.OPERATOR),
        ("Events\n| whe", "where", Kind.OPERATOR),
        ("Events | where Lev", "Level", Kind.COLUMN),
        ("Services | where Sta", "State", Kind.COLUMN),
        ("Events | where Message startsw", "startswith", Kind.COMPARISON),
        ("Events | summarize dc", "dcount", Kind.AGGREGATE),
    ],
)
def test_words_are_completed_where_they_may_stand(
    text: str, first: str, kind: Kind
) -> None:
    found = complete(text)[0]
    assert (found.name, found.kind) == (first, kind)


def test_nothing_is_completed_inside_a_text() -> None:
    assert complete('Events | where Message has "Lev') == []
    assert complete("Events // Lev") == []
    assert complete('Events | where Message has "x" and Lev')


def test_only_columns_of_named_tables_are_offered() -> None:
    found = complete("Services | where S")
    columns = {one.name for one in found if one.kind is Kind.COLUMN}
    assert columns == {name for name in TABLES["Services"] if name.startswith("S")}


def test_tab_completes_and_then_goes_to_the_rows() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("6")
        pane = pane_of(app)
        pane.editor.text = ""
        await pilot.press(*"Services", "space", "|", "space", *"wh")
        assert "Rows that meet a condition" in seen(pilot)
        await pilot.press("tab")
        assert pane.editor.text == "Services | where"
        await pilot.press("space", "tab")
        assert app.focused is pane.sheet

    drive(app, steps)


def test_a_row_with_file_and_line_leads_to_the_log() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        text = 'Events | where Level == "error" | project File, Line, Message'
        pane = await ask(pilot, app, text)
        assert len(pane.sheet.rows) == 11
        await pilot.press("enter")
        assert isinstance(app.pane, LogPane)
        line = app.pane.log_view.line
        assert line is not None
        assert line.level == "error"
        await pilot.press("escape")
        assert app.pane.id == pane.id
        assert app.focused is pane.sheet

    drive(app, steps)


def test_an_error_is_shown_under_its_place() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        pane = await ask(pilot, app, "Events\n| where Levle == 'error'")
        rows = seen(pilot).splitlines()
        at = next(n for n, row in enumerate(rows) if row.strip() == "^")
        assert rows[at].index("^") == rows[at - 1].index("Levle")
        assert "Level" in rows[at + 1]
        assert pane.editor.cursor_location == (1, 8)

    drive(app, steps)


def test_render_draws_a_chart_and_v_shows_the_rows() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        text = "Events | summarize n = count() by Log | render barchart"
        pane = await ask(pilot, app, text)
        assert "█" in seen(pilot)
        await pilot.press("v")
        await pilot.pause()
        assert "█" not in seen(pilot)
        assert len(pane.sheet.rows) == 5

    drive(app, steps, size=(100, 40))


def test_many_rows_are_cut_and_made_only_when_drawn() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        pane = await ask(pilot, app, pairs(400))
        assert len(pane.sheet.rows) == MOST_ROWS
        assert f"the first {MOST_ROWS:,} rows; there are more" in seen(pilot)
        await pilot.press("G")
        await pilot.pause()
        assert "▸" in seen(pilot)
        assert pane.sheet.cursor == MOST_ROWS - 1

    drive(app, steps)


def test_escape_stops_a_query() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        app.action_show("query")
        pane = pane_of(app)
        pane.editor.text = f"{pairs(60_000)} | summarize max(a * b)"
        await pilot.press("ctrl+r", "escape")
        assert "stopped" in seen(pilot)
        await settled(pilot)
        assert "stopped" in seen(pilot)

    drive(app, steps)


def test_queries_of_the_session_come_back() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        pane = await ask(pilot, app, "Services | count")
        await ask(pilot, app, "Files | count")
        pane.action_edit()
        await pilot.press("ctrl+up", "ctrl+up")
        assert pane.editor.text == "Services | count"
        await pilot.press("ctrl+down")
        assert pane.editor.text == "Files | count"

    drive(app, steps)


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl"])
def test_rows_are_written_and_no_file_is_replaced(tmp_path: Path, suffix: str) -> None:
    app = program(quick=True)
    target = tmp_path / f"rows.{suffix}"

    async def steps(pilot: Pilot[None]) -> None:
        await ask(pilot, app, "Services | project Name, State")
        for _ in range(2):
            await pilot.press("x")
            line = app.query_one("#query-ask", Input)
            line.value = str(target)
            await pilot.press("enter")
            await settled(pilot)

    drive(app, steps)
    text = target.read_text(encoding="utf-8")
    match suffix:
        case "csv":
            assert text.splitlines()[0] == "Name,State"
            assert len(text.splitlines()) == 5
        case "json":
            assert len(json.loads(text)["rows"]) == 4
        case _:
            rows = [json.loads(line) for line in text.splitlines()]
            assert [row["State"] for row in rows] == ["active"] * 4


def test_hostile_values_are_drawn_as_they_are() -> None:
    app = program(quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        text = (
            'print a = "[bold red]x[/]", b = "\\u001b[31mred", c = "[@click=app.quit]"'
        )
        await ask(pilot, app, text)
        shown = seen(pilot)
        assert "[bold red]x[/]" in shown.split("\n", 8)[-1]
        assert "␛[31mred" in shown
        assert "\x1b" not in shown

    drive(app, steps)
