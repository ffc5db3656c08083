"""From a query's text to its syntax tree. pyparsing is loaded here, and late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyparsing as pp

from diag.kql import statements
from diag.kql.elements import Element, Many, NameElement, Word, explained, fail
from diag.kql.expressions import Expressions
from diag.kql.grammar import PIPELINE
from diag.kql.listings import LetValue, nested
from diag.kql.refusals import STATEMENTS_BEYOND
from diag.kql.source import quoted
from diag.kql.tokens import Kind, tokens_of

if TYPE_CHECKING:
    from diag.kql.nodes import Expr


def refuse_statement(text: str, index: int) -> None:
    """Refuse a statement of Kusto that the subset has not.

    Raises:
        KqlError: One begins at this token.
    """
    word, follower = tokens_of(text)[index], tokens_of(text)[index + 1]
    if word.text in STATEMENTS_BEYOND and follower.kind is Kind.NAME:
        said = f"the statement {quoted(word.text)} is not supported"
        raise fail(text, word.start, said, "KQL201")


class Lets(Element):
    """The `let` statements in front of a query or of a function's value."""

    def take(self, text: str, index: int) -> tuple[int, Many]:
        """See `Element`."""
        tokens = tokens_of(text)
        found = []
        refuse_statement(text, index)
        while tokens[index].text == "let" and tokens[index].kind is Kind.NAME:
            end, one = LET._parse(text, tokens[index].start)  # noqa: SLF001 - how elements call each other
            found.append(one[0])
            index = tokens.index(end)
            refuse_statement(text, index)
        return index, Many(tuple(found))


def _let(_text: str, at: int, found: pp.ParseResults) -> statements.Let:
    return statements.Let(found["name"], found["value"], at)


LETS = Lets()
LET = (
    Word("let")
    - NameElement()("name")
    - Word("=")
    - LetValue(PIPELINE, LETS)("value")
    - Word(";")
).add_parse_action(_let)


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
        end, lets = LETS.parseImpl(text, 0)
        end, pipeline = PIPELINE.expr.parseImpl(text, end)
    except pp.ParseBaseException as error:
        raise explained(text, error) from error
    except RecursionError:
        raise fail(text, 0, "nested too deeply", "KQL006") from None
    _check_end(text, end)
    return statements.Query(lets.values, pipeline)


def _check_end(text: str, end: int) -> None:
    tokens = tokens_of(text)
    index = tokens.index(end)
    index += tokens[index].text == ";" and tokens[index].kind is Kind.SIGN
    if tokens[index].kind is not Kind.END:
        said = f"an operator after '|' expected, found {quoted(tokens[index].text)}"
        raise fail(text, tokens[index].start, said)


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
