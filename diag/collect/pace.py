"""How much of the server is used: processor, disk, time."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SHARE = 0.045  # of one core: a little below the 5 % that are promised
READ = 20 * 1024 * 1024  # bytes a second
BURST = 0.1  # seconds of processor time, or of reading, that may be used at once
LONGEST_REST = 5.0  # seconds at a time, so that Ctrl-C is soon noticed

FILE_SECONDS = 30.0  # of work on one file
RUN_SECONDS = 900.0  # of work
WHOLE_SECONDS = 3600.0  # with all rests

# ioprio_set of Linux, by machine: the class "idle".
IOPRIO = {"x86_64": 251, "aarch64": 30, "i686": 289, "i386": 289}
IDLE_CLASS = 3 << 13
BACKGROUND = 0x00100000  # SetPriorityClass: processor, disk and memory


class Bucket:
    """Tokens that come with time; using more than there are costs a rest."""

    def __init__(self, rate: float, burst: float) -> None:
        """Begin full.

        Args:
            rate: Tokens a second.
            burst: The most that are kept.
        """
        self._rate = rate
        self._burst = burst
        self._there = burst
        self._last = time.monotonic()

    def use(self, tokens: float) -> float:
        """Take tokens and return how many seconds to rest until they are there."""
        now = time.monotonic()
        self._there += (now - self._last) * self._rate
        self._there = min(self._there, self._burst) - tokens
        self._last = now
        return max(-self._there / self._rate, 0.0)


class Pace:
    """Rests as often as it takes, and knows when time is up."""

    def __init__(self, *, gentle: bool, fast: bool) -> None:
        """Begin.

        Args:
            gentle: Keep to 5 % of one core.
            fast: No limit on reading.
        """
        self._cpu = Bucket(SHARE, SHARE * BURST * 10) if gentle else None
        self._disk = None if fast else Bucket(READ, READ * BURST)
        self._used = 0.0  # so that the start of the program counts as well
        self.begin()

    def begin(self) -> None:
        """Let the time for the whole run begin now."""
        self._start = time.monotonic()
        self._rested = 0.0

    def rest(self, read: int) -> None:
        """Rest for what was done since the last time.

        Args:
            read: Bytes that were read.
        """
        need = self._disk.use(read) if self._disk is not None else 0.0
        if self._cpu is not None:
            used = time.process_time() + sum(os.times()[2:4])  # and what was run
            need = max(need, self._cpu.use(used - self._used))
            self._used = used
        while need > 0:
            step = min(need, LONGEST_REST)
            time.sleep(step)
            self._rested += step
            need -= step

    def worked(self) -> float:
        """Return the seconds since the begin, without the rests."""
        return time.monotonic() - self._start - self._rested

    def over(self) -> bool:
        """Say whether the time for the whole run is up."""
        whole = time.monotonic() - self._start
        return self.worked() > RUN_SECONDS or whole > WHOLE_SECONDS


def step_back() -> None:
    """Let everything else on the machine go first; what cannot be done is left."""
    for one in (_nice, _idle_disk, _background):
        _try(one)


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except (OSError, AttributeError, ImportError, ValueError):
        return


def _nice() -> None:
    if hasattr(os, "nice"):
        os.nice(19)


def _idle_disk() -> None:
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    call = IOPRIO.get(os.uname().machine)
    if call is not None:
        ctypes.CDLL(None).syscall(call, 1, 0, IDLE_CLASS)


def _background() -> None:
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), BACKGROUND)


def let_go(number: int) -> None:
    """Tell the system that what was read of a file is not needed in memory."""
    advise = getattr(os, "posix_fadvise", None)
    if advise is not None:
        _try(lambda: advise(number, 0, 0, os.POSIX_FADV_DONTNEED))
