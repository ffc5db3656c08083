"""SQL with a type: what every expression is compiled to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from diag.schema import Type


class _Nothing:
    """The mark of a value that is not known when a query is compiled."""

    def __bool__(self) -> bool:
        return False


NOTHING: Final = _Nothing()
NUMBERS = frozenset({Type.INT, Type.LONG, Type.REAL})
WHOLE = frozenset({Type.INT, Type.LONG})

# How a KQL type is stored (rule-language.md, 4.3). A timespan is microseconds.
SQL_TYPES: dict[Type, str] = {
    Type.BOOL: "BOOLEAN",
    Type.DATETIME: "TIMESTAMP",
    Type.DYNAMIC: "JSON",
    Type.GUID: "UUID",
    Type.INT: "INTEGER",
    Type.LONG: "BIGINT",
    Type.REAL: "DOUBLE",
    Type.STRING: "VARCHAR",
    Type.TIMESPAN: "BIGINT",
}


@dataclass(frozen=True, slots=True)
class Value:
    """A typed SQL expression.

    `nullable` is False only where null cannot come out; strings never are.
    `literal` is the value itself when it is a constant. `aggregated` says that an
    aggregate is part of it, `window` that a window function is, and `level` how
    many stages have to be computed before it, as windows cannot be nested. `written`
    marks a JSON object that is the text it was stored as.
    """

    sql: str
    type: Type
    nullable: bool = True
    literal: Any = NOTHING
    level: int = 0
    window: bool = False
    aggregated: bool = False
    written: bool = False

    @property
    def is_literal(self) -> bool:
        """Whether the value is known when the query is compiled."""
        return self.literal is not NOTHING


def made(sql: str, kind: Type, *parts: Value, nullable: bool | None = None) -> Value:
    """Return a value made of others: it inherits what they are.

    Args:
        sql: Its SQL.
        kind: Its type.
        parts: The values in it.
        nullable: Whether null can come out; by default if it can go in.
    """
    if nullable is None:
        nullable = any(part.nullable for part in parts)
    return Value(
        sql,
        kind,
        nullable=nullable and kind is not Type.STRING,
        level=max((part.level for part in parts), default=0),
        window=any(part.window for part in parts),
        aggregated=any(part.aggregated for part in parts),
    )


def null_of(kind: Type) -> str:
    """Return the SQL of a missing value: null, or the empty string."""
    return "''" if kind is Type.STRING else f"CAST(NULL AS {SQL_TYPES[kind]})"


def never_null(value: Value) -> str:
    """Return the SQL of a value in which a missing string is empty."""
    return f"coalesce({value.sql}, '')" if value.type is Type.STRING else value.sql
