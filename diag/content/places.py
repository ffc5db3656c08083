"""Places in a text: where a value stands, and the line to show with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from diag.errors import Spot

ESCAPED = {"x": 2, "u": 4, "U": 8}  # hex digits behind a backslash and this letter


def pointed(text: str, line: int, column: int) -> Spot:
    """Return a place in a text with the line that it stands in.

    Args:
        text: The whole text.
        line: Counted from 1.
        column: Counted from 1.
    """
    lines = re.split(r"\r\n|\n|\r", text)
    return Spot(lines[line - 1] if 0 < line <= len(lines) else "", column)


class Scalar(NamedTuple):
    """Where a scalar stands: line and column from 1, offsets in the text."""

    line: int
    column: int
    start: int
    end: int


@dataclass(slots=True)
class Found:
    """Where the key or the item of a list stands, and its value if it is a scalar."""

    path: tuple[str | int, ...]
    line: int
    column: int
    scalar: Scalar | None = None


def width(raw: str, offset: int) -> int:
    """Return how many characters of a scalar's source stand for its first `offset`.

    Args:
        raw: The scalar as it is written, with its quotes. Of one that goes over
            lines the start is enough: there is no simple answer.
        offset: Characters of what it means.
    """
    if "\n" in raw or raw[:1] not in {"'", '"'}:
        return 0 if "\n" in raw else offset
    single = raw[0] == "'"
    at = 1
    for _ in range(offset):
        if single:
            at += 2 if raw.startswith("''", at) else 1
        elif raw[at : at + 1] == "\\":
            at += 2 + ESCAPED.get(raw[at + 1 : at + 2], 0)
        else:
            at += 1
    return min(at, len(raw) - 1)
