"""docs/rules.md lists the rules that there are.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the generated part.
"""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path

from tests.shipped import shipped

DOCUMENT = Path(__file__).parents[2] / "docs" / "rules.md"
BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->\n"


def generated() -> str:
    rules = sorted(shipped(), key=lambda rule: (rule.file, rule.id))
    lines = [""]
    for folder, members in groupby(rules, key=lambda rule: rule.file.rsplit("/", 2)[1]):
        lines += [f"## {folder.capitalize()}", ""]
        lines += ["| rule | severity | finds | covers |", "|---|---|---|---|"]
        for rule in members:
            severity = "normal" if rule.benign else rule.severity.value
            mark = "" if rule.status == "stable" else f" ({rule.status})"
            covers = ", ".join(rule.covers)
            lines.append(f"| {rule.id} | {severity} | {rule.name}{mark} | {covers} |")
        lines.append("")
    return "\n".join(lines) + "\n"


def test_the_page_lists_the_rules_that_there_are() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    expected = generated()
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        text = text[:begin] + expected + text[end:]
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    assert text[begin : text.index(END)] == expected
