"""Collects problems: safe to show, and never more rows than a person can use."""

from __future__ import annotations

from diag.bundle.limits import MOST_ROWS
from diag.model import Problem
from diag.text import show


class Told:
    """Problems of one source, in the order in which they were found."""

    def __init__(self, source: str) -> None:
        """Keep what problems without a member are about.

        Args:
            source: The source as it is shown.
        """
        self._source = source
        self._default = source
        self._rows: list[Problem] = []
        self._counts: dict[str, int] = {}

    def about(self, file: str) -> Told:
        """Return the same list for what is wrong with a zip inside the source.

        Args:
            file: The name of that zip, for problems without a member.
        """
        inner = Told(self._source)
        inner._rows, inner._counts = self._rows, self._counts
        inner._default = file
        return inner

    def add(self, kind: str, text: str, file: str = "") -> None:
        """Tell one problem.

        Args:
            kind: A short stable word such as `encrypted`.
            text: What is wrong and what to do next.
            file: The member's name; empty for the source itself.
        """
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= MOST_ROWS:
            self._rows.append(Problem(show(file or self._default), 0, kind, show(text)))

    def rows(self) -> tuple[Problem, ...]:
        """Return all problems; what was too much of one kind, as a number."""
        more = [
            Problem(
                self._source,
                0,
                kind,
                f"{count - MOST_ROWS:,} more problems of this kind are not listed. "
                "Ask for a zip made by 'azcmagent logs'.",
            )
            for kind, count in self._counts.items()
            if count > MOST_ROWS
        ]
        return (*self._rows, *more)
