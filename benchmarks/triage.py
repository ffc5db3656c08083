"""How fast the screens are, in a pseudo-terminal: `python benchmarks/triage.py STORE`.

Keys are written and the bytes that come back are timed: "done" is the last byte before
the terminal is quiet. STORE is what `arcdiag load` wrote; with `--lnav FOLDER` the time
from the start to the first filtered screen is measured in lnav on the same logs, too.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

# Compiled modules are kept, as where it is installed.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
ROOT = Path(__file__).resolve().parents[1]
QUIET = 0.12  # seconds without a byte: the repaint is over
LIMIT = 180.0
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=$]*[ -/]*[@-~]|\][^\x07\x1b]*|.)")
Command = list[str]
Time = tuple[float, float]  # milliseconds of wall and of CPU


class Terminal:
    """A program in a pseudo-terminal."""

    def __init__(self, command: Command, columns: int, rows: int) -> None:
        """Start it."""
        self.began = time.perf_counter()
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": ""}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._fd = master

    def work(self) -> float:
        """Return the milliseconds of CPU that all its threads had so far."""
        total = 0
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat"):
            total += int(path.read_text().split()[0])
        return total / 1e6

    def until(self, wanted: str = "", since: float | None = None) -> Time:
        """Read until a text came and nothing more comes.

        Args:
            wanted: A regex for the bytes without escapes; empty for any.
            since: When the clock began; by default at the start of the program.

        Returns:
            Milliseconds to the last byte, and those of CPU until it was quiet.

        Raises:
            TimeoutError: The text did not come.
        """
        begin = self.began if since is None else since
        last, seen, there = begin, b"", False
        worked = 0.0 if since is None else self.work()
        while time.perf_counter() - begin < LIMIT:
            ready, _, _ = select.select([self._fd], [], [], QUIET)
            if ready:
                seen += os.read(self._fd, 1 << 16)
                last = time.perf_counter()
                plain = ESCAPES.sub(b"", seen).decode("utf-8", "replace")
                there = there or bool(re.search(wanted, plain))
                self.bytes = len(seen)
            elif there:
                return (last - begin) * 1000, self.work() - worked
        raise TimeoutError(f"{wanted!r} never came: {seen[-2000:]!r}")

    def press(self, keys: str, wanted: str = "") -> Time:
        """Write keys; returns the milliseconds to the last byte that came of it."""
        since = time.perf_counter()
        os.write(self._fd, keys.encode())
        return self.until(wanted, since)

    def write(self, keys: str) -> None:
        """Write keys, and do not wait."""
        os.write(self._fd, keys.encode())

    def memory(self) -> float:
        """Return the most memory it had, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) * 1024 / 1e6 if found else 0.0

    def end(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
        os.close(self._fd)


def told(name: str, times: list[Time], limit: float | None = None) -> None:
    """Print the middle and the slow ones of some times, and of what the CPU did."""
    walls, work = (sorted(one[n] for one in times) for n in (0, 1))
    slow = walls[round(0.95 * (len(walls) - 1))]
    most = work[round(0.95 * (len(work) - 1))]
    verdict = "" if limit is None else ("ok" if slow <= limit else f"over {limit:g}")
    middle, usual = statistics.median(walls), statistics.median(work)
    figures = f"{middle:.0f} | {slow:.0f} | {usual:.0f} | {most:.0f}"
    print(f"| {name} | {len(times)} | {figures} | {verdict} |", flush=True)


def start(store: Path, columns: int, rows: int) -> Terminal:
    """Start the screens and wait for the findings."""
    command = [sys.executable, "-m", "diag", "triage", str(store)]
    return Terminal(command, columns, rows)


def keys_of(terminal: Terminal, rounds: int) -> None:
    """Measure moving, filters and jumps."""
    for name, keys, limit in (
        ("line down", "j", 50),
        ("line up", "k", 50),
        ("page down", " ", 50),
        ("page up", "b", 50),
        ("end and top", "Gg", 50),
        ("next error", "e", 50),
        ("next warning", "w", 50),
        ("level: warnings, errors, all", "vvv", 50),
        ("next bookmark or evidence", "d", 50),
    ):
        times = [terminal.press(keys[n % len(keys)]) for n in range(rounds)]
        told(name, times, limit)
    times = []
    for number in range(max(rounds // 3, 3)):
        terminal.press("t", "04:48|time")
        moment = f"2026-03-{2 + number % 20:02}T0{number % 10}:30"
        terminal.press(moment)
        times.append(terminal.press("\r"))
    told("go to a time", times, 50)


def slow_ones(terminal: Terminal, rounds: int) -> None:
    """Measure what asks the store, and keys while it does."""
    filters, searches, busy = [], [], []
    for number in range(rounds):
        terminal.press("f")
        terminal.press("\x15")
        text = f'Message has "{WORDS[number % len(WORDS)]}"'
        terminal.press(text)
        filters.append(terminal.press("\r", "f> M"))
        terminal.press("f")
        terminal.press("\x15")
        terminal.press("\r", "line")
        terminal.press("g")
        terminal.press("/")
        searches.append(
            terminal.press(f"{WORDS[number % len(WORDS)]}\r", r"[0-9,]+ hits|no hit")
        )
        terminal.press("/")
        terminal.write(f"zzq{number}no\r")
        time.sleep(0.02)
        busy += [press_quick(terminal, "j") for _ in range(5)]
        terminal.until("no hit", time.perf_counter())
    told("text filter, first screen", filters, 150)
    told("search, first hit", searches)
    told("line down while a search runs", busy, 50)


def press_quick(terminal: Terminal, key: str) -> Time:
    """Press a key and wait for its repaint only."""
    global QUIET  # noqa: PLW0603 - other repaints come soon
    before, QUIET = QUIET, 0.03
    try:
        return terminal.press(key)
    finally:
        QUIET = before


WORDS = ("timeout", "certificate", "extension", "proxy")


def main(arguments: list[str]) -> int:
    """Measure; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure the screens.")
    parser.add_argument("store", type=Path)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--slow-only", action="store_true", help="no keys")
    parser.add_argument("--lnav", type=Path)
    options = parser.parse_args(arguments)
    columns, rows = (int(part) for part in options.size.split("x"))
    os.chdir(ROOT)
    print("| what | times | p50 ms | p95 ms | CPU p50 | CPU p95 | |")
    print("|---|---|---|---|---|---|---|")
    firsts = []
    for _ in range(4):
        terminal = start(options.store, columns, rows)
        firsts.append(terminal.until("Findings"))
        terminal.end()
    told("start to findings, the rules run", firsts[:1])
    told("start to findings, judged before", firsts[1:])
    terminal = start(options.store, columns, rows)
    terminal.until("Findings")
    told("start to log", [terminal.press("3", r"line [0-9,]+ of")])
    if not options.slow_only:
        keys_of(terminal, options.rounds)
        terminal.press("4")
        zooms = [terminal.press(key) for key in "zlhzlhZlhZ"]
        told("timeline: zoom and move", zooms, 150)
        terminal.press("3")
    print(f"memory before filters: {terminal.memory():.0f} MB")
    slow_ones(terminal, max(options.rounds // 5, 2))
    print(f"most memory: {terminal.memory():.0f} MB")
    terminal.end()
    if options.lnav:
        lnav(options.lnav, columns, rows)
    return 0


def lnav(folder: Path, columns: int, rows: int) -> None:
    """Measure lnav from its start to the first filtered screen."""
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    terminal = Terminal(["lnav", "-q", *files], columns, rows)
    told("lnav: start to a quiet screen", [terminal.until()])
    told("lnav: text filter", [terminal.press(":filter-in timeout\r", "")])
    terminal.end()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
