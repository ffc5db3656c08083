"""The query language: KQL text to one parameterised SELECT. No database here.

The compiler and pyparsing are loaded when the first query is compiled, so that a
command that compiles none does not pay for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.kql.query import Query

if TYPE_CHECKING:
    from diag.kql.compiler import (
        compile_filter,
        compile_predicate,
        compile_query,
        compile_tree,
    )

__all__ = [
    "Query",
    "compile_filter",
    "compile_predicate",
    "compile_query",
    "compile_tree",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute
    """Load the compiler when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from diag.kql import compiler

    return getattr(compiler, name)
