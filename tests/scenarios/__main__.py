"""Judge the scenarios: `python -m tests.scenarios [--seeds N] [--only NAME]`.

Writes one bundle for each scenario and seed, judges it as `arcdiag check` does, and
prints one table: what was found and missed, false alarms, evidence, exit code. Ends
with 0 when all is as the labels say, else with 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.scenarios import report
from tests.scenarios.catalogue import all_scenarios
from tests.scenarios.judge import judge, load_rules, write

FORMATS = {"text": report.text, "json": report.json}


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; the names are those of scenarios."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios")
    add = parser.add_argument
    add("--seeds", type=int, default=1, metavar="N", help="how many seeds; default 1")
    add("--first", type=int, default=0, metavar="SEED", help="the first one; default 0")
    add("--only", action="append", default=[], metavar="NAME", help="this scenario")
    add("--format", choices=tuple(FORMATS), default="text")
    add("--write", type=Path, metavar="FOLDER", help="only write the bundles there")
    add("--experimental", action="store_true", help="run experimental rules, too")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.only) - set(all_scenarios()))
    if unknown:
        parser.error(f"no scenario is called {', '.join(unknown)}")
    return options


def main(arguments: list[str]) -> int:
    """Judge and print; returns the exit code."""
    options = parsed(arguments)
    known = all_scenarios()
    seeds = range(options.first, options.first + options.seeds)
    chosen = [(known[name], seed) for name in options.only or known for seed in seeds]
    if options.write:
        for one, seed in chosen:
            write(one, seed, options.write / f"{one.name}-{seed}")
        return 0
    with tempfile.TemporaryDirectory(prefix="arcdiag-queries-") as kept:
        rules = load_rules(Path(kept), experimental=options.experimental)
        verdicts = [judge(one, seed, rules) for one, seed in chosen]
    sys.stdout.write(FORMATS[options.format](verdicts))
    return 0 if all(one.good for one in verdicts) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
