"""Being told to end, where a piece of work is to be finished first."""

from __future__ import annotations

import signal
from typing import Any, Self


class Flag:
    """Whether SIGTERM or Ctrl-C came; the handler does nothing but note it."""

    def __init__(self) -> None:
        """Begin without."""
        self.seen: list[int] = []
        self._before: dict[int, Any] = {}

    def __bool__(self) -> bool:
        """Return whether it came."""
        return bool(self.seen)

    def __enter__(self) -> Self:
        """Watch for them, unless they are ignored, as behind a shell."""
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._see)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back."""
        for number, before in self._before.items():
            signal.signal(number, before)

    def _see(self, number: int, _frame: object) -> None:
        self.seen.append(number)
