"""From a query's text to its syntax tree. pyparsing is loaded here, and late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyparsing as pp

from diag.kql import statements
from diag.kql.elements import Element, NameElement, Word, explained, fail
from diag.kql.expressions import Expressions
from diag.kql.grammar import PIPELINE
from diag.kql.listings import LetValue, nested
from diag.kql.refusals import STATEMENTS_BEYOND
from diag.kql.source import quoted
from diag.kql.tokens import Kind, tokens_of

if TYPE_CHECKING:
    from diag.kql.nodes import Expr


class End(Element):
    """Nothing may follow."""

    wanted = "an operator after '|'"

    def take(self, text: str, index: int) -> tuple[int, str] | None:
        """See `Element`."""
        return (index, "") if tokens_of(text)[index].kind is Kind.END else None


class Statement(Element):
    """Refuses statements of Kusto that the subset has not; reads nothing."""

    def take(self, text: str, index: int) -> tuple[int, str]:
        """See `Element`."""
        word, follower = tokens_of(text)[index], tokens_of(text)[index + 1]
        if word.text in STATEMENTS_BEYOND and follower.kind is Kind.NAME:
            said = f"the statement {quoted(word.text)} is not supported"
            raise fail(text, word.start, said, "KQL201")
        return index, ""


def _let(_text: str, at: int, found: pp.ParseResults) -> statements.Let:
    return statements.Let(found["name"], found["value"], at)


LETS = pp.Forward()
LET = (
    Statement()
    + Word("let")
    - NameElement()("name")
    - Word("=")
    - LetValue(PIPELINE, LETS)("value")
    - Word(";")
).add_parse_action(_let)
LETS <<= pp.Group(pp.ZeroOrMore(LET))
TAIL = pp.Suppress(pp.Opt(Word(";")) + End())
QUERY = LETS + pp.Suppress(Statement()) + PIPELINE + TAIL
QUERY.parse_with_tabs()


def parse_query(text: str) -> statements.Query:
    """Read a query.

    Args:
        text: `let` statements and one pipeline.

    Returns:
        Its syntax tree; names are not looked up yet.

    Raises:
        KqlError: It is no query; the message names place and reason.
    """
    try:
        lets, pipeline = QUERY.parse_string(text)
    except pp.ParseBaseException as error:
        raise explained(text, error) from error
    except RecursionError:
        raise fail(text, 0, "nested too deeply", "KQL006") from None
    return statements.Query(tuple(lets), pipeline)


def parse_predicate(text: str) -> Expr:
    """Read one expression that is the whole text, such as a filter.

    Raises:
        KqlError: It is no expression; the message names place and reason.
    """
    reader = Expressions(tokens_of(text), 0, nested(PIPELINE, text))
    try:
        value = reader.expression()
    except RecursionError:
        raise fail(text, 0, "nested too deeply", "KQL006") from None
    if reader.token.kind is not Kind.END:
        raise reader.error(f"the end expected, found {reader.found()}")
    return value
