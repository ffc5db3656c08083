"""Tables of measured runs, ratios pair by pair, limits, and the machine."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.process import Run


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure, the most it may be, and how it is called."""

    name: str
    value: float
    most: float
    unit: str = "x"

    def line(self) -> str:
        """Return the limit as a line, PASS or FAIL first."""
        word = "PASS" if self.value <= self.most else "FAIL"
        value, most = f"{self.value:.2f}{self.unit}", f"{self.most:g}{self.unit}"
        return f"{word} {self.name}: {value}, limit {most}"


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return median, least and greatest as `1.20 (1.10-1.40)`."""
    low, mid, high = min(values), median(values), max(values)
    return f"{mid:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def row(name: str, runs: Sequence[Run], size: float = 0.0) -> str:
    """Return a Markdown row for the runs of one program.

    Args:
        name: What ran.
        runs: At least one.
        size: Bytes of text it read, for megabytes a second.
    """
    wall = median(run.wall for run in runs)
    cpu = median(run.cpu for run in runs)
    speed = f"{size / wall / 1e6:.0f} | {size / cpu / 1e6:.0f}" if size else "- | -"
    cells = (
        spread([run.wall for run in runs], 3),
        spread([run.cpu for run in runs], 3),
        spread([run.memory for run in runs], 0),
        speed,
    )
    return f"| {name} | {' | '.join(cells)} |"


HEAD = (
    "| median (least-greatest) | wall s | CPU s | peak MB | MB/s wall | MB/s CPU |\n"
    "|---|---|---|---|---|---|"
)


def ratios(
    one: Sequence[Run], other: Sequence[Run], what: Callable[[Run], float]
) -> list[float]:
    """Return one figure of each run divided by that of the run beside it."""
    return [what(a) / what(b) for a, b in zip(one, other, strict=True)]


def machine() -> str:
    """Return processor, cores, memory and load in words."""
    model = _field("/proc/cpuinfo", "model name") or platform.processor() or "unknown"
    memory = _field("/proc/meminfo", "MemTotal").split() or ["0"]
    load = os.getloadavg()[0]
    gigabytes = int(memory[0]) * 1024 / 1e9
    return (
        f"{model}, {os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()} "
        f"{platform.release()}, load {load:.1f} before"
    )


def _field(path: str, key: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
