"""`row_window_session`: when the session began that a row belongs to.

A session ends where two neighbours are too far apart, or where a row is too far
from the session's first one; a distance that equals the limit is too far, as Kusto's
documentation has it. The second test depends on where the session began, so it takes
one row after the other: a recursive query. A row without a time is in no session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.kql.checks import as_bool, needs_type
from diag.kql.stages import Arm
from diag.kql.values import Value
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Call
    from diag.kql.plan import Plan
    from diag.kql.scope import Scope

WITH_RESTART = 4
RECURSION = "_self"  # what a recursive stage calls itself


def row_window_session(scope: Scope, node: Call) -> Value:
    """Compile `row_window_session(time, longest, gap[, restart])`.

    Raises:
        KqlError: The arguments are no time and timespans.
    """
    relation, plan = scope.relation, scope.plan
    if relation is None or relation.partition:
        said = "row_window_session() cannot stand inside mv-apply"
        raise scope.error(said, node.at, "KQL201")
    time = scope.flat(scope.value(node.args[0]))
    needs_type(scope, time, node.args[0], Type.DATETIME)
    longest, gap = (scope.flat(scope.value(arg)) for arg in node.args[1:3])
    for value, arg in zip((longest, gap), node.args[1:3], strict=True):
        needs_type(scope, value, arg, Type.TIMESPAN)
    restart = "FALSE"
    if len(node.args) == WITH_RESTART:
        test = scope.flat(scope.value(node.args[3]))
        restart = f"coalesce({as_bool(scope, test, node.args[3]).sql}, FALSE)"
    names = _Names(*(plan.new_id() for _ in range(6)))
    items = {
        relation.order: relation.order,
        names.number: f"row_number() OVER ({relation.over()})",
        names.at: time.sql,
        names.far: longest.sql,
        names.near: gap.sql,
        names.anew: restart,
    }
    rows = plan.add(Arm(items, f"FROM {scope.source()}"))
    walked = _walk(plan, rows, names)
    own, key = plan.new_id(), plan.new_id()
    tail = f"FROM {walked} AS w JOIN {rows} AS r ON w.{names.number} = r.{names.number}"
    starts = {key: f"r.{relation.order}", own: f"w.{names.start}"}
    found = plan.add(Arm(starts, tail))
    # The order of a row is unique, so that it finds the row's own session.
    sql = f"(SELECT x.{own} FROM {found} AS x WHERE x.{key} = {relation.order})"
    return Value(sql, Type.DATETIME, level=time.level)


@dataclass(frozen=True, slots=True)
class _Names:
    """The columns of the walk: a row's number, time, limits, restart and session."""

    number: str
    at: str
    far: str
    near: str
    anew: str
    start: str


def _walk(plan: Plan, rows: str, names: _Names) -> str:
    """Add the recursive query that gives each row number the session's begin."""
    number, at, start = names.number, names.at, names.start
    first = Arm({number: number, at: at, start: at}, f"FROM {rows} WHERE {number} = 1")
    since = f"epoch_us(n.{at}) - epoch_us(p.{start})"
    between = f"epoch_us(n.{at}) - epoch_us(p.{at})"
    new = (
        f"n.{names.anew} OR n.{at} IS NULL OR p.{start} IS NULL "
        f"OR {since} >= n.{names.far} OR {between} >= n.{names.near}"
    )
    following = Arm(
        {
            number: f"n.{number}",
            at: f"n.{at}",
            start: f"CASE WHEN {new} THEN n.{at} ELSE p.{start} END",
        },
        f"FROM {RECURSION} AS p JOIN {rows} AS n ON n.{number} = p.{number} + 1",
    )
    return plan.add(first, following, recursive=True)
