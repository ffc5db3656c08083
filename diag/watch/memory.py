"""Giving memory back that is only kept for a next time which may not come."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

SMAPS = Path("/proc/self/smaps")
# A library's code or constants, mapped from its file and never written by us.
LARGE = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +/.*\n"
    r"(?:[A-Z]\w+: +\d+ kB\n)*?Rss: +[1-9]\d{3,} kB\n"
    r"(?:[A-Z]\w+: +\d+ kB\n)*?Anonymous: +0 kB$",
    re.MULTILINE,
)
DONT_NEED = 4  # MADV_DONTNEED
ALLOCATOR = "DUCKDB_JE_MALLOC_CONF"
AT_ONCE = "dirty_decay_ms:0,muzzy_decay_ms:0"


def load_duckdb() -> None:
    """Load DuckDB so that it gives back at once what it does not need any more.

    Otherwise its allocator keeps for ten seconds what a query needed, and the next
    query takes as much again. It reads how to do that from the environment, once.
    """
    if ALLOCATOR in os.environ:
        return
    os.environ[ALLOCATOR] = AT_ONCE
    try:
        import diag.store.store  # noqa: F401 - which loads it
    finally:
        del os.environ[ALLOCATOR]


def give_back() -> None:
    """Give memory that is free back to the system; an allocator keeps it otherwise."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):  # it is not glibc
        _libc().malloc_trim(0)
    let_go_of_code()


def let_go_of_code() -> None:
    """Unmap the code of large libraries; what runs again is mapped again.

    The system maps what lies around each page that runs: half of DuckDB's 70 MB, once
    it was opened, a third when it goes on. The file's pages stay in the system's cache
    while it has room for them, so this takes a millisecond or two.
    """
    with contextlib.suppress(AttributeError, OSError):
        libc = _libc()
        for start, length in _code():
            libc.madvise(start, length, DONT_NEED)


@cache
def _code() -> tuple[tuple[int, int], ...]:
    """Return where large libraries lie; in a fork they lie at the same places."""
    found = LARGE.findall(SMAPS.read_text())
    places = ((int(start, 16), int(end, 16)) for start, end in found)
    return tuple((start, end - start) for start, end in places)


@cache
def _libc() -> Any:  # noqa: ANN401 - what the library of C has
    import ctypes

    if sys.platform != "linux":
        raise OSError("not Linux")
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return libc
