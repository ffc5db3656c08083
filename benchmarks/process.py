"""Run a program once and measure the whole process: wall, CPU and peak memory."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds of wall clock and of CPU (user and system), peak RSS in MB."""

    wall: float
    cpu: float
    memory: float
    output: str = ""


class FailedError(Exception):
    """The measured program ended with an error."""


def measure(
    command: Sequence[str],
    env: Mapping[str, str],
    scratch: Path,
    allowed: Sequence[int] = (0,),
) -> Run:
    """Run a program without a shell, its output in a file, and wait for it.

    Args:
        command: Program, as a path, and arguments.
        env: All of its environment.
        scratch: A folder for its output.
        allowed: Exit codes that are no failure.

    Returns:
        What the kernel accounted for the process (`wait4`), in decimal megabytes.

    Raises:
        FailedError: It ended with another code; the text holds the end of what it said.
    """
    paths = [scratch / name for name in ("stdout", "stderr")]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, number, str(path), flags, 0o600)
        for number, path in enumerate(paths, start=1)
    ]
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], list(command), dict(env), file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    said = [path.read_text("utf-8", "replace") for path in paths]
    if os.waitstatus_to_exitcode(status) not in allowed:
        raise FailedError(
            f"{' '.join(command)[:200]} ended with "
            f"{os.waitstatus_to_exitcode(status)}: {said[1][-2000:]}"
        )
    # The kernel counts kibibytes on Linux.
    memory = used.ru_maxrss * 1024 / 1e6
    return Run(wall, used.ru_utime + used.ru_stime, memory, said[0])
