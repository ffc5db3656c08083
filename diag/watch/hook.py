"""Running a program for each finding: never by a shell, not long, and not often."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections import deque
from typing import TYPE_CHECKING, Any

from diag.errors import UsageError
from diag.watch.telling import value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diag.watch.clocks import Clock
    from diag.watch.ledger import Event

SECONDS = 10.0  # that a program may take
MOST_PER_MINUTE = 10
MINUTE = 60.0
MOST_WAITING = 200
LARGEST = 60_000  # bytes on its input: what a pipe takes without being read


class Hook:
    """Gives each event to a program on its input, as one JSON object."""

    def __init__(
        self,
        command: str,
        clock: Clock,
        encode: Callable[[Mapping[str, Any]], str],
        say: Callable[[str], None],
    ) -> None:
        """Check that there is such a program.

        Args:
            command: A program and its arguments, as a shell would read them.
            clock: For the limits.
            encode: Makes a line of JSON data.
            say: Says what went wrong.

        Raises:
            UsageError: There is no such program.
        """
        try:
            self._words = words_of(command, windows=sys.platform == "win32")
        except ValueError as error:
            raise UsageError(str(error), where="--exec", hint="mind quotes") from error
        found = shutil.which(self._words[0]) if self._words else None
        if found is None:
            raise UsageError(
                f"there is no program '{command}'",
                where="--exec",
                hint="give a program that can be run, with its whole path",
            )
        self._words[0] = found
        self._clock, self._encode, self._say = clock, encode, say
        self._waiting: deque[Event] = deque()
        self._begun: deque[float] = deque()
        self.running: subprocess.Popen[bytes] | None = None
        self._until = 0.0
        self.dropped = 0

    def put(self, event: Event) -> None:
        """Take an event; it is handed over when there may be a run."""
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            if self.dropped == 1:
                self._say("--exec: more findings than may be handed over; some are not")
            return
        self._waiting.append(event)
        self.go_on()

    @property
    def busy(self) -> bool:
        """Whether a program runs, or an event waits."""
        return self.running is not None or bool(self._waiting)

    def go_on(self) -> None:
        """End what ran too long, and begin the next if it may."""
        now = self._clock.elapsed()
        if self.running is not None:
            if self.running.poll() is None and now < self._until:
                return
            self._finish(self.running)
        while self._begun and now - self._begun[0] >= MINUTE:
            self._begun.popleft()
        if self._waiting and len(self._begun) < MOST_PER_MINUTE:
            self._begun.append(now)
            self._start(self._waiting.popleft(), now)

    def close(self, seconds: float = 2.0) -> None:
        """Give the program that runs a moment, then end it."""
        if self.running is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(seconds)
            self._finish(self.running)
        if self._waiting:
            self._say(f"--exec: {len(self._waiting)} findings were not handed over")

    def _start(self, event: Event, now: float) -> None:
        data = self._encode(value_of(event)).encode()
        if len(data) > LARGEST:
            value = value_of(event)
            value["finding"] = {}
            data = self._encode(value).encode()
        try:
            self.running = subprocess.Popen(  # noqa: S603 - the user's, and no shell
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            self._say(f"--exec: it cannot be run: {error.strerror}")
            return
        self._until = now + SECONDS
        with contextlib.suppress(OSError):  # it need not read what it is given
            assert self.running.stdin is not None  # noqa: S101 - asked for above
            self.running.stdin.write(data)
            self.running.stdin.close()

    def _finish(self, running: subprocess.Popen[bytes]) -> None:
        """End a program with all that it started; say so if it had to be."""
        self.running = None
        code = running.poll()
        if code is None:
            _end(running)
            self._say(f"--exec: it was ended after {SECONDS:g} s")
        elif code:
            self._say(f"--exec: it ended with {code}")


def words_of(command: str, *, windows: bool) -> list[str]:
    """Return the words of a command line.

    Args:
        command: With quotes around words that have spaces.
        windows: Only double quotes count, and a backslash parts folders.

    Raises:
        ValueError: A quote is not closed.
    """
    if not windows:
        return shlex.split(command)
    if command.count('"') % 2:
        raise ValueError("No closing quotation")
    found = re.findall(r'(?:"[^"]*"|[^\s"])+', command)
    return [word.replace('"', "") for word in found]


def _end(running: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            running.kill()
        else:
            os.killpg(running.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(1.0)
