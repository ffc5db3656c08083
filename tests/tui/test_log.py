"""The log: filters, searches, bookmarks, rules of a line, zones, where one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import OptionList

from diag.tui.dialogs import Chooser, Prompt, Reader, Ticker
from tests.tui.logopened import drive, log_of, program, seen, settled, typed

if TYPE_CHECKING:
    from textual.pilot import Pilot


def test_documents_without_a_time_wait_until_they_are_asked_for() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        log = log_of(pilot)
        assert len(log.log_view.view) == 576 - 37
        assert "37 without a time" in seen(pilot)
        await pilot.press("L")
        assert isinstance(pilot.app.screen, Ticker)
        assert "lines without a time, of documents: 37" in seen(pilot)
        await pilot.press("end", "space", "enter")
        await pilot.pause()
        assert len(log.log_view.view) == 576

    drive(program(), steps)


def test_a_filter_is_counted_while_it_is_typed_and_completed() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "f")
        await settled(pilot)
        await typed(pilot, 'Level == "er')
        await pilot.pause(0.3)
        await settled(pilot)
        assert "the string that begins here is not closed" in seen(pilot)
        caret = next(r for r in seen(pilot).splitlines() if r.strip() == "^")
        assert caret.index("^") == len("Level == ")
        await pilot.press("tab")
        await pilot.pause(0.3)
        await settled(pilot)
        assert "11 of 576 lines" in seen(pilot)
        await pilot.press("enter")
        await settled(pilot)
        log = log_of(pilot)
        assert len(log.log_view.view) == 11
        assert 'f> Level == "error"' in seen(pilot)
        await pilot.press("x")
        assert len(log.log_view.view) == 539
        await pilot.press("x")
        assert len(log.log_view.view) == 11

    drive(program(), steps)


def test_a_wrong_filter_keeps_the_lines_and_can_be_mended() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "f")
        await typed(pilot, "Levle == 1\n")
        await settled(pilot)
        await pilot.pause()
        assert len(log_of(pilot).log_view.view) == 539
        assert "KQL" in seen(pilot)
        assert "Levle == 1" in seen(pilot)
        await pilot.press("escape")
        assert "KQL" not in seen(pilot)

    drive(program(), steps)


def test_the_cursor_stays_at_its_line_through_filters() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "E")
        log = log_of(pilot)
        row = log.log_view.row
        for keys in ("v", "v", "v"):
            await pilot.press(keys)
            assert log.log_view.row == row
        log.filter_by('Log == "himds"')
        await settled(pilot)
        assert log.log_view.row == row
        log.filter_by('Log == "gc_agent"')
        await settled(pilot)
        log.filter_by("")
        await settled(pilot)
        assert log.log_view.view.order.times(
            log.log_view.view.order.indexes([row or 0])
        )

    drive(program(), steps)


def test_lines_like_this_one_are_kept_or_hidden() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "E", "+")
        assert isinstance(pilot.app.screen, Chooser)
        await pilot.press("enter")
        await settled(pilot)
        log = log_of(pilot)
        assert log.showing.filter == 'Log == "himds"'
        assert len(log.log_view.view) == 243
        await pilot.press("minus", "down", "enter")
        await settled(pilot)
        assert log.showing.filter == 'Log == "himds" and Level != "error"'
        assert len(log.log_view.view) == 232

    drive(program(), steps)


def test_a_search_goes_to_its_first_hit_and_around_the_end() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g", "slash")
        await typed(pilot, "certstore\n")
        await settled(pilot)
        log = log_of(pilot)
        first = log.log_view.row
        assert "11 hits" in seen(pilot)
        await pilot.press(*"nnnnnnnnnn")
        assert log.log_view.row != first
        await pilot.press("n")
        await pilot.pause()
        assert log.log_view.row == first
        assert "again" in seen(pilot)

    drive(program(), steps)


def test_going_to_a_time_says_what_a_time_is() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "t")
        await typed(pilot, "noon\n")
        assert "'noon' is no time" in seen(pilot)
        for _ in "noon":
            await pilot.press("backspace")
        await typed(pilot, "10:50\n")
        line = log_of(pilot).log_view.line
        assert line is not None
        assert f"{line.time:%H:%M}" == "10:50"

    drive(program(), steps)


def test_times_are_shown_in_other_zones_and_the_bar_says_which() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        for word in ("· UTC", "the machine's", "this computer's", "· UTC"):
            assert word in seen(pilot)
            await pilot.press("T")

    drive(program(), steps)


def test_a_bookmark_has_a_note_and_is_found_again() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "E", "m")
        assert isinstance(pilot.app.screen, Prompt)
        await typed(pilot, "look here\n")
        await pilot.pause()
        log = log_of(pilot)
        row = log.log_view.row
        assert "m look here" in seen(pilot)
        await pilot.press("g", "u")
        assert log.log_view.row == row
        await pilot.press("g", "M")
        assert "look here" in seen(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert log.log_view.row == row

    drive(program(), steps)
    # Another run of the program on the same case.
    drive(program(), _still_there)


async def _still_there(pilot: Pilot[None]) -> None:
    assert list(log_of(pilot).triage.session.bookmarks.values()) == ["look here"]
    assert log_of(pilot).log_view.bookmarks


def test_rules_of_a_line_lead_back_to_the_finding() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "D", "R")
        await settled(pilot)
        text = seen(pilot)
        assert "findings have this line as evidence" in text
        assert "Rules that read himds" in text
        rows = pilot.app.screen.query_one(OptionList).options
        drawn = [str(one.prompt) for one in rows]
        assert any(one.startswith("fired") for one in drawn)
        assert any(one.startswith("clean") for one in drawn)
        assert any("is experimental" in one for one in drawn)
        await pilot.press("enter")
        await pilot.pause()
        assert "ARC-ID-001" in seen(pilot)

    drive(program(), steps)


def test_a_record_shows_every_field_in_a_row() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "D", "P")
        assert isinstance(pilot.app.screen, Reader)
        for word in ("place", "himds.log", "Level", "TemplateId", "proves"):
            assert word in seen(pilot)

    drive(program(), steps)


def test_a_line_is_opened_wrapped_and_closed() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("3", "E")
        view = log_of(pilot).log_view
        height = view.spacing.height
        await pilot.press("enter")
        assert view.spacing.height > height
        await pilot.press("enter")
        assert view.spacing.height == height
        await pilot.press("z")
        assert view.spacing.height > height
        await pilot.press("k", "pageup", "g", "G", "z")
        assert view.spacing.height == height

    drive(program(), steps)
