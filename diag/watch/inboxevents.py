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

    from diag.watch.clocks import Bell


class Arrivals(FileSystemEventHandler):
    """Rings a bell at each event, and knows what was renamed into its place."""

    def __init__(self, root: Path, bell: Bell) -> None:
        """Prepare for an inbox."""
        self._root = os.fsdecode(root)
        self._bell = bell
        self._lock = threading.Lock()
        self._landed: set[str] = set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring; called in watchdog's thread."""
        if event.event_type == "moved" and event.dest_path:
            path = os.path.relpath(os.fsdecode(event.dest_path), self._root)
            with self._lock:
                self._landed.add(path.replace(os.sep, "/"))
        if event.event_type not in {"opened", "closed_no_write"}:
            self._bell.ring()

    def landed(self) -> set[str]:
        """Return what was renamed since the last time, by its name in the inbox."""
        with self._lock:
            found, self._landed = self._landed, set()
        return found


@contextlib.contextmanager
def events(root: Path, arrivals: Arrivals) -> Iterator[str]:
    """Let the system tell what happens in an inbox.

    Args:
        root: The inbox.
        arrivals: Is told of it.

    Yields:
        Why there are no events, or nothing.
    """
    from watchdog.observers import Observer

    observer = Observer()
    try:
        observer.schedule(arrivals, os.fsdecode(root), recursive=True)
        observer.start()
    except (OSError, RuntimeError) as error:
        yield str(getattr(error, "strerror", None) or error)
        return
    try:
        yield ""
    finally:
        observer.stop()
        observer.join(5)
