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
from tests.scenarios.judge import Verdict, judge, stable_rules, write


def main(arguments: list[str]) -> int:
    """Judge and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios")
    parser.add_argument("--seeds", type=int, default=1, help="seeds 0 to N-1")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write", type=Path, metavar="FOLDER",
                        help="only write the bundles there")  # fmt: skip
    options = parser.parse_args(arguments)
    known = all_scenarios()
    unknown = sorted(set(options.only) - set(known))
    if unknown:
        parser.error(f"no scenario is called {', '.join(unknown)}")
    chosen = [known[name] for name in options.only or known]
    seeds = range(options.first, options.first + options.seeds)
    if options.write:
        for one in chosen:
            for seed in seeds:
                write(one, seed, options.write / f"{one.name}-{seed}")
        return 0
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="arcdiag-queries-") as kept:
        rules = stable_rules(Path(kept))
        verdicts = [judge(one, seed, rules) for one in chosen for seed in seeds]
    sys.stdout.write(getattr(report, options.format)(verdicts))
    return 0 if all(one.good for one in verdicts) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
