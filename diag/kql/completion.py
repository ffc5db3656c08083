"""What may stand in a query, with its form and a line of help: for completion.

The rows come from the tables that the compiler itself looks words up in, so that
nothing is offered that it would refuse.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from diag.kql import forms
from diag.kql.aggregates import AGGREGATES
from diag.kql.calls import SYNTAX
from diag.kql.functions import ALIASES, FUNCTIONS
from diag.kql.grammar import OPERATORS, SOURCES
from diag.kql.precedence import OLD, POWERS
from diag.kql.windows import WINDOWS
from diag.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diag.schema import Type


class Kind(StrEnum):
    """Where a word may stand."""

    TABLE = "table"
    COLUMN = "column"
    SOURCE = "source"
    OPERATOR = "operator"
    COMPARISON = "comparison"
    FUNCTION = "function"
    AGGREGATE = "aggregate"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Completion:
    """A word.

    `form` is how it is written, for a column its type; `help` a short sentence;
    `table` is that of a column.
    """

    kind: Kind
    name: str
    form: str
    help: str
    table: str = ""


def completions(
    schema: Mapping[str, Mapping[str, Type]] = TABLES,
) -> tuple[Completion, ...]:
    """Return every word that the compiler accepts.

    Args:
        schema: Tables and their columns.

    Returns:
        Sorted by kind in the order of `Kind`, then as the compiler's tables are.
    """
    return (*_names(schema), *_operators(), *_functions())


def _names(schema: Mapping[str, Mapping[str, Type]]) -> Iterator[Completion]:
    for table in schema:
        yield Completion(Kind.TABLE, table, table, "")
    for table, columns in schema.items():
        for name, kind in columns.items():
            yield Completion(Kind.COLUMN, name, str(kind), "", table)


def _operators() -> Iterator[Completion]:
    for name in SOURCES:
        yield Completion(Kind.SOURCE, name, *forms.SOURCES[name])
    for name in OPERATORS:
        yield Completion(Kind.OPERATOR, name, *forms.TABULAR[name])
    for name in POWERS:
        yield Completion(Kind.COMPARISON, name, name, comparison_help(name))


def comparison_help(name: str) -> str:
    """Return what an operator of expressions does, such as `!has_cs`."""
    known = OLD.get(name, name)
    if known in forms.COMPARING:
        return forms.COMPARING[known]
    plain = known.removeprefix("!").removesuffix("_cs")
    text = forms.COMPARING[plain]
    if known.endswith("_cs"):
        text = f"{text[:-1]}, with its case."
    return f"Not: {text[0].lower()}{text[1:]}" if known.startswith("!") else text


def _functions() -> Iterator[Completion]:
    for function in FUNCTIONS.values():
        yield Completion(
            Kind.FUNCTION, function.name, function.signature, function.help
        )
    for name in SYNTAX:
        yield Completion(Kind.FUNCTION, name, *forms.SYNTAX[name])
    for name, other in ALIASES.items():
        said = f"Another word for {other}."
        yield Completion(Kind.FUNCTION, name, f"{name}(...)", said)
    for name, row in AGGREGATES.items():
        yield Completion(Kind.AGGREGATE, name, row.signature, row.help)
    for name, (form, said) in forms.SPREADING.items():
        yield Completion(Kind.AGGREGATE, name, form, said)
    for name, text in WINDOWS.items():
        form, _, said = text.partition(": ")
        yield Completion(Kind.WINDOW, name, form, said.capitalize())
