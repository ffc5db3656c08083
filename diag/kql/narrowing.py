"""Which texts a row must hold to meet a predicate: few templates decide for many rows.

A template is a message whose digits, and tokens of hex digits and dashes with a digit
among them, are masked (core/src/template.rs). What is neither stands in it as it
stands in the message, so an event whose template lacks it need not be looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from diag.kql.need import INDEXED, SEARCHED, WIDELY, Rows
from diag.kql.seeking import Seeker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diag.kql.need import Need
    from diag.kql.nodes import Expr
    from diag.kql.scope import Scope

# A long message ends its template with this; what is behind it, nobody knows.
CUT = "\u2026"
# What a template has for the digits and the tokens that are masked.
MASKS = "#*"
OTHER = "(one of too many templates to tell apart)"
LEAST = 3  # shorter ones stand nearly everywhere
MOST = 50  # texts of one condition
MASKED = "0123456789abcdefABCDEF-"
# Without regard to case, RE2 takes this letter for an s; lower() does not.
FOLDED = "replace(lower(\"{}\"), '\u017f', 's')"
OF_MESSAGES = ("Template",)
OF_BOTH = ("Template", "Fields")


class Few(NamedTuple):
    """Templates of which rows may meet a predicate.

    `column` is the id of the rows' template, `message` that of their messages, `tests`
    is SQL about the table `Templates`.
    """

    column: str
    message: str
    tests: str

    def sql(self, without: str = "") -> str:
        """Return the condition on rows.

        Args:
            without: SQL about templates that are left out.
        """
        tests = f"({self.tests}) AND NOT ({without})" if without else self.tests
        return chosen(self.column, tests)


def chosen(column: str, tests: str) -> str:
    """Return the SQL that is true of rows whose template meets some tests.

    Args:
        column: The id of the rows' template.
        tests: SQL about the table `Templates`.
    """
    return f'{column} IN (SELECT "TemplateId" FROM "Templates" WHERE {tests})'


def narrowed(scope: Scope, predicate: Expr) -> Few | None:
    """Return the only templates of which rows may meet a predicate.

    Args:
        scope: Of the rows.
        predicate: Of a `where`.

    Returns:
        The templates; None when the predicate does not search the messages of
        `Events` for constants.
    """
    own = {column.id for column in scope.relation.columns} if scope.relation else set()
    for message, (template, fields) in scope.plan.templates.items():
        if template not in own:
            continue
        for columns, seeker in (
            (OF_MESSAGES, Seeker({message}, core)),
            (OF_BOTH, Seeker({message}, core_of_json, {fields})),
        ):
            texts = seeker.texts(scope, predicate)
            if texts and len(texts) <= MOST:
                return Few(template, message, _tests(scope, columns, texts))
    return None


def _tests(scope: Scope, columns: Sequence[str], texts: frozenset[str]) -> str:
    """Return SQL for the templates that hold a text, or may hold it."""
    bind = scope.plan.bind
    tests = [
        f"contains({FOLDED.format(column)}, {bind(text)})"
        for column in columns
        for text in sorted(texts)
    ]
    tests += [f'ends_with("{column}", {bind(CUT)})' for column in columns]
    tests.append(f'"Template" = {bind(OTHER)}')
    return " OR ".join(tests)


def tested(scope: Scope, predicate: Expr) -> Need:
    """Return what the store must hold for a row that meets a predicate.

    Args:
        scope: Of the rows; their own need is part of it.
        predicate: Of a `where`.
    """
    if scope.relation is None:
        raise AssertionError("a predicate has rows to test")
    need = scope.relation.need
    if not isinstance(need, Rows):
        return need
    ids: dict[str, set[str]] = {}
    for own, (scan, column) in scope.plan.origins.items():
        if scan == need.scan:
            ids.setdefault(column, set()).add(own)
    for column in INDEXED.get(need.table, ()):
        texts = _seeker(column, ids).texts(scope, predicate)
        if texts and len(texts) <= MOST:
            need = need.with_test(column, texts)
            if column == SEARCHED:
                break  # what both hold says less
    return need


def _seeker(column: str, ids: Mapping[str, set[str]]) -> Seeker:
    """Return what looks for texts of a column of `INDEXED`."""
    if column == WIDELY:
        return Seeker(ids.get(SEARCHED, set()), core_of_json, ids.get(WIDELY, set()))
    own = ids.get(column, set())
    if column == SEARCHED:
        return Seeker(own, core)
    return Seeker(own, lowered, whole=True)


def lowered(text: str) -> str:
    """Return a text in lower case; nothing when databases may think differently."""
    return text.lower() if text.isascii() else ""


def core(text: str) -> str:
    """Return the longest part of a text that no mask touches, in lower case.

    Only ASCII: letters beyond it have cases of which databases think differently.
    """
    return _longest(re.split(r"[0-9]+|[^\x20-\x7e]+", text))


def core_of_json(text: str) -> str:
    """Return what `core` does, of a text that may stand inside of JSON."""
    return _longest(re.split(r"[0-9]+|[^\x20-\x7e]+|[\"\\\\{]+", text))


def _longest(parts: list[str]) -> str:
    # At the ends letters of hex digits may belong to a masked token.
    longest = max((part.strip(MASKED) for part in parts), key=len)
    return longest.lower() if len(longest) >= LEAST else ""
