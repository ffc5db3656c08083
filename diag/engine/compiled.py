"""A rule whose queries were compiled, and what its result columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diag.engine.fields import closest
from diag.engine.fill import placeholders
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from diag.engine.rule import Rule
    from diag.kql import Query

# What a finding knows beside the columns of its first row.
EXTRA = {"FirstSeen": Type.DATETIME, "LastSeen": Type.DATETIME, "Count": Type.LONG}
TEXT = frozenset({Type.STRING})
WHOLE = frozenset({Type.LONG, Type.INT})
TIME = frozenset({Type.DATETIME})

Path = tuple[str | int, ...]
Wrong = list[tuple[Path, str]]


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column means what; empty when the result has no such column."""

    host: str = ""
    start: str = ""
    end: str = ""
    file: str = ""
    line: str = ""
    severity: str = ""
    count: str = ""
    subject: str = ""


# Role: its field in `finding`, the columns taken by default, the types that fit.
ROLES: dict[str, tuple[str, tuple[str, ...], frozenset[Type]]] = {
    "host": ("host", ("Computer",), TEXT),
    "start": ("start", ("StartTime", "TimeGenerated"), TIME),
    "end": ("end", ("EndTime",), TIME),
    "file": ("file", ("File",), TEXT),
    "line": ("line", ("Line",), WHOLE),
    "severity": ("severityFrom", (), TEXT),
    "count": ("count", (), WHOLE),
    "subject": ("subject", (), TEXT),
}


@dataclass(frozen=True, slots=True)
class BoundQuery:
    """A query about one finding, whose columns it knows as `finding_<Column>`."""

    query: Query

    def bind(self, row: Mapping[str, Any], now: datetime) -> tuple[str, dict[str, Any]]:
        """Return the SQL and its parameters.

        Args:
            row: The finding's columns and those of `EXTRA`.
            now: Naive UTC.
        """
        return self.query.bind(self._values(row), now)

    def bind_all(
        self, rows: Sequence[Mapping[str, Any]], now: datetime, *, asked: bool
    ) -> tuple[str, dict[str, Any]]:
        """Return SQL that asks for many findings at once; see `Query.bind_all`."""
        values = [self._values(row) for row in rows]
        return self.query.bind_all(values, now, asked=asked)

    def _values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: row[name.partition("_")[2]] for name in self.query.late}


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to run. `columns` are the result's names and types, in order."""

    rule: Rule
    query: Query
    columns: Mapping[str, Type]
    roles: Roles
    evidence: BoundQuery | None = None
    counter: BoundQuery | None = None

    @property
    def shown(self) -> frozenset[str]:
        """The columns of a finding's first row that anything of it is made of."""
        rule, roles = self.rule, self.roles
        texts = [rule.name, rule.description, rule.finding.title, rule.finding.detail]
        texts += [f"{one.text} {one.linux} {one.windows}" for one in rule.remedy]
        named = {name for text in texts for name in placeholders(text)}
        for query in (self.evidence, self.counter):
            late = query.query.late if query else ()
            named |= {name.partition("_")[2] for name in late}
        return frozenset({*named, roles.host, roles.subject} & self.columns.keys())

    @property
    def kinds(self) -> Mapping[str, Type]:
        """What a finding's texts may name: the result's columns and `EXTRA`."""
        return {**EXTRA, **self.columns}


def find_roles(rule: Rule, columns: Mapping[str, Type], wrong: Wrong) -> Roles:
    """Decide which result column means what.

    Args:
        rule: Names columns in `finding`, or leaves the defaults.
        columns: The result's columns and their types.
        wrong: Collects what does not fit, with the field it stands in.
    """
    spec = rule.finding
    given = {
        "host": spec.host,
        "start": spec.start,
        "end": spec.end,
        "file": spec.file,
        "line": spec.line,
        "severity": spec.severity_from,
        "count": spec.count,
        "subject": spec.subject,
    }
    found: dict[str, str] = {}
    for role, (field, defaults, kinds) in ROLES.items():
        name = given[role]
        fitting = [c for c in defaults if columns.get(c) in kinds]
        found[role] = name or (fitting[0] if fitting else "")
        if not name:
            continue
        if name not in columns:
            wrong.append((("finding", field), unknown_column(name, columns)))
        elif columns[name] not in kinds:
            text = (
                f"column '{name}' is {columns[name]}, not {' or '.join(sorted(kinds))}"
            )
            wrong.append((("finding", field), text))
    return Roles(**found)


def unknown_column(name: str, columns: Mapping[str, Type]) -> str:
    """Return the message for a column that a result does not have."""
    hint = closest(name, columns) or f"; there are {', '.join(columns)}"
    return f"the result has no column '{name}'{hint}"


def check_columns(rule: Rule, columns: Mapping[str, Type], wrong: Wrong) -> None:
    """Check every place of a rule that names a result column.

    Args:
        rule: With titles, groups and tests.
        columns: The result's columns, without those of `EXTRA`.
        wrong: Collects what does not exist, with the field it stands in.
    """
    known = {**EXTRA, **columns}
    for field, text in (("title", rule.finding.title), ("detail", rule.finding.detail)):
        wrong.extend(
            (("finding", field), unknown_column(name, columns))
            for name in placeholders(text)
            if name not in known
        )
    wrong.extend(
        (("remedy", "steps", number), unknown_column(name, columns))
        for number, step in enumerate(rule.remedy)
        for name in placeholders(f"{step.text} {step.linux} {step.windows}")
        if name not in known
    )
    wrong.extend(
        (("group", "by"), unknown_column(name, columns))
        for name in rule.group_by
        if name not in columns
    )
    wrong.extend(
        (("tests", number), f"test '{test.name}': {unknown_column(name, columns)}")
        for number, test in enumerate(rule.tests)
        for name in sorted({name for row in test.expect or () for name in row})
        if name not in columns
    )
