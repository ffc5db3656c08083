"""What a run that died has left: half-written stores, which are never opened."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".partial"
# A store that is still written has changed within this time.
OLD_SECONDS = 86_400


def remove_old(path: Path, now: float | None = None) -> int:
    """Remove half-written stores of a name that nobody writes any more.

    Args:
        path: The final name of the store.
        now: Seconds since the epoch; the wall clock when None.

    Returns:
        How many files are gone. Files that cannot be removed stay.
    """
    limit = (time.time() if now is None else now) - OLD_SECONDS
    gone = 0
    with contextlib.suppress(OSError):
        for entry in list(path.parent.iterdir()):
            own = entry.name.startswith(f"{path.name}.") and SUFFIX in entry.name
            gone += own and remove_if_older(entry, limit)
    return gone


def remove_if_older(entry: Path, limit: float) -> bool:
    """Remove a file last changed before `limit`; say whether it is gone.

    Another process may have removed it already, or still have it open.
    """
    try:
        if entry.stat().st_mtime >= limit:
            return False
        entry.unlink()
    except OSError:
        return False
    return True


def remove(partial: Path) -> None:
    """Remove one half-written store with its log, as far as that is possible."""
    for path in (partial, partial.with_name(f"{partial.name}.wal")):
        with contextlib.suppress(OSError):
            path.unlink()
