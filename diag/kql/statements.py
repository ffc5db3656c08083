"""The syntax tree of statements: `let`, its functions, and the whole query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.kql.nodes import Expr
    from diag.kql.steps import Pipeline
    from diag.schema import Type


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function in `let`; `type` is None for one that takes rows."""

    name: str
    type: Type | None
    default: Expr | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function in `let`: it is compiled anew at each call."""

    parameters: tuple[Parameter, ...]
    lets: tuple[Let, ...]
    body: Expr | Pipeline
    at: int


@dataclass(frozen=True, slots=True)
class Let:
    """A named value, table or function."""

    name: str
    value: Expr | Pipeline | Function
    at: int


@dataclass(frozen=True, slots=True)
class Query:
    """Statements and the pipeline whose rows are the result."""

    lets: tuple[Let, ...]
    pipeline: Pipeline
