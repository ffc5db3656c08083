"""The rows of the overview, made of what is known of a case."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

from diag.clock import iso
from diag.model import Severity
from diag.report.gather import alarms, all_problems, counts, coverage
from diag.report.kinds import gaps, is_gap
from diag.tui.goals import Found, OneFile, Place, Screen
from diag.tui.sheet import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.model import Finding
    from diag.tui.case import Case
    from diag.tui.goals import Goal

LABEL = 22
MOST = 12  # findings or problems; the others have a screen of their own
LETTERS = {
    Severity.CRITICAL: ("C", "bad"),
    Severity.HIGH: ("H", "bad"),
    Severity.MEDIUM: ("M", "warn"),
    Severity.LOW: ("L", "name"),
    Severity.INFO: ("i", "quiet"),
}
WELL = {"active", "running", "connected", "succeeded", "success", "enabled", "true"}
ILL = {"disconnected", "expired", "failed", "stopped", "inactive", "error", "false"}


def overview_rows(case: Case) -> list[Row]:
    """Return all rows of the overview."""
    return [
        *_verdict(case),
        *_findings(case),
        *_machines(case),
        *_agent(case),
        *_services(case),
        *_extensions(case),
        *_endpoints(case),
        *_coverage(case),
        *_problems(case),
    ]


def verdict(case: Case) -> str:
    """Return in one line what is wrong, or that nothing was found, and how sure."""
    found = counts(case.diagnosis)
    unread = gaps(all_problems(case.diagnosis))
    if found:
        said = ", ".join(f"{number} {severity}" for severity, number in found.items())
    else:
        said = "Nothing found"
    return f"{said}; part of the input could not be read" if unread else said


def _head(text: str) -> Row:
    return Row(((text, "head"),), still=True)


def _fact(label: str, value: str, look: str = "", goal: Goal | None = None) -> Row:
    return Row(((f"  {label:<{LABEL}} ", "quiet"), (value, look)), goal)


def _look(word: str) -> str:
    lower = word.lower()
    return "good" if lower in WELL else "bad" if lower in ILL else ""


def _verdict(case: Case) -> Iterator[Row]:
    look = "bad" if alarms(case.diagnosis) else "good"
    yield Row((("  ", ""), (verdict(case), look)), Screen("findings"))


def _findings(case: Case) -> Iterator[Row]:
    found = case.diagnosis.findings
    numbers = {id(one): number for number, one in enumerate(found)}
    real = [one for one in found if not one.benign]
    if real:
        yield _head("FINDINGS")
    for one in real[:MOST]:
        yield _finding(one, numbers[id(one)])
    if len(real) > MOST:
        more = f"  and {len(real) - MOST:,} more"
        yield Row(((more, "quiet"),), Screen("findings"))


def _finding(one: Finding, number: int) -> Row:
    letter, look = LETTERS[one.severity]
    because = f"  ← {', '.join(one.explained_by)}" if one.explained_by else ""
    parts = (
        (f"  {letter} ", look),
        (f"{one.rule:<12} ", "bold"),
        (one.title, ""),
        (because, "quiet"),
    )
    return Row(parts, Found(number))


def _machines(case: Case) -> Iterator[Row]:
    for one in case.standing.machines:
        yield _head(f"MACHINE {one.computer}")
        yield _fact("system", one.os or "unknown")
        yield _fact("agent", one.version or "version unknown")
        yield _fact("zone", one.zone or "unknown")
        moment = iso(one.collected) or "at an unknown time"
        yield _fact("collected", f"{moment} ({one.how})" if one.how else moment)
        source = PurePath(one.source.replace("\\", "/")).name or one.source
        yield _fact("source", f"{source} ({one.kind})", goal=Screen("files"))
    diagnosis = case.diagnosis
    moment = iso(diagnosis.now)
    said = f"as of {moment}" if moment else "without a time"
    yield _fact("judged", f"{said} ({diagnosis.now_from})")


def _several(case: Case) -> bool:
    return len(case.standing.machines) > 1


def _agent(case: Case) -> Iterator[Row]:
    facts = case.standing.facts
    yield _head("AGENT")
    if not facts:
        yield _fact("nothing", "no output of 'azcmagent show' is in the input")
    for one in facts:
        name = f"{one.computer}: {one.name}" if _several(case) else one.name
        look = _look(one.value) if one.value else "quiet"
        yield _fact(name, one.value or "none", look, Place(one.file, one.line))


def _services(case: Case) -> Iterator[Row]:
    if not case.standing.services:
        return
    yield _head("SERVICES")
    for one in case.standing.services:
        name = f"{one.computer}: {one.name}" if _several(case) else one.name
        title = f"  {one.title}" if one.title else ""
        row = _fact(name, one.state, _look(one.state), Place(one.file, one.line))
        yield Row((*row.parts, (title, "quiet")), row.goal)


def _extensions(case: Case) -> Iterator[Row]:
    if not case.standing.extensions:
        return
    yield _head("EXTENSIONS")
    for one in case.standing.extensions:
        name = f"{one.computer}: {one.type}" if _several(case) else one.type
        words = [one.version, one.operation, iso(one.time)]
        if one.code not in {"", "0"}:
            words.insert(0, f"code {one.code}")
        status = one.status or "status unknown"
        row = _fact(name, status, _look(status), OneFile(one.file))
        rest = "  ".join(word for word in words if word)
        yield Row((*row.parts, (f"  {rest}", "quiet")), row.goal)


def _endpoints(case: Case) -> Iterator[Row]:
    if not case.standing.endpoints:
        return
    yield _head("ENDPOINTS")
    words: dict[bool | None, tuple[str, str]] = {
        True: ("reachable    ", "good"),
        False: ("NOT reachable", "bad"),
    }
    for one in case.standing.endpoints:
        state, look = words.get(one.reachable, ("unknown      ", ""))
        tls = f"TLS {one.tls}  " if one.tls else ""
        proxy = f"proxy {one.proxy}" if one.proxy else ""
        parts = (
            (f"  {state} ", look),
            (one.endpoint, ""),
            (f"  {tls}{proxy}", "quiet"),
        )
        yield Row(parts, Place(one.file, one.line))


def _coverage(case: Case) -> Iterator[Row]:
    yield _head("COVERAGE")
    yield Row((("  ", ""), (coverage(case.diagnosis), "")), Screen("findings"))
    lacking = Counter(
        log for one in case.diagnosis.not_evaluated for log in dict.fromkeys(one.needs)
    )
    for log, count in sorted(lacking.items(), key=lambda item: (-item[1], item[0])):
        rules = "1 rule needs it" if count == 1 else f"{count} rules need it"
        yield _fact(log, f"not in the input; {rules}", "quiet")


def _problems(case: Case) -> Iterator[Row]:
    problems = all_problems(case.diagnosis)
    errors = case.diagnosis.rule_errors
    if not problems and not errors:
        return
    yield _head(f"PROBLEMS ({len(problems) + len(errors):,})")
    for text in errors[:MOST]:
        yield Row((("  rule ", "bad"), (text, "")))
    for one in sorted(problems, key=lambda one: not is_gap(one))[:MOST]:
        look = "warn" if is_gap(one) else "quiet"
        goal = Place(one.file, one.line) if one.line else Screen("files")
        place = f"{one.file}:{one.line}" if one.line else one.file or "rules"
        yield Row(
            ((f"  {one.kind}  ", look), (place, "name"), (f"  {one.text}", "")), goal
        )
    if len(problems) > MOST:
        more = f"  and {len(problems) - MOST:,} more"
        yield Row(((more, "quiet"),), Screen("files"))
