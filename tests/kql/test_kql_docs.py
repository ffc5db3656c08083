"""docs/kql.md lists the operators and functions that there are.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the generated part.
"""

from __future__ import annotations

import os
from pathlib import Path

from diag.kql.aggregates import AGGREGATES
from diag.kql.calls import SYNTAX
from diag.kql.functions import ALIASES, FUNCTIONS
from diag.kql.grammar import OPERATORS, SOURCES
from diag.kql.precedence import POWERS
from diag.kql.refusals import FUNCTIONS_BEYOND, OPERATORS_BEYOND
from diag.kql.windows import WINDOWS

DOCUMENT = Path(__file__).parents[2] / "docs" / "kql.md"
BEGIN, END = "<!-- tables -->\n", "<!-- end of tables -->\n"


def listed(words: object) -> str:
    return ", ".join(f"`{word}`" for word in words)  # type: ignore[attr-defined]


def rows(table: dict[str, tuple[str, str]]) -> list[str]:
    safe = [(a.replace("|", "\\|"), b) for a, b in table.values()]
    return ["| written | gives |", "|---|---|", *(f"| `{a}` | {b} |" for a, b in safe)]


def generated() -> str:
    scalar = {f.name: (f.signature, f.help) for f in FUNCTIONS.values()}
    grouped = {n: (a.signature, a.help) for n, a in AGGREGATES.items()}
    windows = {
        name: (text.partition("): ")[0] + ")", text.partition("): ")[2].capitalize())
        for name, text in WINDOWS.items()
    }
    return "\n".join(
        [
            "",
            "## Operators",
            "",
            f"Sources: a table, {listed(SOURCES)}, a pipeline in parentheses.",
            f"Tabular: {listed(OPERATORS)}.",
            f"In expressions: {listed(POWERS)}.",
            "",
            "## Functions",
            "",
            *rows(scalar),
            "",
            f"Further: {listed(SYNTAX)}, `typeof()` as an argument.",
            f"Other spellings: {listed(f'{a} = {b}' for a, b in ALIASES.items())}.",
            "",
            "## Aggregates",
            "",
            *rows(grouped),
            "",
            "`arg_max(value, *)`, `arg_min` and `percentiles` give several columns.",
            "",
            "## Functions on ordered rows",
            "",
            *rows(windows),
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
