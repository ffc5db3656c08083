"""One line on a terminal that says what is being done, and for how long."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

from diag.text import show

if TYPE_CHECKING:
    from types import TracebackType

    from diag.cli.console import Console

FIRST, EVERY = 0.5, 1.0  # seconds; what is done sooner needs no progress
LONGEST = 60
CLEAR = "\r\x1b[K"


class Progress:
    """Writes to stderr while a command works, and leaves nothing behind."""

    def __init__(self, console: Console, what: str) -> None:
        """Take the console and the first thing to say.

        Args:
            console: Decides whether there is a terminal to write to.
            what: Such as `reading bundle.zip`.
        """
        self._stream = console.err if console.shows_progress() else None
        self._what = what
        self._start = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def say(self, what: str) -> None:
        """Change what is being done."""
        self._what = what

    def __enter__(self) -> Self:
        """Start to write, if there is a terminal."""
        if self._stream is not None:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and clear the line."""
        self._done.set()
        if self._stream is not None:
            self._thread.join()
            self._write(CLEAR)

    def _run(self) -> None:
        wait = FIRST
        while not self._done.wait(wait):
            wait = EVERY
            seconds = round(time.monotonic() - self._start)
            what = show(self._what).expandtabs(1)[:LONGEST]
            self._write(f"{CLEAR}arcdiag: {what} ... {seconds} s")

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._stream = None
