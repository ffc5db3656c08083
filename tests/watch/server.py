"""A server whose logs a test writes, and a watch that looks when the test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diag.cli.collectplan import plan_data
from diag.collect import plan_of
from diag.report.json import finding_value
from diag.watch.clocks import PlayedClock
from diag.watch.follow import Follower
from diag.watch.ledger import Ledger, What
from diag.watch.loop import Watch
from diag.watch.pace import Reason
from diag.watch.places import FolderListing
from diag.watch.telling import Telling
from tests.watch.playing import Heard

if TYPE_CHECKING:
    from pathlib import Path

    from diag.watch.judging import Judge
    from diag.watch.state import StateFile

NEVER = plan_of(plan_data()).never
START = datetime(2026, 3, 10, 10, tzinfo=UTC)
FAILED = "failed to send a heartbeat: EOF"
LOST = "Get https://x: dial tcp: lookup gbl.his.arc.azure.com: no such host"


class SetClock(PlayedClock):
    """A clock whose hands somebody moves, while its seconds go on."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.moved = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.moved


class Free:
    """A pace that lets be judged what there is a reason for, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def may(self, reason: Reason) -> bool:
        return reason is not Reason.PULSE

    def spent(self, seconds: float) -> None:
        del seconds
        self.count += 1


class Server:
    """Logs in a folder, a watch over them, and a clock that stands between steps."""

    def __init__(
        self, top: Path, judge: Judge, state: StateFile | None = None, most: int = 0
    ) -> None:
        self.top = top
        self.log = top / "himds.log"
        self.clock = SetClock(START)
        self.heard = Heard()
        self.said: list[str] = []
        self.pace = Free()
        telling = Telling([self.heard], self.said.append, state)
        follower = Follower(FolderListing(top, NEVER), judge.families, most=most)
        ledger = Ledger(finding_value, timedelta(hours=24))
        self.watch = Watch(self.clock, follower, judge, ledger, self.pace, telling)
        telling.ledger, telling.last = ledger, self.watch.kept

    def begin(self, first: What = What.OPEN) -> None:
        self.watch.begin(first)

    def line(self, text: str = "Heartbeat sent", level: str = "info") -> str:
        stamp = self.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        return f'time="{stamp}" level={level} msg="{text}"\n'

    def write(self, text: str = "Heartbeat sent", level: str = "info") -> None:
        with self.log.open("a", newline="") as stream:
            stream.write(self.line(text, level))

    def look(self, seconds: float = 1.0) -> list[str]:
        """Let time pass and look; return what was told meanwhile."""
        before = len(self.heard.events)
        self.watch.step()
        self.clock.set(PlayedClock.now(self.clock) + timedelta(seconds=seconds))
        self.watch.step()
        return self.heard.words()[before:]

    def pass_time(self, minutes: float, *, beats: bool = True) -> list[str]:
        """Let minutes pass, with a heartbeat every five of them."""
        before = len(self.heard.events)
        for _ in range(round(minutes / 5)):
            self.look(299.0)
            if beats:
                self.write()
            self.look()
        return self.heard.words()[before:]
