"""Opening: what is said meanwhile, and what when it cannot be done."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from typing import TYPE_CHECKING

import duckdb
import pytest

from diag.errors import DiagError
from diag.tui import caseopening
from diag.tui.app import TriageApp
from tests.tui.opened import (
    LOST,
    drive,
    is_open,
    one_rule,
    program,
    rules,
    seen,
    settled,
    stored,
    wanted,
)

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from diag.engine import RuleSet


def test_it_is_said_what_is_being_done_and_the_screen_answers() -> None:
    gate = threading.Event()

    def late() -> RuleSet:
        gate.wait()
        return one_rule()

    app = TriageApp(wanted(LOST, rule_set=late))

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            while "running the rules …" not in seen(pilot):
                await pilot.pause(0.02)
            await pilot.press("1", "question_mark", "enter", "escape", "r")
            text = seen(pilot)
            await pilot.press("ctrl+p")
            gate.set()
            assert "heartbeat-lost" in text
            assert "Opening" in text
            await pilot.press("escape")
            await is_open(pilot)
            assert app.failure is None

    try:
        asyncio.run(run())
    finally:
        gate.set()


def test_it_can_be_left_while_it_is_opened() -> None:
    app = program(LOST, quick=True)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("q")

    asyncio.run(run())
    assert app.failure is None
    assert app.return_code == 0


def newer(path: Path) -> Path:
    """Make a store as a later version would write it."""
    shutil.copy(stored(LOST), path)
    with duckdb.connect(str(path)) as db:
        db.execute("UPDATE Meta SET Value = '99' WHERE Name = 'SchemaVersion'")
    return path


def garbage(path: Path) -> Path:
    path.write_bytes(b"no store at all" * 1_000)
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("missing", "check the path"),
        ("newer", "another schema version"),
        ("garbage", "no store that arcdiag wrote"),
    ],
)
def test_what_cannot_be_opened_is_said_on_the_screen(
    tmp_path: Path, kind: str, said: str
) -> None:
    path = tmp_path / ("[bold]no.zip" if kind == "missing" else "odd.duckdb")
    if kind == "newer":
        newer(path)
    elif kind == "garbage":
        garbage(path)
    app = program(path, quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("1", "7", "question_mark", "ctrl+p", "escape")
        text = " ".join(seen(pilot).split())
        assert "This cannot be opened." in text
        assert said in text
        assert path.name in text.replace(" ", "").replace("\n", "")
        assert "q leaves." in text

    drive(app, steps, size=(120, 24))
    assert isinstance(app.failure, DiagError)


def test_an_empty_folder_has_screens_that_say_so(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    app = program(folder, quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        for name in sorted(app.names):
            app.action_show(name)
            await pilot.press("enter", "down", "G", "pageup", "escape")
            await settled(pilot)
        app.action_show("files")
        await pilot.pause()
        assert "no file was found" in seen(pilot)
        app.action_show("overview")
        await pilot.pause()
        assert "PROBLEMS" in seen(pilot)

    drive(app, steps)


def test_a_store_that_is_replaced_while_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "case.duckdb"
    shutil.copy(stored(LOST), path)
    app = program(path, quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        path.unlink()
        garbage(path)
        await every_screen(pilot)

    drive(app, steps)
    assert app.failure is None


def test_a_store_that_is_cut_while_it_is_open_ends_in_a_message(
    tmp_path: Path,
) -> None:
    path = tmp_path / "case.duckdb"
    shutil.copy(stored(LOST), path)
    app = program(path, quick=True)

    async def steps(pilot: Pilot[None]) -> None:
        with path.open("r+b") as stream:
            stream.truncate(4_096)
        await every_screen(pilot)

    with contextlib.suppress(DiagError):  # the harness raises what ended the program
        drive(app, steps)
    assert app.failure is None or isinstance(app.failure, DiagError)


async def every_screen(pilot: Pilot[None]) -> None:
    """Look at all screens, and ask for something on each."""
    for keys in (("1", "G", "enter"), ("3", "g", "enter"), ("7", "G", "enter")):
        await pilot.press(*keys)
        await settled(pilot)
    await pilot.press("6", "ctrl+r")
    await settled(pilot)


def test_rules_that_lack_memory_are_asked_again_with_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = []
    for sparing in (caseopening.SPARING, "6MB"):
        monkeypatch.setattr(caseopening, "SPARING", sparing)
        asked: list[str] = []
        source = wanted(rule_set=rules, kept=tmp_path / sparing)
        case = caseopening.open_case(source, asked.append)
        try:
            assert "running the rules" in asked
            found.append(case.diagnosis)
        finally:
            case.close()
    assert len(found[0].findings) == 6
    assert found[0].findings == found[1].findings
    assert found[0].coverage.stopped == found[1].coverage.stopped == 0
