"""Opening the screens on real samples, quickly: parsed once, rules read once."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from diag import analyze, engine
from diag.analyze.load import Options
from diag.tui.app import TriageApp
from diag.tui.case import Wanted
from tests import shipped

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from diag.engine import RuleSet

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
LOST = SAMPLES / "heartbeat-lost"
WELL = SAMPLES / "healthy-linux"

Steps = Callable[["Pilot[None]"], Awaitable[None]]


def rules() -> RuleSet:
    """Return the built-in rules."""
    return shipped.lenient()


@cache
def one_rule() -> RuleSet:
    """Return one of them, where findings do not matter."""
    return engine.load_rules(
        [], ("ARC-HB-001",), shipped.kept(), lenient=True, unlocked=False
    )


@cache
def _judged_by(which: str) -> Path:
    """Return a folder for what these rules say; its files do not name the rules."""
    folder = shipped.kept() / f"judged-by-{which}-{os.getpid()}"
    folder.mkdir()
    return folder


@cache
def stored(source: Path) -> Path:
    """Return the store of a source; it is removed when all tests are done."""
    folder = tempfile.mkdtemp(prefix="arcdiag-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / f"{source.stem}.duckdb"
    with analyze.load([source], Options(lenient=True), keep=path):
        return path


def program(
    *sources: Path,
    against: Path | None = None,
    keymap: dict[str, str] | None = None,
    quick: bool = False,
) -> TriageApp:
    """Return the program for sources, or for the sample with the lost heartbeat.

    What the rules say of a source is kept for the next program: judging takes longer
    than most tests.

    Args:
        sources: What to open.
        against: What to compare with.
        keymap: The user's keys.
        quick: With one rule instead of all.
    """
    kept = _judged_by("one" if quick else "all")
    forget_first(kept)
    rule_set = one_rule if quick else rules
    asked = wanted(*sources, against=against, rule_set=rule_set, kept=kept)
    return TriageApp(asked, keymap)


def forget_first(kept: Path) -> None:
    """Let no case be known: whether it is would depend on when the store was made."""
    for path in kept.glob("first-*.json"):
        path.unlink()


def wanted(
    *sources: Path,
    rule_set: Callable[[], RuleSet],
    against: Path | None = None,
    kept: Path | None = None,
) -> Wanted:
    """Return what to open; unless it is told where, nothing is kept."""
    return Wanted(
        sources=sources or (stored(LOST),),
        options=Options(lenient=True),
        rules=rule_set,
        cache=False,
        against=against,
        kept=kept,
    )


async def is_open(pilot: Pilot[None]) -> None:
    """Wait until the screens are there, or it is said why they are not."""
    app = pilot.app
    assert isinstance(app, TriageApp)
    while app.failure is None and not app.is_sorted:
        await pilot.pause(0.02)
    await pilot.pause()


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no thread works for the screens any more."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def drive(app: TriageApp, steps: Steps, size: tuple[int, int] = (80, 24)) -> None:
    """Run steps on an open program."""

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await is_open(pilot)
            await steps(pilot)

    asyncio.run(run())


def seen(pilot: Pilot[None]) -> str:
    """Return the text that is drawn."""
    strips = pilot.app.screen._compositor.render_strips()  # noqa: SLF001 - what is drawn
    return "\n".join(strip.text.rstrip() for strip in strips)
