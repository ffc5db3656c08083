"""What counts as an alarm, and what is a problem besides those of the input."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diag.cli.exits import Exit, of_diagnosis
from diag.model import (
    BundleSummary,
    FileSummary,
    Finding,
    NotEvaluated,
    Problem,
    Severity,
)
from diag.report.gather import alarms, all_problems, counts, references
from tests.report.diagnoses import CLEAN, FULL, INFO, LOWER, NORMAL, REFUSED, SILENT

ENCRYPTED = Problem("a.log", 0, "encrypted", "text")
GUESSED = Problem("a.log", 0, "guessed-encoding", "text")


def test_benign_and_info_findings_are_no_alarms() -> None:
    assert [one.rule for one in alarms(FULL)] == [
        "ARC-ID-001",
        "ARC-HB-001",
        "ARC-HB-003",
    ]
    assert counts(FULL) == {
        Severity.CRITICAL: 1,
        Severity.HIGH: 1,
        Severity.MEDIUM: 1,
    }


def test_references_are_listed_once() -> None:
    assert len(references(REFUSED)) == 2
    again = replace(REFUSED, references=(REFUSED.remedy[0].reference,))
    assert references(again) == (REFUSED.remedy[0].reference,)


@pytest.mark.parametrize(
    ("findings", "problems", "fail_on", "code"),
    [
        ((), (), Severity.HIGH, Exit.CLEAN),
        ((INFO, NORMAL), (), Severity.LOW, Exit.CLEAN),
        ((), (GUESSED,), Severity.HIGH, Exit.CLEAN),
        ((), (ENCRYPTED,), Severity.HIGH, Exit.PARTIAL),
        ((INFO, NORMAL), (ENCRYPTED,), Severity.HIGH, Exit.PARTIAL),
        ((SILENT,), (), Severity.HIGH, Exit.ALARM),
        ((SILENT,), (ENCRYPTED,), Severity.HIGH, Exit.ALARM),
        ((SILENT,), (), Severity.CRITICAL, Exit.LOWER),
        ((REFUSED,), (), Severity.CRITICAL, Exit.ALARM),
        ((LOWER,), (), Severity.HIGH, Exit.LOWER),
        ((LOWER,), (ENCRYPTED,), Severity.HIGH, Exit.LOWER),
        ((LOWER,), (), Severity.MEDIUM, Exit.ALARM),
        ((LOWER, SILENT), (), Severity.HIGH, Exit.ALARM),
    ],
)
def test_exit_codes_of_a_diagnosis(
    findings: tuple[Finding, ...],
    problems: tuple[Problem, ...],
    fail_on: Severity,
    code: Exit,
) -> None:
    diagnosis = replace(CLEAN, findings=findings, problems=problems)
    assert of_diagnosis(diagnosis, fail_on) is code


def test_a_log_in_which_nothing_is_understood_is_a_gap() -> None:
    file = FileSummary("himds.log", "himds", 5, 0, 4)
    diagnosis = replace(CLEAN, files=(file,))
    [problem] = all_problems(diagnosis)
    assert (problem.file, problem.kind) == ("himds.log", "not-understood")
    assert "none of its 4 lines" in problem.text
    assert of_diagnosis(diagnosis, Severity.HIGH) is Exit.PARTIAL


@pytest.mark.parametrize(
    "file",
    [
        FileSummary("notes.txt", "", 5, 0, 5),
        FileSummary("himds.log", "himds", 5, 1, 4),
        FileSummary("himds.log", "himds", 0, 0, 0),
    ],
)
def test_unknown_partly_understood_and_empty_files_are_no_problem(
    file: FileSummary,
) -> None:
    assert all_problems(replace(CLEAN, files=(file,))) == ()


def test_a_rule_that_stopped_is_a_gap_and_a_missing_log_is_not() -> None:
    notes = (NotEvaluated("A", ("himds",), "one of these"), NotEvaluated("B", (), "10"))
    diagnosis = replace(CLEAN, not_evaluated=notes)
    assert [(p.kind, p.text) for p in all_problems(diagnosis)] == [
        ("rule-stopped", "B: 10.")
    ]
    assert of_diagnosis(diagnosis, Severity.HIGH) is Exit.PARTIAL


def test_of_several_machines_it_is_told_which_lacks_a_log() -> None:
    notes = (NotEvaluated("A", ("himds",), "missing on web0002"),)
    bundles = tuple(BundleSummary(name, "", "", name) for name in ("a", "b"))
    diagnosis = replace(CLEAN, bundles=bundles, not_evaluated=notes)
    assert [(p.kind, p.text) for p in all_problems(diagnosis)] == [
        ("log-missing", "A needs himds: missing on web0002.")
    ]
    assert of_diagnosis(diagnosis, Severity.HIGH) is Exit.CLEAN
