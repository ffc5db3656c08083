"""The text of a query, and how a place in it becomes a message."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from diag.errors import KqlError
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_WORD = 60


class Source:
    """A query's text; all syntax and type errors are made here."""

    def __init__(self, text: str) -> None:
        """Keep the text as the author wrote it."""
        self.text = text

    def error(self, code: str, text: str, at: int) -> KqlError:
        """Return an error about a place.

        Args:
            code: `KQL0xx` syntax, `KQL1xx` names and types, `KQL2xx` unsupported.
            text: What is wrong and, where known, what is meant.
            at: Offset into the text, in characters.
        """
        # What is missing at the end is missing behind the last word.
        at = min(max(at, 0), len(self.text.rstrip()))
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        line = self.text.count("\n", 0, at) + 1
        source = self.text[start : end if end >= 0 else len(self.text)]
        return KqlError(
            code, text, line=line, column=at - start + 1, source=source.rstrip("\r")
        )


def quoted(word: str) -> str:
    """Return a word of the author's for a message, cut and harmless."""
    shown = show(word)
    return f"'{shown[:LONGEST_WORD]}...'" if len(shown) > LONGEST_WORD else f"'{shown}'"


def nearest(word: str, known: Iterable[str], *, form: str = "'{}'") -> str:
    """Return `; did you mean 'x'?` for the nearest known word, else an empty text.

    Args:
        word: As the author wrote it.
        known: What could have been meant.
        form: How the suggestion is written, such as `{}()` for a function.
    """
    folded = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean {form.format(folded[found[0]])}?" if found else ""
