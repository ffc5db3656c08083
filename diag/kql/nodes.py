"""The syntax tree of values: closed, frozen, and knowing where each part stands.

`at` is the offset of a node in the query's text, for messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diag.kql.steps import Pipeline
    from diag.schema import Type


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. A timespan is in microseconds, a datetime since 1970 in them.

    `value` is None for a null of the type; dynamic holds JSON data.
    """

    value: Any
    type: Type
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column, a `let` name, a parameter or a table."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Star:
    """`*`, in `arg_max(t, *)`, `* has "x"` and column patterns."""

    at: int


@dataclass(frozen=True, slots=True)
class Path:
    """`base.key` or `base[key]`."""

    base: Expr
    key: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    args: tuple[Expr, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Negative:
    """`-x`."""

    operand: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two values, with its KQL spelling."""

    op: str
    left: Expr
    right: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Logic:
    """A chain of `and` or `or`; flat, as long chains are deep when nested."""

    op: str
    terms: tuple[Expr, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Among:
    """`x in (...)`, `has_any`, `has_all` and their kin."""

    op: str
    left: Expr
    items: tuple[Expr, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Between:
    """`x between (low .. high)`, both ends included."""

    negated: bool
    value: Expr
    low: Expr
    high: Expr
    at: int


@dataclass(frozen=True, slots=True)
class Subquery:
    """A pipeline where a value is expected."""

    pipeline: Pipeline
    at: int


Expr = (
    Literal
    | Name
    | Star
    | Path
    | Call
    | Negative
    | Binary
    | Logic
    | Among
    | Between
    | Subquery
)


@dataclass(frozen=True, slots=True)
class Item:
    """`name = value` in a list; an empty name means that none was given.

    `more` are further names, as in `(a, b) = arg_max(t, x)`.
    """

    name: str
    value: Expr
    at: int
    more: tuple[str, ...] = ()
