"""The session and the report: kept whole, read with care, never over a source."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from diag.tui.session import Session, read_session, write_session
from tests.report.test_html import harmless
from tests.tui.logopened import LOST, drive, log_of, program, seen, settled, typed

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot


def full() -> Session:
    return Session(
        bookmarks={("a\x1b.log", 3): "[bold] look", ("b", 1): ""},
        notes={("R", "c", "", "t"): "known"},
        filter='Level == "error"',
        level=4,
        hidden=["himds"],
        at=("a", 7),
        screen="log",
        past={"filter": ["x"]},
    )


def test_a_session_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one.json"
    assert write_session(path, full()) == ""
    assert read_session(path) == (full(), "")
    assert [one.name for one in path.parent.iterdir()] == ["one.json"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "damaged"),
        (b"\x00\xff", "damaged"),
        (b"[1]", "no session"),
        (b'{"a": 1}', "no session"),
        (b'{"form": 0}', "another version"),
        (b'{"form": 1}', "damaged"),
        (b"{}" * 3_000_000, "no session"),
    ],
)
def test_what_is_no_session_is_left_aside(
    tmp_path: Path, data: bytes, why: str
) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(data)
    session, said = read_session(path)
    assert session == Session()
    assert why in said
    assert str(path) in said


def test_any_wrong_field_is_found(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    write_session(path, full())
    good = json.loads(path.read_bytes())
    for name in good:
        for bad in (None, 3.5, [1], [["a"]], {"a": [1]}):
            if bad is None and name == "at":
                continue
            path.write_text(json.dumps({**good, name: bad}))
            session, said = read_session(path)
            assert session == Session(), (name, bad)
            assert said


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert "cannot be kept" in write_session(file / "one.json", full())


def test_garbage_is_told_on_the_screen(tmp_path: Path) -> None:
    drive(program(), _mark)
    kept = next((tmp_path / "state").glob("triage-*.json"))
    kept.write_text("garbage")

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.pause()
        assert "not used" in seen(pilot)
        assert log_of(pilot).triage.session.bookmarks == {}

    drive(program(), steps, size=(120, 40))


async def _mark(pilot: Pilot[None]) -> None:
    await pilot.press("3", "m", "enter")
    await pilot.pause()


def test_a_whole_triage_ends_in_a_report(tmp_path: Path) -> None:
    target = tmp_path / "report.md"

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("2", "a")
        await typed(pilot, "the certificate *is* [gone]\n")
        assert "note      the certificate *is* [gone]" in seen(pilot)
        await pilot.press("enter")
        await settled(pilot)
        log = log_of(pilot)
        assert log.triage.pane.id == "log"
        assert "● ARC-ID-001" in seen(pilot)
        row = log.log_view.row
        await pilot.press("+", "down", "enter")
        await settled(pilot)
        assert log.showing.filter == 'Level == "error"'
        assert log.log_view.row == row
        await pilot.press("m")
        await typed(pilot, "first one\n")
        await pilot.press("r")
        await pilot.press("ctrl+u")
        await typed(pilot, f"{target}\n")
        await settled(pilot)
        await pilot.press("escape")
        assert log.triage.pane.id == "findings"

    drive(program(), steps)
    text = target.read_text()
    assert "Findings: 1 critical, 4 high" in text
    assert "**note**: the certificate \\*is\\* \\[gone\\]" in text
    assert "## Lines with a note" in text
    assert "**first one**" in text


def test_a_report_as_json_has_the_notes(tmp_path: Path) -> None:
    target = tmp_path / "report.json"

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("2", "a")
        await typed(pilot, "known\n")
        log_of(pilot).triage._export(str(target))  # noqa: SLF001 - what the dialog calls

    drive(program(), steps)
    value = json.loads(target.read_text())
    assert [one.get("note", "") for one in value["findings"]].count("known") == 1
    assert value["schema_version"] == 1


def test_a_report_as_a_page_has_the_notes_and_the_timeline(tmp_path: Path) -> None:
    target = tmp_path / "report.html"

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("2", "a")
        await typed(pilot, "known password=Zx81-hunter2\n")
        log_of(pilot).triage._export(str(target))  # noqa: SLF001 - what the dialog calls

    drive(program(), steps)
    page = harmless(target.read_text(encoding="utf-8"))
    assert "Note: known password=<redacted:password:1>" in page.text
    assert [name for name, _ in page.tags].count("svg") == 1


def test_nothing_is_written_over_a_source_or_without_a_format(tmp_path: Path) -> None:
    app = program()
    store = app.wanted.sources[0]
    link = tmp_path / "link.md"
    link.hardlink_to(store)
    before = store.read_bytes()

    async def steps(pilot: Pilot[None]) -> None:
        for target in (link, tmp_path / "x.docx", tmp_path, tmp_path / "no" / "x.md"):
            app._export(str(target))  # noqa: SLF001 - what the dialog calls
            await pilot.pause()
            assert "nothing was written" in seen(pilot)

    drive(app, steps, size=(120, 40))
    assert store.read_bytes() == before
    assert LOST.is_dir()


def test_a_case_opens_on_the_screen_on_which_it_was_left() -> None:
    async def leave(pilot: Pilot[None]) -> None:
        await pilot.press("3", "g", *"05j", "4")
        await settled(pilot)
        await pilot.press("ctrl+q")

    async def look(pilot: Pilot[None]) -> None:
        log = log_of(pilot)
        assert log.triage.pane.id == "timeline"
        assert log.log_view.cursor == 5
        await pilot.press("escape")
        assert log.triage.pane.id == "findings"
        await pilot.press("q")  # from Findings: there it opens then

    async def look_again(pilot: Pilot[None]) -> None:
        assert log_of(pilot).triage.pane.id == "findings"

    for steps in (leave, look, look_again):
        drive(program(), steps)


def test_who_has_begun_stays_where_they_are() -> None:
    async def leave(pilot: Pilot[None]) -> None:
        await pilot.press("3", "ctrl+q")

    drive(program(), leave)

    async def begin() -> None:
        app = program()
        async with app.run_test() as pilot:
            await pilot.press("j")
            while not app.is_sorted:
                await pilot.pause(0.02)
            await pilot.pause()
            assert app.pane.id == "findings"

    asyncio.run(begin())
