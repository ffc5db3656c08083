"""A case that was open before: its findings at once, and nothing stale."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from diag.errors import DiagError
from diag.store import first
from diag.store.cache import default_folder
from diag.tui import caseopening
from diag.tui.app import TriageApp
from diag.tui.firstcase import first_case, mark_of_case
from diag.tui.goals import Place
from tests.tui.opened import LOST, WELL, is_open, one_rule, rules, seen, stored, wanted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from textual.pilot import Pilot

    from diag.tui.case import Case, Wanted

    Look = Callable[[TriageApp, Pilot[None]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let files be as old as they look, and no cache be that of another test."""
    monkeypatch.setattr(first, "TICK_NS", 0)
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(tmp_path / "cache"))


def asked(source: Path, *, cache: bool = False, quick: bool = True) -> Wanted:
    """Return what to open, with the user's cache."""
    made = wanted(source, rule_set=one_rule if quick else rules, kept=default_folder())
    return replace(made, cache=cache)


def look(what: Wanted, steps: Look) -> TriageApp:
    """Open the program, and do something as soon as it runs."""
    app = TriageApp(what)

    async def run() -> None:
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await steps(app, pilot)

    asyncio.run(run())
    return app


async def whole(app: TriageApp, pilot: Pilot[None]) -> None:
    """Wait until everything is there."""
    await is_open(pilot)
    assert app.is_sorted


def parts(case: Case) -> tuple[object, ...]:
    return case.diagnosis, case.standing, case.places, case.proofs, case.hashes


def test_a_known_case_shows_the_same_and_before_its_store_is_opened() -> None:
    what = asked(stored(LOST), quick=False)
    before = look(what, whole)
    pictures: list[str] = []

    async def steps(app: TriageApp, pilot: Pilot[None]) -> None:
        assert app.is_open
        assert not app.is_sorted
        assert parts(app.case) == parts(before.case)
        pictures.append(seen(pilot))
        await pilot.press("j", "down")
        assert app.pane.id == "findings"
        await whole(app, pilot)
        await pilot.press("3")
        assert app.case.row_at(app.case.diagnosis.files[0].file, 1) is not None
        assert app.pane.id == "log"

    look(what, steps)
    assert "ARC-" in pictures[0]
    assert " why " in pictures[0]


@pytest.mark.parametrize("packed", [False, True])
def test_a_source_that_changed_is_read_anew(tmp_path: Path, *, packed: bool) -> None:
    folder = tmp_path / "case"
    shutil.copytree(LOST, folder)
    source = folder
    if packed:
        source = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    what = asked(source, cache=True)
    assert first_case(what) is None
    look(what, whole)
    assert first_case(what) is not None
    assert first_case(asked(WELL, cache=True)) is None
    log = next(one for one in folder.rglob("*.log") if one.stat().st_size)
    log.write_bytes(log.read_bytes() + log.read_bytes())
    if packed:
        shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    assert first_case(what) is None
    look(what, whole)
    assert first_case(what) is not None


def forged(known: Wanted, other: Wanted) -> None:
    """Let what is kept of one case pass for what is kept of another."""
    look(known, whole)
    marks = mark_of_case(known), mark_of_case(other)
    assert marks[0]
    assert marks[1]
    shutil.copy(marks[0].path, marks[1].path)


def test_what_is_not_the_case_after_all_is_replaced_by_what_is() -> None:
    known, other = asked(stored(LOST), quick=False), asked(stored(WELL), quick=False)
    forged(known, other)

    async def steps(app: TriageApp, pilot: Pilot[None]) -> None:
        assert app.is_open
        assert "heartbeat" in seen(pilot)
        await pilot.press("question_mark")
        await whole(app, pilot)
        assert app.case.standing.machines[0].source.endswith(WELL.name)
        await pilot.press("escape", "2")
        assert app.case.diagnosis.findings == right.case.diagnosis.findings

    mark = mark_of_case(other)
    assert mark
    kept = mark.path.read_bytes()
    mark.path.unlink()
    right = look(other, whole)
    mark.path.write_bytes(kept)
    look(other, steps)
    made = first_case(other)
    assert made is not None
    assert made.diagnosis == right.case.diagnosis


