"""A diagnosis for people: worst first, each with proof and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.clock import iso
from diag.model import Severity
from diag.report.gather import all_problems, counts, references
from diag.report.page import LABEL, Page

if TYPE_CHECKING:
    from typing import TextIO

    from diag.model import Diagnosis, Evidence, Finding, Step
    from diag.report.formats import Style

COLOURS = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "blue",
}


def write_text(diagnosis: Diagnosis, stream: TextIO, style: Style) -> None:
    """Write the report.

    Args:
        diagnosis: What was found.
        stream: Where to.
        style: Colour, width, and whether every file is listed.
    """
    page = Page(stream, style)
    if not style.quiet:
        _head(page, diagnosis)
    for finding in diagnosis.findings:
        if not finding.benign:
            _finding(page, finding)
    _normal(page, diagnosis)
    if not style.quiet:
        _not_judged(page, diagnosis)
    _problems(page, diagnosis)
    if style.verbose:
        _files(page, diagnosis)
    _verdict(page, diagnosis)


def _head(page: Page, diagnosis: Diagnosis) -> None:
    for one in diagnosis.bundles:
        facts = [one.os or "system unknown"]
        facts.append(f"agent {one.agent_version or 'version unknown'}")
        page.line((one.computer, "bold"), (f"  {' · '.join(facts)}", ""))
        page.line((one.source, "dim"))
    lines = sum(one.lines for one in diagnosis.files)
    unparsed = sum(one.unparsed for one in diagnosis.files)
    known = sum(bool(one.log) for one in diagnosis.files)
    page.line(
        (
            f"{len(diagnosis.files)} files, {known} of them known logs, "
            f"{lines:,} lines, {unparsed:,} not understood",
            "dim",
        )
    )
    moment = iso(diagnosis.now) or "no time"
    page.line((f"judged as of {moment} ({diagnosis.now_from})", "dim"))
    page.blank()


def _finding(page: Page, finding: Finding) -> None:
    mark = "  (experimental)" if finding.status == "experimental" else ""
    page.line(
        (f" {finding.severity.upper()} ", COLOURS[finding.severity]),
        (f" {finding.title}", "bold"),
        (f"  {finding.rule}{mark}", "dim"),
    )
    page.labelled("when", _when(finding))
    if finding.explained_by:
        page.labelled("because", f"explained by {', '.join(finding.explained_by)}")
    if finding.why:
        page.labelled("why", finding.why)
    for number, line in enumerate(finding.evidence):
        _evidence(page, line, "evidence" if number == 0 else "")
    if finding.count > len(finding.evidence) > 0:
        page.labelled("", f"and {finding.count - len(finding.evidence):,} more", "dim")
    if finding.counter_check:
        check = finding.counter_check
        page.labelled("check", f"{check.text} {check.result}")
    for number, step in enumerate(finding.remedy, start=1):
        _step(page, number, step)
    for number, address in enumerate(references(finding)):
        page.labelled("see" if number == 0 else "", address, "dim")
    page.blank()


def _when(finding: Finding) -> str:
    first, last = iso(finding.first_seen), iso(finding.last_seen)
    span = first if first == last or not last else f"{first or '?'} to {last}"
    times = f"{finding.count:,} times" if finding.count > 1 else ""
    return ", ".join(part for part in (span or "time unknown", times) if part)


def _evidence(page: Page, line: Evidence, label: str) -> None:
    page.labelled(label, f"{line.file}:{line.line}", "cyan")
    for text in line.text.split("\n")[:3]:
        page.line((text, ""), indent=LABEL + 3, cut=True)


def _step(page: Page, number: int, step: Step) -> None:
    page.labelled("remedy" if number == 1 else "", f"{number}. {step.text}")
    for command in step.command.splitlines():
        notes = []
        if step.changes == "state":
            notes.append("changes the machine")
        if step.needs == "admin":
            notes.append("needs an administrator")
        page.line(
            (f"$ {command}", "bold green"),
            (f"   {', '.join(notes)}" if notes else "", "dim"),
            indent=LABEL + 4,
        )


def _normal(page: Page, diagnosis: Diagnosis) -> None:
    benign = [one for one in diagnosis.findings if one.benign]
    if not benign:
        return
    page.line(("Normal, not a fault", "bold"))
    for one in benign:
        proof = one.evidence[0] if one.evidence else None
        place = f"  {proof.file}:{proof.line}" if proof else ""
        page.line((one.title, ""), (f"  {one.rule}{place}", "dim"), indent=2)
    page.blank()


def _not_judged(page: Page, diagnosis: Diagnosis) -> None:
    missing: dict[tuple[str, ...], list[str]] = {}
    for one in diagnosis.not_evaluated:
        if one.needs:
            missing.setdefault(one.needs, []).append(one.rule)
    if not missing:
        return
    page.line(("Not judged, because a log is not there", "bold"))
    for needs, rules in sorted(missing.items()):
        page.line((" and ".join(needs), ""), (f"  {', '.join(rules)}", "dim"), indent=2)
    page.blank()


def _problems(page: Page, diagnosis: Diagnosis) -> None:
    problems = all_problems(diagnosis)
    if not problems:
        return
    page.line(("Problems with the input", "bold yellow"))
    for one in problems:
        place = f"{one.file}:{one.line}" if one.line else one.file
        page.line((place or "rules", "cyan"), (f"  {one.kind}", "dim"), indent=2)
        page.line((one.text, ""), indent=4)
    page.blank()


def _files(page: Page, diagnosis: Diagnosis) -> None:
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
        )
    page.blank()


def _verdict(page: Page, diagnosis: Diagnosis) -> None:
    found = counts(diagnosis)
    if found:
        words = ", ".join(f"{number} {severity}" for severity, number in found.items())
        page.line((f"Findings: {words}.", f"bold {COLOURS[next(iter(found))]}"))
    elif all_problems(diagnosis):
        page.line(("Nothing found, but part of the input was not read.", "bold yellow"))
    else:
        page.line(("Nothing found.", "bold green"))
