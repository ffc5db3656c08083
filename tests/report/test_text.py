"""The text report: what stands where, and that nothing from a log acts."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from diag.model import Diagnosis, Evidence, Problem
from diag.report import Format, Style, render
from diag.report.page import LONGEST
from tests.report.diagnoses import CLEAN, FULL, HIMDS, REFUSED, SILENT, hostile

EXPECTED = Path(__file__).parent / "expected"
SGR = re.compile(r"\x1b\[[0-9;]*m")
ACTING = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def written(diagnosis: Diagnosis, style: Style | None = None) -> str:
    stream = io.StringIO()
    render(diagnosis, Format.TEXT, stream, style)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("terminal-80.txt", Style(width=80, terminal=True)),
        ("pipe.txt", Style()),
        ("pipe-verbose.txt", Style(verbose=True)),
        ("pipe-quiet.txt", Style(quiet=True)),
    ],
)
def test_the_report_looks_as_a_person_approved(name: str, style: Style) -> None:
    """Rewrite a file by hand after looking at what `written` returns."""
    expected = (EXPECTED / name).read_text(encoding="utf-8")
    assert written(FULL, style) == expected


def test_colour_changes_no_text() -> None:
    plain = written(FULL, Style(width=80, terminal=True))
    coloured = written(FULL, Style(width=80, terminal=True, colour=True))
    assert coloured != plain
    assert SGR.sub("", coloured) == plain


@pytest.mark.parametrize("width", [60, 80, 100])
def test_prose_stays_inside_the_width_and_nothing_ends_in_blanks(width: int) -> None:
    text = written(FULL, Style(width=width, terminal=True))
    for line in text.split("\n"):
        assert line == line.rstrip()
        if "$ " not in line and "https://" not in line:
            assert len(line) <= width


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("verbose", [False, True])
def test_hostile_text_acts_on_nothing(
    *, colour: bool, terminal: bool, verbose: bool
) -> None:
    style = Style(width=80, colour=colour, terminal=terminal, verbose=verbose)
    text = (
        SGR.sub("", written(hostile(), style)) if colour else written(hostile(), style)
    )
    assert {unicodedata.category(c) for c in text if c != "\n"} & ACTING == set()
    # No markup is acted on or swallowed.
    assert "[red]x[/red]" in text.replace("\n", "")
    assert "[INFO]" in text


def test_evidence_is_whole_in_a_pipe_and_bounded_on_a_terminal() -> None:
    long = "failed: " + "0123456789 " * 200 + "the cause"
    finding = replace(SILENT, evidence=(Evidence(HIMDS, 1, None, long),))
    diagnosis = replace(CLEAN, findings=(finding,))
    assert long in written(diagnosis)
    shown = written(diagnosis, Style(width=80, terminal=True))
    assert "the cause" not in shown
    assert "a pipe or -o shows all of it" in shown
    endless = Evidence(HIMDS, 1, None, "x" * (LONGEST + 1234))
    cut = replace(CLEAN, findings=(replace(SILENT, evidence=(endless,)),))
    assert f"{'x' * LONGEST}… (1,234 more characters)" in written(cut)


def test_commands_and_addresses_are_never_wrapped() -> None:
    text = written(FULL, Style(width=60, terminal=True))
    for command in REFUSED.remedy[0].command.split("\n"):
        assert f"$ {command}\n" in text
    assert f"{REFUSED.remedy[0].reference}\n" in text


def test_paths_are_never_folded() -> None:
    path = "/".join(["a-long-folder-name"] * 9)
    problem = Problem(f"{path}/x.log", 0, "denied", f"see {path} for it")
    evidence = (Evidence(f"{path}/himds.log", 7, None, "text"),)
    findings = (replace(SILENT, evidence=evidence),)
    diagnosis = replace(CLEAN, findings=findings, problems=(problem,))
    lines = written(diagnosis, Style(width=80, terminal=True)).splitlines()
    assert f"  {path}/x.log" in lines
    assert f"  evidence   {path}/himds.log:7" in lines
    assert f"    {path}" in lines


def test_the_verdict_is_the_last_line() -> None:
    gap = (Problem("a.log", 0, "bad-crc", "text"),)
    remark = (Problem("a.log", 0, "bad-time", "text"),)
    unknown = (Problem("a", 0, "no-known-log", "text"),)
    last = [
        written(replace(CLEAN, problems=problems)).splitlines()[-1]
        for problems in ((), remark, gap, unknown, unknown + gap)
    ]
    assert last == [
        "Nothing found.",
        "Nothing found.",
        "Nothing found, but part of the input could not be read.",
        "Nothing found, but part of the input was not recognised.",
        "Nothing found, but part of the input could not be read.",
    ]
    unjudged = written(replace(CLEAN, not_evaluated=FULL.not_evaluated[:3]))
    assert unjudged.splitlines()[-1] == (
        "Nothing found. 3 rules could not be judged, because a log is missing."
    )
    assert "Odd, but read" in written(replace(CLEAN, problems=remark))
    assert "Could not be read" in written(replace(CLEAN, problems=gap))
    text = written(replace(CLEAN, problems=unknown))
    assert "Read, but not recognised" in text
    assert "Could not be read" not in text


def test_rules_that_lack_a_log_are_counted_and_listed_on_demand() -> None:
    lacking = tuple(
        replace(
            FULL.not_evaluated[0], rule=f"ARC-X-{n:03}", needs=("gc_ext",), reason=""
        )
        for n in range(1, 8)
    )
    diagnosis = replace(CLEAN, not_evaluated=lacking)
    line = "7 rules were not judged, because a log is missing (-v lists them): gc_ext\n"
    assert line in written(diagnosis)
    assert "ARC-X-007" in written(diagnosis, Style(verbose=True))


def test_many_problems_are_counted_and_listed_on_demand() -> None:
    problems = tuple(Problem(f"{n}.log", 0, "denied", "no") for n in range(25))
    diagnosis = replace(CLEAN, problems=problems)
    short, long = written(diagnosis), written(diagnosis, Style(verbose=True))
    assert "and 5 more (-v lists all)" in short
    assert "24.log" not in short
    assert "24.log" in long


def test_quiet_keeps_findings_and_gaps_only() -> None:
    text = written(FULL, Style(quiet=True))
    for gone in ("judged as of", "Normal", "Not judged", "Odd, but read"):
        assert gone not in text
    assert "Could not be read" in text
    assert "ARC-ID-001" in text
