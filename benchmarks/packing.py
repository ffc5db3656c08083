"""What writing and verifying a bundle costs, beside zipfile and unzip.

    python benchmarks/packing.py --size 500 --rounds 5

Writes and checks a bundle of that many MB of logs in whole processes, in turn with
Python's zipfile at the same level and `unzip -t`, which checks CRCs only; then one of
20,000 small members.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.collect import FORMS
from benchmarks.figures import HEAD, Limit, machine, ratios, row
from benchmarks.process import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.process import Run

ROOT = Path(__file__).parents[1]
PART = 10_000_000  # bytes of one member
SMALL = 20_000
MEMORY = 80  # MB, of a collector as a whole

OURS = """
import sys
from diag.packing import BundleWriter
with BundleWriter(sys.argv[1], created="2026-03-10T12:00:00Z", replace=True) as writer:
    for name in sys.argv[2:]:
        with open(name, "rb") as stream:
            chunks = iter(lambda: stream.read(65536), b"")
            writer.member(name, chunks, mtime=1.7e9, facts={})
    writer.finish({})
"""
THEIRS = """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
    for name in sys.argv[2:]:
        made.write(name)
"""
MANY = """
import sys
from diag.packing import BundleWriter
with BundleWriter(sys.argv[1], created="2026-03-10T12:00:00Z", replace=True) as writer:
    for number in range(int(sys.argv[2])):
        writer.member(f"var/log/{number}.log", [b"x" * 300], mtime=1, facts={})
    writer.finish({})
"""


def main() -> None:
    """Measure, and print a table and what is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200, help="MB of logs")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), args.size, args.rounds)


def _measure(folder: Path, size: int, rounds: int) -> None:
    logs = _logs(folder, size)
    bundle, plain = folder / "ours.zip", folder / "theirs.zip"
    unzip = shutil.which("unzip")
    runs: dict[str, list[Run]] = {}
    for _ in range(rounds):
        _add(runs, "BundleWriter", folder, _python(OURS, bundle, *logs))
        _add(runs, "zipfile, level 1", folder, _python(THEIRS, plain, *logs))
        words = [sys.executable, "-m", "diag", "verify", str(bundle)]
        _add(runs, "arcdiag verify", folder, words)
        if unzip:
            _add(runs, "unzip -t", folder, [unzip, "-tq", str(bundle)])
    whole = sum(Path(one).stat().st_size for one in logs)
    print(HEAD)
    for name, found in runs.items():
        print(row(name, found, whole))
    few = _once(folder, _python(MANY, folder / "many.zip", SMALL))
    print(row(f"{SMALL:,} members of 300 bytes", [few]))
    packed = bundle.stat().st_size / plain.stat().st_size
    writing = ratios(
        runs["BundleWriter"], runs["zipfile, level 1"], lambda one: one.cpu
    )
    memory = max(one.memory for one in [*runs["BundleWriter"], few])
    for limit in (
        Limit("CPU of writing to zipfile", sorted(writing)[len(writing) // 2], 1.3),
        Limit("size to zipfile", packed, 1.01),
        Limit("memory of writing", memory, MEMORY, " MB"),
    ):
        print(limit.line())


def _logs(folder: Path, size: int) -> list[str]:
    made = []
    for number in range(max(size * 1_000_000 // PART, 1)):
        path = folder / f"himds-{number}.log"
        at = length = 0
        with path.open("w", encoding="utf-8") as stream:
            while length < PART:
                clock = f"{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}"
                ident = f"{(number + at * 2_654_435_761) % (1 << 64):016x}"
                form = FORMS[at % len(FORMS)]
                line = form.format(clock=clock, id=ident, back=ident[::-1], n=at)
                length += stream.write(line)
                at += 1
        made.append(str(path))
    return made


def _python(code: str, *words: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, words)]


def _add(
    runs: dict[str, list[Run]], name: str, folder: Path, words: Sequence[str]
) -> None:
    runs.setdefault(name, []).append(_once(folder, words))


def _once(folder: Path, words: Sequence[str]) -> Run:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return measure(words, env, folder)


if __name__ == "__main__":
    main()
