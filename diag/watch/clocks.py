"""What time it is for a watch: the system's clock, or one that is played.

A watch never asks the system itself, so that recorded logs go the same way.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Protocol

from diag import clock

STEP = 2.0  # seconds by which a clock may drift from the other before it was set
ZERO = timedelta(0)


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> datetime:
        """Return the time as an aware UTC time."""

    def elapsed(self) -> float:
        """Return seconds that only ever grow, whatever is done to the clock."""

    def busy(self) -> float:
        """Return the seconds of processor time that were used so far."""


class SystemClock:
    """The clock of the system."""

    def now(self) -> datetime:
        """Return the wall clock."""
        return clock.now()

    def elapsed(self) -> float:
        """Return the seconds since some moment."""
        return time.monotonic()

    def busy(self) -> float:
        """Return the processor time of this process and those that it started."""
        used = os.times()
        return used.user + used.system + used.children_user + used.children_system


class PlayedClock:
    """A clock that stands until it is set; work takes it no time."""

    def __init__(self, start: datetime) -> None:
        """Begin at an aware time."""
        self._start = self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time that was set last."""
        return self._now

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return (self._now - self._start).total_seconds()

    def busy(self) -> float:
        """Return the processor time of this process, which is not played."""
        return time.process_time()

    def set(self, moment: datetime) -> None:
        """Go to a time; never back."""
        self._now = max(self._now, moment.astimezone(UTC))


class Steps:
    """Notices when the wall clock is set while the other one goes on."""

    def __init__(self, clock_: Clock) -> None:
        """Take the clock as it stands."""
        self._clock = clock_
        self._wall, self._elapsed = clock_.now(), clock_.elapsed()

    def since_last(self) -> timedelta:
        """Return by how much the clock was set since this was asked last.

        Returns:
            Negative when it was set back; zero when it only went on.
        """
        wall, elapsed = self._clock.now(), self._clock.elapsed()
        passed = timedelta(seconds=elapsed - self._elapsed)
        step = wall - self._wall - passed
        self._wall, self._elapsed = wall, elapsed
        return step if abs(step.total_seconds()) > STEP else ZERO


class Bell:
    """Wakes who waits; may be rung by any thread, or by a signal.

    A signal comes in the midst of whatever the waiting thread does, which may hold the
    lock of an event: to set that would wait for ever. A simple queue has none.
    """

    def __init__(self) -> None:
        """Make one that nobody rang."""
        self._rings: SimpleQueue[None] = SimpleQueue()
        self._anew = False
        self.stopped = False

    def ring(self) -> None:
        """Say that there may be something to look at."""
        if self._rings.empty():  # who wakes looks at everything
            self._rings.put(None)

    def ring_anew(self) -> None:
        """Say that there may be other files than before."""
        self._anew = True
        self.ring()

    def take_anew(self) -> bool:
        """Return whether there may be other files since this was asked last."""
        found, self._anew = self._anew, False
        return found

    def stop(self) -> None:
        """Say that it is time to end."""
        self.stopped = True
        self._rings.put(None)

    def wait(self, seconds: float) -> bool:
        """Wait until it rings, but no longer than this; return whether it rang."""
        try:
            self._rings.get(timeout=max(0.0, seconds))
        except Empty:
            return False
        with suppress(Empty):
            while True:
                self._rings.get_nowait()
        return True
