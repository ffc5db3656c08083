"""How fast the screens are, in a pseudo-terminal: `python benchmarks/triage.py STORE`.

From the start of the process to the findings (`--starts-only`): of STORE, and of
`--bundle`, which is in the cache by then; and a key pressed the moment they are there.

Keys are written and the bytes that come back are timed: "done" is the last byte before
the terminal is quiet, "first" the one that shows what was asked for. STORE is what
`arcdiag load` wrote. With `--lnav FOLDER` the time from the start to the first filtered
screen is measured on the same logs, in lnav and here.
"""

from __future__ import annotations

import argparse
import atexit
import os
import re
import statistics
import sys
import time
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.pseudo import Terminal, Time  # noqa: E402

# Compiled modules are kept, as where it is installed.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def told(name: str, times: list[Time], limit: float | None = None) -> None:
    """Print the middle and the slow ones of some times, and of what the CPU did."""
    walls, work = (sorted(one[n] for one in times) for n in (0, 1))
    slow = walls[round(0.95 * (len(walls) - 1))]
    most = work[round(0.95 * (len(work) - 1))]
    verdict = "" if limit is None else ("ok" if slow <= limit else f"over {limit:g}")
    middle, usual = statistics.median(walls), statistics.median(work)
    figures = f"{middle:.0f} | {slow:.0f} | {usual:.0f} | {most:.0f}"
    print(f"| {name} | {len(times)} | {figures} | {verdict} |", flush=True)


BAR = r"line [0-9,]+ of"


@cache
def folder() -> str:
    """Return a folder for the caches of this run, which is removed at the end."""
    made = mkdtemp(prefix="arcdiag-bench-")
    atexit.register(rmtree, made, ignore_errors=True)
    return made


def start(store: Path, columns: int, rows: int) -> Terminal:
    """Start the screens."""
    command = [sys.executable, "-m", "diag", "triage", str(store)]
    # The filters and diagnoses of another run are not for this one.
    state = mkdtemp(dir=folder())
    own = {"ARCDIAG_CACHE_DIR": folder(), "ARCDIAG_STATE_DIR": state}
    return Terminal(command, columns, rows, **own)


