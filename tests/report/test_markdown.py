"""Markdown: short, and no text of a log is markup in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from diag.model import Since
from diag.report.markdown import as_markdown
from tests.report.diagnoses import (
    CLEAN,
    DOCS,
    FULL,
    HOSTILE,
    MARKUP,
    SILENT,
    hostile,
)
from tests.report.judged import sample

# What begins something at the start of a line.
STARTS = (
    "- a",
    "+ a",
    "1. a",
    "9) a",
    "# a",
    "> a",
    "===",
    "---",
    "    a",
    "***",
    "_a_ __b__",
)


def fenced(text: str) -> list[str]:
    """Return the fenced blocks, by the rules of CommonMark; all have to be closed."""
    blocks: list[str] = []
    fence = ""
    for row in text.split("\n"):
        found = re.match(r" {0,3}(`{3,})", row)
        if fence:
            if found and len(found[1]) >= len(fence) and not row.strip().strip("`"):
                fence = ""
            else:
                blocks[-1] += f"{row}\n"
        elif found:
            fence = found[1]
            blocks.append("")
    assert fence == ""
    return blocks


def test_a_ticket_has_verdict_proof_remedy_and_what_was_not_looked_at() -> None:
    diagnosis, _ = sample("heartbeat-lost")
    text = as_markdown(diagnosis)
    assert text.startswith("# Azure Arc agent: db0003\n\nFindings: 1 critical, 4 high,")
    assert text.count("1 critical, 4 high") == 1
    assert "24 rules could not be judged, because a log is missing" in text
    assert "## CRITICAL: db0003: the agent's certificate was refused" in text
    assert "failed to send a heartbeat" in "".join(fenced(text))
    assert "(as administrator, changes the machine)" in text
    assert "## Not looked at" in text
    assert len(text) < 20_000


def test_no_text_ends_a_fence_or_begins_markup() -> None:
    text = as_markdown(hostile(MARKUP), {0: MARKUP}, [(MARKUP, 1, MARKUP, MARKUP)])
    blocks = fenced(text)
    assert len(blocks) == 3
    outside = text
    for block in blocks:
        outside = outside.replace(block, "")
    assert not re.search(r"(?<!\\)<(?!https://learn|!-- -->)", outside)
    assert "@somebody" not in outside
    heads = [row for row in outside.split("\n") if row.startswith("#")]
    assert not [row for row in heads if "no title" in row and "CRITICAL" in row]
    assert "\n# no title" not in outside
    assert "\n| " not in outside


@pytest.mark.parametrize("bad", [MARKUP, HOSTILE, *STARTS])
def test_a_reader_of_markdown_sees_only_our_markup(bad: str) -> None:
    text = as_markdown(hostile(bad), {0: bad}, [(bad, 1, bad, bad)])
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inside = [child for one in tokens for child in one.children or ()]
    for one in (*tokens, *inside):
        assert one.type not in {"html_block", "image", "table_open", "s_open", "hr"}
        assert one.type != "html_inline" or one.content == "<!-- -->"
        assert one.type != "link_open" or str(one.attrs["href"]).startswith(DOCS)
    heads = [one.content for one in tokens if one.type == "inline" and one.level == 1]
    marks = [one.tag for one in tokens if one.type == "heading_open"]
    assert marks.count("h1") == 1
    assert marks.count("h2") == 5, heads
    assert [one.type for one in tokens].count("ordered_list_open") == 1


def test_notes_stand_beside_their_findings_also_when_there_is_no_room() -> None:
    many = replace(
        FULL, findings=tuple(replace(SILENT, title=f"n {n}") for n in range(300))
    )
    text = as_markdown(many, {250: "mine"}, most=60_000)
    assert "n 250 (ARC-HB-001) **note**: mine" in text
    assert len(text.encode()) <= 60_000


def test_lines_that_are_cut_are_counted() -> None:
    marks = [("a.log", n, "x" * 900, "") for n in range(100)]
    text = as_markdown(CLEAN, {}, marks)
    assert re.search(r"- \d+ of 100 lines are cut off", text)
    assert len(text.encode()) <= 60_000


def test_what_is_gone_is_told() -> None:
    gone = (
        ("ARC-X-001", "edge0001", "was there", ""),
        ("R", "c", "t", "its rule did not run"),
    )
    text = as_markdown(replace(CLEAN, since=Since("old.json", 4, gone)))
    assert text.startswith("# Azure Arc agent: ")
    assert "\n\nNothing new." in text
    assert (
        "since old.json: 4 known findings not shown, 1 gone, 1 not judged now" in text
    )
    assert "- t (R)" in text.replace("\\", "")
