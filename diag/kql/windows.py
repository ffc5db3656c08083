"""Functions that look at other rows: `prev`, `next`, `row_number`, `row_cumsum`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.checks import as_bool, literal_whole, needs_type
from diag.kql.convert import to_type
from diag.kql.sessions import row_window_session
from diag.kql.values import NUMBERS, Value, made, null_of
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Call
    from diag.kql.scope import Scope

WINDOWS = {
    "prev": "prev(value[, rows[, otherwise]]): the value some rows before.",
    "next": "next(value[, rows[, otherwise]]): the value some rows after.",
    "row_number": "row_number([first[, restart]]): the number of the row.",
    "row_cumsum": "row_cumsum(number[, restart]): the sum up to this row.",
    "row_window_session": "row_window_session(time, longest, gap[, restart]): "
    "when the row's session began.",
}
FARTHEST = 10_000
ARGUMENTS = {
    "prev": (1, 3),
    "next": (1, 3),
    "row_number": (0, 2),
    "row_cumsum": (1, 2),
    "row_window_session": (3, 4),
}


def window(scope: Scope, node: Call) -> Value:
    """Compile a window function; it needs rows in order (trap 21).

    Raises:
        KqlError: The rows have no order, or the arguments do not fit.
    """
    low, high = ARGUMENTS[node.name]
    if not low <= len(node.args) <= high:
        raise scope.error(f"it is written {WINDOWS[node.name]}", node.at, "KQL104")
    if scope.relation is None or not scope.relation.order:
        said = f"{node.name}() needs an ordered input: put `sort by ...` before it"
        raise scope.error(said, scope.operator, "KQL108")
    order = scope.relation.over()
    if node.name in {"prev", "next"}:
        return _neighbour(scope, node, order)
    if node.name == "row_window_session":
        return row_window_session(scope, node)
    if node.name == "row_number":
        return _row_number(scope, node, order)
    return _row_cumsum(scope, node, order)


def _windowed(
    sql: str, kind: Type, *parts: Value, nullable: bool | None = None
) -> Value:
    value = made(sql, kind, *parts, nullable=nullable)
    return Value(sql, kind, value.nullable, level=value.level, window=True)


def _neighbour(scope: Scope, node: Call, order: str) -> Value:
    value = scope.flat(scope.value(node.args[0]))
    rows = 1
    if len(node.args) > 1:
        bounds = (1, FARTHEST)
        rows = literal_whole(scope, node.args[1], "the number of rows", bounds)
    default, extra = null_of(value.type), value
    if len(node.args) > 2:  # noqa: PLR2004 - its third argument
        extra = to_type(scope.flat(scope.value(node.args[2])), value.type)
        default = extra.sql
    name = "lag" if node.name == "prev" else "lead"
    sql = f"{name}({value.sql}, {rows}, {default}) OVER ({order})"
    return _windowed(sql, value.type, value, extra, nullable=True)


def _restart(scope: Scope, node: Call, place: int, order: str) -> Value | None:
    """Return the number of the run that a row is in, if runs restart."""
    if len(node.args) <= place:
        return None
    test = scope.flat(scope.value(node.args[place]))
    test = as_bool(scope, test, node.args[place])
    one = f"CASE WHEN {test.sql} THEN 1 ELSE 0 END"
    sql = f"sum({one}) OVER ({order} ROWS UNBOUNDED PRECEDING)"
    return scope.flat(_windowed(sql, Type.LONG, test, nullable=False))


def _within(order: str, run: Value | None) -> str:
    """Return an order that begins anew with each run."""
    if run is None:
        return order
    if order.startswith("PARTITION BY "):
        return order.replace(" ORDER BY", f", {run.sql} ORDER BY", 1)
    return f"PARTITION BY {run.sql} {order}"


def _row_number(scope: Scope, node: Call, order: str) -> Value:
    first = scope.value(node.args[0]) if node.args else None
    if first is not None:
        needs_type(scope, first, node.args[0], Type.LONG, Type.INT)
    run = _restart(scope, node, 1, order)
    parts = tuple(part for part in (first, run) if part is not None)
    over = _within(order, run)
    sql = f"row_number() OVER ({over})"
    if first is not None:
        sql = f"({sql} + {first.sql} - 1)"
    return _windowed(sql, Type.LONG, *parts, nullable=False)


def _row_cumsum(scope: Scope, node: Call, order: str) -> Value:
    term = scope.flat(scope.value(node.args[0]))
    needs_type(scope, term, node.args[0], *NUMBERS, Type.TIMESPAN)
    run = _restart(scope, node, 1, order)
    over = _within(order, run)
    kind = Type.REAL if term.type is Type.REAL else Type.LONG
    kind = Type.TIMESPAN if term.type is Type.TIMESPAN else kind
    total = f"sum({term.sql}) OVER ({over} ROWS UNBOUNDED PRECEDING)"
    name = "DOUBLE" if kind is Type.REAL else "BIGINT"
    sql = f"CAST(coalesce({total}, 0) AS {name})"
    parts = (term,) if run is None else (term, run)
    return _windowed(sql, kind, *parts, nullable=False)
