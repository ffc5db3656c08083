"""Comparisons with Kusto's nulls, which are not SQL's (rule-language.md, 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.convert import to_type
from diag.kql.values import NUMBERS, Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Between, Binary
    from diag.kql.scope import Scope

ORDERS = {"<", "<=", ">", ">="}
ORDERED = {Type.DATETIME, Type.TIMESPAN, Type.STRING, *NUMBERS}


def equality(
    scope: Scope, node: Binary, sides: tuple[Value, Value], *, filtering: bool
) -> Value:
    """Compile `==`, `!=`, `=~` and `!~`.

    `null == 5` is false and `null != 5` is true; only null against null is null
    (traps 6 and 7).
    """
    left, right = alike(scope, sides, node)
    if node.op in {"=~", "!~"}:
        for value, side in ((left, node.left), (right, node.right)):
            if value.type is not Type.STRING:
                said = f"{node.op} compares text, this is {value.type}"
                raise scope.error(said, side.at, "KQL105")
        left, right = lowered(scope, left), lowered(scope, right)
    same = node.op in {"==", "=~"}
    parts = (left, right)
    if not left.nullable and not right.nullable:
        sign = "=" if same else "<>"
        return made(f"({left.sql} {sign} {right.sql})", Type.BOOL, *parts)
    if same and filtering:
        return made(f"({left.sql} = {right.sql})", Type.BOOL, *parts)
    test = f"({left.sql} IS {'NOT ' if same else ''}DISTINCT FROM {right.sql})"
    if filtering or not (left.nullable and right.nullable):
        return made(test, Type.BOOL, *parts, nullable=False)
    both = f"{left.sql} IS NULL AND {right.sql} IS NULL"
    return made(f"(CASE WHEN {both} THEN NULL ELSE {test} END)", Type.BOOL, *parts)


def order(scope: Scope, node: Binary, left: Value, right: Value) -> Value:
    """Compile `<`, `<=`, `>` and `>=`; null in, null out."""
    left, right = alike(scope, (left, right), node)
    if left.type not in ORDERED:
        raise scope.error(f"{left.type} values have no order", node.at, "KQL105")
    return made(f"({left.sql} {node.op} {right.sql})", Type.BOOL, left, right)


def alike(
    scope: Scope, sides: tuple[Value, Value], node: Binary | Between
) -> tuple[Value, Value]:
    """Return two values of one type; a dynamic one becomes as the other.

    Raises:
        KqlError: The types cannot be compared.
    """
    left, right = sides
    if left.type is Type.DYNAMIC and right.type is Type.DYNAMIC:
        said = "two dynamic values cannot be compared; convert one, as tostring(x)"
        raise scope.error(said, node.at, "KQL105")
    if left.type is Type.DYNAMIC:
        left = to_type(left, right.type)
    elif right.type is Type.DYNAMIC:
        right = to_type(right, left.type)
    if Type.GUID in {left.type, right.type}:
        left, right = (to_type(side, Type.STRING) for side in (left, right))
    both = {left.type, right.type}
    if len(both) == 1 or both <= NUMBERS:
        return left, right
    said = f"{left.type} cannot be compared with {right.type}; convert one of them"
    raise scope.error(said, node.at, "KQL105")


def between(scope: Scope, node: Between) -> Value:
    """Compile `between`; the upper end may be a timespan (trap 19)."""
    value, low, high = (scope.value(n) for n in (node.value, node.low, node.high))
    if high.type is Type.TIMESPAN and low.type is Type.DATETIME:
        high = made(f"({low.sql} + to_microseconds({high.sql}))", low.type, low, high)
    value_low, low = alike(scope, (value, low), node)
    value_high, high = alike(scope, (value, high), node)
    test = f"({value_low.sql} >= {low.sql} AND {value_high.sql} <= {high.sql})"
    sql = f"(NOT {test})" if node.negated else test
    return made(sql, Type.BOOL, value, low, high)


def lowered(scope: Scope, value: Value) -> Value:
    """Return a text in lower case; a constant at once."""
    if value.is_literal:
        return scope.plan.text(str(value.literal).lower())
    return made(f"lower({value.sql})", Type.STRING, value)
