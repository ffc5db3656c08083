"""Every fault gives what docs/bundle.md says: no more, no less, and in time.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the table there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from diag.model import Problem
from diag.report.kinds import gaps
from diag.text import show
from tests.analyze.faults import FAULTS, SECTIONS, Fault
from tests.analyze.faults.fault import COUNT
from tests.analyze.machines import HIMDS
from tests.analyze.stored import snapshot

DOCUMENT = Path(__file__).parents[2] / "docs" / "bundle.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end of faults -->\n"
LONGEST = 20  # seconds


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and odd names")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_fault_gives_what_is_said(fault: Fault, tmp_path: Path) -> None:
    source = fault.make(tmp_path)
    before = sorted(tmp_path.iterdir())
    begun = time.monotonic()
    held = snapshot([source])
    assert time.monotonic() - begun < LONGEST
    assert sorted(tmp_path.iterdir()) == before
    assert sorted({row["Kind"] for row in held["Problems"]}) == sorted(fault.told)
    lines = {row["File"]: row["Lines"] for row in held["Files"]}
    if fault.beside:
        assert lines[HIMDS] == COUNT
    assert {name: lines.get(name) for name in fault.lines} == fault.lines
    for row in held["Problems"]:
        assert show(row["Text"]) == row["Text"]
        assert show(row["File"]) == row["File"]
    # Nothing at all is never called clean.
    problems = [Problem(r["File"], 0, r["Kind"], r["Text"]) for r in held["Problems"]]
    assert gaps(problems) or any(row["Log"] for row in held["Files"])


def listing() -> str:
    """Return the table as docs/bundle.md has it."""
    lines = []
    for title, faults in SECTIONS:
        lines += [
            f"### {title}",
            "",
            "| input | what is read | told as |",
            "|---|---|---|",
        ]
        for fault in faults:
            told = ", ".join(f"`{kind}`" for kind in fault.told) or "-"
            lines.append(f"| {fault.what} | {fault.gives} | {told} |")
        lines.append("")
    return "\n".join(lines)


def test_the_table_in_the_docs_is_what_the_cases_say() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    expected = f"\n{listing()}\n"
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        text = text[:begin] + expected + text[end:]
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
        end = text.index(END)
    assert text[begin:end] == expected


def test_there_are_enough_cases() -> None:
    assert len(FAULTS) >= 60
    assert len({fault.what for fault in FAULTS}) == len(FAULTS)
