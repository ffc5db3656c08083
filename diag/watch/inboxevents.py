"""Being woken when something happens in an inbox; without it, it is looked at anew."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEventHandler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from watchdog.events import FileSystemEvent


class Bell(FileSystemEventHandler):
    """Rings at each event, and knows what was renamed into its place."""

    def __init__(self, root: Path) -> None:
        """Prepare for an inbox."""
        self._root = os.fsdecode(root)
        self._ringing = threading.Event()
        self._lock = threading.Lock()
        self._landed: set[str] = set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring; called in watchdog's thread."""
        if event.event_type == "moved" and event.dest_path:
            path = os.path.relpath(os.fsdecode(event.dest_path), self._root)
            with self._lock:
                self._landed.add(path.replace(os.sep, "/"))
        if event.event_type not in {"opened", "closed_no_write"}:
            self._ringing.set()

    def landed(self) -> set[str]:
        """Return what was renamed since the last time, by its name in the inbox."""
        with self._lock:
            found, self._landed = self._landed, set()
        return found

    def wait(self, seconds: float) -> bool:
        """Wait until something happens or the time is over; returns which."""
        rang = self._ringing.wait(seconds)
        self._ringing.clear()
        return rang


@contextlib.contextmanager
def events(root: Path, bell: Bell) -> Iterator[str]:
    """Let the system tell what happens in an inbox.

    Args:
        root: The inbox.
        bell: Is rung.

    Yields:
        Why there are no events, or nothing.
    """
    from watchdog.observers import Observer

    observer = Observer()
    try:
        observer.schedule(bell, os.fsdecode(root), recursive=True)
        observer.start()
    except (OSError, RuntimeError) as error:
        yield str(getattr(error, "strerror", None) or error)
        return
    try:
        yield ""
    finally:
        observer.stop()
        observer.join(5)
