"""From the rows of a rule's query to findings that still lack their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from diag.engine.fill import fill
from diag.engine.literals import EARLIEST
from diag.engine.machines import Verdict
from diag.engine.validate import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from diag.engine.compiled import CompiledRule
    from diag.engine.machines import Machines
    from diag.model import Severity

UNVERIFIED = "(unverified: {} not known)"
Row = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """A finding in the making.

    `row` holds the result columns of its first row, and those of `EXTRA`; its start
    and end columns hold the times of the whole group, so that a query for evidence
    sees all of it. `places` are file and line of the first rows, as many
    as the rule shows, earliest first.
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
    compiled: CompiledRule, rows: Sequence[tuple[Any, ...]], machines: Machines
) -> list[Draft]:
    """Turn result rows into findings.

    Args:
        compiled: The rule and the names of its columns.
        rows: What its query returned, in order.
        machines: Decides which computers the rule is about.

    Returns:
        One draft for each row or group of rows, sorted. Rows of computers that
        the rule is not about are left out.
    """
    names = tuple(compiled.columns)
    columns = {name: place for place, name in enumerate(names)}
    groups = _grouped(rows, [columns[name] for name in compiled.rule.group_by])
    drafts = [
        _draft(compiled, part, machines)
        for group in groups
        for part in _windows(compiled, _Group(columns, group))
    ]
    return sorted((d for d in drafts if d is not None), key=lambda draft: draft.key)


def _grouped(
    rows: Sequence[tuple[Any, ...]], by: Sequence[int]
) -> Iterable[list[tuple[Any, ...]]]:
    """Return the rows in groups that are equal at some places; else one by one."""
    if not by:
        return ([row] for row in rows)
    groups: dict[object, list[tuple[Any, ...]]] = {}
    key = itemgetter(*by)
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups.values()


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that become one finding. Only the first is ever needed as a mapping."""

    columns: Mapping[str, int]
    rows: list[tuple[Any, ...]]

    def first(self) -> Row:
        return {name: self.rows[0][place] for name, place in self.columns.items()}

    def values(self, column: str) -> list[Any]:
        """Return the values of a column, without null; none without a column."""
        if not column:
            return []
        found = map(itemgetter(self.columns[column]), self.rows)
        return [value for value in found if value is not None]


def _windows(compiled: CompiledRule, group: _Group) -> list[_Group]:
    """Part a group where the time between two begins is longer than its window.

    Rows without a time stay with the first.
    """
    window, start = compiled.rule.group_window, compiled.roles.start
    if window is None or not start:
        return [group]
    place = group.columns[start]
    timed = sorted(group.rows, key=lambda row: row[place] or EARLIEST)
    parts = [timed[:1]]
    for before, row in pairwise(timed):
        if before[place] is not None and row[place] - before[place] > window:
            parts.append([])
        parts[-1].append(row)
    return [_Group(group.columns, part) for part in parts]


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


def _draft(compiled: CompiledRule, group: _Group, machines: Machines) -> Draft | None:
    rule, roles = compiled.rule, compiled.roles
    row = group.first()
    computer = str(row[roles.host]) if roles.host else machines.only_computer
    verdict = machines.applies(rule.applies_to, computer)
    if verdict is Verdict.NO:
        return None
    starts = group.values(roles.start)
    ends = group.values(roles.end) or starts
    first = min(starts, default=None) or min(ends, default=None)
    last = max([*starts, *ends], default=None)
    row |= {roles.start: first} if roles.start else {}
    row |= {roles.end: last} if roles.end else {}
    count = _count(compiled, group)
    # A column of the query's own with such a name wins.
    row = {"FirstSeen": first, "LastSeen": last, "Count": count, **row}
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
        count=count,
        places=_places(compiled, group),
        subject=str(row[roles.subject] or "") if roles.subject else "",
    )


def _unknown(compiled: CompiledRule) -> str:
    wanted = compiled.rule.applies_to
    words = ["system"] if wanted.systems else []
    words += ["agent version"] if wanted.versions else []
    return f"{' or '.join(words)} is"


def _severity(compiled: CompiledRule, group: _Group) -> Severity:
    """Return the worst severity of the rows: a group must not hide one."""
    values = set(group.values(compiled.roles.severity))
    words = {str(value).lower() for value in values}
    found = [SEVERITIES[word] for word in words if word in SEVERITIES]
    return min(found, key=lambda word: word.rank, default=compiled.rule.severity)


def _count(compiled: CompiledRule, group: _Group) -> int:
    column = compiled.roles.count
    if not column:
        return len(group.rows)
    return sum(map(int, group.values(column)))


def _places(compiled: CompiledRule, group: _Group) -> list[tuple[str, int]]:
    roles = compiled.roles
    if not roles.file or not roles.line:
        return []
    names = (roles.start or roles.file, roles.file, roles.line)
    rows = map(itemgetter(*(group.columns[name] for name in names)), group.rows)
    # Of thousands only the first are ever shown.
    found: dict[tuple[str, int], None] = {}
    for _, name, line in sorted(
        ((roles.start and start) or EARLIEST, name, int(line))
        for start, name, line in rows
        if name and line is not None
    ):
        found[name, line] = None
        if len(found) == compiled.rule.evidence.limit:
            break
    return list(found)
