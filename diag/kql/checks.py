"""Demands on values: a type, a condition, a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.source import quoted
from diag.kql.values import NUMBERS, Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope

STEPPED = {*NUMBERS, Type.DATETIME, Type.TIMESPAN}


def needs_type(scope: Scope, value: Value, node: Expr, *kinds: Type) -> Value:
    """Return a value of one of some types.

    Raises:
        KqlError: It has another one.
    """
    if value.type in kinds:
        return value
    wanted = " or ".join(kinds)
    said = f"{wanted} is expected here, this is {value.type}"
    raise scope.error(said, node.at, "KQL105")


def as_bool(scope: Scope, value: Value, node: Expr) -> Value:
    """Return a value as a bool; a dynamic one is converted."""
    if value.type is Type.BOOL:
        return value
    if value.type is Type.DYNAMIC:
        text = f"json_extract_string({value.sql}, '$')"
        return made(f"TRY_CAST({text} AS BOOLEAN)", Type.BOOL, value, nullable=True)
    raise scope.error(
        f"a condition is expected, this is {value.type}", node.at, "KQL105"
    )


def literal_text(scope: Scope, node: Expr, what: str) -> str:
    """Return a constant text, such as a pattern or a unit.

    Raises:
        KqlError: It is no constant text.
    """
    value = scope.value(node)
    if value.type is not Type.STRING or not value.is_literal:
        raise scope.error(f"{what} must be a constant text", node.at, "KQL105")
    return str(value.literal)


def literal_whole(scope: Scope, node: Expr, what: str, bounds: tuple[int, int]) -> int:
    """Return a constant whole number within bounds (both included).

    Raises:
        KqlError: It is none, or out of bounds.
    """
    value = scope.value(node)
    if value.type not in {Type.LONG, Type.INT} or not value.is_literal:
        raise scope.error(f"{what} must be a constant whole number", node.at, "KQL105")
    low, high = bounds
    if value.literal is None or not low <= value.literal <= high:
        said = f"{what} must be from {low:,} to {high:,}"
        raise scope.error(
            f"{said}, not {quoted(str(value.literal))}", node.at, "KQL106"
        )
    return int(value.literal)


def check_steps(
    scope: Scope, parts: tuple[Value, Value, Value], most: int, at: int
) -> None:
    """Check the start, the end and the step of a range.

    Args:
        scope: For the message.
        parts: The three.
        most: Most rows that it may give.
        at: Where it stands.

    Raises:
        KqlError: They are of types that do not fit, or give no or too many rows.
    """
    start, end, step = parts
    if start.type not in STEPPED or not _steps_fit(start.type, end, step):
        said = "range goes over numbers, times or timespans of one type"
        raise scope.error(said, at, "KQL105")
    if not all(part.is_literal for part in parts):
        return
    first, last, width = (part.literal for part in parts)
    if None in (first, last, width) or not width:
        raise scope.error("range needs a step that leads on", at, "KQL106")
    if (last - first) / width > most:
        said = f"range gives at most {most:,} rows"
        raise scope.error(said, at, "KQL106")


def _steps_fit(kind: Type, end: Value, step: Value) -> bool:
    if kind is Type.DATETIME:
        return end.type is kind and step.type is Type.TIMESPAN
    if kind in NUMBERS:
        return end.type in NUMBERS and step.type in NUMBERS
    return end.type is kind and step.type is kind
