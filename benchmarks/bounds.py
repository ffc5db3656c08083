r"""Measure the bounds: `python benchmarks/bounds.py FOLDER [--only NAME] [--write]`.

What no bundle should be, but one will be: `arcdiag load` as a whole process, DuckDB
and all rules included, over four inputs that are made in FOLDER (2.3 GB, kept for the
next time):

zip      1 GB of logs as a zip, the mix of `generate.py`
line     one line of 1 GB in a himds.log, without a line end
tiny     10 million lines of one or two characters in one file
members  50,000 members of one line each in a zip

Each has a limit of peak memory (RSS) and of CPU seconds; wall is shown, but on a shared
machine it is no measure. The seconds are generous: they say that nothing grows faster
than its input, not how fast the tool is (`ingest.py` does). The account of lines must
be right, too. Prints PASS or FAIL for each limit;
`--write` adds the page to RESULTS.md. `--scale 0.01` tries the script itself.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.process import Run

HERE = Path(__file__).resolve().parent
GIGABYTE = 1_000_000_000
BLOCK = 1 << 20
TINY_LINES = 10_000_000
MEMBERS = 50_000
UNREAD = 5  # something was not read in full, such as the middle of a long line
LINE = 'time="2026-03-10T12:00:00Z" level=info msg="{}"\n'


@dataclass(frozen=True, slots=True)
class Case:
    """An input, how it is made, and the most that it may take: MB and CPU seconds."""

    name: str
    about: str
    path: str
    make: Callable[[Path, float], None]
    memory: float
    seconds: float


def make_zip(path: Path, scale: float) -> None:
    """Write a gigabyte of logs as a zip."""
    from benchmarks import generate

    folder = path.parent / "logs"
    megabytes = GIGABYTE * scale / generate.MEGABYTE
    generate.main([str(folder), "--megabytes", str(megabytes)])
    (folder / "corpus.zip").rename(path)


def make_line(path: Path, scale: float) -> None:
    """Write a log whose only line never ends."""
    words = b" and on it goes 0123456789"
    block = (words * (BLOCK // len(words) + 1))[:BLOCK]
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as stream:
        stream.write(LINE.format("begins")[:-2].encode())
        for _ in range(max(1, int(GIGABYTE * scale) // BLOCK)):
            stream.write(block)


def make_tiny(path: Path, scale: float) -> None:
    """Write millions of lines on which hardly anything stands."""
    piece = "".join(f"{number % 100}\n" for number in range(1000))
    with path.open("w", encoding="ascii", newline="\n") as stream:
        for _ in range(max(1, int(TINY_LINES * scale) // 1000)):
            stream.write(piece)


def make_members(path: Path, scale: float) -> None:
    """Write a zip of many small logs."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(max(1, int(MEMBERS * scale))):
            name = f"var/opt/azcmagent/log/himds-{number:05}.log"
            archive.writestr(name, LINE.format(number))


CASES = (
    Case("zip", "1 GB of logs as a zip", "logs.zip", make_zip, 700, 180),
    Case("line", "a line of 1 GB", "line/himds.log", make_line, 400, 60),
    Case("tiny", "10 million tiny lines", "tiny.txt", make_tiny, 700, 180),
    Case("members", "50,000 tiny members", "members.zip", make_members, 500, 180),
)


def prepare(case: Case, folder: Path, scale: float) -> Path:
    """Make an input unless it is there, in a process of its own.

    A process that is started counts the memory of the one that started it as its
    own peak; this one has to stay small.
    """
    path = folder / case.path
    if not path.exists():
        command = [sys.executable, __file__, str(folder), "--make", case.name]
        subprocess.run([*command, "--scale", str(scale)], check=True)
    return path


def measure_case(case: Case, source: Path, arcdiag: str, scratch: Path) -> Run:
    """Load an input once."""
    from benchmarks.process import measure

    env = {**os.environ, "ARCDIAG_CACHE_DIR": str(scratch / "cache")}
    store = scratch / f"{case.name}.duckdb"
    command = [arcdiag, "load", "--force", "-q", "-o", str(store), str(source)]
    return measure(command, env, scratch, (0, UNREAD))


def account(store: Path) -> str:
    """Return what the store holds, in words; the sum of its lines must be right."""
    import duckdb

    with duckdb.connect(str(store), read_only=True) as db:
        counted = db.execute(
            "SELECT count(*), sum(Lines), sum(Events), sum(Blank), sum(Unparsed), "
            "sum(Continued) FROM Files"
        ).fetchone()
        kinds = db.execute("SELECT DISTINCT Kind FROM Problems ORDER BY 1").fetchall()
    files, lines, events, blank, unparsed, continued = map(int, counted or ())
    right = lines == events + continued + blank + unparsed
    told = ", ".join(kind for (kind,) in kinds) or "none"
    return (
        f"{files:,} files, {lines:,} lines, {events:,} events, {unparsed:,} unparsed, "
        f"account {'right' if right else 'WRONG'}, problems: {told}"
    )


def page(case: Case, source: Path, run: Run, said: str) -> list[str]:
    """Return the lines for one case."""
    from benchmarks.figures import Limit

    limits = (
        Limit("peak memory", run.memory, case.memory, " MB"),
        Limit("CPU", run.cpu, case.seconds, " s"),
    )
    size = source.stat().st_size / 1e6
    return [
        f"- **{case.about}** ({size:,.1f} MB as a file; wall {run.wall:.1f} s): {said}",
        *(f"  - {limit.line()}" for limit in limits),
    ]


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure the bounds of loading.")
    parser.add_argument("folder", type=Path, help="where the inputs go")
    parser.add_argument("--only", action="append", help="one of the cases")
    parser.add_argument("--make", help="only make the input of this case")
    parser.add_argument("--scale", type=float, default=1.0)
    arcdiag = str(Path(sys.executable).parent / "arcdiag")
    parser.add_argument("--arcdiag", default=arcdiag)
    parser.add_argument("--write", action="store_true", help="add to RESULTS.md")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(HERE.parent))
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.make:
        (case,) = (one for one in CASES if one.name == options.make)
        case.make(options.folder / case.path, options.scale)
        return 0
    from benchmarks.figures import machine
    from benchmarks.process import FailedError

    lines = [machine(), ""]
    measured: list[tuple[Case, Path, Run, Path]] = []
    with tempfile.TemporaryDirectory(prefix="arcdiag-bounds-") as scratch:
        for case in CASES:
            if options.only and case.name not in options.only:
                continue
            source = prepare(case, options.folder, options.scale)
            try:
                run = measure_case(case, source, options.arcdiag, Path(scratch))
            except (FailedError, OSError) as error:
                print(f"could not be measured: {error}", file=sys.stderr)
                return 1
            print(
                f"{case.name}: {run.wall:.1f} s, {run.memory:.0f} MB", file=sys.stderr
            )
            measured.append((case, source, run, Path(scratch) / f"{case.name}.duckdb"))
        for case, source, run, store in measured:
            lines += page(case, source, run, account(store))
    text = "\n".join([*lines, ""])
    print(text)
    if options.write:
        today = datetime.now(UTC).date().isoformat()
        with (HERE / "RESULTS.md").open("a", encoding="utf-8") as results:
            results.write(f"\n## Bounds, {today}\n\n{text}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
