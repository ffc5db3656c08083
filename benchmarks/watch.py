"""What a watch costs the server, and how soon it tells.

    python benchmarks/watch.py --minutes 5
    python benchmarks/watch.py --soak 50 --faults 150      (see soaking.py)

Use an environment whose files nobody else runs (a copy of .venv without its hard
links): memory is PSS, in which a page that others have mapped counts only in part.

Plays the logs of samples/healthy-linux into a folder at ten times their rate, with the
times of now, while `arcdiag watch` follows them. Then writes lines that complete a
finding, one after the other, and at last lets a heartbeat be overdue.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import Limit, machine

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "healthy-linux"
HIMDS = "var/opt/azcmagent/log/himds.log"
LOGS = (
    HIMDS,
    "var/opt/azcmagent/log/azcmagent.log",
    "var/lib/GuestConfig/arc_policy_logs/gc_agent.log",
    "var/lib/GuestConfig/ext_mgr_logs/gc_ext.log",
)
STAMP = re.compile(r'^time="([^"]+)"|^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})\]')
TIMES = 10
QUIET = timedelta(minutes=15)
LOST = "Get https://x/: dial tcp: lookup host{:03d}.example.com: no such host"
TICKS = os.sysconf("SC_CLK_TCK")


class Due(NamedTuple):
    """Lines that are to be written, so many seconds after the start."""

    at: float
    log: str
    lines: str


class Watching:
    """A watch that runs, and when it told what."""

    def __init__(self, top: Path, every: float = 0.05) -> None:
        """Start it; look at its memory every so many seconds."""
        self.every = every
        self.told: list[tuple[float, Any]] = []
        self.peak = self.total = 0.0
        self.looks = 0
        environment = {
            **os.environ,
            "ARCDIAG_STATE_DIR": str(top / "state"),
            "ARCDIAG_CACHE_DIR": str(top / "cache"),
        }
        self.status = top / "status.json"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "diag", "watch", "-j", "--root", str(top / "root"),
             "--status", str(self.status)],
            stdout=subprocess.PIPE, env=environment, cwd=ROOT, text=True,
        )  # fmt: skip
        for target in (self._read, self._look):
            threading.Thread(target=target, daemon=True).start()
        while not self.status.exists():
            time.sleep(0.05)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.append((time.time(), json.loads(line)))

    def _look(self) -> None:
        while self.process.poll() is None:
            size = sum(map(pss, family(self.process.pid)))
            self.peak = max(self.peak, size)
            self.total += size
            self.looks += 1
            time.sleep(self.every)

    def cpu(self) -> float:
        """Return the seconds of processor time so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        fields = stat.split()
        return sum(map(int, fields[11:15])) / TICKS  # and of children that ended

    def until(self, test: Any, seconds: float) -> tuple[float, Any] | None:  # noqa: ANN401
        """Wait for an event; return when it was told, and it."""
        end = time.time() + seconds
        while time.time() < end:
            for one in list(self.told):
                if test(one[1]):
                    return one
            time.sleep(0.005)
        return None


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *map(int, children)]


def pss(pid: int) -> float:
    """Return the memory of a process in MB, shared pages in parts."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def stamped(line: str, moment: datetime) -> str:
    """Return a line with another time."""

    def now(found: re.Match[str]) -> str:
        if found[1]:
            return f'time="{moment.strftime("%Y-%m-%dT%H:%M:%SZ")}"'
        return f"[{moment.strftime('%Y-%m-%d %H:%M:%S.%f')[:-3]}]"

    return STAMP.sub(now, line)


def recorded() -> list[Due]:
    """Return the lines of the sample's last hours, in the order of their times."""
    found: list[Due] = []
    for log in LOGS:
        at = None
        for line in (SAMPLE / log).read_text().splitlines(keepends=True):
            stamp = STAMP.match(line)
            if stamp:
                moment = datetime.fromisoformat(stamp[1] or stamp[2])
                # The second form is written in local time, an hour ahead of UTC.
                zone = moment.tzinfo is not None
                at = moment.timestamp() if zone else moment.timestamp() - 3600
                found.append(Due(at, log, line))
            elif at is not None:
                found[-1] = found[-1]._replace(lines=found[-1].lines + line)
    return sorted(found)


def write(top: Path, log: str, text: str) -> None:
    """Append to a log."""
    with (top / "root" / log).open("a") as stream:
        stream.write(text)


