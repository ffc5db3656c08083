"""Work that steps back: a key that is pressed meanwhile comes first."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = TypeVar("Result")

# Of 0 to 19. The screen's thread gets a core within a millisecond; on a machine that
# is busy with other work this one still gets a part of it.
NICE = 15


def aside(work: Callable[[], Result]) -> Result:
    """Do something in a thread of its own that steps back, and wait for it.

    The engine works with the thread that asks and with its own. Those never step back:
    they also work for the screen, which would wait for them on a busy machine. A thread
    may not come forward again, so it is a new one. Only Linux has priorities of threads
    that an ordinary user can lower like this.

    Args:
        work: What to do.

    Returns:
        What it returns; what it raises is raised here.
    """
    with ThreadPoolExecutor(1, "aside", initializer=_step_back) as pool:
        return pool.submit(work).result()


def _step_back() -> None:
    if sys.platform == "linux":  # elsewhere the number would be that of a process
        with suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
