"""What more families cost a load: `python benchmarks/families.py FOLDER [-n 5]`.

FOLDER is what `generate.py` made. Whole processes in turn, A B A B ..., each loading
corpus.zip into a new store:

A  with the log families that the first version had
B  with all definitions

Prints the ratios run by run, PASS or FAIL for the limit, and with `--write` adds them
to RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.process import Run

HERE = Path(__file__).resolve().parent
FIRST = (
    "arcproxy",
    "azcmagent",
    "azcmagent_console",
    "azcmagent_show",
    "dsc",
    "gc_agent",
    "gc_ext",
    "himds",
    "journal",
)
LIMIT = 1.1


def load(source: str, store: str, which: str) -> None:
    """Load a source with some of the families: what a measured process does."""
    from diag import bundle, engine, formats
    from diag.analyze.load import Options, fill
    from diag.store import Builder

    families = formats.load_families()
    if which == "first":
        families = formats.Families({name: families[name] for name in FIRST})
    one = bundle.open_bundle(Path(source))
    fill(Builder(Path(store)), [one], families, engine.load_error_codes(), Options())


def rounds(folder: Path, count: int, scratch: Path) -> dict[str, list[Run]]:
    """Measure both in turn, each once before."""
    from benchmarks.process import measure

    cache = str(scratch / "bytecode")
    env = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONPATH": str(HERE.parent)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    runs: dict[str, list[Run]] = {"first": [], "all": []}
    for number in range(count + 1):
        for which, done in runs.items():
            store = scratch / "store.duckdb"
            store.unlink(missing_ok=True)
            source = str(folder / "corpus.zip")
            command = [sys.executable, __file__, "--load", source, str(store), which]
            run = measure(command, env, scratch)
            if number:
                done.append(run)
    return runs


def report(runs: dict[str, list[Run]]) -> str:
    """Return the figures as Markdown."""
    from statistics import median

    from benchmarks import figures as f

    wall = f.ratios(runs["all"], runs["first"], lambda run: run.wall)
    cpu = f.ratios(runs["all"], runs["first"], lambda run: run.cpu)
    limit = f.Limit("all families against the first ones, CPU", median(cpu), LIMIT)
    lines = [
        f.HEAD,
        f.row(f"A the {len(FIRST)} first families", runs["first"]),
        f.row("B all families", runs["all"]),
        "",
        f"- B / A, run by run: wall {f.spread(wall)}, CPU {f.spread(cpu)}",
        f"- {limit.line()}",
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit code."""
    sys.path.insert(0, str(HERE.parent))
    if arguments[:1] == ["--load"]:
        load(*arguments[1:])
        return 0
    parser = argparse.ArgumentParser(description="Measure what more families cost.")
    parser.add_argument("folder", type=Path, help="what generate.py made")
    parser.add_argument("-n", type=int, default=5, help="rounds")
    parser.add_argument("--write", action="store_true", help="add to RESULTS.md")
    options = parser.parse_args(arguments)
    from benchmarks.figures import machine

    where = machine()
    with tempfile.TemporaryDirectory(prefix="arcdiag-bench-") as scratch:
        page = (
            f"{where}\n\n{report(rounds(options.folder, options.n, Path(scratch)))}\n"
        )
    print(page)
    if options.write:
        today = datetime.now(UTC).date().isoformat()
        with (HERE / "RESULTS.md").open("a", encoding="utf-8") as results:
            results.write(f"\n## All families, {today}\n\n{page}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
