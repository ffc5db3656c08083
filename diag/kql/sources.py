"""The grammar of what pipelines begin with, beside a table's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyparsing as pp

from diag.kql import steps
from diag.kql.elements import (
    Parameters,
    TypeElement,
    Word,
    many,
)
from diag.kql.operators import OPERATORS
from diag.kql.parts import (
    COMMA,
    EXPR,
    ITEMS,
    NAME,
    rule,
)

if TYPE_CHECKING:
    from diag.kql.dispatch import Grammar


def _print() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Print:
        return steps.Print(many(found, "items"), at)

    return rule(ITEMS("items"), build)


def _range() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Range:
        start, end, step = found["start"], found["end"], found["step"]
        return steps.Range(found["name"], start, end, step, at)

    start, end = Word("from") - EXPR("start"), Word("to") - EXPR("end")
    return rule(NAME("name") - start - end - Word("step") - EXPR("step"), build)


def _datatable() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.DataTable:
        slots = (steps.Slot(one["name"], one["type"], at) for one in found["columns"])
        values = tuple(item.value for item in many(found, "values"))
        return steps.DataTable(tuple(slots), values, at)

    column = pp.Group(NAME("name") - Word(":") - TypeElement()("type"))
    columns = pp.Group(column + pp.ZeroOrMore(pp.Suppress(COMMA) - column))("columns")
    body = Word("[") - pp.Opt(ITEMS("values")) - Word("]")
    return rule(Parameters() + Word("(") - columns - Word(")") - body, build)


SOURCES: Grammar = {
    "print": _print,
    "range": _range,
    "datatable": _datatable,
    "union": OPERATORS["union"],
    "search": OPERATORS["search"],
}
