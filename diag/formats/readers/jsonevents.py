"""Events of extensions and of the guest agent: JSON objects over many lines."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from diag.formats.readers.windows import MESSAGE, own_name

if TYPE_CHECKING:
    from diag.formats.readers.decoded import Text
    from diag.formats.readers.written import Written

# An agent writes some hundred KB at most and then a new file.
MOST_TEXT = 32 << 20
STARTS = re.compile(r"\s*\[?\s*\{\s*\"")
KEY = re.compile(r'"(eventId|providerId|parameters|TaskName|EventLevel|Timestamp)"\s*:')
# All keys of one of these stand in a file of this kind.
SIGNS = (
    {"eventId", "providerId", "parameters"},
    {"Timestamp", "TaskName", "EventLevel"},
)
NEXT = re.compile(r"^[ \t,\[]*\{", re.MULTILINE)
# A line of an agent's own log, sent as the message of an event.
WRAPPED = re.compile(r"\s*<(DSCLOG|GCLOG|EXTLOG)>(.*?)(?:</\1>\s*)?", re.DOTALL)
NAMED = {"name", "value"}
MOST_NUMBER = 1 << 53
MOST_BROKEN = 100


def fits(head: str) -> bool:
    """Say whether a text begins like this."""
    keys = set(KEY.findall(head))
    return STARTS.match(head) is not None and any(signs <= keys for signs in SIGNS)


def read(text: Text, out: Written) -> None:
    """Write the events of a text.

    Args:
        text: The member.
        out: Takes events, and lines that are none.
    """
    held: list[str] = []
    size = 0
    for piece in text.pieces():
        held.append(piece)
        size += len(piece)
        if size > MOST_TEXT:
            said = f"Only the first {MOST_TEXT >> 20} Mi characters are read."
            out.tell(0, "big-json", f"{said} Give its end as a file of its own.")
            break
    _Scan("".join(held), out).run()


class _Scan:
    """Walks from object to object; what is broken between them stays as lines.

    Of several objects on one line each counts as a line of its own.
    """

    def __init__(self, text: str, out: Written) -> None:
        self._text = text
        self._out = out
        self._line = 1  # of `_at`
        self._at = 0  # what is before it is accounted for
        self._look = 0  # where the next object may begin
        self._taken = 0  # the last line that belongs to an event
        self._broken = 0
        self._decoder = json.JSONDecoder()

    def run(self) -> None:
        while self._broken < MOST_BROKEN:
            begin = self._text.find("{", self._look)
            if begin < 0:
                break
            try:
                found, end = self._decoder.raw_decode(self._text, begin)
            except (ValueError, RecursionError):
                self._skip(begin)
                continue
            self._lines_to(begin)
            self._piece(self._text[self._at : begin], alone=False)
            more = self._text.count("\n", begin, end)
            first = self._line + (self._line == self._taken)
            self._out.event(first, more + 1, flat_event(found))
            self._line = self._taken = first + more
            self._at = self._look = end
        self._lines_to(len(self._text))
        rest = self._text[self._at :]
        self._piece(rest, alone=bool(rest))
        if self._broken:
            said = "JSON objects are torn or wrong; their lines are searched"
            self._out.tell(0, "bad-json", f"{said}. Collect the file again.")

    def _skip(self, begin: int) -> None:
        """Go on with what looks like the next object."""
        self._broken += 1
        after = NEXT.search(self._text, begin + 1)
        self._look = after.end() - 1 if after else len(self._text)

    def _lines_to(self, end: int) -> None:
        """Account for the lines that end before a place."""
        while (found := self._text.find("\n", self._at, end)) >= 0:
            self._piece(self._text[self._at : found], alone=True)
            self._line, self._at = self._line + 1, found + 1

    def _piece(self, text: str, *, alone: bool) -> None:
        """Write what stands on a line before, behind or between events."""
        if text.strip(" \t\r,[]"):
            self._line += self._line == self._taken
            self._out.raw(self._line, text)
            self._taken = self._line
        elif alone and self._line > self._taken:
            self._out.blank(self._line)


def flat_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with its parameters as members, and a message that can be read.

    Args:
        event: An object of an event file; `parameters` is a list of name and value.
    """
    values: dict[str, Any] = {}
    for name, value in event.items():
        if name == "parameters" and isinstance(value, list):
            for item in value:
                if isinstance(item, dict) and item.keys() >= NAMED:
                    values[own_name(str(item["name"]))] = _plain(item["value"])
        else:
            values[own_name(name)] = _plain(value)
    message = values.pop("Message", None)
    if isinstance(message, str):
        said = html.unescape(message)
        wrapped = WRAPPED.fullmatch(said)
        values[MESSAGE] = (wrapped[2] if wrapped else said).strip()
    return values


def _plain(value: object) -> object:
    """Return a value as the core takes it: a number of any size as its text."""
    if isinstance(value, int) and abs(value) > MOST_NUMBER:
        return str(value)
    return value