def starts(
    sources: Mapping[str, tuple[Path, float]], times: int, size: list[int]
) -> None:
    """Measure from the start of the process to findings, the selected one and keys."""
    for name, (source, limit) in sources.items():
        firsts, keys = [], []
        for number in range(times + 1):
            if number == 1:
                time.sleep(SETTLED)
            terminal = start(source, *size)
            firsts.append(terminal.until(FINDINGS, first=True))
            keys.append(press_quick(terminal, DOWN, r"ARC-"))
            terminal.end()
        told(f"start to findings, {name}, the rules run", firsts[:1])
        told(f"start to findings, {name}", firsts[1:], limit)
        told(f"a key at once behind it, until it is quiet, {name}", keys[1:])


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
        # In the midst of all lines: at the end "next error" only says there is none.
        terminal.press("04000000G")
        # All of its keys as often: the last one shows all lines again.
        many = -(-rounds // len(keys)) * len(keys)
        times = [terminal.press(keys[n % len(keys)]) for n in range(many)]
        told(name, times, limit)
    times = []
    for number in range(rounds):
        terminal.press("t", "04:48|time")
        moment = f"2026-03-{2 + number % 20:02}T0{number % 10}:30"
        terminal.press(moment)
        times.append(terminal.press("\r"))
    told("go to a time", times, 50)


def slow_ones(terminal: Terminal, rounds: int) -> None:
    """Measure what asks the store."""
    firsts: dict[str, list[Time]] = {}
    wholes: dict[str, list[Time]] = {}
    hits: list[Time] = []
    for text, kind in FILTERS * rounds:
        terminal.press("G" if kind == "lines far away" else "04000000G")
        terminal.press("f", "empty: all")
        terminal.press(text)
        since = time.perf_counter()
        terminal.write("\r")
        first = terminal.until(ANY_LINES, since, first=True)
        firsts.setdefault(kind, []).append(first)
        wholes.setdefault(kind, []).append(first)
        if not re.search(ALL_LINES, terminal.seen):
            wholes[kind][-1] = terminal.until(ALL_LINES, since)
        clear(terminal)
    for text in SEARCHES * rounds:
        terminal.press("g", ALL_LINES)
        terminal.press("/", "empty: none")
        # The first hit is shown when the line number in the bar is another one.
        hits.append(terminal.press(f"{text}\r", r"line (?!1 of)[0-9,]+ of", first=True))
        time.sleep(6)  # until all are known
        terminal.drain()
    for kind, times in firsts.items():
        told(f"text filter, first screen, {kind}", times, 150)
        told(f"text filter, all of it, {kind}", wholes[kind])
    told("search, first hit", hits)


def clear(terminal: Terminal) -> None:
    """Take the filter away."""
    terminal.press("f", "empty: all")
    terminal.press("\x15")  # something stands there
    terminal.press("\r", ALL_LINES)


def while_searching(terminal: Terminal, rounds: int) -> None:
    """Measure keys while a search for what is nowhere looks through all messages."""
    number = 0
    for name, keys, limit in BUSY:
        times: list[Time] = []
        while len(times) < rounds:
            number += 1
            terminal.press("04000000G")
            terminal.press("/", "empty: none")
            terminal.write(f"{SLOW}{number}\r")
            time.sleep(0.3)
            for key in (*keys, *keys):
                if key == "\r":
                    terminal.write(f"t2026-03-{2 + number % 20:02}T0{number % 10}:30")
                    time.sleep(0.2)
                times.append(press_quick(terminal, key))
            time.sleep(6)  # until it has come to its end
            terminal.drain()
        told(f"{name} while a search runs", times, limit)


def press_quick(terminal: Terminal, key: str, wanted: str = BAR) -> Time:
    """Press a key and wait for its repaint only: others may come soon.

    The bar of the log is drawn last and with each of them: a key that closes a line
    where one types blinks before it has gone anywhere.
    """
    terminal.drain()
    since = time.perf_counter()
    terminal.write(key)
    return terminal.until(wanted, since, quiet=0.03)


ANY_LINES, ALL_LINES = (
    r"so far [0-9]|line [0-9,]+ of [0-9,]+ \(|no line of",
    r"in all\)",
)
# The list, all of the frame, and why the selected one was found.
FINDINGS = r"ARC-[\s\S]* why [\s\S]* quit"
DOWN = "\x1b[B"
SETTLED = 4  # seconds after which a case that is not touched any more is known again
BUNDLE = ROOT / "samples" / "azcmagent-logs-260310T1021-web0004.zip"
FILTERS = [
    ('Message has "failed"', "lines near"),
    ('"retrying"', "lines near"),
    ('Level == "error" and Message has "failed"', "lines near"),
    ('Message has "heartbeat"', "lines far away"),
    ('Message has "certificate"', "nothing"),
]
SEARCHES = ["heartbeat", "failed", "/retr.ing/"]
# Of letters that may be hex digits: no template says that no line has them.
SLOW = "fedfed"
BUSY = (
    ("line down", "jjj", 50),
    ("page down and up", " bb", 50),
    ("next error", "eee", 50),
    ("next warning", "www", 50),
    ("level: warnings, errors, all", "vvv", 50),
    ("go to a time", "\r\r", 50),
)


def main(arguments: list[str]) -> int:
    """Measure; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure the screens.")
    parser.add_argument("store", type=Path)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--slow-only", action="store_true", help="no keys")
    parser.add_argument("--lnav", type=Path)
    parser.add_argument("--bundle", type=Path, default=BUNDLE)
    parser.add_argument("--starts", type=int, default=12)
    parser.add_argument("--starts-only", action="store_true", help="nothing else")
    options = parser.parse_args(arguments)
    columns, rows = (int(part) for part in options.size.split("x"))
    os.chdir(ROOT)
    print("| what | times | p50 ms | p95 ms | CPU p50 | CPU p95 | |")
    print("|---|---|---|---|---|---|---|")
    cases = {f"{options.bundle.name} in the cache": (options.bundle, 400)}
    cases["the store"] = options.store, 600
    starts(cases, options.starts, [columns, rows])
    if options.starts_only:
        return 0
    terminal = start(options.store, columns, rows)
    terminal.until("Findings")
    told("start to log", [terminal.press("3", BAR)])
    if not options.slow_only:
        keys_of(terminal, options.rounds)
        terminal.press("4")
        zooms = [terminal.press(key) for key in "zlhzlhZlhZ"]
        told("timeline: zoom and move", zooms, 150)
        terminal.press("3")
    print(f"memory before filters: {terminal.memory():.0f} MB")
    if not options.slow_only:
        while_searching(terminal, options.rounds)
    slow_ones(terminal, max(options.rounds // 5, 2))
    print(f"most memory: {terminal.memory():.0f} MB")
    terminal.end()
    if options.lnav:
        beside_lnav(options.lnav, columns, rows)
    return 0


def beside_lnav(folder: Path, columns: int, rows: int) -> None:
    """Measure both from their start to the first filtered screen, on the same files.

    In lnav the filter is typed once its screen is quiet, here at once, as keys wait.
    """
    files = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    for _ in range(3):
        with TemporaryDirectory() as home:  # lnav keeps filters for the next time
            command = ["lnav", "-q", *files]
            terminal = Terminal(command, columns, rows, HOME=home)
            told("lnav: start to a quiet screen", [terminal.until()])
            typed = (time.perf_counter() - terminal.began) * 1000
            terminal.write(":filter-in failed\r")
            wall, work = terminal.until("enabled", first=True)
            told("lnav: text filter", [(wall - typed, 0)])
            told("lnav: start to filtered", [(wall, work)])
            terminal.until()
            print(f"most memory: {terminal.memory():.0f} MB")
            terminal.end()
    with TemporaryDirectory() as cache:
        for name in ("not loaded yet", "in the cache", "in the cache"):
            command = [sys.executable, "-m", "diag", "triage", str(folder)]
            own = {"ARCDIAG_CACHE_DIR": cache, "ARCDIAG_STATE_DIR": cache}
            terminal = Terminal(command, columns, rows, **own)
            terminal.until("Opening|Findings", first=True)
            terminal.write('3fMessage has "failed"\r')
            told(
                f"here, {name}: start to filtered",
                [terminal.until(FILTERED, first=True)],
            )
            print(f"most memory: {terminal.memory():.0f} MB")
            terminal.end()


FILTERED = r"so far [0-9]|f> M"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
