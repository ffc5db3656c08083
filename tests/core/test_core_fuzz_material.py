"""What the core's own fuzz test works with: our plans, and lines of their samples.

`core/testdata/plans.jsonl` is written from the definitions; after a change in them
run `ARCDIAG_WRITE_DOCS=1 pytest tests/core/test_core_fuzz_material.py`.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from diag.formats import core_plan, load_families
from diag.formats.sampling import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diag.formats import Family

FILE = Path(__file__).parents[2] / "core" / "testdata" / "plans.jsonl"
MOST_LINES = 60  # of one plan
LONGEST = 600  # characters of a line


def entries(families: Iterable[Family]) -> dict[str, list[str]]:
    """Return lines by plan; families that read alike have one plan."""
    found: dict[str, list[str]] = {}
    for family in families:
        lines = found.setdefault(core_plan(replace(family, id="any")), [])
        texts = [sample.text for sample in family.samples]
        texts += [refused.text for refused in family.refuses]
        lines += [line for text in texts for line in lines_of(text)]
    return found


def test_the_material_is_that_of_the_definitions() -> None:
    written = ""
    for plan, lines in entries(load_families().values()).items():
        short = [line for line in dict.fromkeys(lines) if 0 < len(line) <= LONGEST]
        entry = {"plan": json.loads(plan), "lines": short[:MOST_LINES]}
        written += json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(written, encoding="utf-8", newline="\n")
    assert FILE.read_text(encoding="utf-8") == written
