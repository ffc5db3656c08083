"""What reports say of a diagnosis in the same words, whatever their format."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diag.clock import iso
from diag.report.gather import all_problems, counts, number_of
from diag.report.kinds import UNKNOWN, gaps, is_gap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from diag.model import Diagnosis, Finding, NotEvaluated, Problem, Since, Step

SHORT = 400  # characters of a text in a line of a report


class Missing(NamedTuple):
    """Rules that could not be judged for want of logs, and on which machines."""

    logs: str
    reason: str
    rules: tuple[str, ...]


class Told(NamedTuple):
    """The problems of the input by what they mean for the answer."""

    unread: tuple[Problem, ...]
    unknown: tuple[Problem, ...]
    odd: tuple[Problem, ...]


def machines(diagnosis: Diagnosis) -> str:
    """Return the names of the machines, as a title has them."""
    names = [short(one.computer) for one in diagnosis.bundles[:3]]
    more = len(diagnosis.bundles) - len(names)
    return ", ".join([*names, *([f"{more:,} more"] if more else [])]) or "no machine"


def headline(diagnosis: Diagnosis) -> str:
    """Return how many findings there are, such as `1 critical, 4 high`."""
    found = counts(diagnosis)
    if found:
        return ", ".join(f"{number:,} {severity}" for severity, number in found.items())
    return "nothing new" if diagnosis.since else "none"


def verdict(diagnosis: Diagnosis) -> list[str]:
    """Return what came out, in sentences; never calm about what was not looked at."""
    said = []
    if counts(diagnosis):
        said.append(f"Findings: {headline(diagnosis)}.")
    else:
        said.append("Nothing new." if diagnosis.since else "Nothing found.")
    unread = gaps(all_problems(diagnosis))
    if unread:
        known = any(one.kind not in UNKNOWN for one in unread)
        what = "could not be read" if known else "was not recognised"
        said.append(f"Part of the input {what}.")
    count = len({one.rule for one in diagnosis.not_evaluated if one.needs})
    if count:
        number = number_of(count, "rule")
        said.append(f"{number} could not be judged, because a log is missing.")
    if diagnosis.rule_errors:
        said.append(f"{number_of(len(diagnosis.rule_errors), 'error')} in the rules.")
    return said


def judged(diagnosis: Diagnosis) -> str:
    """Return as of when the rules judged."""
    moment = iso(diagnosis.now)
    return f"as of {moment}" if moment else "without a time"


def since_words(since: Since) -> str:
    """Return how the findings stand to an older report."""
    known = f"{number_of(since.known, 'known finding')} not shown"
    gone = sum(not why for _, _, _, why in since.gone)
    unsure = len(since.gone) - gone
    said = f"since {since.report}: {known}, {gone:,} gone"
    return f"{said}, {unsure:,} not judged now" if unsure else said


def when(finding: Finding) -> str:
    """Return since when, until when and how often."""
    span = _span(finding.first_seen, finding.last_seen)
    times = f"{finding.count:,} times" if finding.count > 1 else ""
    return ", ".join(part for part in (span, times) if part)


def _span(first: datetime | None, last: datetime | None) -> str:
    begin, end = iso(first), iso(last)
    if not begin and not end:
        return "no time known"
    if begin == end or not end:
        return begin
    return f"{begin or '?'} to {end}"


def step_notes(step: Step) -> list[str]:
    """Return what somebody should know before a step of a remedy."""
    notes = ["as administrator"] if step.needs == "admin" else []
    return [*notes, "changes the machine"] if step.changes == "state" else notes


def reason(one: NotEvaluated) -> str:
    """Return why a rule could not be judged."""
    if not one.needs:
        return one.reason
    note = f" ({one.reason})" if one.reason else ""
    return f"needs {', '.join(one.needs)}{note}"


def missing(diagnosis: Diagnosis) -> list[Missing]:
    """Return the rules that lack a log, by the logs that they lack."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in diagnosis.not_evaluated:
        if one.needs:
            found.setdefault((", ".join(one.needs), one.reason), []).append(one.rule)
    return [Missing(*key, tuple(rules)) for key, rules in sorted(found.items())]


def told_problems(diagnosis: Diagnosis) -> Told:
    """Return the problems in three sorts; rules that lack a log are not among them."""
    unread: list[Problem] = []
    unknown: list[Problem] = []
    odd: list[Problem] = []
    for one in all_problems(diagnosis):
        if one.kind in UNKNOWN:
            unknown.append(one)
        elif one.kind != "log-missing":
            (unread if is_gap(one) else odd).append(one)
    return Told(tuple(unread), tuple(unknown), tuple(odd))


def place_of(file: str, line: int) -> str:
    """Return a place as people write it."""
    return f"{file}:{line}" if line else file


def short(text: str) -> str:
    """Return a text in one line, cut where it is too long for one."""
    kept, left = cut(" ".join(text.split()), SHORT)
    return f"{kept}… ({left})" if left else kept


def cut(text: str, most: int, lines: int = 0) -> tuple[str, str]:
    """Return the beginning of a text, and what was left out in words.

    Args:
        text: Anything.
        most: How many characters at most.
        lines: How many lines at most; 0 for any number.

    Returns:
        The text that stays; an empty second one when it is all of it.
    """
    rows = text.split("\n")
    kept = "\n".join(rows[:lines]) if lines else text
    short = kept[:most]
    if len(short) < len(kept):
        return short, f"{len(text) - len(short):,} more characters there"
    if lines and len(rows) > lines:
        return short, f"{number_of(len(rows) - lines, 'more line')} there"
    return short, ""


def alarming(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that are faults, and those that are known noise."""
    faults = [one for one in findings if not one.benign]
    return faults, [one for one in findings if one.benign]
