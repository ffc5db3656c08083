"""What happens while collecting: reasons, notes, and who is told."""

from __future__ import annotations

import errno
from typing import NamedTuple

# Why something was not taken; the closed list of docs/bundle.md.
ABSENT, DENIED, DENY_LIST = "absent", "denied", "deny-list"
LOCKED, OUTSIDE, OVER = "locked", "outside-window", "over-budget"
NOT_REDACTED, SPECIAL = "redaction-failed", "special-file"
TIMED_OUT, UNREADABLE, VANISHED = "timed-out", "unreadable", "vanished"

# What turned out while a file was read, in its `notes`.
CUT, GREW, SHRANK = "tail-only", "grew-while-read", "truncated-while-read"
ROTATED, GONE, SPARSE = "rotated-while-read", "deleted-while-read", "sparse"
SLOW, BROKEN, LONG_LINE = "timed-out", "read-error", "begins-inside-a-line"

WINDOWS_SHARING = (32, 33)  # sharing violation, lock violation


class Left(NamedTuple):
    """Something that was not taken, and why."""

    name: str
    reason: str
    detail: str


class Told:
    """Is told what is being done. This one says nothing."""

    def say(self, what: str) -> None:
        """Take one line about what is being done."""

    def at(self, done: int, whole: int) -> None:
        """Take how many bytes were read, and of how many."""

    def kept(self, text: str) -> None:
        """Take what is left of a run that does not come to its end."""


def reason_of(error: OSError) -> str:
    """Return the reason that an error of the system is."""
    if getattr(error, "winerror", None) in WINDOWS_SHARING:
        return LOCKED
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return VANISHED
    if error.errno == errno.ELOOP:
        return SPECIAL
    if error.errno in (errno.EAGAIN, errno.EBUSY, errno.ETXTBSY, errno.EDEADLK):
        return LOCKED
    if isinstance(error, PermissionError):
        return DENIED
    return UNREADABLE


def why(error: OSError) -> str:
    """Return what an error says, in words."""
    return error.strerror or str(error) or type(error).__name__
