"""Where a place of a query stands in the file that the rule is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.content import line_of

if TYPE_CHECKING:
    from diag.engine.rule import Rule

NEAR = 4  # lines behind the key in which the text of a block begins


def place_in(
    text: str,
    rule: Rule,
    path: tuple[str | int, ...],
    query: str,
    line: int = 1,
    column: int = 1,
) -> tuple[int, int]:
    """Return line and column of a place of a query, in its file.

    Args:
        text: The file.
        rule: The rule.
        path: The field that holds the query.
        query: The query.
        line: In the query.
        column: In that line.

    Returns:
        Both from 1. Where the query is folded or written with escapes, the line of
        its field and column 1.
    """
    start = line_of(text, (*rule.path, *path))
    wanted = query.split("\n")
    lines = text.split("\n")
    first = wanted[0].strip()
    for number in range(start, min(start + NEAR, len(lines) + 1)):
        if first and first in lines[number - 1]:
            break
    else:
        return start, 1
    at = number + line - 1
    words = wanted[line - 1] if line <= len(wanted) else ""
    source = lines[at - 1] if at <= len(lines) else ""
    if not words.strip() or words.strip() not in source:
        return (at, 1) if source.strip() else (start, 1)
    indent = source.index(words.strip()) - (len(words) - len(words.lstrip()))
    return at, max(1, indent + column)


def text_at(rule: Rule, path: tuple[str | int, ...]) -> str:
    """Return the query or the predicate in a field of a rule.

    Args:
        rule: The rule.
        path: `query`, `counterCheck` and `query`, or `evidence`.
    """
    match path:
        case ("evidence", *_):
            return rule.evidence.where
        case ("counterCheck", *_):
            return rule.counter_check.query if rule.counter_check else ""
    return rule.query