def test_a_store_that_cannot_be_opened_after_all_is_told(tmp_path: Path) -> None:
    path = tmp_path / "odd.duckdb"
    path.write_bytes(b"no store at all" * 1_000)
    known, other = asked(stored(LOST)), asked(path)
    forged(known, other)

    async def steps(app: TriageApp, pilot: Pilot[None]) -> None:
        assert app.is_open
        while app.failure is None:
            await pilot.pause(0.01)
        await pilot.press("1", "7", "question_mark", "ctrl+p", "escape")
        text = " ".join(seen(pilot).split())
        assert "This cannot be opened." in text
        assert "no store that arcdiag wrote" in text
        await pilot.press("q")

    app = look(other, steps)
    assert isinstance(app.failure, DiagError)


def test_a_damaged_store_of_the_cache_is_made_anew() -> None:
    what = asked(LOST, cache=True)
    look(what, whole)
    mark = mark_of_case(what)
    assert mark
    store = Path(json.loads(mark.path.read_bytes())["store"])
    store.write_bytes(b"\0" * store.stat().st_size)

    async def steps(app: TriageApp, pilot: Pilot[None]) -> None:
        assert app.is_open
        await whole(app, pilot)
        await pilot.press("3")
        assert "heartbeat" in seen(pilot)

    look(what, steps)


def test_one_can_leave_before_the_store_is_open() -> None:
    what = asked(stored(LOST))
    look(what, whole)

    async def steps(app: TriageApp, pilot: Pilot[None]) -> None:
        assert app.is_open
        await pilot.press("q")

    app = look(what, steps)
    assert app.failure is None
    assert app.return_code == 0


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hold the store back until it may be opened."""
    may = threading.Event()
    now = caseopening.open_store

    def late(case: Case) -> bool:
        may.wait(20)
        return now(case)

    monkeypatch.setattr(caseopening, "open_store", late)
    yield may
    may.set()


def test_no_screen_waits_for_the_store(gate: threading.Event, tmp_path: Path) -> None:
    what = asked(stored(LOST), quick=False)
    gate.set()
    look(what, whole)
    gate.clear()
    report = tmp_path / "report.md"

    async def steps(app: TriageApp, pilot: Pilot[None]) -> None:
        await pilot.press("r")
        await pilot.pause()
        app.screen.query_one(Input).value = str(report)
        await pilot.press("enter")
        await pilot.pause()
        assert not report.exists()
        assert "still being read" in seen(pilot)
        proof = next(p for one in app.case.diagnosis.findings for p in one.evidence)
        app.follow(Place(proof.file, proof.line))
        await pilot.press("7")
        assert app.pane.id == "findings"
        assert "a key waits for the log" in seen(pilot)
        gate.set()
        await whole(app, pilot)
        await pilot.pause(0.2)
        assert app.log_pane.log_view.line is not None
        assert app.log_pane.log_view.line.row == app.case.row_of(proof)
        assert app.pane.id == "files"
        await pilot.press("escape")
        assert app.pane.id == "log"

    look(what, steps)


# The program itself, ended when its first screen is there.
STARTED = """
import json, sys
from pathlib import Path
from diag.tui.app import TriageApp
def tell(app):
    Path(sys.argv[1]).write_text(json.dumps([app.is_open, *sorted(sys.modules)]))
    app.exit()
TriageApp.after_screens = tell
from diag.cli.main import main
main(["triage", sys.argv[2]])
"""
LATER = {
    *("duckdb", "numpy", "yaml", "pyparsing", "plotext", "textual_plotext", "evtx"),
    *("watchdog", "zipfile", "tomllib", "arcdiag_core", "diag.analyze", "diag.engine"),
    *("diag.bundle", "diag.formats", "diag.kql", "diag.tui.panes.log"),
    *("diag.tui.logview.view", "textual.widgets._text_area", "rich.markdown"),
    *("importlib.metadata", "textual.widgets._markdown", "pygments", "tree_sitter"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_the_first_screen_of_a_known_case_loads_only_what_it_shows(
    tmp_path: Path,
) -> None:
    import pty

    source = asked(LOST, cache=True)
    look(source, whole)
    assert first_case(source)
    told = tmp_path / "told.json"
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", STARTED, str(told), str(LOST)]
    running = subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:  # it has ended
        pass
    os.close(ours)
    assert running.wait(20) == 0, shown
    opened, *modules = json.loads(told.read_text())
    assert opened
    assert b"ARC-" in shown
    assert sorted(LATER & set(modules)) == []
