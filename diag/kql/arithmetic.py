"""`+ - * / %` on numbers, times and timespans, as Kusto computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.constants import constant
from diag.kql.convert import to_type
from diag.kql.values import NUMBERS, WHOLE, Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Binary, Negative
    from diag.kql.scope import Scope

T, S = Type.DATETIME, Type.TIMESPAN


def negative(scope: Scope, node: Negative) -> Value:
    """Compile `-x`; of a constant it is a constant."""
    value = scope.value(node.operand)
    if value.type not in {*NUMBERS, S}:
        raise scope.error(f"'-' cannot stand before {value.type}", node.at, "KQL105")
    if value.is_literal and value.literal is not None:
        return constant(scope.plan, -value.literal, value.type)
    return made(f"(-{value.sql})", value.type, value)


def arithmetic(scope: Scope, node: Binary, left: Value, right: Value) -> Value:
    """Compile an arithmetic operator.

    Raises:
        KqlError: The types do not go together.
    """
    # A dynamic number is what its partner is, or a real one.
    if left.type is Type.DYNAMIC:
        left = to_type(
            left, right.type if right.type in {*NUMBERS, T, S} else Type.REAL
        )
    if right.type is Type.DYNAMIC:
        right = to_type(right, left.type if left.type in {*NUMBERS, S} else Type.REAL)
    if {left.type, right.type} <= NUMBERS:
        return _numbers(node.op, left, right)
    found = _times(node.op, left, right)
    if found is None:
        said = f"'{node.op}' cannot stand between {left.type} and {right.type}"
        raise scope.error(said, node.at, "KQL105")
    sql, kind = found
    return made(sql, kind, left, right, nullable=node.op in "/%" or None)


def _numbers(op: str, left: Value, right: Value) -> Value:
    if Type.REAL in {left.type, right.type}:
        kind = Type.REAL
    else:
        kind = Type.LONG if Type.LONG in {left.type, right.type} else Type.INT
    a, b = left.sql, right.sql
    if op == "/":
        # Whole numbers are cut towards zero; by zero it is null (trap 16).
        sql = f"({a} {'/' if kind is Type.REAL else '//'} {b})"
        return made(sql, kind, left, right, nullable=True)
    if op == "%":
        sql = f"((({a} % {b}) + abs({b})) % abs({b}))"
        return made(sql, kind, left, right, nullable=True)
    return made(f"({a} {op} {b})", kind, left, right)


def _times(op: str, left: Value, right: Value) -> tuple[str, Type] | None:
    """Return SQL and type of an operation on times or timespans."""
    a, b = left.sql, right.sql
    pair = (left.type, right.type)
    number = right.type in NUMBERS
    if pair == (T, T) and op == "-":
        return f"(epoch_us({a}) - epoch_us({b}))", S
    if pair == (T, S) and op in "+-":
        return f"({a} {op} to_microseconds({b}))", T
    if pair == (S, T) and op == "+":
        return f"({b} + to_microseconds({a}))", T
    if pair == (S, S) and op in "+-":
        return f"({a} {op} {b})", S
    if pair == (S, S) and op == "/":
        return f"({a} / CAST({b} AS DOUBLE))", Type.REAL
    if pair == (S, S) and op == "%":
        return f"((({a} % {b}) + abs({b})) % abs({b}))", S
    if left.type is S and number and op in "*/":
        return _scaled(op, a, right), S
    if right.type is S and left.type in NUMBERS and op == "*":
        return _scaled(op, b, left), S
    return None


def _scaled(op: str, span: str, number: Value) -> str:
    if number.type in WHOLE and op == "*":
        return f"({span} * {number.sql})"
    return f"CAST({span} {op} CAST({number.sql} AS DOUBLE) AS BIGINT)"
