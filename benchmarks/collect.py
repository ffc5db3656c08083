"""What the collector costs the server: memory, processor, disk and time.

    python benchmarks/collect.py --size 2000 --gentle 60

Writes logs of that many MB, collects all of them with --fast, then for so many seconds
with --gentle, and looks at every ten of them.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import Limit, machine
from benchmarks.process import measure

# Compiled modules are kept, as where it is installed.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
ROOT = Path(__file__).parents[1]
LOGS = (
    "var/opt/azcmagent/log/himds{}.log",
    "var/lib/GuestConfig/ext_mgr_logs/gc_ext{}.log",
    "var/lib/GuestConfig/arc_policy_logs/gc_agent{}.log",
    "var/opt/azcmagent/log/azcmagent{}.log",
)
FORMS = (
    (
        'time="2026-03-10T{clock}Z" level=debug msg="Heartbeat sent" Status Code=200 '
        'Request URL="https://weu.his.arc.azure.com/machines/{id}" '
        'Correlation ID="{back}"\n'
    ),
    (
        "[2026-03-10 {clock}.117] [PID 1187] [TID 1203] [Pull Client] [INFO] "
        "[{id}] Status of the extension was reported, ETag {back}\n"
    ),
    (
        'time="2026-03-10T{clock}Z" level=info msg="served request" '
        'path="/metadata/instance/compute" bytes={n}\n'
    ),
)
MB = 1_000_000
PART = 50 * MB  # of a log before it is turned
STEP = 0.25  # seconds between two looks at a process
WINDOW = 10.0


class Use(NamedTuple):
    """Processor time of a process at a moment, in seconds."""

    at: float
    cpu: float


def text(size: int, seed: int) -> bytes:
    """Return lines as the agent writes them: words again and again, ids ever new."""
    draw = random.Random(seed)
    lines = []
    done = 0
    while done < size:
        ident = f"{draw.getrandbits(128):032x}"
        second = draw.randrange(86400)
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        form = draw.choice(FORMS)
        number = draw.randrange(10**6)
        line = form.format(clock=clock, id=ident, back=ident[::-1], n=number).encode()
        lines.append(line)
        done += len(line)
    return b"".join(lines)


def make_tree(root: Path, size: int) -> None:
    """Write logs of so many bytes."""
    done = number = 0
    block = [text(5 * MB, seed) for seed in range(4)]
    while done < size:
        name = LOGS[number % len(LOGS)].format(
            f"-{number}" if number >= len(LOGS) else ""
        )
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        part = min(PART, max(size - done, MB))
        whole = (block[number % 4] * (part // len(block[0]) + 1))[:part]
        place.write_bytes(whole)
        done += part
        number += 1


def highest(folder: Path, done: threading.Event, sizes: list[int]) -> None:
    """Keep the most that a folder held at any moment."""
    while not done.wait(STEP):
        sizes.append(sum(one.stat().st_size for one in folder.iterdir()))


def fast(root: Path, scratch: Path, size: int) -> list[Limit]:
    """Collect everything as fast as it goes, and print the figures."""
    out = scratch / "out"
    out.mkdir()
    words = [sys.executable, "-m", "diag", "collect", "--root", str(root), "--full"]
    words += ["--fast", "--max-size", "4G", "-o", str(out / "b.zip")]
    sizes: list[int] = [0]
    done = threading.Event()
    watcher = threading.Thread(target=highest, args=(out, done, sizes))
    watcher.start()
    try:
        run = measure(words, {**os.environ, "PYTHONPATH": str(ROOT)}, scratch, (0, 5))
    finally:
        done.set()
        watcher.join()
    bundle = (out / "b.zip").stat().st_size
    with zipfile.ZipFile(out / "b.zip") as archive:
        there = sum(one.file_size for one in archive.infolist())
    if there < size:
        raise SystemExit(f"only {there:,} of {size:,} bytes were collected")
    print(f"{size / MB:,.0f} MB of logs, bundle {bundle / MB:,.1f} MB")
    print(f"--fast: wall {run.wall:.1f} s, CPU {run.cpu:.1f} s, {run.memory:.0f} MB, "
          f"{size / run.cpu / MB:.0f} MB/s of one core")  # fmt: skip
    return [
        Limit("peak memory", run.memory, 80, " MB"),
        Limit("disk to bundle", max(sizes) / bundle, 1.1),
    ]


def used(process: int) -> float:
    """Return the processor time of a process, with that of its children."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def gentle(root: Path, scratch: Path, seconds: float) -> list[Limit]:
    """Collect gently for a while, and print the most of any ten seconds."""
    words = [sys.executable, "-m", "diag", "collect", "--root", str(root), "--full"]
    words += ["--gentle", "-o", str(scratch / "g.zip")]
    uses: list[Use] = []
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=env, stderr=subprocess.DEVNULL) as process:
        began = time.monotonic()
        while process.poll() is None and time.monotonic() - began < seconds:
            uses.append(Use(time.monotonic() - began, used(process.pid)))
            time.sleep(STEP)
        process.kill()
    shares = [
        (later.cpu - use.cpu) / (later.at - use.at)
        for use in uses
        for later in uses
        if WINDOW <= later.at - use.at < WINDOW + 2 * STEP
    ]
    settled = [
        (later.cpu - use.cpu) / (later.at - use.at)
        for use in uses
        for later in uses
        if use.at >= 1 and WINDOW <= later.at - use.at < WINDOW + 2 * STEP
    ]
    print(f"--gentle: {uses[-1].cpu:.2f} s of CPU in {uses[-1].at:.0f} s; of any ten "
          f"seconds at most {max(shares):.1%}, from the second second on "
          f"{max(settled):.1%}")  # fmt: skip
    return [Limit("CPU over 10 s", max(shares) * 100, 5, " %")]


def main() -> None:
    """Measure, and print limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2000, help="MB of logs")
    parser.add_argument("--gentle", type=float, default=60, help="seconds, 0 for none")
    parser.add_argument("--scratch", type=Path, help="where to write; the default TMP")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        make_tree(args.make, args.size * MB)
        return
    print(machine())
    with tempfile.TemporaryDirectory(dir=args.scratch) as name:
        scratch = Path(name)
        # What this process once needed would count as the memory of its children.
        words = [sys.executable, __file__, "--make", str(scratch / "root")]
        subprocess.run([*words, "--size", str(args.size)], check=True)
        logs = (scratch / "root").rglob("*.log")
        size = sum(one.stat().st_size for one in logs)
        limits = fast(scratch / "root", scratch, size)
        if args.gentle:
            limits += gentle(scratch / "root", scratch, args.gentle)
    for limit in limits:
        print(limit.line())


if __name__ == "__main__":
    main()
