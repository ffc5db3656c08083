"""Playing recorded logs: the same way as live ones, by a clock of our own."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from diag import bundle
from diag.analyze.load import fill
from diag.store import Builder, Store
from diag.watch.clocks import PlayedClock, SystemClock
from diag.watch.follow import Follower
from diag.watch.ledger import Ledger, What
from diag.watch.loop import SETTLED, Watch
from diag.watch.pace import Allowance, Rations
from diag.watch.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from diag.model import Diagnosis, Finding
    from diag.watch.clocks import Bell
    from diag.watch.judging import Judge
    from diag.watch.pace import Pace
    from diag.watch.telling import Telling

MOST = 24  # judgements on the way when nothing has to wait
NEVER = timedelta(0)


@dataclass(frozen=True, slots=True)
class Play:
    """What is played and how: `speed` times as fast as it was, 0 for at once."""

    source: Path
    speed: float = 0.0
    now: datetime | None = None
    most: int = MOST


def replay(
    play: Play,
    judge: Judge,
    telling: Telling,
    bell: Bell,
    value_of: Callable[[Finding], dict[str, object]],
) -> Diagnosis:
    """Play a recording to its end, and tell what comes up on the way.

    Args:
        play: What and how.
        judge: With the options of a check.
        telling: Where findings go.
        bell: Ends it early.
        value_of: Returns a finding as JSON data.

    Returns:
        What `check` says of the same source.

    Raises:
        DiagError: There is no such source, or it cannot be read.
    """
    with (
        bundle.Scratch() as scratch,
        tempfile.TemporaryDirectory(prefix="arcdiag-") as folder,
    ):
        one = bundle.open_bundle(play.source, scratch)
        path = Path(folder) / "store.duckdb"
        fill(Builder(path), [one], judge.families, (), judge.options)
        grown = Path(folder) / "grown"
        grown.mkdir()
        with Store(path) as store:
            collected, _ = store.collected()
            recording = Recording(one, store, grown)
        path.unlink()
        recording.prepare(judge.families)
        end = play.now or (collected.replace(tzinfo=UTC) if collected else None)
        player = _Player(play, recording, judge, telling, value_of)
        return player.run(bell, end)


class _Player:
    """One recording on its way."""

    def __init__(
        self,
        play: Play,
        recording: Recording,
        judge: Judge,
        telling: Telling,
        value_of: Callable[[Finding], dict[str, object]],
    ) -> None:
        self._play = play
        self._recording = recording
        self._judge = judge
        span = recording.span()
        self._clock = PlayedClock(span[0] if span else SystemClock().now())
        length = (span[1] - span[0]).total_seconds() if span else 0.0
        pace: Pace = Rations(self._clock, length, play.most)
        if play.speed:
            pace = Allowance(SystemClock())
        self._follower = Follower(recording, judge.families, judge.options.zone)
        self._ledger = Ledger(value_of, NEVER)
        telling.ledger = self._ledger
        self._watch = Watch(
            self._clock, self._follower, judge, self._ledger, pace, telling
        )
        self._watch.judged = self._judged

    def _judged(self, now: datetime, only: frozenset[str] | None) -> Diagnosis:
        ends = {name: tail.done for name, tail in self._follower.tails.items()}
        so_far = self._recording.so_far(ends)
        return self._judge.judge_bundle(so_far, now, only)

    def run(self, bell: Bell, end: datetime | None) -> Diagnosis:
        """Play to the end; at the end judge all of the bundle."""
        if self._play.most:
            for moment in self._recording.moments():
                if bell.stopped or (end and moment > end):
                    break
                self._pass(bell, moment)
                self._recording.until(moment)
                self._watch.step()
                if self._watch.waits:
                    self._clock.set(moment + timedelta(seconds=SETTLED))
                    self._watch.step(anew=False)
            if end and not bell.stopped:
                self._pass(bell, end)
        self._recording.until(None)
        found = self._judge.judge_bundle(self._recording.whole(), self._play.now)
        bad = {one.rule for one in found.not_evaluated}
        self._watch.take(found.findings, lambda rule: rule not in bad, What.RAISED)
        self._follower.close()
        return found

    def _pass(self, bell: Bell, moment: datetime) -> None:
        """Let the time pass up to a moment, and silences with it."""
        while True:
            deadline = self._watch.next_deadline()
            due = deadline is not None and deadline <= moment
            self._sleep(bell, deadline if due and deadline else moment)
            if not due or bell.stopped:
                return
            self._watch.step(anew=False)

    def _sleep(self, bell: Bell, moment: datetime) -> None:
        left = (moment - self._clock.now()).total_seconds()
        if self._play.speed and left > 0:
            bell.wait(left / self._play.speed)
        self._clock.set(moment)
