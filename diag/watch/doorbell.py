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
    from collections.abc import Iterable
    from pathlib import Path

    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import ObservedWatch

    from diag.watch.clocks import Bell

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

    def __init__(self, bell: Bell) -> None:
        """Take what is rung, by a thread of its own.

        Raises:
            OSError: The system has none left.
        """
        self._bell = bell
        self._observer = Observer()
        self._watches: dict[Path, tuple[int, ObservedWatch]] = {}
        self._observer.start()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring; for other files than before so that they are looked for."""
        if isinstance(event, FileModifiedEvent):
            self._bell.ring()
        else:
            self._bell.ring_anew()

    def at(self, folders: Iterable[Path]) -> int:
        """Be rung by these folders, and no others.

        Returns:
            At how many of them there is no bell, as there are more than 64.

        Raises:
            OSError: The system has none left.
        """
        wanted = sorted(folders)
        there = {path: _number(path) for path in wanted[:MOST_FOLDERS]}
        for path, (number, watch) in list(self._watches.items()):
            if there.get(path) != number:  # also a folder that was made anew
                with contextlib.suppress(KeyError, OSError):
                    self._observer.unschedule(watch)
                del self._watches[path]
        for path, number in there.items():
            if path not in self._watches and number:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    watch = self._observer.schedule(
                        self, str(path), event_filter=WANTED
                    )
                    self._watches[path] = number, watch
        return max(0, len(wanted) - MOST_FOLDERS)

    def close(self) -> None:
        """Stop."""
        self._observer.stop()
        self._observer.join(2.0)


def _number(path: Path) -> int:
    """Return what tells a folder from another of its name; 0 if there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