def prepare(top: Path, lines: list[Due], past: float) -> None:
    """Write what was there before, as if it ended now."""
    for log in LOGS:
        (top / "root" / log).parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SAMPLE / "var", top / "root" / "var", dirs_exist_ok=True)
    for log in LOGS:
        (top / "root" / log).write_text("")
    for path in (top / "root" / "var").rglob("*-2026-*.log"):
        path.unlink()
    now = time.time()
    for one in lines:
        if one.at <= past:
            moment = datetime.fromtimestamp(now + one.at - past, UTC)
            write(top, one.log, stamped(one.lines, moment))


def play(top: Path, lines: list[Due], begin: float, seconds: float) -> int:
    """Write the lines of the sample at ten times their rate; return how many."""
    start, count = time.time(), 0
    for one in lines:
        due = start + (one.at - begin) / TIMES
        if one.at <= begin or due - start > seconds:
            continue
        time.sleep(max(0.0, due - time.time()))
        write(top, one.log, stamped(one.lines, datetime.now(UTC)))
        count += one.lines.count("\n")
    time.sleep(max(0.0, start + seconds - time.time()))
    return count


def beat(top: Path, text: str = "Heartbeat sent", level: str = "info") -> float:
    """Write a line of himds; return the moment before it was written."""
    now = datetime.now(UTC)
    line = f'time="{now.strftime("%Y-%m-%dT%H:%M:%SZ")}" level={level} msg="{text}"\n'
    moment = time.time()
    write(top, HIMDS, line)
    return moment


def latencies(top: Path, watching: Watching, probes: int, apart: float) -> list[float]:
    """Return the seconds from a line to its finding, one after the other."""
    found = []
    for number in range(probes):
        text = LOST.format(number)
        begun = beat(top, text, "error")
        host = f"host{number:03d}."

        def ours(event: Any, host: str = host) -> bool:  # noqa: ANN401
            return event["event"] == "raised" and host in event["title"]

        told = watching.until(ours, 30.0)
        found.append(told[0] - begun if told else float("inf"))
        time.sleep(apart)
    return sorted(found)


def overdue(top: Path) -> float:
    """Return how many seconds after its deadline an overdue heartbeat is told."""
    (top / "root" / HIMDS).parent.mkdir(parents=True)
    last = datetime.now(UTC).replace(microsecond=0) - QUIET + timedelta(seconds=25)
    write(top, HIMDS, stamped('time="x" level=info msg="Heartbeat sent"\n', last))
    watching = Watching(top)
    told = watching.until(lambda one: one["rule"] == "ARC-HB-002", 60.0)
    watching.process.terminate()
    watching.process.wait()
    deadline = (last + QUIET).timestamp()
    return told[0] - deadline if told else float("inf")


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--probes", type=int, default=25)
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--faults", type=float, default=0.0, metavar="SECONDS")
    options = parser.parse_args()
    if options.soak:
        from benchmarks import soaking

        soaking.main(options.soak, options.faults)
        return 0
    print(machine())
    lines = recorded()
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        begin = lines[-1].at - options.minutes * 60 * TIMES
        prepare(top, lines, begin)
        began = time.time()
        watching = Watching(top)
        print(f"start: {time.time() - began:.1f} s, {watching.cpu():.2f} s of CPU, "
              f"peak {watching.peak:.0f} MB")  # fmt: skip
        time.sleep(20.0)
        seconds = options.minutes * 60
        watching.peak, watching.total, watching.looks = 0.0, 0.0, 0
        before, told = watching.cpu(), len(watching.told)
        count = play(top, lines, begin, seconds)
        used = (watching.cpu() - before) / seconds * 100
        mean = watching.total / max(1, watching.looks)
        print(f"{count} lines in {seconds:.0f} s; {len(watching.told) - told} told")
        print(Limit("processor", used, 1.0, " % of a core").line())
        print(Limit("PSS at most", watching.peak, 100.0, " MB").line())
        print(f"PSS mean {mean:.0f} MB")
        found = latencies(top, watching, options.probes, 4.0)
        middle, late = found[len(found) // 2], found[int(len(found) * 0.95)]
        print(
            f"line to finding, seconds: p50 {middle:.2f}, p95 {late:.2f}, "
            f"max {found[-1]:.2f}"
        )
        print(f"PSS at most, with findings: {watching.peak:.0f} MB")
        watching.process.terminate()
        print(f"ended with {watching.process.wait()}")
    with tempfile.TemporaryDirectory() as folder:
        print(f"overdue told {overdue(Path(folder)):.2f} s after the deadline")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
