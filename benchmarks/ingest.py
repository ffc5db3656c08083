r"""Measure loading beside lnav: `python benchmarks/ingest.py FOLDER [-n 5]`.

FOLDER is what `generate.py` made. Whole processes in turn, A B C A B C ..., so that
a loaded machine hits all alike; ratios are taken run by run:

A  `diag.analyze.load` of corpus.zip into a new store (`load.py`), nothing cached: what
   every command does before it runs a rule
B  lnav, without a screen, over the extracted files: index them and count the levels
C  lnav: index and count the messages, the least it can be asked
D  `arcdiag load corpus.zip -o FILE.duckdb`: A, all rules, and their findings

B is what the study counted as lnav's index, and what the limits refer to; C and D are
shown beside it. lnav gets a format for the bracket logs (benchmarks/lnav), without
which it takes one of them for a log of CUPS; logrus it knows. It does not read the
UTF-16 file and takes the JSON lines for plain text; arcdiag reads both. Then `arcdiag
--version` beside a bare Python. Python may keep its byte code, as it does once
installed: each program runs once before it is measured.

Prints figures and PASS or FAIL for each limit; `--write` adds them to RESULTS.md. The
exit code is 0 as long as everything could be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.process import Run

HERE = Path(__file__).resolve().parent
LEVELS = ";SELECT log_level, count(*) AS n FROM all_logs GROUP BY 1"
COUNT = ";SELECT 'all', count(*) AS n FROM all_logs"
LINES = ";SELECT 'lines', sum(lines) AS n FROM lnav_file"
STARTS = 15  # pairs of `--version`: they take milliseconds
BEGIN = 1_772_323_200  # 2026-03-01T00:00:00Z, where the corpus begins
CHECKED = {
    "bytes": "Bytes",
    "lines": "Lines",
    "events": "Events",
    "continued": "Continued",
    "unparsed": "Unparsed",
}


@dataclass
class Bench:
    """Programs, folders and the runs so far."""

    corpus: Path
    scratch: Path
    arcdiag: str
    lnav: str
    totals: dict[str, Any]
    loads: list[Run] = field(default_factory=list)
    whole: list[Run] = field(default_factory=list)
    levels: list[Run] = field(default_factory=list)
    counts: list[Run] = field(default_factory=list)
    versions: list[Run] = field(default_factory=list)
    bare: list[Run] = field(default_factory=list)

    @property
    def store(self) -> Path:
        """The store that the last load wrote."""
        return self.scratch / "store.duckdb"

    @property
    def env(self) -> dict[str, str]:
        """Environment of arcdiag and Python: byte code is kept in a folder of ours."""
        env = {**os.environ, "PYTHONPYCACHEPREFIX": str(self.scratch / "bytecode")}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        return env

    def load(self) -> Run:
        """Run A; the store of the run before is removed."""
        return self.loaded([sys.executable, str(HERE / "load.py")])

    def load_whole(self) -> Run:
        """Run D."""
        return self.loaded([self.arcdiag, "load", "--force", "-o"], turned=True)

    def loaded(self, command: list[str], *, turned: bool = False) -> Run:
        """Run a program that makes the store, whose path may come first."""
        from benchmarks.process import measure

        self.store.unlink(missing_ok=True)
        paths = [str(self.corpus / "corpus.zip"), str(self.store)]
        return measure(
            [*command, *(reversed(paths) if turned else paths)], self.env, self.scratch
        )

    def index(self, query: str) -> Run:
        """Run B or C with lnav's own configuration folder."""
        from benchmarks.process import measure

        home = self.scratch / "home"
        env = {
            **os.environ,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "TMPDIR": str(self.scratch),
        }
        files = [str(self.corpus / "extracted" / path) for path in self.totals["files"]]
        command = [self.lnav, "-n", "-c", query, "-c", ":write-csv-to -", *files]
        return measure(command, env, self.scratch)

    def start(self, command: list[str]) -> Run:
        """Run a program that only starts and ends."""
        from benchmarks.process import measure

        return measure(command, self.env, self.scratch)


def prepare_lnav(bench: Bench) -> int:
    """Give lnav its formats, let it unpack its defaults; returns lines it sees."""
    formats = bench.scratch / "home" / "lnav" / "formats" / "arcdiag"
    formats.mkdir(parents=True)
    for path in (HERE / "lnav").glob("*.json"):
        shutil.copy(path, formats)
    return counted(bench.index(LINES))


def counted(run: Run) -> int:
    """Return the sum of the counts that lnav printed."""
    rows = [line.rsplit(",", 1)[-1] for line in run.output.splitlines()]
    return sum(int(value) for value in rows if value.isdigit())


def compare(bench: Bench) -> list[str]:
    """Return where the store differs from what the generator wrote."""
    import duckdb

    columns = ", ".join(f"f.{column}" for column in CHECKED.values())
    query = f"""
        SELECT f.File, {columns}, e.Errors, e.Seconds, e.Kept FROM Files f JOIN (
          SELECT FileId, count(*) FILTER (WHERE Level = 'error') AS Errors,
            coalesce(sum(epoch_ms(TimeGenerated) // 1000 - {BEGIN}), 0) AS Seconds,
            count(*) AS Kept
          FROM Events GROUP BY FileId) e USING (FileId)"""
    names = (*CHECKED, "errors", "seconds", "kept")
    with duckdb.connect(str(bench.store), read_only=True) as db:
        found = {
            row[0]: dict(zip(names, map(int, row[1:]), strict=True))
            for row in db.execute(query).fetchall()
        }
    wrong = []
    for path, total in bench.totals["files"].items():
        expected = {**total, "kept": total["events"] + total["unparsed"]}
        if found.get(path) != expected:
            wrong.append(f"{path}: {found.get(path)} instead of {expected}")
    return wrong


