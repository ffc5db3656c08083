"""What a run that died has left: half-written stores, which are never opened.

Beside such a store lie its log (`.wal`) and a folder (`.tmp`) if it had to spill.
"""

from __future__ import annotations

import contextlib
import shutil
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".partial"
SPILLED = f"{SUFFIX}.tmp"
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

    Another process may have removed it already, or still have it open. The one kind
    of folder that is removed is where DuckDB put what had no room in memory.

    Args:
        entry: A file or folder of ours; a link is removed, not what it leads to.
        limit: Seconds since the epoch.
    """
    try:
        status = entry.lstat()
        folder = stat.S_ISDIR(status.st_mode) and entry.name.endswith(SPILLED)
        inside = [one.lstat().st_mtime for one in entry.iterdir()] if folder else []
        if max([status.st_mtime, *inside]) >= limit:
            return False
        if folder:
            shutil.rmtree(entry)
        else:
            entry.unlink()
    except OSError:
        return False
    return True


def remove(partial: Path) -> None:
    """Remove one half-written store, its log and what it spilled, as far as possible.

    Args:
        partial: Its temporary name.
    """
    for path in (partial, partial.with_name(f"{partial.name}.wal")):
        with contextlib.suppress(OSError):
            path.unlink()
    shutil.rmtree(partial.with_name(f"{partial.name}.tmp"), ignore_errors=True)
