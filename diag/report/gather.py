"""What every format derives from a diagnosis in the same way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from diag.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.model import Diagnosis, Finding


def all_problems(diagnosis: Diagnosis) -> tuple[Problem, ...]:
    """Return the problems of the input, of files nobody understood, and of rules.

    A rule that ran out of time is not the same as a rule that found nothing, and
    a log in which no line reads as it should was not searched.
    """
    return (
        *diagnosis.problems,
        *_not_understood(diagnosis),
        *_rule_problems(diagnosis),
    )


def _not_understood(diagnosis: Diagnosis) -> Iterator[Problem]:
    for one in diagnosis.files:
        if one.log and one.unparsed and not one.events:
            text = (
                f"It should be a {one.log} log, but none of its {one.unparsed:,} lines "
                f"reads like one. Look at it, and at 'arcdiag formats show {one.log}'."
            )
            yield Problem(one.file, 0, "not-understood", text)


def _rule_problems(diagnosis: Diagnosis) -> Iterator[Problem]:
    """Yield why rules stopped, and on which of several machines a log is missing.

    With one machine the logs that a rule needs say all of it.
    """
    several = len(diagnosis.bundles) > 1
    for one in diagnosis.not_evaluated:
        if one.reason and not one.needs:
            yield Problem("", 0, "rule-stopped", f"{one.rule}: {one.reason}.")
        elif one.reason and several:
            text = f"{one.rule} needs {', '.join(one.needs)}: {one.reason}."
            yield Problem("", 0, "log-missing", text)


def references(finding: Finding) -> tuple[str, ...]:
    """Return the references of a finding and of its remedy's steps, each once."""
    steps = [step.reference for step in finding.remedy if step.reference]
    return tuple(dict.fromkeys([*finding.references, *steps]))


def is_alarm(finding: Finding) -> bool:
    """Return whether a finding asks for action, and so counts for the exit code.

    A benign finding acquits known noise, and an info finding only informs: both
    are shown, neither is ever an alarm. This is the only place that says so.
    """
    return not finding.benign and finding.severity is not Severity.INFO


def alarms(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    """Return the findings that ask for action, in their order."""
    return tuple(one for one in diagnosis.findings if is_alarm(one))


def counts(diagnosis: Diagnosis) -> dict[Severity, int]:
    """Return how many alarms there are of each severity, worst first."""
    found = Counter(one.severity for one in alarms(diagnosis))
    return {severity: found[severity] for severity in Severity if found[severity]}


def coverage(diagnosis: Diagnosis) -> str:
    """Return how many rules could look, and why the others could not."""
    one = diagnosis.coverage
    ran = one.fired + one.clean
    text = f"{ran:,} of {number_of(one.rules, 'rule')} could look"
    reasons = [
        (one.not_evaluated, "lacked a log"),
        (one.stopped, "stopped"),
        (one.not_applicable, "of no concern here"),
    ]
    told = [f"{count:,} {words}" for count, words in reasons if count]
    return f"{text}; {', '.join(told)}" if told else text


def number_of(count: int, word: str) -> str:
    """Return a count and what is counted, such as `2 files`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
