"""Ctrl-C, also where a library turns it into another error.

DuckDB reports an interrupted load as a RuntimeError, and argparse can fail over its
own half-changed state. Whatever comes out after Ctrl-C was pressed is an interrupt.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, NoReturn, Self

if TYPE_CHECKING:
    from types import TracebackType


class Interrupts:
    """Remembers whether Ctrl-C was pressed while the context lasts."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.seen = False
        self._before: Any = None  # what Python calls a handler

    def __enter__(self) -> Self:
        """Watch, unless Ctrl-C is ignored, as it is for what runs behind a shell."""
        may = threading.current_thread() is threading.main_thread()
        if may and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            self._before = signal.signal(signal.SIGINT, self._see)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signal back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _see(self, _number: int, _frame: object) -> NoReturn:
        self.seen = True
        raise KeyboardInterrupt
