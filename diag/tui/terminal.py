"""Leaving without a key: by a signal, or because the terminal is gone.

A lost connection does not always send a signal, and Textual goes on without a terminal,
at a quarter of a core, for ever. A signal that nobody handles would leave the terminal
without an echo and on its other screen, and temporary files behind.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.tui.shell import Shell

LOOKS = 2.0  # seconds between two looks
PATIENCE = 5.0  # seconds for notes to be kept and temporary files to be removed


def has_terminal() -> bool:
    """Return whether keys can still come; on Windows the system ends the program."""
    try:
        import termios
    except ImportError:
        return True
    try:
        termios.tcgetattr(sys.__stdin__ or 0)
    except (termios.error, ValueError, OSError):
        return False
    return True


def watch_terminal(app: Shell) -> None:
    """End the program soon after its terminal is gone; returns at once.

    Args:
        app: Is asked to leave first. When it cannot, because it waits for a terminal
            that is not there, the process ends without it.
    """
    threading.Thread(target=_watch, args=(app,), daemon=True).start()


def leave_on_signals(app: Shell) -> None:
    """Let SIGTERM and SIGHUP mean what `q` means; for the main thread.

    Args:
        app: Is asked to leave.
    """
    # In the midst of whatever the main thread does only a queue has no lock in the way.
    signals: SimpleQueue[int] = SimpleQueue()

    def told(number: int, frame: object) -> None:
        del frame
        signals.put(number)

    def wait() -> None:
        signals.get()
        leave(app)

    threading.Thread(target=wait, daemon=True).start()

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if number := getattr(signal, name, None):
            signal.signal(number, told)


def _watch(app: Shell) -> None:
    while has_terminal():
        time.sleep(LOOKS)
    leave(app)


def leave(app: Shell) -> None:
    """End the program; called in a thread of its own.

    Args:
        app: Is asked to leave first, and has some seconds for it.
    """
    asking = threading.Thread(target=_ask, args=(app,), daemon=True)
    asking.start()
    time.sleep(PATIENCE)
    os._exit(1)


def _ask(app: Shell) -> None:
    try:
        app.call_from_thread(app.leave_at_once)
    except RuntimeError:  # it has not begun, or has ended
        return
