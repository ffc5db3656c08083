"""How the C library keeps memory that an array does not need any more."""

from __future__ import annotations

import sys
from contextlib import suppress

MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of glibc's malloc.h
LARGE = 1 << 20  # bytes


def give_large_back() -> None:
    """Let glibc give back what was large as soon as it is free.

    Once something of 10 MB was freed, glibc takes the next ones from a pool of each
    thread instead of from the system, and the pools keep what they have: after some
    filters on ten million lines that were 40 MB. Other C libraries do not.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE)
