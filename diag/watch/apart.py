"""Doing work in a process of its own, so that its memory goes away with it.

A judgement needs three times the memory that waiting for the next line does, and what
an allocator has, it keeps. A fork has everything loaded already and shares it. Other
threads of this process only wait to ring a bell, and the fork does nothing with them;
should it ever hang, it is ended and the work is done here.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import select
import signal
import sys
import time
import warnings
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
LONGEST = 120.0  # seconds
BLOCK = 1 << 20


def can_fork() -> bool:
    """Return whether this system forks well: Windows does not at all."""
    return sys.platform == "linux"


def apart(work: Callable[[], T]) -> T:
    """Return what some work returns, done in a fork of this process.

    Args:
        work: Returns something that can be pickled. What it raises is raised here.
    """
    gc.freeze()  # what a collection touches would be copied
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Since 3.12 Python warns of threads; see above.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        _do(work, writing)
    gc.unfreeze()
    os.close(writing)
    try:
        data = _received(reading)
    finally:
        os.close(reading)
        if not _ended(child):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    try:
        done, result = pickle.loads(data or b"")  # noqa: S301 - of our own fork
    except Exception:  # noqa: BLE001 - nothing came, or no whole answer
        return work()
    if not done:
        raise result
    found: T = result
    return found


def _do(work: Callable[[], object], writing: int) -> None:
    """Work, write the result, and end at once: nothing of the parent is cleaned up."""
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            answer: tuple[bool, object] = (True, work())
        except Exception as error:  # noqa: BLE001 - raised again by the parent
            answer = (False, error)
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(answer))
        code = 0
    finally:
        os._exit(code)


def _received(reading: int) -> bytes | None:
    """Return all that is written; None when it takes too long, or nothing comes."""
    end = time.monotonic() + LONGEST
    pieces: list[bytes] = []
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return None
        piece = os.read(reading, BLOCK)
        if not piece:
            return b"".join(pieces) or None
        pieces.append(piece)


def _ended(child: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        for _ in range(500):
            if os.waitpid(child, os.WNOHANG)[0]:
                return True
            time.sleep(0.002)
        return False
    return True
