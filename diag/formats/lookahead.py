"""Where an open text ends, as `core/src/matcher/lookahead.rs` finds it."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from diag.formats.layout import Kind, Literal, Maybe, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats.layout import Part

GAP = re.compile(rb"[ \t]*")
MARK = re.compile(rb'["\\]')
MOST_TRIES = 64
MOST_LOOKS = 4


class Lookahead(ABC):
    """What a run over one line knows; `looking` while it only looks ahead."""

    def __init__(self, text: bytes) -> None:
        """Start at the beginning of a line.

        Args:
            text: The line without its end, in UTF-8.
        """
        self.text = text
        self.line_end = len(text)
        self.tries = 0
        self.looks = 0
        self.looking = 0

    @abstractmethod
    def steps(
        self, steps: Sequence[Part], following: Sequence[Part], at: int
    ) -> int | None:
        """Run steps from a place on; None when they do not fit."""

    def gap(self, at: int) -> int:
        """Return how many blanks and tabs stand at a place."""
        found = GAP.match(self.text, at)
        return found.end() - at if found else 0

    def ends(self, at: int) -> int | None:
        """Return the place behind trailing blanks if the line ends there."""
        end = at + self.gap(at)
        return end if end >= len(self.text) else None

    def run_end(self, at: int) -> int:
        """Return the end of the run without blanks that starts at a place."""
        end = at
        while end < self.line_end and self.text[end : end + 1] not in {b" ", b"\t"}:
            end += 1
        return end

    def quoted(self, at: int) -> int:
        """Return the end of a string in Go's quotes, or of a bare word."""
        if self.text[at : at + 1] != b'"':
            return self.run_end(at)
        place = at + 1
        while (found := MARK.search(self.text, place)) is not None:
            if found.group() == b'"':
                return found.end()
            place = found.start() + 2
        return len(self.text)

    def word(
        self, at: int, here: Sequence[Part], following: Sequence[Part]
    ) -> int | None:
        """Return the end of a word, None when there is none."""
        limit = self.run_end(at)
        end: int | None = limit
        if isinstance(_first(here, following), Literal | Maybe):
            end = self.stop_of(at, limit, here, following)
        return end if end is not None and end > at else None

    def stop_of(
        self, at: int, limit: int, here: Sequence[Part], following: Sequence[Part]
    ) -> int | None:
        """Return the first place up to a limit where what follows can begin."""
        first = _first(here, following)
        if first is None:
            return limit
        if isinstance(first, Literal):
            raw = first.text.encode()
            found = self.text.find(raw, at, min(limit + len(raw), self.line_end))
            return found if found >= 0 else None
        if isinstance(first, Slot) and first.kind is Kind.PAD:
            return self._stop_at_pad(at, limit, here, following)
        for place in range(at, limit + 1):
            if self._begins(here, following, place):
                return place
        return None

    def _stop_at_pad(
        self, at: int, limit: int, here: Sequence[Part], following: Sequence[Part]
    ) -> int | None:
        place = at
        while place < limit:
            while place < limit and self.text[place : place + 1] not in {b" ", b"\t"}:
                place += 1
            if place >= limit:
                return None
            gap = self.gap(place)
            if self._begins(here, following, place):
                return place
            place += gap
        return None

    def _begins(self, here: Sequence[Part], following: Sequence[Part], at: int) -> bool:
        """Say whether what follows a field can begin here."""
        if self.looks > MOST_LOOKS * len(self.text):
            return False
        self.looks += self.gap(at)
        first = _first(here, following)
        rest = (here[1:], following) if here else ((), following[1:])
        if first is None:
            return self.ends(at) is not None
        if isinstance(first, Literal):
            return self.text.startswith(first.text.encode(), at)
        if isinstance(first, Maybe):
            return self._begins(*rest, at) or self._maybe_begins(first, rest, at)
        if first.kind is not Kind.PAD:
            return True
        gap = self.gap(at)
        if gap and isinstance(_first(*rest), Literal):
            return self._begins(*rest, at + gap)
        return gap > 0

    def _maybe_begins(
        self, part: Maybe, rest: tuple[Sequence[Part], Sequence[Part]], at: int
    ) -> bool:
        first = part.parts[0]
        if isinstance(first, Literal):
            fits = self.text.startswith(first.text.encode(), at)
        else:
            fits = first.kind is not Kind.PAD or self.gap(at) > 0
        if not fits or self.tries >= MOST_TRIES:
            return False
        self.tries += 1
        line_end = self.line_end
        self.looking += 1
        end = self.steps(part.parts, rest[0], at)
        begins = end is not None and self._begins(*rest, end)
        self.looking -= 1
        self.line_end = line_end
        return begins


def _first(here: Sequence[Part], following: Sequence[Part]) -> Part | None:
    return here[0] if here else (following[0] if following else None)
