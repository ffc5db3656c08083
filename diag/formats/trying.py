"""A definition tried on a text: what it explains, and the first line it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.formats.explain import Stop, explain, is_blank
from diag.formats.objects import readable_by_core
from diag.formats.plan import compiled, core_plan
from diag.formats.sampling import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats.family import Family

LONGEST = 2_000  # characters of a line that are explained
MOST_LOOKS = 1_000  # lines that go on with a record and are looked at
SURE = 8  # score from which on a line was meant to begin a record
EXCERPT = 100


@dataclass(frozen=True, slots=True)
class Missed:
    """A line that no layout took; `folded` when it went on with the record before."""

    line: int
    text: str
    stop: Stop
    folded: bool = False

    @property
    def what(self) -> str:
        """What became of the line, as the end of a sentence."""
        if self.folded:
            return "begins like a record, but goes on with the one before"
        return "did not parse"

    def shown(self) -> list[str]:
        """Return the line, cut around the place, and a caret with what was wanted."""
        start = max(0, self.stop.at - EXCERPT // 2)
        source = self.text[start : start + EXCERPT].replace("\t", " ")
        return [source, f"{' ' * (self.stop.at - start)}^ {self.stop.text}"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of the lines of a text."""

    lines: int
    starts: int
    folded: int
    blank: int
    unparsed: int
    missed: Missed | None

    @property
    def share(self) -> float:
        """The part of the lines that are not blank which became events."""
        seen = self.lines - self.blank
        return (self.starts + self.folded) / seen if seen else 0.0


def try_text(family: Family, text: str) -> Tried:
    """Read a text by the layouts of a family.

    Args:
        family: A checked family.
        text: Decoded lines.
    """
    if family.objects is not None:
        return _try_objects(family, text)
    lines = lines_of(text)
    matches = compiled(core_plan(family)).match(text)
    starts = {line for line, layout in matches if layout >= 0}
    unparsed = [line for line, layout in matches if layout < 0]
    blank = sum(map(is_blank, lines))
    missed = None
    if unparsed:
        first = unparsed[0]
        missed = _missed(family, first, lines[first - 1])
    elif starts:
        missed = _like_a_record(family, lines, starts)
    folded = len(lines) - blank - len(matches)
    return Tried(len(lines), len(starts), folded, blank, len(unparsed), missed)


def _try_objects(family: Family, text: str) -> Tried:
    """Read a text whose records are objects, or are made such by a reader."""
    source = readable_by_core(family, text)
    records = compiled(core_plan(family)).parse(source, [], 0)
    starts = sum(record["Parsed"] for record in records)
    taken = sum(record["LineCount"] for record in records if record["Parsed"])
    missed = None
    for record in records:
        if not record["Parsed"]:
            stop = Stop(0, 0, ["a record of this kind"])
            missed = Missed(record["Line"], record["Message"][:LONGEST], stop)
            break
    unparsed = len(records) - starts
    lines = max(len(lines_of(text)), taken + unparsed)
    blank = lines - taken - unparsed
    return Tried(lines, starts, taken - starts, blank, unparsed, missed)


def _missed(family: Family, number: int, line: str) -> Missed:
    short = line[:LONGEST]
    stop = explain(family, short) or Stop(0, 0, ["another end of this long line"])
    return Missed(number, short, stop)


def _like_a_record(
    family: Family, lines: Sequence[str], starts: set[int]
) -> Missed | None:
    """Return the first line that went on with a record though it begins like one."""
    looks = 0
    for number, line in enumerate(lines, start=1):
        if number in starts or is_blank(line):
            continue
        looks += 1
        if looks > MOST_LOOKS:
            return None
        stop = explain(family, line[:LONGEST])
        if stop is not None and stop.score >= SURE:
            return Missed(number, line[:LONGEST], stop, folded=True)
    return None
