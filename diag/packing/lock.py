"""A lock on an open file, to tell a run that goes on from one that died."""

from __future__ import annotations

import contextlib
import os
import time

QUIET = 600  # seconds: no file of a log takes longer to be collected
# Windows locks bytes, which nobody else could read then: one behind all that a bundle
# has. Its library takes places of 31 bits.
_FAR = (1 << 31) - 2


def lock(fd: int) -> bool:
    """Lock a file until it is closed, without waiting.

    Args:
        fd: Of an open file.

    Returns:
        False when another process has it. Where the file system has no locks, a file
        counts as free when nobody has written to it for ten minutes.
    """
    try:
        import fcntl
    except ImportError:
        return _lock_on_windows(fd)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        status = os.fstat(fd)
        return not status.st_size or time.time() - status.st_mtime > QUIET
    return True


def _lock_on_windows(fd: int) -> bool:
    with contextlib.suppress(ImportError):
        import msvcrt

        at = os.lseek(fd, 0, os.SEEK_CUR)
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        finally:
            os.lseek(fd, at, os.SEEK_SET)
    return True
