"""Windows events as XML: `wevtutil qe /f:xml`, `/f:RenderedXml`, Event Viewer.

The text is searched for elements `Event`; each is parsed alone, so that a torn
file loses no more than what is torn, and nothing that a DTD declares exists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from diag.formats.readers.windows import ATTRIBUTES, TEXT, event_values
from diag.formats.readers.written import LONGEST_RAW

if TYPE_CHECKING:
    from diag.formats.readers.decoded import Text
    from diag.formats.readers.written import Written

BEGIN = re.compile(r"<Event(?=[\s>/])")
END = "</Event>"
# How such a text begins: with markup, or with the end of a torn event.
MARKUP = re.compile(r"\s*<(?:\?xml|!|Events?[\s>])")
TORN = re.compile(r"[^\0]{0,20000}?</Event>\s*<Event\s")
FIRST = re.compile(r"<Event(?:\s+xmlns\s*=|\s*>\s*<System[\s>])")
NEAR = 8192
FRAME = re.compile(r"<\?xml[^>]*\?>|</?Events(?:\s[^>]*)?/?>|\s+|\ufeff")
DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
FORBIDDEN = re.compile(
    "&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
    "|[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]",
    re.IGNORECASE,
)
LONGEST = 1 << 20  # characters of one event
DEEPEST = 64
LEAST = 16  # of what is no event, so much stays: `<Event` may be cut


def fits(head: str) -> bool:
    """Say whether a text begins like this."""
    if MARKUP.match(head):
        return FIRST.search(head, 0, NEAR) is not None
    return TORN.match(head) is not None


def read(text: Text, out: Written) -> None:
    """Write the events of a text.

    Args:
        text: The member.
        out: Takes events, and lines that are none.
    """
    scan = _Scan(out)
    for piece in text.pieces():
        scan.feed(piece)
    scan.finish()


class _Scan:
    """Cuts a text into events and what stands between them.

    Places have to be told apart, so that of several events on one line, and of text
    beside them, each counts as a line of its own.
    """

    def __init__(self, out: Written) -> None:
        self._out = out
        self._text = ""
        self._at = 0  # what is before it in `_text` is accounted for
        self._line = 1  # of `_at`
        self._free = ""  # of this line, what is before `_at` and no event
        self._taken = False  # an event has a part of this line
        self._broken = 0

    def feed(self, piece: str) -> None:
        self._text = self._text[self._at :] + piece
        self._at = 0
        while self._step():
            pass

    def finish(self) -> None:
        self._between(len(self._text))
        if self._free or self._taken:
            self._end_line()
        if self._broken:
            said = f"{self._broken} events are torn or no XML; their lines are searched"
            self._out.tell(0, "torn-events", f"{said}. Export the log again.")

    def _step(self) -> bool:
        text = self._text
        begin = BEGIN.search(text, self._at)
        if begin is None:
            keep = text.rfind("<", max(self._at, len(text) - LEAST))
            self._between(keep if keep >= 0 else len(text))
            return False
        self._between(begin.start())
        end = text.find(END, self._at)
        again = BEGIN.search(text, self._at + 1, end if end >= 0 else len(text))
        if again is not None:
            self._broken += 1
            self._between(again.start())
        elif end >= 0:
            self._event(end + len(END))
        elif len(text) - self._at <= LONGEST:
            return False
        else:
            self._broken += 1
            self._between(self._at + 1)
        return True

    def _between(self, end: int) -> None:
        """Take the text up to a place, which is of no event."""
        *whole, rest = self._text[self._at : end].split("\n")
        self._at = end
        for line in whole:
            self._free += line
            self._end_line()
        # A line without end is not kept as a whole.
        self._free = (self._free + rest)[: LONGEST_RAW + 1]

    def _end_line(self) -> None:
        """Account for the line that ends here."""
        if not self._beside() and not self._taken:
            self._out.blank(self._line)
            self._line += 1
        elif self._taken:
            self._line += 1
        self._taken = False

    def _beside(self) -> bool:
        """Write what stands on this line and belongs to no event, if there is some."""
        free, self._free = self._free, ""
        if not (said := FRAME.sub("", free)):
            return False
        if self._taken:
            self._line += 1
            self._taken = False
        if DECLARES.search(said):
            text = "A DTD is declared here; nothing of it is used or expanded."
            self._out.tell(self._line, "odd-xml", text)
        self._out.raw(self._line, free)
        self._line += 1
        return True

    def _event(self, end: int) -> None:
        found = self._text[self._at : end]
        values = parse_event(found) if len(found) <= LONGEST else None
        if values is None:
            self._broken += 1
            self._between(end)
            return
        self._beside()
        if self._taken:
            self._line += 1
        more = found.count("\n")
        self._out.event(self._line, more + 1, values)
        self._at = end
        self._line += more
        self._taken = True


def parse_event(text: str) -> dict[str, Any] | None:
    """Return the flat object of one element `Event`, None if it is no XML.

    Characters that XML does not allow are replaced: Windows writes them all the same.
    """
    return _parsed(text) or _parsed(FORBIDDEN.sub("\ufffd", text))


def _parsed(text: str) -> dict[str, Any] | None:
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003
    except (expat.ExpatError, _TooDeepError):
        return None
    return event_values(tree.found)


class _TooDeepError(ValueError):
    """An event is nested deeper than any of Windows."""


class _Tree:
    """Builds the tree that `event_values` takes."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise _TooDeepError
        local = name.rpartition(":")[2]
        if local == "Data" and attributes.get("Name"):
            local, attributes = attributes["Name"], {}
        node: dict[str, Any] = {ATTRIBUTES: attributes} if attributes else {}
        self._open.append((local, node, []))

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        name, node, texts = self._open.pop()
        text = "".join(texts)
        if text.strip():
            node[TEXT] = text
        if not self._open:
            self.found = node
            return
        value: object = node if node.keys() - {TEXT} else text
        self._add(self._open[-1][1], name, value)

    @staticmethod
    def _add(parent: dict[str, Any], name: str, value: object) -> None:
        if name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]
