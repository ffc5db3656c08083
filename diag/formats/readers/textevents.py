"""Windows events as text: `wevtutil qe /f:text`, and PowerShell's Format-List."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from diag.formats.readers.columns import BY_NAME, is_events, key_of, values_of
from diag.formats.readers.dates import DateOrder
from diag.formats.readers.windows import MESSAGE, TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.formats.readers.decoded import Text
    from diag.formats.readers.written import Written

BLOCK = re.compile(r"Event\[\d+\]:?\s*")
LABEL = re.compile(r" {1,4}([A-Z][A-Za-z ]{1,30}):(?: (.*)|\s*)")
LISTED = re.compile(r"([A-Za-z][\w ]{0,40}?) *: ?(.*)")
DESCRIPTION = "Description"
MOST_LINES = 2000
MOST_HEAD = 60


class Block(NamedTuple):
    """The lines of one event, and where they begin."""

    line: int
    lines: list[str]


def fits(head: str) -> bool:
    """Say whether a text begins like this."""
    return _start(head.splitlines()[:MOST_HEAD]) is not None


def read(text: Text, out: Written) -> None:
    """Write the events of a text.

    Args:
        text: The member; read twice, as the order of its dates has to be known.
        out: Takes events, and lines that are none.
    """
    start = _start(_head(text))
    if start is None:
        for number, line in enumerate(text.lines(), start=1):
            out.raw(number, line)
        return
    order = DateOrder(_dates(text, start))
    order.tell(out)
    for block in _blocks(text, start):
        pairs = _pairs(block.lines, start)
        if not pairs:
            for more, line in enumerate(block.lines):
                out.raw(block.line + more, line)
            continue
        said = len(block.lines)
        while said and not block.lines[said - 1].strip():
            said -= 1
        values = values_of(pairs)
        values[TIME] = order.iso(str(values.get(TIME, "")))
        out.event(block.line, said, values)
        for more in range(said, len(block.lines)):
            out.blank(block.line + more)


def _head(text: Text) -> list[str]:
    head = []
    for line in text.lines():
        head.append(line)
        if len(head) == MOST_HEAD:
            break
    return head


def _start(lines: list[str]) -> re.Pattern[str] | None:
    """Return what the first line of every event looks like, None if it is no list."""
    written = [line for line in lines if line.strip()]
    if not written:
        return None
    if BLOCK.fullmatch(written[0]):
        labels = [found[1] for line in written[1:4] if (found := LABEL.fullmatch(line))]
        return BLOCK if len(labels) > 1 else None
    listed = [LISTED.fullmatch(line) for line in written]
    names = [one[1].strip() for one in listed if one]
    if listed[0] is None or not is_events(names):
        return None
    return re.compile(re.escape(names[0]) + r" *: ?.*")


def _blocks(text: Text, start: re.Pattern[str]) -> Iterator[Block]:
    """Yield the lines from one start to the next; those before the first one too."""
    first = 1
    lines: list[str] = []
    for number, line in enumerate(text.lines(), start=1):
        if lines and (start.fullmatch(line) or len(lines) >= MOST_LINES):
            yield Block(first, lines)
            first, lines = number, []
        lines.append(line)
    if lines:
        yield Block(first, lines)


def _pairs(lines: list[str], start: re.Pattern[str]) -> list[tuple[str, str]]:
    """Return names and texts of an event; nothing when the lines are none."""
    if not start.fullmatch(lines[0]):
        return []
    return _labelled(lines[1:]) if start is BLOCK else _listed(lines)


def _labelled(lines: list[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for number, line in enumerate(lines):
        found = LABEL.fullmatch(line)
        if found is None:
            continue
        name, value = found[1], (found[2] or "").strip()
        if name == DESCRIPTION:
            said = "\n".join([value, *lines[number + 1 :]]).strip()
            return [*pairs, (DESCRIPTION, said)]
        pairs.append((name, value))
    return pairs


def _listed(lines: list[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for line in lines:
        found = None if line.startswith(" ") else LISTED.fullmatch(line)
        if found is not None:
            pairs.append((found[1].strip(), found[2].strip()))
        elif pairs:
            name, before = pairs[-1]
            # A message is wrapped at the width of the screen, other values are lists.
            joint = " " if before and BY_NAME.get(key_of(name)) == MESSAGE else "\n"
            more = line.strip()
            pairs[-1] = (name, f"{before}{joint}{more}" if more else f"{before}\n")
    return [(name, value.strip()) for name, value in pairs]


def _dates(text: Text, start: re.Pattern[str]) -> Iterator[str]:
    for block in _blocks(text, start):
        for name, value in _pairs(block.lines, start):
            if BY_NAME.get(key_of(name)) == TIME:
                yield value
