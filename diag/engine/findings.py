"""From the rows of a rule's query to findings that still lack their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from diag.engine.fill import fill
from diag.engine.literals import EARLIEST
from diag.engine.machines import Verdict
from diag.engine.validate import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from diag.engine.compiled import CompiledRule
    from diag.engine.gathering import Gathered
    from diag.engine.machines import Machines
    from diag.model import Severity

UNVERIFIED = "(unverified: {} not known)"
Row = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """A finding in the making.

    `row` holds the columns of its first row that are needed, and those of `EXTRA`;
    its start and end columns hold the times of the whole group, so that a query for
    evidence sees all of it. `places` are file and line of the first rows, as many as
    the rule shows, earliest first.
    """

    row: Row
    computer: str
    severity: Severity
    title: str
    why: str
    first: datetime | None
    last: datetime | None
    count: int
    places: list[tuple[str, int]] = field(default_factory=list)
    subject: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What drafts of one rule are sorted by; total, so that runs are equal."""
        times = (self.first or EARLIEST, self.last or EARLIEST)
        texts = (self.computer, self.title, self.why)
        return (self.severity.rank, times, texts, self.count, self.places)


def draft_findings(
    compiled: CompiledRule, groups: Iterable[Gathered], machines: Machines
) -> list[Draft]:
    """Turn groups of result rows into findings.

    Args:
        compiled: The rule and the names of its columns.
        groups: Of the rows that its query returned.
        machines: Decides which computers the rule is about.

    Returns:
        One draft for each group, sorted. Those of computers that the rule is not
        about are left out.
    """
    drafts = [_draft(compiled, group, machines) for group in groups]
    return sorted((d for d in drafts if d is not None), key=lambda draft: draft.key)


def empty_draft(compiled: CompiledRule, machines: Machines) -> Draft:
    """Return the finding of a rule that fires because rows are missing.

    Args:
        compiled: A rule whose trigger holds for a result without rows.
        machines: For the computer's name.
    """
    rule = compiled.rule
    return Draft(
        row={**dict.fromkeys(compiled.kinds), "Count": 0},
        computer=machines.only_computer,
        severity=rule.severity,
        title=rule.name,
        why=rule.description,
        first=None,
        last=None,
        count=0,
    )


def _draft(compiled: CompiledRule, group: Gathered, machines: Machines) -> Draft | None:
    rule, roles = compiled.rule, compiled.roles
    row = dict(group.first)
    computer = str(row[roles.host]) if roles.host else machines.only_computer
    verdict = machines.applies(rule.applies_to, computer)
    if verdict is Verdict.NO:
        return None
    starts, ends = group.starts, group.ends
    ends = starts if ends[0] is None else ends
    first = starts[0] or ends[0]
    last = max((one for one in (starts[1], ends[1]) if one), default=None)
    row |= {roles.start: first} if roles.start else {}
    row |= {roles.end: last} if roles.end else {}
    # A column of the query's own with such a name wins.
    row = {"FirstSeen": first, "LastSeen": last, "Count": group.count, **row}
    kinds = compiled.kinds
    title = " ".join(fill(rule.finding.title or rule.name, row, kinds).split())
    why = fill(rule.finding.detail or rule.description, row, kinds)
    if verdict is Verdict.UNKNOWN:
        why = f"{why} {UNVERIFIED.format(_unknown(compiled))}"
    return Draft(
        row=row,
        computer=computer,
        severity=_severity(compiled, group),
        title=title,
        why=why,
        first=first,
        last=last,
        count=group.count,
        places=group.places,
        subject=str(row[roles.subject] or "") if roles.subject else "",
    )


def _unknown(compiled: CompiledRule) -> str:
    wanted = compiled.rule.applies_to
    words = ["system"] if wanted.systems else []
    words += ["agent version"] if wanted.versions else []
    return f"{' or '.join(words)} is"


def _severity(compiled: CompiledRule, group: Gathered) -> Severity:
    """Return the worst severity of the rows: a group must not hide one."""
    found = [SEVERITIES[word] for word in group.severities if word in SEVERITIES]
    return min(found, key=lambda word: word.rank, default=compiled.rule.severity)
