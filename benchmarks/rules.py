"""What rules cost: all packs beside the loading, and a thousand rules beside ten.

    python benchmarks/rules.py FOLDER [--rounds N]

FOLDER is what `generate.py` filled. Limits: all rules of the shipped pack add at most
15 % to the loading; 1,000 generated rules cost at most 1.2 times what 10 cost, loading
included. CPU seconds of whole processes, least of the rounds, turn about; without the
cache of stores, with that of compiled queries, as in the second check on a machine.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MOST_SHARE = 0.15
MOST_RATIO = 1.2
WORDS = (
    *("socket", "quota", "mirror", "ledger", "socket", "vault", "replica", "tenant"),
    *("gateway", "cursor", "lease", "anchor", "packet", "secret", "handle", "policy"),
    *("worker", "bucket", "signal", "thread", "record", "broker", "stream", "digest"),
)
RULE = """\
id: BENCH-{number:03}-{low:03}
name: Generated rule {number}
description: A rule as people write them, about a text that a log may hold.
severity: medium
version: 1.0.0
status: test
query: |
  Events
  | where Log in ("himds", "azcmagent", "gc_ext", "journal")
  | where {test}
  | project Computer, TimeGenerated, Message, File, Line
group: {{by: [Computer]}}
tests:
- {{name: fires, asOf: 2026-03-10, log: {{himds: x}}, expectCount: 1}}
- {{name: silent, asOf: 2026-03-10, log: {{himds: x}}, expect: []}}
"""
FORMS = (
    'Message has "{0} {1} failed"',
    'Message has_any ("{0} {1} {2}", "{1} {0} refused")',
    'Message matches regex @"{0} [a-z]+ {1}: code \\d+"',
    'strcat(Message, " ", tostring(Fields)) has "{0}: {1} {2} is gone"',
)


def generated(folder: Path, count: int) -> Path:
    """Write rules of many texts; every tenth looks for what the corpus has."""
    choice = random.Random(count)
    folder.mkdir()
    for number in range(count):
        test = choice.choice(FORMS).format(*choice.sample(WORDS, 3))
        if number % 100 == 0:
            test = 'Message has "Extension returned non-zero exit code"'
        text = RULE.format(number=number // 1000, low=number % 1000, test=test)
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    return folder


def cpu(words: list[str], cache: Path) -> float:
    """Return the CPU seconds of `arcdiag` with some words."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "diag", *words]
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    # Compiled modules are kept, as where it is installed.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, check=False, capture_output=True, env=env)
    if done.returncode not in {0, 3, 4, 5}:
        raise SystemExit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure, print a table, and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    corpus = str(args.folder / "corpus.zip")
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        cases: dict[str, list[str]] = {}
        for name, only in (("no rule", ["--only", "ARC-VER-001"]), ("all", [])):
            cases[name] = ["check", corpus, *only, "-q", "-o", str(work / "out.txt")]
        for count in (10, 1000):
            folder = generated(work / f"rules{count}", count)
            report = str(work / f"out{count}.txt")
            only = ["--only", "BENCH-*"]
            words = ["check", corpus, "--rules", str(folder), *only, "-q", "-o", report]
            cases[f"{count} rules"] = words
        least = dict.fromkeys(cases, float("inf"))
        for turn in range(args.rounds + 1):
            for name, words in cases.items():
                # The first turn compiles the queries, and a store is never kept.
                for store in (work / "cache").rglob("*.duckdb"):
                    store.unlink()
                spent = cpu(words, work / "cache")
                if turn:
                    least[name] = min(least[name], spent)
    share = least["all"] / least["no rule"] - 1
    ratio = least["1000 rules"] / least["10 rules"]
    for name, spent in least.items():
        print(f"{name:<12} {spent:7.2f} s CPU")
    good = share <= MOST_SHARE, ratio <= MOST_RATIO
    print(f"all rules add {share:.1%} (limit {MOST_SHARE:.0%}): {_word(good[0])}")
    print(f"1,000 to 10 rules {ratio:.2f} (limit {MOST_RATIO}): {_word(good[1])}")
    return 0 if all(good) else 1


def _word(good: object) -> str:
    return "PASS" if good else "FAIL"


if __name__ == "__main__":
    sys.exit(main())