def rounds(bench: Bench, count: int) -> None:
    """Measure everything, in turn, each once before."""
    bench.load_whole()
    bench.start([bench.arcdiag, "--version"])
    bench.index(LEVELS)
    for number in range(count):
        bench.whole.append(bench.load_whole())
        bench.loads.append(bench.load())
        bench.levels.append(bench.index(LEVELS))
        bench.counts.append(bench.index(COUNT))
        all_runs = (bench.loads, bench.levels, bench.counts, bench.whole)
        walls = [runs[-1] for runs in all_runs]
        print(f"round {number + 1}: {' '.join(f'{run.wall:.2f}' for run in walls)} s",
              file=sys.stderr)  # fmt: skip
    for _ in range(STARTS):
        bench.versions.append(bench.start([bench.arcdiag, "--version"]))
        bench.bare.append(bench.start([sys.executable, "-c", "pass"]))


def report(bench: Bench, seen: int, wrong: list[str]) -> str:
    """Return the figures as Markdown."""
    from benchmarks import figures as f

    size = bench.totals["total"]["bytes"]
    lines = [
        what(bench),
        f"lnav read {seen:,} lines and indexed {counted(bench.counts[-1]):,} messages.",
        "",
        f.HEAD,
        f.row("A load", bench.loads, size),
        f.row("B lnav, levels", bench.levels, size),
        f.row("C lnav, count", bench.counts, size),
        f.row("D arcdiag load, with rules", bench.whole, size),
        f.row("arcdiag --version", bench.versions),
        f.row("python -c pass", bench.bare),
        "",
    ]
    pairs = {"levels": bench.levels, "count": bench.counts}
    for name, others in pairs.items():
        wall = f.ratios(bench.loads, others, lambda run: run.wall)
        cpu = f.ratios(bench.loads, others, lambda run: run.cpu)
        lines.append(
            f"- A / lnav ({name}), run by run: wall {f.spread(wall)}, "
            f"CPU {f.spread(cpu)}"
        )
    lines += ["", *(f"- {limit.line()}" for limit in limits(bench))]
    state = (
        "NOT the corpus:" if wrong else "every line and event, level and time of it."
    )
    return "\n".join([*lines, "", f"The store holds {state}", *wrong])


def what(bench: Bench) -> str:
    """Return what was read, in words."""
    total = bench.totals["total"]
    return (
        f"Corpus: seed {bench.totals['seed']}, {total['bytes'] / 1e6:.1f} MB of text, "
        f"{total['lines']:,} lines, {total['events']:,} events; zip "
        f"{bench.totals['zip_bytes'] / 1e6:.1f} MB, store "
        f"{bench.store.stat().st_size / 1e6:.1f} MB. {len(bench.loads)} rounds, "
        "all in the page cache."
    )


def limits(bench: Bench) -> list[Any]:
    """Return what must not be exceeded, by the medians."""
    from statistics import median

    from benchmarks.figures import Limit, ratios

    wall = median(ratios(bench.loads, bench.levels, lambda run: run.wall))
    cpu = median(ratios(bench.loads, bench.levels, lambda run: run.cpu))
    start = median(ratios(bench.versions, bench.bare, lambda run: run.wall))
    peak = max(run.memory for run in bench.loads)
    return [
        Limit("wall against lnav", wall, 1.2),
        Limit("CPU against lnav", cpu, 1.5),
        Limit("peak memory", peak, 500, " MB"),
        Limit("--version against a bare Python, wall", start, 3),
    ]


def versions(bench: Bench) -> str:
    """Return what was measured, by version."""
    from importlib.metadata import version

    lnav = bench.start([bench.lnav, "-V"]).output.strip()
    tool = bench.versions[-1].output.strip()
    python = sys.version.split()[0]
    return f"{tool}, {lnav}, DuckDB {version('duckdb')}, Python {python}"


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measure loading beside lnav.")
    parser.add_argument("folder", type=Path, help="what generate.py made")
    parser.add_argument("-n", type=int, default=5, help="rounds")
    parser.add_argument(
        "--arcdiag", default=str(Path(sys.executable).parent / "arcdiag")
    )
    parser.add_argument("--lnav", default=shutil.which("lnav") or "lnav")
    parser.add_argument("--write", action="store_true", help="add to RESULTS.md")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(HERE.parent))
    from benchmarks.figures import machine
    from benchmarks.process import FailedError

    totals = json.loads((options.folder / "totals.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="arcdiag-bench-") as scratch:
        bench = Bench(
            options.folder, Path(scratch), options.arcdiag, options.lnav, totals
        )
        where = machine()
        try:
            seen = prepare_lnav(bench)
            rounds(bench, options.n)
        except (FailedError, OSError) as error:
            print(f"could not be measured: {error}", file=sys.stderr)
            return 1
        page = f"{where}\n{versions(bench)}\n\n{report(bench, seen, compare(bench))}\n"
    print(page)
    if options.write:
        today = datetime.now(UTC).date().isoformat()
        with (HERE / "RESULTS.md").open("a", encoding="utf-8") as results:
            results.write(f"\n## {today}\n\n{page}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
