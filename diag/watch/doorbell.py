"""Being told by the system that something was written: watchdog, or nothing.

It only rings; what is there is looked at by who is woken. Where it cannot be had, on
network drives or when the system has no more of it, files are looked at every so often.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import ObservedWatch

MOST_FOLDERS = 64
# Not that a file was opened or closed, which our own reading does.
WANTED: list[type[FileSystemEvent]] = [
    FileModifiedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
]


class Doorbell(FileSystemEventHandler):
    """Rings when something in one of some folders changes."""

    def __init__(self, ring: Callable[[], None]) -> None:
        """Take what is called, by a thread of its own.

        Raises:
            OSError: The system has none left.
        """
        self._ring = ring
        self._observer = Observer()
        self._watches: dict[Path, ObservedWatch] = {}
        self._observer.start()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring."""
        del event
        self._ring()

    def at(self, folders: Iterable[Path]) -> int:
        """Be rung by these folders, and no others.

        Returns:
            How many of them there is no bell at, beyond the limit of 64.

        Raises:
            OSError: The system has none left.
        """
        wanted = sorted(folders)
        for path in list(self._watches):
            if path not in wanted:
                with contextlib.suppress(KeyError, OSError):
                    self._observer.unschedule(self._watches[path])
                del self._watches[path]
        for path in wanted[:MOST_FOLDERS]:
            if path not in self._watches:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    self._watches[path] = self._observer.schedule(
                        self, str(path), event_filter=WANTED
                    )
        return max(0, len(wanted) - MOST_FOLDERS)

    def close(self) -> None:
        """Stop."""
        self._observer.stop()
        self._observer.join(2.0)
