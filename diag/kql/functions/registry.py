"""What a function is: a row of a table with its signature, help and SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.kql.checks import needs_type
from diag.kql.convert import to_text, to_type
from diag.kql.values import Value, made

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.kql.nodes import Call, Expr
    from diag.kql.scope import Scope
    from diag.schema import Type

MANY = 64


@dataclass(frozen=True, slots=True)
class Args:
    """The arguments of one call, compiled."""

    scope: Scope
    call: Call
    values: tuple[Value, ...]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.values)

    def __getitem__(self, place: int) -> Value:
        """Return an argument."""
        return self.values[place]

    def node(self, place: int) -> Expr:
        """Return the syntax of an argument."""
        return self.call.args[place]

    def need(self, place: int, *kinds: Type) -> Value:
        """Return an argument that must have one of some types."""
        return needs_type(self.scope, self.values[place], self.node(place), *kinds)

    def text(self, place: int) -> Value:
        """Return an argument as text."""
        return to_text(self.values[place])

    def cast(self, place: int, kind: Type) -> Value:
        """Return an argument as a type; what cannot be converted is null."""
        return to_type(self.values[place], kind)

    def made(self, sql: str, kind: Type, *, nullable: bool | None = None) -> Value:
        """Return a value made of all arguments."""
        return made(sql, kind, *self.values, nullable=nullable)


@dataclass(frozen=True, slots=True)
class Function:
    """A scalar function.

    `signature` and `help` are for people; `least` and `most` bound the number of
    arguments.
    """

    signature: str
    help: str
    build: Callable[[Args], Value]
    least: int = 1
    most: int = 1

    @property
    def name(self) -> str:
        """The function's name."""
        return self.signature.partition("(")[0]


def table(*functions: Function) -> dict[str, Function]:
    """Return functions by name."""
    return {function.name: function for function in functions}
