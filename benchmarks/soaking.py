"""Hours of a watch in short: `python benchmarks/watch.py --soak 50 --faults 150`.

The lines of the sample come at ten times their rate, again and again. himds.log and
azcmagent.log are rotated every four minutes, of which the four newest parts stay;
gc_agent.log is cut every seven, gc_ext.log is removed and made anew every eleven. With
`--faults`, the second half has a new fault every so many seconds.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Limit, machine
from benchmarks.watch import (
    LOGS,
    LOST,
    TIMES,
    Due,
    Watching,
    beat,
    prepare,
    recorded,
    stamped,
    write,
)

BEFORE = 3600.0  # seconds of the sample that are played in a round
SETTLED = 20.0  # seconds after the start that count for neither part
ROTATED, CUT, REMOVED = 240.0, 420.0, 660.0
PARTS = 4  # of a rotated log that stay
ROWS = 10
ROW = "{:>6}  {:>7}  {:>9}  {:>7}  {:>7}  {:>5}  {:>5}  {:>6}  {:>5}"
NAMES = ("min", "RSS MB", "anon MB", "PSS MB", "at most", "fds", "files", "CPU s")
SMAPS = re.compile(r"^(Rss|Pss|Anonymous):\s+(\d+) kB$", re.MULTILINE)


@dataclass
class Part:
    """A time of the run, and what it cost."""

    name: str
    began: float
    cpu: float
    seconds: float = 0.0
    used: float = 0.0

    def end(self, at: float, cpu: float) -> None:
        """Take when it ended, and the processor time until then."""
        self.seconds, self.used = at - self.began, cpu - self.cpu

    @property
    def share(self) -> float:
        """Per cent of one core."""
        return self.used / self.seconds * 100 if self.seconds else 0.0


@dataclass
class Soak:
    """One run."""

    top: Path
    watching: Watching
    lines: list[Due]
    start: float = field(default_factory=time.time)
    count: int = 0
    written: int = 0
    faults: list[float] = field(default_factory=list)
    last: dict[str, float] = field(default_factory=dict)

    def every(self, what: str, seconds: float) -> bool:
        """Return whether something is due again, and count its time anew."""
        now = time.time()
        if now - self.last.setdefault(what, self.start) < seconds:
            return False
        self.last[what] = now
        return True

    def play(self) -> None:
        """Write what is due of the sample."""
        span = (self.lines[-1].at - self.lines[0].at) / TIMES + 1
        while True:
            around, place = divmod(self.count, len(self.lines))
            one = self.lines[place]
            passed = around * span + (one.at - self.lines[0].at) / TIMES
            if time.time() < self.start + passed:
                return
            write(self.top, one.log, stamped(one.lines, datetime.now(UTC)))
            self.count += 1
            self.written += one.lines.count("\n")

    def trouble(self) -> None:
        """Rotate, cut and remove logs when it is time."""
        if self.every("rotated", ROTATED):
            for log in LOGS[:2]:
                turn(self.top / "root" / log)
        if self.every("cut", CUT):
            (self.top / "root" / LOGS[2]).write_text("")
        if self.every("removed", REMOVED):
            path = self.top / "root" / LOGS[3]
            path.unlink()
            time.sleep(0.3)
            path.touch()

    def fault(self) -> None:
        """Write a line that completes a finding."""
        self.faults.append(beat(self.top, LOST.format(len(self.faults)), "error"))

    def delays(self) -> list[float]:
        """Return after how many seconds each fault was told."""
        told = [one for one in list(self.watching.told) if one[1]["event"] == "raised"]
        found = []
        for number, at in enumerate(self.faults):
            mark = f"host{number:03d}."
            times = [when - at for when, event in told if mark in event["title"]]
            found.append(min(times, default=float("inf")))
        return sorted(found)

    def row(self) -> str:
        """Return what the watch has now, as a line of the table."""
        pid = self.watching.process.pid
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        sizes = {name: int(size) * 1024 / 1e6 for name, size in SMAPS.findall(rollup)}
        peak, self.watching.peak = self.watching.peak, 0.0
        status = json.loads(self.watching.status.read_text())
        return ROW.format(
            f"{(time.time() - self.start) / 60:.1f}",
            *(f"{sizes[name]:.1f}" for name in ("Rss", "Anonymous", "Pss")),
            f"{peak:.0f}",
            sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
            sum(1 for _ in (self.top / "root").rglob("*.log")),
            f"{self.watching.cpu():.1f}",
            len(status["open"]),
        )


def turn(path: Path) -> None:
    """Rotate a log as the agent does, with the time in the old part's name."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")[:-3]
    path.rename(path.with_name(f"{path.stem}-{stamp}.log"))
    path.touch()
    for old in sorted(path.parent.glob(f"{path.stem}-2*.log"))[:-PARTS]:
        old.unlink()


def run(soak: Soak, minutes: float, faults: float) -> list[Part]:
    """Run; return its parts.

    Args:
        soak: What was begun.
        minutes: How long.
        faults: Seconds between two faults of the second half; 0 for none.
    """
    end = soak.start + minutes * 60
    half = soak.start + minutes * 30 if faults else end
    cpu = soak.watching.cpu
    parts = [Part("without faults", time.time(), cpu())]
    print(ROW.format(*NAMES, "open"), flush=True)
    print(soak.row(), flush=True)
    while (now := time.time()) < end:
        soak.play()
        soak.trouble()
        if now >= half and len(parts) == 1:
            parts[0].end(now, cpu())
            parts.append(Part(f"a fault every {faults:g} s", now, cpu()))
            soak.last["fault"] = now - faults
        if len(parts) > 1 and soak.every("fault", faults):
            soak.fault()
        if soak.every("row", minutes * 60 / ROWS - 0.1):
            print(soak.row(), flush=True)
        time.sleep(0.05)
    parts[-1].end(time.time(), cpu())
    return parts


def main(minutes: float, faults: float) -> None:
    """Run, and print the figures.

    Args:
        minutes: How long.
        faults: As in `run`.
    """
    print(machine())
    lines = recorded()
    begin = lines[-1].at - BEFORE
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        prepare(top, lines, begin)
        watching = Watching(top, every=0.25)
        time.sleep(SETTLED)
        soak = Soak(top, watching, [one for one in lines if one.at > begin])
        most = watching.peak
        parts = run(soak, minutes, faults)
        time.sleep(5.0)  # for the last fault
        print(f"{soak.written} lines; at the start PSS was at most {most:.0f} MB")
        for part in parts:
            print(Limit(part.name, part.share, 1.0, " % of a core").line())
        if found := soak.delays():
            print(
                f"{len(found)} faults told after {found[0]:.2f} to {found[-1]:.2f} s, "
                f"p50 {found[len(found) // 2]:.2f}"
            )
        for name in ("raised", "cleared"):
            count = sum(one["event"] == name for _, one in watching.told)
            print(f"{name}: {count}")
        print(f"load {os.getloadavg()[1]:.1f} in the last five minutes")
        watching.process.terminate()
        print(f"ended with {watching.process.wait()}")
