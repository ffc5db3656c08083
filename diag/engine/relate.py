"""How findings stand to each other: silenced, explained, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from diag.engine.literals import EARLIEST, LATEST
from diag.engine.rule import When
from diag.model import Silence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from diag.engine.rule import Rule
    from diag.model import Finding

# An effect may begin this much after its cause has ended.
AFTER = timedelta(minutes=1)
NONE = timedelta(0)


def relate(
    findings: Sequence[Finding], rules: Iterable[Rule]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Silence, explain and sort findings.

    Args:
        findings: Of all rules, in any order.
        rules: Whose `suppress` and `explains` count.

    Returns:
        The findings to show, and the suppressed ones; both sorted: the worst
        first, a cause before what it explains and lifted to its severity, then
        by time, rule, computer and title.
    """
    known = {rule.id: rule for rule in rules}
    by_rule: dict[str, list[int]] = {}
    for place, finding in enumerate(findings):
        by_rule.setdefault(finding.rule, []).append(place)
    silenced = {
        place: finding
        for finding in findings
        for item in known[finding.rule].suppress
        for place in by_rule.get(item.rule, ())
        if _silences(finding, findings[place], item.when)
    }
    causes: dict[int, list[int]] = {}
    for place, finding in enumerate(findings):
        if place in silenced:
            continue
        for name in known[finding.rule].explains:
            for other in by_rule.get(name, ()):
                if other not in silenced and _explains(finding, findings[other]):
                    causes.setdefault(other, []).append(place)
    shown = [place for place in range(len(findings)) if place not in silenced]
    # Rules that are not run may still be named; the loader refuses circles.
    edges = {rule.id: rule.explains for rule in known.values()}
    ordered = _ordered(findings, shown, causes, causes_first(edges))
    return (
        tuple(_explained(findings, place, causes) for place in ordered),
        tuple(
            sorted(
                (_silent(findings[place], by) for place, by in silenced.items()),
                key=_key,
            )
        ),
    )


def _silent(finding: Finding, cause: Finding) -> Finding:
    return replace(finding, silence=Silence(cause.rule, f"is part of: {cause.title}"))


def causes_first(explains: Mapping[str, Sequence[str]]) -> list[str]:
    """Sort rule ids so that a rule stands before those that it explains.

    Args:
        explains: Rule id to the ids that it explains.

    Raises:
        graphlib.CycleError: Rules name each other in a circle.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for cause in sorted(explains):
        sorter.add(cause)
        for effect in explains[cause]:
            sorter.add(effect, cause)
    return list(sorter.static_order())


def _silences(cause: Finding, other: Finding, when: When) -> bool:
    if when is When.SAME_HOST:
        return cause.computer == other.computer
    return _together(cause, other)


def _explains(cause: Finding, other: Finding) -> bool:
    """Return whether a finding can be the cause of another one.

    Both are of one computer and about the same part of it, and their times overlap,
    or the effect follows at once: the code of a command stands a moment after the
    error that ended it.
    """
    if cause.subject and other.subject and cause.subject != other.subject:
        return False
    return _together(cause, other, AFTER)


def _together(one: Finding, other: Finding, after: timedelta = NONE) -> bool:
    """Return whether two findings are of one computer and of overlapping times.

    A finding without a time (a setting, a version) holds at any time. `after` is how
    much later than the end of the one the other may begin.
    """
    if one.computer != other.computer:
        return False
    first, last = _interval(one)
    other_first, other_last = _interval(other)
    if other_first <= last:
        return first <= other_last
    return other_first - last <= after


def _interval(finding: Finding) -> tuple[datetime, datetime]:
    first = finding.first_seen or finding.last_seen or EARLIEST
    last = finding.last_seen or finding.first_seen or LATEST
    return first, last


def _explained(
    findings: Sequence[Finding], place: int, causes: dict[int, list[int]]
) -> Finding:
    finding = findings[place]
    if place not in causes:
        return finding
    names = sorted({findings[cause].rule for cause in causes[place]})
    return replace(finding, explained_by=tuple(names))


def _ordered(
    findings: Sequence[Finding],
    shown: list[int],
    causes: dict[int, list[int]],
    order: Sequence[str],
) -> list[int]:
    """Sort so that every cause stands before what it explains.

    A cause takes over the worst severity of what it explains, else a mild cause
    would stand far below the alarm that it is the reason of.

    Args:
        findings: All findings.
        shown: Places of those to sort.
        causes: Places of the causes of a place.
        order: Rule ids, causes first.
    """
    turn = {name: number for number, name in enumerate(order)}
    explained = sorted(causes, key=lambda place: turn[findings[place].rule])
    depth = dict.fromkeys(shown, 0)
    rank = {place: findings[place].severity.rank for place in shown}
    for place in explained:
        depth[place] = 1 + max(depth[cause] for cause in causes[place])
    for place in reversed(explained):
        for cause in causes[place]:
            rank[cause] = min(rank[cause], rank[place])

    def place_in_list(place: int) -> tuple[object, ...]:
        own, *rest = _key(findings[place])
        return (rank[place], depth[place], *rest, own)

    return sorted(shown, key=place_in_list)


def _key(finding: Finding) -> tuple[object, ...]:
    # What follows the title only makes the order total: equal input, equal bytes.
    first = finding.first_seen
    return (
        finding.severity.rank,
        first is not None,
        first or EARLIEST,
        finding.rule,
        finding.computer,
        finding.title,
        finding.why,
        finding.last_seen or EARLIEST,
        finding.count,
        [(item.file, item.line) for item in finding.evidence],
    )
