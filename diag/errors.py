"""The one error tree.

Bad *input data* is never an exception: it becomes a `Problem` row, is counted
and is shown. These are for everything else::

    DiagError (exit 1)            text, where, hint
      UsageError (exit 2)         the command line asks for something impossible
      ContentError (exit 2)       a definition, rule or query is wrong
        DefinitionError           a log family or document (parsers/*.yaml)
        RuleError                 a rule, pack or reference table (rules/)
        KqlError                  a query; carries code, line and column
      StoreError (exit 1)         the DuckDB file cannot be written or read
      OutputError (exit 1)        a bundle cannot be written

This module is part of the single-file collector, so it also runs on Python 3.6.
"""

from __future__ import annotations

from typing import NamedTuple

EXCERPT = 100  # characters of an author's line that a message shows


class Spot(NamedTuple):
    """A line of what an author wrote, and the column in it, from 1, that is meant."""

    source: str
    column: int

    @property
    def excerpt(self) -> tuple[str, str]:
        """The line, cut around the place, and one with a caret under the place."""
        start = max(0, self.column - 1 - EXCERPT // 2)
        shown = self.source[start : start + EXCERPT].replace("\t", " ")
        return shown, " " * (self.column - 1 - start) + "^"


class DiagError(Exception):
    """Base of all errors that the command line turns into text and a number."""

    exit_code = 1

    def __init__(self, text: str, *, where: str = "", hint: str = "") -> None:
        """Keep what went wrong, where, and what to do next.

        Args:
            text: One sentence on what is wrong.
            where: File, or file:line:column; empty when there is none.
            hint: One sentence on what to do next; may be empty.
        """
        super().__init__(text)
        self.text = text
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """Return `where: text (hint)` in one line."""
        head = f"{self.where}: {self.text}" if self.where else self.text
        return f"{head} ({self.hint})" if self.hint else head


class UsageError(DiagError):
    """The command line asks for something that cannot be."""

    exit_code = 2


class ContentError(DiagError):
    """A definition, rule or query that we or a user wrote is wrong."""

    exit_code = 2

    def __init__(
        self, text: str, *, where: str = "", hint: str = "", spot: Spot | None = None
    ) -> None:
        """Keep also the place in the source, if there is one to point at.

        Args:
            text: As for `DiagError`.
            where: As for `DiagError`.
            hint: As for `DiagError`.
            spot: The source line and the column that is meant.
        """
        super().__init__(text, where=where, hint=hint)
        self.spot = spot

    @property
    def excerpt(self) -> tuple[str, ...]:
        """The source line, and a line with a caret under the place; or nothing."""
        return self.spot.excerpt if self.spot and self.spot.source.strip() else ()


class DefinitionError(ContentError):
    """A log family or document definition is wrong."""


class RuleError(ContentError):
    """A rule, a pack or a reference table is wrong."""


class KqlError(ContentError):
    """A query is wrong; the message names code, place and a hint."""

    def __init__(
        self, code: str, text: str, *, line: int = 1, column: int = 1, source: str = ""
    ) -> None:
        """Keep the place inside the query.

        Args:
            code: `KQL0xx` syntax, `KQL1xx` names and types, `KQL2xx` unsupported.
            text: What is wrong, with a suggestion where one is known.
            line: Line in the query, from 1.
            column: Column in that line, from 1.
            source: The source line itself, for the caret.
        """
        spot = Spot(source, column)
        super().__init__(f"{code} {text}", where=f"{line}:{column}", spot=spot)
        self.code = code
        self.line = line
        self.column = column
        self.source = source

    def within(self, name: str) -> KqlError:
        """Return the error with the file that the query stands in, if in one."""
        if name:
            self.where = f"{name}:{self.line}:{self.column}"
        return self


class StoreError(DiagError):
    """The DuckDB file cannot be written or read."""


class OutputError(DiagError):
    """A bundle cannot be written: no room, no rights, or the place is taken."""
