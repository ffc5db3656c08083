"""Following the logs of this server until it is told to end."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from diag.clock import iso
from diag.errors import DiagError
from diag.watch.ledger import What
from diag.watch.loop import BEATS, EPOCH, LISTED
from diag.watch.state import write_whole
from diag.watch.telling import AGAIN, status_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from diag.watch.clocks import Bell
    from diag.watch.doorbell import Doorbell
    from diag.watch.hook import Hook
    from diag.watch.ledger import Event
    from diag.watch.loop import Watch
    from diag.watch.state import Kept
    from diag.watch.telling import Telling

TICK = 1.0  # seconds after which a deadline, or a set clock, is looked at
TOGETHER = 0.05  # seconds in which lines that come together are gathered
LOOKED_FOR = 2.0  # seconds after which new files are looked for without a bell
STATUS = 30.0  # seconds after which the status file is written anew
REST = 30.0  # seconds of rest after a failure
OF_POLLING = "files are looked at every {:g} s"


@dataclass(slots=True)
class Ends:
    """What a live watch has beside its logs."""

    bell: Bell
    poll: float = 0.0
    status: Path | None = None
    hook: Hook | None = None
    gone: Callable[[], bool] = bool  # whether nobody listens any more


class Live:
    """A watch in the time of the system."""

    def __init__(self, watch: Watch, telling: Telling, ends: Ends) -> None:
        """Take the parts; nothing is looked at yet."""
        self._watch = watch
        self._telling = telling
        self._ends = ends
        self._doorbell: Doorbell | None = None
        self._told_of_many = False
        self._listed = 0.0
        self._status_at = 0.0
        self._counted: tuple[object, ...] = ()

    def run(self, kept: Kept) -> None:
        """Follow until the bell is stopped.

        Args:
            kept: What an earlier run left.

        Raises:
            DiagError: It cannot begin.
        """
        self._take_up(kept)
        self._ring_on_changes()
        self._watch.begin(What.RAISED if kept.begun else What.OPEN)
        self._telling.keep(())
        while True:
            self._after()
            rang = self._ends.bell.wait(self._pause())
            if self._ends.bell.stopped or self._ends.gone():
                break
            self._step(rang=rang)
        self._close()

    def _take_up(self, kept: Kept) -> None:
        if kept.note:
            self._telling.say(kept.note)
        self._watch.ledger.open = dict(kept.open)
        self._watch.follower.kept = dict(kept.last)
        self._telling.tell([_again(event) for event in kept.untold])

    def _step(self, *, rang: bool) -> None:
        if rang:
            time.sleep(TOGETHER)
        anew = self._ends.bell.take_anew()
        if self._ends.poll or not self._watch.follower.logs:
            elapsed = self._watch.clock.elapsed()
            anew = elapsed - self._listed >= LOOKED_FOR
        if anew:
            self._listed = self._watch.clock.elapsed()
        try:
            self._watch.step(anew=anew)
        except (DiagError, OSError) as error:
            self._telling.say(f"{error}; trying again in {REST:g} s")
            self._ends.bell.wait(REST)

    def _pause(self) -> float:
        most = self._ends.poll or TICK
        if self._ends.hook is not None and self._ends.hook.busy:
            most = min(most, TICK / 4)
        deadline = self._watch.next_deadline()
        if deadline is None:
            return most
        left = (deadline - self._watch.now()).total_seconds()
        return most if left <= 0 else min(most, left)

    def _after(self) -> None:
        """Do what is done after each look."""
        if self._ends.hook is not None:
            self._ends.hook.go_on()
        if self._doorbell is not None:
            self._bells(self._doorbell)
        self._write_status()

    def _ring_on_changes(self) -> None:
        """Have the system ring, unless it was said not to, or it cannot."""
        if self._ends.poll:
            self._telling.say(OF_POLLING.format(self._ends.poll))
            return
        from diag.watch.doorbell import Doorbell

        try:
            self._doorbell = Doorbell(self._ends.bell)
        except OSError as error:
            self._fall_back(error)

    def _bells(self, doorbell: Doorbell) -> None:
        try:
            without = doorbell.at(self._watch.follower.folders)
        except OSError as error:
            self._fall_back(error)
            return
        if without and not self._told_of_many:
            self._told_of_many = True
            self._telling.say(
                f"{without} folders beyond the first 64: their files are looked at "
                f"every {TICK:g} s, and new ones every {LISTED:g} s"
            )

    def _fall_back(self, error: OSError) -> None:
        self._ends.poll = TICK / 2
        why = error.strerror or str(error)
        self._telling.say(
            f"the system does not tell of changes ({why}); "
            f"{OF_POLLING.format(self._ends.poll)}. "
            "Raise fs.inotify.max_user_watches and max_user_instances"
        )
        if self._doorbell is not None:
            self._doorbell.close()
            self._doorbell = None

    def _write_status(self) -> None:
        path = self._ends.status
        if path is None:
            return
        elapsed = self._watch.clock.elapsed()
        open_ = self._watch.ledger.shown()
        counted = tuple((one.id, one.severity) for one in open_)
        if counted == self._counted and elapsed - self._status_at < STATUS:
            return
        self._counted, self._status_at = counted, elapsed
        newest = self._watch.follower.newest(BEATS)
        beat = iso(_moment(newest)) if newest else ""
        more = {
            "pid": os.getpid(),
            "logs": self._watch.follower.logs,
            "not_judged": len(self._watch.unjudged),
        }
        now = iso(self._watch.clock.now().replace(microsecond=0))
        try:
            write_whole(path, status_of(open_, now, beat, more), mode=0o644)
        except DiagError as error:
            self._telling.say(str(error))

    def _close(self) -> None:
        if self._doorbell is not None:
            self._doorbell.close()
        if self._ends.hook is not None:
            self._ends.hook.close()
        self._telling.keep(())
        self._watch.follower.close()


def _again(event: Event) -> Event:
    reason = f"{event.reason}; {AGAIN}" if event.reason else AGAIN
    return replace(event, reason=reason)


def _moment(microseconds: int) -> datetime:
    """Return a time in whole seconds."""
    return EPOCH + timedelta(seconds=microseconds // 1_000_000)
