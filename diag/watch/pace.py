"""How often may be judged: a share of the processor, or so many times."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from diag.watch.clocks import Clock

SHARE = 0.007  # of one core, over hours; what follows the logs needs the rest of 1 %
MOST = 30.0  # seconds of work that may be saved up
DEBT = -90.0  # what may be owed for something new


class Reason(Enum):
    """Why there should be a judgement."""

    PULSE = "pulse"  # all rules, from time to time
    ROUTINE = "routine"  # lines of a kind that came before
    NEWS = "news"  # something new, or no more lines come
    SILENCE = "silence"  # a deadline passed


ON_CREDIT = frozenset({Reason.NEWS, Reason.SILENCE})


class Pace(Protocol):
    """Says whether there may be a judgement."""

    def may(self, reason: Reason) -> bool:
        """Return whether there may be one now."""

    def spent(self, seconds: float) -> None:
        """Take what one cost."""


class Allowance:
    """A share of the processor's time; what is not used is saved up, to a limit."""

    def __init__(self, clock: Clock) -> None:
        """Begin with all that can be saved up."""
        self._clock = clock
        self._at = clock.elapsed()
        self.left = MOST

    def may(self, reason: Reason) -> bool:
        """Return whether there may be a judgement now; what is new on credit."""
        now = self._clock.elapsed()
        self.left = min(MOST, self.left + (now - self._at) * SHARE)
        self._at = now
        return self.left > (DEBT if reason in ON_CREDIT else 0.0)

    def spent(self, seconds: float) -> None:
        """Take what a judgement cost."""
        self.left -= seconds


class Rations:
    """So many judgements over a span of played time, and never two at once."""

    def __init__(self, clock: Clock, span: float, most: int) -> None:
        """Take the span in seconds and how many there may be in it."""
        self._clock = clock
        self._gap = span / max(1, most)
        self._next = 0.0
        self._silences = most

    def may(self, reason: Reason) -> bool:
        """Return whether there may be a judgement now; as many more for silences."""
        if reason is Reason.SILENCE and self._silences:
            self._silences -= 1
            return True
        return self._clock.elapsed() >= self._next

    def spent(self, seconds: float) -> None:
        """Note that there was one."""
        del seconds
        self._next = self._clock.elapsed() + self._gap
