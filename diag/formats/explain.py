"""Why a line fits no layout: how far the best one came, and what it wanted there.

A slow twin of the core's matcher, step for step, that remembers where it stopped;
`tests/formats/test_explain.py` holds the two against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag.formats.layout import Codec, Kind, Literal, Maybe, Slot
from diag.formats.lookahead import Lookahead
from diag.formats.timing import time_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats.family import Family
    from diag.formats.layout import Part

GUID = re.compile(rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
DIGITS = re.compile(rb"[0-9]+")
SOURCE = re.compile(rb"[^\n]+:[0-9]+", re.DOTALL)
SHOWN_LEVELS = 6
# Fields that take only what has their form, and what each counts beside literals.
CLOSED = frozenset({Kind.TIME, Kind.INT, Kind.GUID, Kind.LEVEL, Kind.SOURCE})
FIRM = 4


@dataclass(slots=True)
class Stop:
    """Where the best layout stopped: characters into the line, from 0.

    `layout` counts from 0; `wanted` says what could have stood there; `score` is
    how much of the line was surely meant for this layout.
    """

    at: int
    layout: int
    wanted: list[str] = field(default_factory=list)
    score: int = 0

    @property
    def text(self) -> str:
        """What was expected, in one line."""
        return f"expected {' or '.join(dict.fromkeys(self.wanted))}"


def is_blank(line: str) -> bool:
    """Say whether nothing stands on a line, as the core sees it."""
    return not line.strip(" \t\r\f")


def explain(family: Family, line: str) -> Stop | None:
    """Say where the layouts of a family stop in a line.

    Args:
        family: A checked family.
        line: One line without its end.

    Returns:
        None when one of the layouts fits. The best layout is that of which most
        was there, then the one that came furthest; of equal ones the first, with
        what all of them wanted.
    """
    if is_blank(line):
        return Stop(0, 0, ["something: the line is blank"])
    raw = line.encode()
    best: Stop | None = None
    for number, layout in enumerate(family.layouts):
        run = _Run(family, raw)
        if run.whole(layout):
            return None
        stop = Stop(run.stop, number, run.wanted, run.score)
        if best is None or (stop.score, stop.at) > (best.score, best.at):
            best = stop
        elif (stop.score, stop.at) == (best.score, best.at):
            best.wanted += stop.wanted
    if best is None:
        return Stop(0, 0, ["nothing: there is no layout"])
    best.at = len(raw[: best.at].decode(errors="ignore"))
    return best


class _Run(Lookahead):
    """One layout over one line, as `core/src/matcher.rs` runs it."""

    def __init__(self, family: Family, text: bytes) -> None:
        super().__init__(text)
        self.codec = family.codec
        self.levels = {word.lower().encode() for word in family.levels}
        self.words = list(family.levels)
        self.stop = 0
        self.wanted: list[str] = []
        self.score = 0

    def whole(self, layout: Sequence[Part]) -> bool:
        end = self.steps(layout, (), 0)
        if end is None:
            return False
        if self.ends(end) is None:
            self.miss(end, "the end of the line")
            return False
        return True

    def steps(
        self, steps: Sequence[Part], following: Sequence[Part], at: int
    ) -> int | None:
        done: Part | None = None
        place: int | None = at
        for number, step in enumerate(steps):
            after = steps[number + 1 :]
            if isinstance(step, Literal):
                place = self._literal(step.text, at, done)
            elif isinstance(step, Maybe):
                line_end = self.line_end
                place = self.steps(step.parts, after, at)
                if place is None:
                    self.line_end, place = line_end, at
            else:
                place = self._slot(step, at, (after, following))
                self._count(FIRM if step.kind in CLOSED and place is not None else 0)
            if place is None:
                return None
            at, done = place, step
        return at

    def _count(self, weight: int) -> None:
        if not self.looking:
            self.score += weight

    def miss(self, at: int, wanted: str) -> None:
        """Remember what was wanted at the furthest place."""
        if self.looking or at < self.stop:
            return
        if at > self.stop:
            self.stop, self.wanted = at, []
        self.wanted.append(wanted)

    def _literal(self, text: str, at: int, done: Part | None) -> int | None:
        raw = text.encode()
        if self.text.startswith(raw, at):
            self._count(len(raw))
            return at + len(raw)
        same = 0
        while self.text[at + same : at + same + 1] == raw[same : same + 1]:
            same += 1
        behind = f" after {_name(done)}" if isinstance(done, Slot) and not same else ""
        left = raw[same:].decode(errors="ignore") or text
        self.miss(at + same, f"'{left}'{behind}")
        return None

    def _slot(
        self, slot: Slot, at: int, behind: tuple[Sequence[Part], Sequence[Part]]
    ) -> int | None:
        end = self._taken(slot, at, behind)
        if end is not None:
            return end
        follow = (*behind[0], *behind[1])
        wanted = f"{self._kind(slot)} ({_name(slot)})"
        first = follow[0] if follow else None
        open_ended = slot.kind in {Kind.TEXT, Kind.WORD, Kind.LEVEL, Kind.SOURCE}
        if open_ended and isinstance(first, Literal):
            found = self.text.find(first.text.encode(), at)
            if found < 0:
                wanted = f"{_name(slot)} and '{first.text}' after it"
        self.miss(at, wanted)
        return None

    def _taken(
        self, slot: Slot, at: int, behind: tuple[Sequence[Part], Sequence[Part]]
    ) -> int | None:
        """Return where a field ends, None when it cannot stand here."""
        text = self.text
        if slot.kind is Kind.TIME:
            rest = text[at:].decode(errors="replace")
            found = time_at((slot.codec or self.codec).value, rest)
            return at + found.length if found else None
        if slot.kind is Kind.PAD:
            return at + gap if (gap := self.gap(at)) else None
        if slot.kind in {Kind.INT, Kind.GUID}:
            match = (DIGITS if slot.kind is Kind.INT else GUID).match(text, at)
            return match.end() if match else None
        if slot.kind in {Kind.REST, Kind.KEYS}:
            return len(text)
        if slot.kind is Kind.QUOTED:
            return self.quoted(at)
        if slot.kind is Kind.TEXT:
            end = self.stop_of(at, self.line_end, *behind)
            return end if end is not None and end > at else None
        if slot.kind is Kind.SOURCE:
            end = self.stop_of(at, self.line_end, *behind)
            return end if end and SOURCE.fullmatch(text, at, end) else None
        end = self.word(at, *behind)
        if slot.kind is Kind.LEVEL and end is not None:
            return end if text[at:end].lower() in self.levels else None
        return end

    def _kind(self, slot: Slot) -> str:
        if slot.kind is Kind.LEVEL:
            more = ", ..." if len(self.words) > SHOWN_LEVELS else ""
            return f"a level such as {', '.join(self.words[:SHOWN_LEVELS])}{more}"
        codec = slot.codec or self.codec
        return {
            Kind.TIME: f"a time as {codec if codec is not Codec.NONE else 'codec'}",
            Kind.PAD: "a blank",
            Kind.INT: "digits",
            Kind.GUID: "a GUID",
            Kind.SOURCE: "text that ends in : and digits",
            Kind.WORD: "a word",
            Kind.TEXT: "text",
        }.get(slot.kind, slot.kind.value)


def _name(slot: Slot) -> str:
    kind = slot.codec.value if slot.codec else slot.kind.value
    plain = slot.kind is Kind.TEXT or slot.name == kind
    return f"{{{slot.name}}}" if plain else f"{{{slot.name}:{kind}}}"
