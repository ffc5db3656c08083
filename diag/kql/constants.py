"""Constants: a value of a type to SQL, texts always bound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.kql.values import Value, null_of
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.plan import Plan

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def constant(plan: Plan, value: Any, kind: Type) -> Value:  # noqa: ANN401 - of the type
    """Return a constant of a type.

    Args:
        plan: Binds texts.
        value: None for null; microseconds for timespans and times (since 1970);
            JSON data for dynamic.
        kind: Its type.
    """
    if value is None:
        return Value(null_of(kind), kind, nullable=True, literal=None)
    if kind in {Type.STRING, Type.GUID, Type.DYNAMIC}:
        return _text(plan, value, kind)
    if kind is Type.BOOL:
        sql = "TRUE" if value else "FALSE"
    elif kind is Type.DATETIME:
        sql = f"make_timestamp({int(value)})"
    elif kind is Type.REAL:
        sql = f"CAST({plan.bind(float(value))} AS DOUBLE)"
    else:
        sql = f"CAST('{int(value)}' AS {'INTEGER' if kind is Type.INT else 'BIGINT'})"
    return Value(sql, kind, nullable=False, literal=value)


def _text(plan: Plan, value: Any, kind: Type) -> Value:  # noqa: ANN401 - of the type
    import json

    if kind is Type.STRING:
        return plan.text(value)
    if kind is Type.GUID:
        return Value(f"CAST({plan.bind(value)} AS UUID)", kind, nullable=False)
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    sql = f"CAST({plan.bind(data)} AS JSON)"
    return Value(sql, kind, nullable=False, literal=value)


def microseconds(value: timedelta | datetime) -> int:
    """Return a timespan, or a time since 1970, in microseconds."""
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)) - EPOCH
    return value // timedelta(microseconds=1)
