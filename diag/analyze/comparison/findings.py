"""Findings that only one of two machines has: they already say what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.model import Difference, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.model import Diagnosis, Finding

# How unlikely a finding is on a machine that is well, in bits: the rules are tested to
# be silent there. A symptom says less than its cause, and what has ended less still.
BITS = {
    Severity.CRITICAL: 44.0,
    Severity.HIGH: 40.0,
    Severity.MEDIUM: 26.0,
    Severity.LOW: 14.0,
    Severity.INFO: 3.0,
}
SYMPTOM = 16.0
KNOWN_NOISE = 2.0
GONE = 1.0
MOST_LINES = 3


def findings_differ(good: Diagnosis, bad: Diagnosis) -> Iterator[Difference]:
    """Yield what the rules say of one of two machines only.

    Args:
        good: What they said of the one that is well.
        bad: What they said of the other.
    """
    before, after = _by_key(good.findings), _by_key(bad.findings)
    for key, found in after.items():
        if key not in before:
            yield _difference(found, "not found", _times(found), _bits(found[0], after))
    for key, found in before.items():
        if key not in after and not found[0].benign:
            yield _difference(found, _times(found), "not found", GONE)


def _by_key(findings: Sequence[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """Return the findings by what they are about, whatever the machine is called."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        found.setdefault((one.rule, one.subject), []).append(one)
    return found


def _bits(finding: Finding, others: dict[tuple[str, str], list[Finding]]) -> float:
    if finding.benign:
        return KNOWN_NOISE
    shown = {rule for rule, _ in others}
    symptom = bool(shown.intersection(finding.explained_by))
    return BITS[finding.severity] - (SYMPTOM if symptom else 0)


def _times(found: Sequence[Finding]) -> str:
    count = sum(one.count for one in found)
    return "found" if count <= 1 else f"found {count:,} times"


def _difference(
    found: Sequence[Finding], good: str, bad: str, surprise: float
) -> Difference:
    first = found[0]
    return Difference(
        kind="finding",
        text=f"{first.rule} {first.title}",
        good=good,
        bad=bad,
        surprise=max(surprise, 0.0),
        severity=first.severity,
        evidence=first.evidence[:MOST_LINES],
    )
