"""Replaying a source inside a test, and what was told on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag import analyze
from diag.analyze.load import Options
from diag.analyze.sanitise import Sanitiser
from diag.report.json import as_value, finding_value
from diag.watch.clocks import Bell
from diag.watch.judging import Judge, Settings
from diag.watch.replay import Play, replay
from diag.watch.telling import Telling

if TYPE_CHECKING:
    from pathlib import Path

    from diag.engine import RuleSet
    from diag.watch.ledger import Event


class Heard:
    """A way to tell that keeps what it was told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def put(self, event: Event) -> None:
        self.events.append(event)

    def words(self) -> list[str]:
        return [f"{one.what} {one.known.rule}" for one in self.events]


def judge_of(rules: RuleSet) -> Judge:
    made = Judge(rules, Settings(Options(lenient=True), kept=rules.kept), "")
    made.run = lambda work: work()  # a fork of the tests takes longer; see test_process
    return made


def replayed(
    source: Path, judge: Judge, most: int = 2, speed: float = 0.0
) -> tuple[Any, Heard]:
    """Return what a replay ends with, as JSON data, and what was told."""
    heard = Heard()
    telling = Telling([heard], lambda _text: None)
    found = replay(
        Play(source, speed, most=most), judge, telling, Bell(), finding_value
    )
    return as_value(found), heard


def checked(source: Path, rules: RuleSet) -> Any:
    """Return what a check says, as JSON data."""
    with analyze.load([source], Options(lenient=True), cache=False) as loaded:
        found = analyze.diagnose(loaded, rules)
    return as_value(Sanitiser().cleaned(found).diagnosis)
