"""Running the command line: in this process, or as users do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"


@dataclass(frozen=True, slots=True)
class Called:
    """How a command line ended."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


def arcdiag(
    *words: object, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own.

    Args:
        words: The command line.
        env: More environment variables.
        cwd: The folder to run in.
    """
    return subprocess.run(
        command(*words),
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=environment(env),
        cwd=cwd,
    )


def command(*words: object) -> list[str]:
    """Return the command line as a list."""
    return [sys.executable, "-m", "diag", *(str(word) for word in words)]


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment, in which the checkout is importable."""
    path = os.environ.get("PYTHONPATH")
    paths = [str(ROOT), *([path] if path else [])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(more or {})}
