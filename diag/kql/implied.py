"""Conditions that follow from others, so that leaving them out changes nothing.

Authors write them all the same: a guard against null beside a comparison, and a cheap
search for a word in front of a regular expression that holds it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.kql import nodes, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.kql.nodes import Expr

Patterns = frozenset[tuple[str, str]]  # a column, and a regex that it has to match

# With null or an empty text on one side these are false.
CLOSED = {"==", "=~", "<", "<=", ">", ">=", "has", "has_cs", "contains", "contains_cs"}
CLOSED |= {"startswith", "endswith", "matches regex"}
SEARCHED = {"has", "contains", "has_cs", "contains_cs"}
ESCAPED = re.compile(r"\\(.)")
NESTED = re.compile(r"\[[^\]]*\]|\([^()]*\)")


def is_implied(term: Expr, others: Sequence[Expr], patterns: Patterns) -> bool:
    """Return whether a condition holds anyway, wherever the others hold.

    Args:
        term: The condition.
        others: Conditions that have to hold beside it.
        patterns: What has to match further on.
    """
    guarded = _guarded(term)
    if guarded and any(guarded in _compared(other) for other in others):
        return True
    known = patterns | frozenset(one for other in others for one in _regex(other))
    match term:
        case nodes.Binary(op=op, left=nodes.Name(name), right=nodes.Literal(str(text))):
            return op in SEARCHED and any(
                column == name and _holds(pattern, text) for column, pattern in known
            )
    return False


def later_patterns(rest: Sequence[steps.Operator]) -> Patterns:
    """Return which columns have to match which regex to pass the operators behind.

    Args:
        rest: The operators behind, in order.
    """
    found: set[tuple[str, str]] = set()
    named: dict[str, tuple[str, str]] = {}
    for operator in rest:
        match operator:
            case steps.Columns(shape=steps.Shape.EXTEND, items=items):
                for item in items:
                    match item.value:
                        case nodes.Call(
                            "extract",
                            (nodes.Literal(str(pattern)), _, nodes.Name(name)),
                        ):
                            named[item.name] = name, pattern
            case steps.Where(predicate=predicate):
                for term in _terms(predicate):
                    found.update(_regex(term))
                    wanted = {_guarded(term), *_compared(term)}
                    found.update(named[name] for name in wanted if name in named)
            case steps.Sort():
                pass
            case _:
                break
    return frozenset(found)


def _terms(node: Expr) -> tuple[Expr, ...]:
    is_chain = isinstance(node, nodes.Logic) and node.op == "and"
    return node.terms if isinstance(node, nodes.Logic) and is_chain else (node,)


def _guarded(term: Expr) -> str:
    """Return the column of which a condition says that it is there."""
    match term:
        case nodes.Call("isnotnull" | "isnotempty", (nodes.Name(name),)):
            return name
        case nodes.Binary("!=", nodes.Name(name), nodes.Literal("")):
            return name
    return ""


def _compared(term: Expr) -> Iterator[str]:
    """Yield the columns without which a comparison is false."""
    match term:
        case nodes.Binary(op=op, left=left, right=right) if op in CLOSED:
            for side in (left, right):
                yield from _plain(side)
        case nodes.Among(op="in" | "in~" | "has_any", left=nodes.Name(name)):
            yield name


def _plain(node: Expr) -> Iterator[str]:
    """Yield the columns whose null makes a value null."""
    match node:
        case nodes.Name(name):
            yield name
        case nodes.Binary("+" | "-", left, right):
            yield from _plain(left)
            yield from _plain(right)


def _regex(term: Expr) -> Iterator[tuple[str, str]]:
    match term:
        case nodes.Binary(
            "matches regex", nodes.Name(name), nodes.Literal(str(pattern))
        ):
            yield name, pattern


def _holds(pattern: str, text: str) -> bool:
    """Return whether whatever matches a pattern holds a text, as far as is plain."""
    plain = ESCAPED.sub(lambda found: "\0" if found[1].isalnum() else found[1], pattern)
    plain = NESTED.sub("\0", plain)
    return "|" not in plain and text.lower() in plain.lower()
