"""Which templates can hold a searched text: a small table decides for a large one.

A template is a message whose digits, and tokens of hex digits and dashes with a digit
among them, are masked (core/src/template.rs). What is neither stands in it as it
stands in the message, so an event whose template lacks it need not be looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.kql.nodes import Among, Binary, Literal, Logic, Name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope

# A long message ends its template with this; what is behind it, nobody knows.
CUT = "\u2026"
OTHER = "(one of too many templates to tell apart)"
TESTS = {
    f"{word}{cs}"
    for word in ("has", "contains", "startswith", "endswith", "hasprefix", "hassuffix")
    for cs in ("", "_cs")
} | {"==", "=~"}
LEAST = 3  # shorter ones stand nearly everywhere
MOST = 50  # texts of one condition
MASKED = "0123456789abcdefABCDEF-"


def narrowed(scope: Scope, predicate: Expr) -> str:
    """Return a condition that every row which meets a predicate meets, too.

    Args:
        scope: Of the rows.
        predicate: Of a `where`.

    Returns:
        SQL about the column `TemplateId`, or an empty text when the predicate does
        not search the messages of `Events` for constants.
    """
    found = _needed(scope, predicate)
    if not found:
        return ""
    template, alternatives = found
    if len(alternatives) > MOST:
        return ""
    tests = " OR ".join(
        f'contains(lower("Template"), {scope.plan.bind(text)})'
        for text in sorted(alternatives)
    )
    open_end = f'ends_with("Template", {scope.plan.bind(CUT)})'
    other = f'"Template" = {scope.plan.bind(OTHER)}'
    return (
        f'{template} IN (SELECT "TemplateId" FROM "Templates" '
        f"WHERE {tests} OR {open_end} OR {other})"
    )


def _needed(scope: Scope, node: Expr) -> tuple[str, frozenset[str]] | None:
    """Return the column of the template, and texts of which it must hold one."""
    match node:
        case Logic(op="and", terms=terms):
            found = [one for one in (_needed(scope, term) for term in terms) if one]
            # The fewest and longest texts leave the fewest templates.
            return min(found, key=_weight, default=None)
        case Logic(op="or", terms=terms):
            return _any_of([_needed(scope, term) for term in terms])
        case Binary(op=op, left=left, right=right) if op in TESTS:
            return _one(scope, left, right)
        case Among(op="has_any", left=left, items=items):
            return _any_of([_one(scope, left, item) for item in items])
        case Among(op="has_all", left=left, items=items):
            found = [one for one in (_one(scope, left, item) for item in items) if one]
            return min(found, key=_weight, default=None)
    return None


def _weight(found: tuple[str, frozenset[str]]) -> tuple[int, int]:
    texts = found[1]
    return len(texts), -min(map(len, texts))


def _any_of(
    found: Sequence[tuple[str, frozenset[str]] | None],
) -> tuple[str, frozenset[str]] | None:
    known = [one for one in found if one]
    if len(known) < len(found) or len({column for column, _ in known}) != 1:
        return None
    return known[0][0], frozenset[str]().union(*(texts for _, texts in known))


def _one(scope: Scope, left: Expr, right: Expr) -> tuple[str, frozenset[str]] | None:
    if not isinstance(left, Name) or not isinstance(right, Literal | Name):
        return None
    column = scope.column(left.name)
    template = scope.plan.templates.get(column.sql) if column else None
    columns = scope.relation.columns if scope.relation else ()
    if template is None or all(own.id != template for own in columns):
        return None
    value = scope.value(right)
    text = _core(value.literal) if value.is_literal else ""
    return (template, frozenset({text})) if text else None


def _core(text: object) -> str:
    """Return the longest part of a text that no mask touches, in lower case.

    Only ASCII: letters beyond it have cases of which databases think differently.
    """
    if not isinstance(text, str):
        return ""
    parts = re.split(r"[0-9]+|[^\x20-\x7e]+", text)
    # At the ends letters of hex digits may belong to a masked token.
    longest = max((part.strip(MASKED) for part in parts), key=len)
    return longest.lower() if len(longest) >= LEAST else ""
