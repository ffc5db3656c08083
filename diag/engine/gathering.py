"""The rows of a rule's query as groups, each of which may become a finding.

A rule that fires on half a million lines makes a handful of findings. The database
groups its rows, so that only the handful is ever read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.engine.literals import EARLIEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from diag.engine.compiled import CompiledRule
    from diag.store import Store

    Row = dict[str, Any]
    Place = tuple[str, int]
    Span = tuple[datetime | None, datetime | None]

# A line may stand in several rows, so that more places are asked for than are shown.
SPARE = 4


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows that become one finding.

    `first` are columns of its first row, at least those that the rule shows; `count`
    its rows, or the sum of the rule's column; `starts` and `ends` the least and the
    greatest time of these columns; `places` file and line of its first rows, as many
    as the rule shows, earliest first.
    """

    first: Row
    count: int
    starts: Span
    ends: Span
    severities: frozenset[str]
    places: list[Place]


def gather(
    store: Store, compiled: CompiledRule, now: datetime
) -> tuple[int, list[Gathered]]:
    """Ask a store for the rows of a rule's query, in groups.

    Args:
        store: The events and facts.
        compiled: The rule.
        now: Naive UTC.

    Returns:
        How many rows there are, and the groups.

    Raises:
        StoreError: The query failed, took too long or gave too many rows.
    """
    if _can_group(compiled):
        found = store.query(*_asked(compiled, now)).rows
        groups = [_read(compiled, row) for row in found]
        if all(group is not None for group in groups):
            return sum(row[0] for row in found), [group for group in groups if group]
    # Without groups, or with many rows of few lines.
    rows = store.query(*compiled.query.bind({}, now)).rows
    return len(rows), groups_of(compiled, rows)


def _can_group(compiled: CompiledRule) -> bool:
    """Return whether SQL can: windows depend on one row after the other."""
    rule, last = compiled.rule, compiled.query.last
    windows = rule.group_window is not None and compiled.roles.start
    return bool(rule.group_by and last.keys and not windows)


def _asked(compiled: CompiledRule, now: datetime) -> tuple[str, dict[str, Any]]:
    """Return a SELECT with one row for each group; all in it are ids and numbers."""
    last, roles = compiled.query.last, compiled.roles
    ids = dict(zip(compiled.columns, last.ids, strict=True))

    def of(column: str, made: str) -> str:
        return made.format(ids[column]) if column else "NULL"

    place = "NULL"
    if roles.file and roles.line:
        start = of(roles.start, "coalesce({}, TIMESTAMP '0001-01-01')")
        file, line = ids[roles.file], ids[roles.line]
        one = f"struct_pack(t := {start}, f := {file}, l := {line})"
        most = compiled.rule.evidence.limit * SPARE
        some = f"FILTER (WHERE {file} <> '' AND {line} IS NOT NULL)"
        place = f"min({one}, {most}) {some}"
    shown = ", ".join(f"{ids[name]} := {ids[name]}" for name in _shown(compiled))
    first = f"struct_pack({shown})" if shown else "1"
    items = (
        "count(*)",
        of(roles.count, "coalesce(CAST(sum({}) AS BIGINT), 0)"),
        *(of(roles.start, f"{which}({{}})") for which in ("min", "max")),
        *(of(roles.end, f"{which}({{}})") for which in ("min", "max")),
        of(roles.severity, "list(DISTINCT {})"),
        place,
        f"first({first} ORDER BY {', '.join(last.keys)})",
    )
    by = ", ".join(dict.fromkeys(ids[name] for name in compiled.rule.group_by))
    select = f"SELECT {', '.join(items)} FROM {last.stage} GROUP BY {by}"  # noqa: S608 - ours
    return compiled.query.over(select, now)


def _shown(compiled: CompiledRule) -> list[str]:
    """Return the columns of the first row that are needed, each of one id once."""
    ids = zip(compiled.columns, compiled.query.last.ids, strict=True)
    named = {one: name for name, one in ids if name in compiled.shown}
    return list(named.values())


def _read(compiled: CompiledRule, row: tuple[Any, ...]) -> Gathered | None:
    """Return a group from its row; None when it needs more places than it has."""
    rows, count, *times, severities, listed, first = row
    limit, columns = compiled.rule.evidence.limit, compiled.query.last.ids
    places = list(dict.fromkeys((one["f"], one["l"]) for one in listed or ()))
    if len(places) < limit and len(listed or ()) == limit * SPARE:
        return None
    shown = first if isinstance(first, dict) else {}
    names = zip(compiled.columns, columns, strict=True)
    return Gathered(
        first={name: shown[one] for name, one in names if one in shown},
        count=rows if not compiled.roles.count else count,
        starts=(times[0], times[1]),
        ends=(times[2], times[3]),
        severities=frozenset(
            str(one).lower() for one in severities or () if one is not None
        ),
        places=places[:limit],
    )


def groups_of(
    compiled: CompiledRule, rows: Sequence[tuple[Any, ...]]
) -> list[Gathered]:
    """Group rows that were read, as SQL does where it can.

    Args:
        compiled: The rule and the names of its columns.
        rows: What its query returned, in order.
    """
    columns = {name: place for place, name in enumerate(compiled.columns)}
    groups = _grouped(rows, [columns[name] for name in compiled.rule.group_by])
    return [
        part.gathered(compiled)
        for group in groups
        for part in _windows(compiled, _Group(columns, group))
    ]


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


class _Group(NamedTuple):
    """Rows of one finding. Only the first is ever needed as a mapping."""

    columns: Mapping[str, int]
    rows: list[tuple[Any, ...]]

    def values(self, column: str) -> list[Any]:
        """Return the values of a column, without null; none without a column."""
        if not column:
            return []
        found = map(itemgetter(self.columns[column]), self.rows)
        return [value for value in found if value is not None]

    def span(self, column: str) -> Span:
        """Return the least and the greatest value of a column."""
        found = self.values(column)
        return min(found, default=None), max(found, default=None)

    def gathered(self, compiled: CompiledRule) -> Gathered:
        """Return what a finding needs of the rows."""
        roles = compiled.roles
        count = sum(map(int, self.values(roles.count)))
        severities = {str(value).lower() for value in self.values(roles.severity)}
        return Gathered(
            first={name: self.rows[0][place] for name, place in self.columns.items()},
            count=count if roles.count else len(self.rows),
            starts=self.span(roles.start),
            ends=self.span(roles.end),
            severities=frozenset(severities),
            places=_places(compiled, self),
        )


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


def _places(compiled: CompiledRule, group: _Group) -> list[Place]:
    roles = compiled.roles
    if not roles.file or not roles.line:
        return []
    names = (roles.start or roles.file, roles.file, roles.line)
    rows = map(itemgetter(*(group.columns[name] for name in names)), group.rows)
    # Of thousands only the first are ever shown.
    found: dict[Place, None] = {}
    for _, name, line in sorted(
        ((roles.start and start) or EARLIEST, name, int(line))
        for start, name, line in rows
        if name and line is not None
    ):
        found[name, line] = None
        if len(found) == compiled.rule.evidence.limit:
            break
    return list(found)
