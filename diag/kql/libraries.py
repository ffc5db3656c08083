"""`let` statements that stand in a file of their own, for queries that use them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from diag.errors import KqlError
from diag.kql.tokens import Kind, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.kql.tokens import Token

DEEPER = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


@dataclass(frozen=True, slots=True)
class Statement:
    """A `let` statement: the name it gives, its text, and the names in there."""

    name: str
    text: str
    words: frozenset[str]


def statements_of(text: str) -> list[Statement]:
    """Read a file of `let` statements.

    Args:
        text: Statements and comments, nothing else.

    Returns:
        The statements in order.

    Raises:
        KqlError: There is something else in it.
    """
    from diag.kql.parse import parse_query

    # What is behind the statements only makes a query of them.
    parse_query(f"{text}\nprint 1")
    found = []
    for part in _parts(tokens_of(text).list):
        if part[0].text != "let":
            source = tokens_of(text).source
            said = "only let statements may stand here"
            raise source.error("KQL004", said, part[0].start)
        words = frozenset(one.text for one in part if one.kind is Kind.NAME)
        body = text[part[0].start : part[-1].end]
        found.append(Statement(part[1].text, body, words))
    return found


def as_data(statements: Sequence[Statement]) -> list[list[object]]:
    """Return statements as JSON data; see `of_data`."""
    return [[one.name, one.text, sorted(one.words)] for one in statements]


def of_data(data: Any) -> list[Statement]:  # noqa: ANN401 - JSON data
    """Return the statements that `as_data` made data of.

    Args:
        data: What it returned.
    """
    return [Statement(name, text, frozenset(words)) for name, text, words in data]


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each statement, with the `;` at its end."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        if token.kind is Kind.END:
            break
        part.append(token)
        if token.kind is Kind.SIGN:
            depth += DEEPER.get(token.text, 0)
            if token.text == ";" and depth == 0:
                yield part
                part = []
    if part:
        yield part


def needed(statements: Sequence[Statement], query: str) -> str:
    """Return the statements that a query uses, to be put in front of it.

    Args:
        statements: All there are, in an order in which they can stand.
        query: KQL; a name that it gives a meaning itself is its own.

    Returns:
        Whole lines; empty when it uses none, or is no KQL at all.
    """
    try:
        tokens = tokens_of(query).list
    except KqlError:
        return ""  # told when the query is compiled
    words = {token.text for token in tokens if token.kind is Kind.NAME}
    own = {after.text for before, after in pairwise(tokens) if before.text == "let"}
    chosen = []
    for one in reversed(statements):
        if one.name in words and one.name not in own:
            chosen.append(one.text)
            words |= one.words
    return "".join(f"{text}\n" for text in reversed(chosen))
