"""A diagnosis for people: worst first, each with proof and what to do."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from diag.clock import iso
from diag.model import Severity
from diag.report import sections
from diag.report.gather import (
    alarms,
    all_problems,
    counts,
    coverage,
    number_of,
    references,
)
from diag.report.kinds import UNKNOWN, gaps
from diag.report.page import LABEL, Page
from diag.report.words import headline, judged, since_words, step_notes, when
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from diag.model import Diagnosis, Evidence, Finding, Step
    from diag.report.formats import Style

LOOKS = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold cyan",
    Severity.INFO: "bold blue",
}
BODY = LABEL + 2
# Lines of one piece of evidence; the file has the others. Traces are kept in pipes.
MOST_LINES = 4
MOST_LINES_IN_PIPE = 60


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
    told: set[tuple[Step, ...]] = set()
    for finding in diagnosis.findings:
        if not finding.benign:
            _finding(page, finding)
            _remedy(page, finding, None if style.verbose else told)
    if diagnosis.since and not style.quiet:
        sections.write_gone(page, diagnosis.since, verbose=style.verbose)
    if not style.quiet:
        sections.write_normal(page, diagnosis)
        sections.write_silenced(page, diagnosis, verbose=style.verbose)
        sections.write_not_judged(page, diagnosis, verbose=style.verbose)
    sections.write_problems(page, diagnosis, verbose=style.verbose, quiet=style.quiet)
    if style.verbose:
        sections.write_files(page, diagnosis)
    _verdict(page, diagnosis)


def _head(page: Page, diagnosis: Diagnosis) -> None:
    for one in diagnosis.bundles:
        facts = f"{one.os or 'system unknown'} · agent "
        facts += one.agent_version or "version unknown"
        page.line((one.computer, "bold"), (f"  {facts}", ""), hang=2)
        page.line((one.source, "dim"), indent=2)
    page.line((_account(diagnosis), "dim"))
    page.line((f"judged {judged(diagnosis)} ({diagnosis.now_from})", "dim"))
    page.line((coverage(diagnosis), "dim"))
    if diagnosis.since:
        page.line((since_words(diagnosis.since), ""))
    page.blank()


def _account(diagnosis: Diagnosis) -> str:
    files = diagnosis.files
    known = sum(bool(one.log) for one in files)
    lines = sum(one.lines for one in files)
    unparsed = sum(one.unparsed for one in files if one.log)
    words = [
        number_of(len(files), "file"),
        f"{number_of(known, 'known log')}",
        number_of(lines, "line"),
    ]
    if unparsed:
        words.append(f"{unparsed:,} of them not understood")
    return ", ".join(words)


def _finding(page: Page, finding: Finding) -> None:
    badge = f" {finding.severity.upper()} "
    mark = " (experimental)" if finding.status == "experimental" else ""
    page.line(
        (badge, LOOKS[finding.severity]),
        (f" {finding.title}", "bold"),
        (f"  {finding.rule}{mark}", "dim"),
        hang=2,
    )
    page.labelled("when", (when(finding), ""))
    if finding.explained_by:
        page.labelled("because of", (f"{_causes(finding)} (above)", ""))
    if finding.why:
        page.labelled("why", (finding.why, ""))
    _evidence(page, finding)
    if finding.counter_check:
        check = finding.counter_check
        page.labelled("check", (f"{check.text} ", ""), (check.result, "bold"))


def _causes(finding: Finding) -> str:
    return ", ".join(finding.explained_by)


def _remedy(page: Page, finding: Finding, told: set[tuple[Step, ...]] | None) -> None:
    """Write what to do: first about causes, and nothing twice.

    Args:
        page: Where to.
        finding: Whose remedy.
        told: The remedies that stand above; None to write each in full.
    """
    steps = finding.remedy
    short = ""
    if told is not None and steps:
        if finding.explained_by:
            short = f"begin with that of {_causes(finding)}; -v shows this one's own"
        elif steps in told:
            short = f"the same as above, of {finding.rule}"
        told.add(steps)
    if short:
        page.labelled("remedy", (short, ""))
    else:
        for number, step in enumerate(steps, start=1):
            _step(page, number, step)
        for number, address in enumerate(references(finding)):
            label = "see" if number == 0 else ""
            page.whole((f"  {label:<{LABEL}}", "dim"), (address, "dim"))
    page.blank()


def _evidence(page: Page, finding: Finding) -> None:
    """Write places and texts; places with equal texts share one."""
    label = "evidence"
    for (text, before, after), group in groupby(finding.evidence, key=_what):
        for line in group:
            moment = f"  {iso(line.time)}" if line.time else ""
            place = f"{line.file}:{line.line}"
            page.labelled(label, (place, "cyan"), (moment, "dim"))
            label = ""
        for near in before:
            _near(page, near)
        _quote(page, text)
        for near in after:
            _near(page, near)
    more = finding.count - len(finding.evidence)
    if finding.evidence and more > 0:
        page.labelled("", (f"and {more:,} more", "dim"))


def _what(line: Evidence) -> tuple[str, tuple[Evidence, ...], tuple[Evidence, ...]]:
    return line.text, line.before, line.after


def _near(page: Page, line: Evidence) -> None:
    """Write the first line of a neighbour, with its number."""
    text = line.text.split("\n", 1)[0]
    page.line((f"{line.line}: {text}", "dim"), indent=BODY + 2)


def _quote(page: Page, text: str) -> None:
    lines = text.split("\n")
    most = MOST_LINES if page.terminal else MOST_LINES_IN_PIPE
    for line in lines[:most]:
        page.quoted(line, BODY + 2)
    if len(lines) > most:
        more = number_of(len(lines) - most, "more line")
        page.line((f"({more} there)", "dim"), indent=BODY + 2)


def _step(page: Page, number: int, step: Step) -> None:
    notes = step_notes(step)
    note = f" [{', '.join(notes)}]" if notes else ""
    label = "remedy" if number == 1 else ""
    lead = [(f"  {label:<{LABEL}}", "dim"), (f"{number}. ", "")]
    page.columned(lead, BODY + 3, (step.text, ""), (note, "yellow"))
    for command in step.command.split("\n") if step.command else ():
        page.whole((f"$ {command}", "bold green"), indent=BODY + 3)


def _verdict(page: Page, diagnosis: Diagnosis) -> None:
    found = counts(diagnosis)
    unread = gaps(all_problems(diagnosis))
    if found:
        page.line((f"Findings: {headline(diagnosis)}", "bold"))
        _overview(page, alarms(diagnosis))
    elif not unread:
        said = "Nothing new." if diagnosis.since else "Nothing found."
        page.line((said, "bold green"), (_left_out(diagnosis), ""))
    if unread:
        nothing = "Nothing new" if diagnosis.since else "Nothing found"
        begin = "" if found else f"{nothing}, but "
        known = any(one.kind not in UNKNOWN for one in unread)
        what = "could not be read" if known else "was not recognised"
        text = f"{begin}part of the input {what}."
        page.line((f"{text[0].upper()}{text[1:]}", "bold yellow"))


def _left_out(diagnosis: Diagnosis) -> str:
    """Return how many rules a missing log kept from looking: no calm without it."""
    count = len({one.rule for one in diagnosis.not_evaluated if one.needs})
    if not count:
        return ""
    return f" {number_of(count, 'rule')} could not be judged, because a log is missing."


def _overview(page: Page, findings: Sequence[Finding]) -> None:
    rules = [show(one.rule) for one in findings]
    width = max(map(len, rules))
    for one, rule in zip(findings, rules, strict=True):
        lead = [
            (f"  {one.severity:<8}", LOOKS[one.severity]),
            (f"  {rule:<{width}}  ", "dim"),
        ]
        cause = f" (because of {_causes(one)})" if one.explained_by else ""
        page.columned(lead, 14 + width, (one.title, ""), (cause, "dim"))
