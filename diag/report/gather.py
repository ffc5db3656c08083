"""What every format derives from a diagnosis in the same way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from diag.model import Problem, Severity

if TYPE_CHECKING:
    from diag.model import Diagnosis, Finding


def all_problems(diagnosis: Diagnosis) -> tuple[Problem, ...]:
    """Return the problems of the input and of rules that stopped half-way.

    A rule that ran out of time is not the same as a rule that found nothing.
    """
    stopped = tuple(
        Problem("", 0, "rule-stopped", f"{one.rule} was not judged: {one.reason}.")
        for one in diagnosis.not_evaluated
        if one.reason
    )
    return diagnosis.problems + stopped


def references(finding: Finding) -> tuple[str, ...]:
    """Return the references of a finding and of its remedy's steps, each once."""
    steps = [step.reference for step in finding.remedy if step.reference]
    return tuple(dict.fromkeys([*finding.references, *steps]))


def alarms(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """Return the findings that ask for action: neither benign nor mere information."""
    return tuple(
        one
        for one in diagnosis.findings
        if not one.benign and one.severity is not Severity.INFO
    )


def counts(diagnosis: Diagnosis) -> dict[Severity, int]:
    """Return how many alarms there are of each severity, worst first."""
    found = Counter(one.severity for one in alarms(diagnosis))
    return {severity: found[severity] for severity in Severity if found[severity]}
