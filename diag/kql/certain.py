"""Templates that are sure: where one meets a test, all of its messages meet it.

What no mask touches stands in a template as it stands in the message. So rows of a sure
template need not be read, if nothing but a test asks for their text, and reading texts
is most of what a rule costs that many lines meet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.kql.narrowing import MASKS, OTHER
from diag.kql.nodes import Among, Binary, Logic, Name
from diag.kql.seeking import constant
from diag.kql.strings import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope

# A digit is masked, so that no template holds one; a mask may stand for anything.
PLAIN = re.compile(f"[^0-9{re.escape(MASKS)}\\x00-\\x1f\\x7f-\\U0010ffff]+")
# What separates terms (diag/kql/strings.py), but for the masks: `#` and `*`.
SEPARATOR = r"[\x00-\x22\x24-\x29\x2b-/:-@\[-`{-\x7f]"


def certain(scope: Scope, predicate: Expr, message: str) -> tuple[str, list[Expr]]:
    """Return which templates are sure to meet what a predicate says of messages.

    Args:
        scope: Of the rows.
        predicate: Of a `where`.
        message: The id of the column with messages.

    Returns:
        SQL about the table `Templates`, and the terms of the predicate that are left
        to be tested. The SQL is empty when no term is about messages alone.
    """
    terms: Sequence[Expr] = (predicate,)
    if isinstance(predicate, Logic) and predicate.op == "and":
        terms = predicate.terms
    found = [(term, _sure(scope, term, message)) for term in terms]
    tests = [sql for _, sql in found if sql]
    if not tests:
        return "", []
    known = f'"Template" <> {scope.plan.bind(OTHER)}'
    return " AND ".join([known, *tests]), [term for term, sql in found if not sql]


def _sure(scope: Scope, node: Expr, message: str) -> str:
    """Return SQL that is true of templates whose every message meets `node`."""
    match node:
        case Logic(op="or", terms=terms):
            return _any([_sure(scope, term, message) for term in terms])
        case Logic(op="and", terms=terms):
            return _all([_sure(scope, term, message) for term in terms])
        case Binary(op=op, left=Name() as left) if _is(scope, left, message):
            return _one(scope, op, constant(scope, node.right))
        case Among(op="has_any" | "has_all", left=Name() as left, items=items):
            if not _is(scope, left, message):
                return ""
            tests = [_one(scope, "has", constant(scope, item)) for item in items]
            return _any(tests) if node.op == "has_any" else _all(tests)
    return ""


def _is(scope: Scope, node: Name, message: str) -> bool:
    column = scope.column(node.name)
    return column is not None and column.sql == message


def _any(tests: list[str]) -> str:
    """Return SQL for one of several tests; those that are never sure do not count."""
    known = [test for test in tests if test]
    return f"({' OR '.join(known)})" if known else ""


def _all(tests: list[str]) -> str:
    return f"({' AND '.join(tests)})" if tests and all(tests) else ""


def _one(scope: Scope, op: str, text: str | None) -> str:
    """Return SQL for one test of a text that no mask touches.

    The pattern alone would take other letters for an `s` or a `k`, as `lower` does not.
    """
    word = op.removesuffix("_cs")
    if word not in {"has", "contains"} or not text or not PLAIN.fullmatch(text):
        return ""
    folded, bind = op == word, scope.plan.bind
    column = 'lower("Template")' if folded else '"Template"'
    test = f"contains({column}, {bind(text.lower() if folded else text)})"
    starts, ends = (word == "has" and edge.isalnum() for edge in (text[0], text[-1]))
    if not starts and not ends:
        return test
    before = f"(?:^|{SEPARATOR})" if starts else ""
    after = f"(?:$|{SEPARATOR})" if ends else ""
    pattern = f"{before}(?{'i' if folded else ''}:{escaped(text)}){after}"
    return f'({test} AND regexp_matches("Template", {bind(pattern)}))'
