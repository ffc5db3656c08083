"""Which words may stand at the cursor of a query, best first."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from diag.kql.completion import Completion, Kind, completions
from diag.schema import RESULTS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 40
WORD = re.compile(r"[A-Za-z_!][\w!~-]*$")
# Whole texts and comments of a line; what is left of a quote begins one.
WHOLE = re.compile(r"""@?"(?:[^"\\]|\\.)*"|@?'(?:[^'\\]|\\.)*'""")
TABLE = re.compile(r"\b(" + "|".join(map(re.escape, {**TABLES, **RESULTS})) + r")\b")
# Behind these a query begins, or a table is named.
BEGINS = re.compile(r"(?:^|;|\(|\bunion|\bjoin|\blookup)\s*$")


@cache
def words(stored: bool = False) -> tuple[Completion, ...]:  # noqa: FBT001, FBT002 - for the cache
    """Return every word that the compiler knows.

    Args:
        stored: With the tables that only a store of `arcdiag load` has.
    """
    return completions({**TABLES, **RESULTS} if stored else TABLES)


def word_before(text: str) -> str:
    """Return the word that ends at the end of a text; empty if none does."""
    found = WORD.search(text)
    return found.group() if found else ""


def complete(text: str, *, stored: bool = False) -> list[Completion]:
    """Return what may stand for the word at the end of a text.

    Args:
        text: The query up to the cursor.
        stored: Whether `Findings` and `Evidence` are there.
    """
    line = text.rpartition("\n")[2]
    left = WHOLE.sub("", line)
    if '"' in left or "'" in left or "//" in left:
        return []
    word = word_before(text)
    before = text[: len(text) - len(word)]
    kinds = _kinds(before)
    if not word and kinds == EXPRESSION:
        return []
    named = set(TABLE.findall(text)) or {"Events"}
    fitting = [
        one
        for one in words(stored)
        if one.kind in kinds
        and (one.kind is not Kind.COLUMN or one.table in named)
        and one.name.lower().startswith(word.lower())
        and one.name != word
    ]
    return _once(sorted(fitting, key=lambda one: kinds.index(one.kind)))[:MOST]


BEGIN = (Kind.TABLE, Kind.SOURCE)
OPERATOR = (Kind.OPERATOR,)
EXPRESSION = (
    *(Kind.COLUMN, Kind.COMPARISON, Kind.FUNCTION, Kind.AGGREGATE, Kind.WINDOW),
    Kind.TABLE,
)


def _kinds(before: str) -> tuple[Kind, ...]:
    """Return the kinds of words that may follow a text."""
    tidy = before.rstrip()
    if tidy.endswith("|"):
        return OPERATOR
    return BEGIN if BEGINS.search(tidy) and not tidy.endswith("(") else EXPRESSION


def _once(found: Iterable[Completion]) -> list[Completion]:
    kept: dict[str, Completion] = {}
    for one in found:
        kept.setdefault(one.name, one)
    return list(kept.values())
