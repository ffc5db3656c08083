"""Opening the log and the timeline on real samples: parsed once, judged once."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from diag import analyze
from diag.analyze.load import Options
from diag.tui.app import TriageApp
from diag.tui.case import Wanted
from tests import shipped
from tests.tui.opened import forget_first

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from diag.engine import RuleSet
    from diag.tui.panes.log import LogPane

LOST = Path(__file__).parents[2] / "samples" / "heartbeat-lost"

Steps = Callable[["Pilot[None]"], Awaitable[None]]


def rules() -> RuleSet:
    """Return the built-in rules."""
    return shipped.lenient()


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="arcdiag-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def stored(source: Path) -> Path:
    """Return the store of a source; it is removed when all tests are done."""
    path = _folder() / f"{source.stem}.duckdb"
    with analyze.load([source], Options(lenient=True), keep=path):
        return path


def program(source: Path = LOST) -> TriageApp:
    """Return the program for a source; what rules say of it is kept."""
    store = source if source.suffix == ".duckdb" else stored(source)
    forget_first(_folder())
    return TriageApp(
        Wanted([store], Options(lenient=True), rules, cache=False, kept=_folder())
    )


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no thread works for the screens any more."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type a text at once."""
    names = {" ": "space", "\n": "enter"}
    await pilot.press(*(names.get(one, one) for one in text))


def log_of(pilot: Pilot[None]) -> LogPane:
    """Return the log."""
    app = pilot.app
    assert isinstance(app, TriageApp)
    return app.log_pane


def drive(app: TriageApp, steps: Steps, size: tuple[int, int] = (80, 24)) -> None:
    """Run steps on an open program."""

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            while app.failure is None and not app.is_sorted:
                await pilot.pause(0.02)
            await pilot.pause()
            await steps(pilot)

    asyncio.run(run())


def seen(pilot: Pilot[None]) -> str:
    """Return the text that is drawn."""
    strips = pilot.app.screen._compositor.render_strips()  # noqa: SLF001 - what is drawn
    return "\n".join(strip.text.rstrip() for strip in strips)
