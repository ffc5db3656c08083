"""What a report says besides findings: normal things, gaps, rules not judged, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.clock import iso
from diag.report.words import missing, told_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.model import Diagnosis, Finding, Problem, Since
    from diag.report.page import Page

MOST_PROBLEMS = 20  # of a section without -v; JSON has all


def write_normal(page: Page, diagnosis: Diagnosis) -> None:
    """Write what looks like a fault in the logs and is none."""
    benign = [one for one in diagnosis.findings if one.benign]
    if benign:
        page.line(("Normal, not a fault", "bold"))
        _titles(page, benign)


def write_gone(page: Page, since: Since, *, verbose: bool) -> None:
    """Write which findings of an older report are not there any more."""
    if not since.gone:
        return
    page.line((f"In {since.report}, and not now", "bold"))
    most = len(since.gone) if verbose else MOST_PROBLEMS
    for rule, _, title, why in since.gone[:most]:
        note = f"  {rule}{f', {why}' if why else ''}"
        page.line((title, ""), (note, "dim"), indent=2, hang=2)
    if len(since.gone) > most:
        more = f"and {len(since.gone) - most:,} more (-v lists all)"
        page.line((more, "dim"), indent=2)
    page.blank()


def write_silenced(page: Page, diagnosis: Diagnosis, *, verbose: bool) -> None:
    """Write which findings are silenced, by whom and why.

    What other rules silence is only counted without -v; what somebody silenced is
    always told.
    """
    ours = [one for one in diagnosis.suppressed if not _until(one)]
    theirs = [one for one in diagnosis.suppressed if _until(one)]
    if theirs:
        page.line(("Suppressed", "bold"))
        for one in theirs:
            _silence(page, one)
        page.blank()
    if ours and verbose:
        page.line(("Silenced by other rules", "bold"))
        for one in ours:
            _silence(page, one)
        page.blank()
    elif ours:
        words = "1 finding is" if len(ours) == 1 else f"{len(ours):,} findings are"
        page.line((f"{words} silenced by other rules (-v lists them)", "dim"))
        page.blank()


def _until(finding: Finding) -> str:
    return iso(finding.silence.until) if finding.silence else ""


def _silence(page: Page, finding: Finding) -> None:
    page.line((finding.title, ""), (f"  {finding.rule}", "dim"), indent=2, hang=2)
    if finding.silence:
        until = f" until {_until(finding)}" if _until(finding) else ""
        said = f"by {finding.silence.by}{until}: {finding.silence.reason}"
        page.line((said, "dim"), indent=4, hang=2)


def _titles(page: Page, findings: Sequence[Finding]) -> None:
    for one in findings:
        proof = one.evidence[0] if one.evidence else None
        place = f"  {proof.file}:{proof.line}" if proof else ""
        page.line((one.title, ""), (f"  {one.rule}{place}", "dim"), indent=2, hang=2)
    page.blank()


def write_not_judged(page: Page, diagnosis: Diagnosis, *, verbose: bool) -> None:
    """Write which rules lack a log, by the logs they lack; only the logs without -v."""
    lacking = missing(diagnosis)
    if not lacking:
        return
    if verbose:
        page.line(("Not judged, because a log is missing", "bold"))
        for one in lacking:
            note = f" ({one.reason})" if one.reason else ""
            words = (f"{one.logs}{note}: ", ""), (", ".join(one.rules), "dim")
            page.line(*words, indent=2, hang=2)
    else:
        count = len({name for one in lacking for name in one.rules})
        number = "1 rule was" if count == 1 else f"{count:,} rules were"
        logs = sorted({log for one in lacking for log in one.logs.split(", ")})
        said = f"{number} not judged, because a log is missing (-v lists them): "
        page.line((said, ""), (", ".join(logs), "dim"), hang=2)
    page.blank()


def write_problems(
    page: Page, diagnosis: Diagnosis, *, verbose: bool, quiet: bool
) -> None:
    """Write what could not be read, what was but is unknown, and what is only odd."""
    unread, unknown, odd = told_problems(diagnosis)
    most = len(unread) + len(unknown) + len(odd) if verbose else MOST_PROBLEMS
    _problems(page, "Could not be read", "bold yellow", unread, most)
    _problems(page, "Read, but not recognised", "bold yellow", unknown, most)
    if not quiet:
        _problems(page, "Odd, but read", "bold", odd, most)


def _problems(
    page: Page, title: str, look: str, problems: Sequence[Problem], most: int
) -> None:
    if not problems:
        return
    page.line((title, look))
    for one in problems[:most]:
        place = f"{one.file}:{one.line}" if one.line else one.file
        page.line((place or "rules", "cyan"), (f"  {one.kind}", "dim"), indent=2)
        page.line((one.text, ""), indent=4)
    if len(problems) > most:
        more = f"and {len(problems) - most:,} more (-v lists all)"
        page.line((more, "dim"), indent=2)
    page.blank()


def write_files(page: Page, diagnosis: Diagnosis) -> None:
    """Write the line account of every file."""
    page.line(("Files", "bold"))
    for one in diagnosis.files:
        account = f"{one.lines:,} lines, {one.events:,} events"
        if one.unparsed:
            account += f", {one.unparsed:,} not understood"
        page.line(
            (one.file, "cyan"),
            (f"  {one.log or 'unknown'}  ", ""),
            (account, "dim"),
            indent=2,
            hang=2,
        )
    page.blank()
