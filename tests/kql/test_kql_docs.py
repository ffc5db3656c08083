"""docs/kql.md lists the operators and functions that there are.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the generated part.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from diag.kql.aggregates import AGGREGATES
from diag.kql.calls import SYNTAX
from diag.kql.completion import Kind, completions
from diag.kql.functions import ALIASES, FUNCTIONS
from diag.kql.grammar import OPERATORS, SOURCES
from diag.kql.precedence import POWERS
from diag.kql.refusals import FUNCTIONS_BEYOND, OPERATORS_BEYOND
from diag.kql.windows import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Container

DOCUMENT = Path(__file__).parents[2] / "docs" / "kql.md"
BEGIN, END = "<!-- tables -->\n", "<!-- end of tables -->\n"


def listed(words: object) -> str:
    return ", ".join(f"`{word}`" for word in words)  # type: ignore[attr-defined]


def rows(*kinds: Kind, but: Container[str] = ()) -> list[str]:
    lines = []
    for one in completions():
        if one.kind in kinds and one.name not in but:
            form = one.form.replace("|", "\\|")
            lines.append(f"| `{form}` | {one.help} |")
    return ["| written | gives |", "|---|---|", *lines]


def generated() -> str:
    return "\n".join(
        [
            "",
            "## Operators",
            "",
            f"Sources: a table, {listed(SOURCES)}, a pipeline in parentheses.",
            "",
            *rows(Kind.OPERATOR),
            *rows(Kind.SOURCE, but=OPERATORS)[2:],
            "",
            f"In expressions: {listed(POWERS)}.",
            "",
            "## Functions",
            "",
            *rows(Kind.FUNCTION, but=ALIASES),
            "",
            "`typeof()` stands as an argument.",
            f"Other spellings: {listed(f'{a} = {b}' for a, b in ALIASES.items())}.",
            "",
            "## Aggregates",
            "",
            *rows(Kind.AGGREGATE),
            "",
            "## Functions on ordered rows",
            "",
            *rows(Kind.WINDOW),
            "",
            "## Not supported",
            "",
            f"Operators: {listed(sorted(OPERATORS_BEYOND))}.",
            f"Functions: {listed(sorted(FUNCTIONS_BEYOND))}.",
            "",
            "",
        ]
    )


def test_the_page_lists_what_there_is() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    expected = generated()
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        text = text[:begin] + expected + text[end:]
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    assert text[begin : text.index(END)] == expected


def test_what_is_refused_by_name_is_not_there_by_name() -> None:
    known = {*FUNCTIONS, *ALIASES, *AGGREGATES, *WINDOWS, *SYNTAX}
    assert not known & FUNCTIONS_BEYOND
    assert not set(OPERATORS) & OPERATORS_BEYOND
