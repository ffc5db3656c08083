"""JSON as a tree that knows its lines; what is broken is told, and never raised.

The standard library's parser stops at the first fault, recurses, and knows no
lines. A document of a sick machine may be torn or written by two programs, so
all that stands before a fault is kept. Numbers stay text: none can be too big.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from diag.formats.jsonstart import json_start
from diag.formats.sampling import LINE_END

MOST_DEPTH = 64
MOST_VALUES = 100_000
LONG_NUMBER = 40  # digits; the agent writes none of more than 20
TOKEN = re.compile(
    r'(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+")|(?P<mark>[{}\[\]:,])|(?P<word>[^\s{}\[\]:,"]++)',
    re.DOTALL,
)
SPACE = re.compile(r"\s*+")
NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE](?P<exponent>[-+]?[0-9]+))?"
)
MOST_EXPONENT = 4  # characters: beyond +999 no column holds the number
NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
WORDS = frozenset({"true", "false", "null"})
CLOSES = {"}": "{", "]": "["}


class Shape(StrEnum):
    """What a value is. TEXT was quoted, WORD and NUMBER were not."""

    OBJECT = "{"
    LIST = "["
    TEXT = "text"
    NUMBER = "number"
    WORD = "word"


class Harm(StrEnum):
    """What a fault means for the values of the document."""

    BROKEN = "broken"  # what comes after it is not read
    LIMIT = "limit"  # what comes after it is not read, though it may be right
    ODD = "odd"  # all values are read


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a document: how bad, in which line, and what."""

    harm: Harm
    line: int
    text: str


@dataclass(slots=True, eq=False)
class Node:
    """A value; `text` of a scalar, `items` by key or by index, `at` its offset."""

    shape: Shape
    at: int
    text: str = ""
    key: str = ""
    parent: Node | None = None
    items: dict[str, Node] = field(default_factory=dict)

    def find(self, key: str) -> Node | None:
        """Return the member of an object with this key, whatever its case."""
        if self.shape is not Shape.OBJECT:
            return None
        if key in self.items:
            return self.items[key]
        wanted = key.casefold()
        named = (n for name, n in self.items.items() if name.casefold() == wanted)
        return next(named, None)

    @property
    def is_null(self) -> bool:
        """Whether it is the word null."""
        return self.shape is Shape.WORD and self.text == "null"


@dataclass(frozen=True, slots=True)
class Tree:
    """A document: its value (None when there is none), and what is wrong."""

    root: Node | None
    faults: tuple[Fault, ...]
    ends: tuple[int, ...]

    def line(self, node: Node) -> int:
        """Return the line in which a value begins, from 1."""
        return bisect_right(self.ends, node.at) + 1


def read_tree(text: str) -> Tree:
    """Read a document.

    Args:
        text: Decoded text, of which the size was limited before.

    Returns:
        All values up to the first fault that cannot be passed. A text that
        begins with a key is read as an object whose beginning is lost.
    """
    return _Reader(text).read()


class _StopError(Exception):
    """Nothing after this place is read."""


class _Reader:
    """Reads one text; `open` are the containers that are not closed yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = json_start(text) or 0
        self.ends = tuple(end.end() for end in LINE_END.finditer(text))
        self.open: list[Node] = []
        self.root: Node | None = None
        self.key: str | None = None
        self.colon = False
        self.comma = True  # a value may follow
        self.values = 0
        self.faults: list[Fault] = []
        self.odd: dict[str, list[int]] = {}

    def read(self) -> Tree:
        """Walk all tokens; see `read_tree`."""
        try:
            if self.at:
                self.odd["Other text stands before the JSON"] = [1]
            elif self.text.lstrip()[:1] == '"':
                self._push(Shape.OBJECT)
                self.faults.append(Fault(Harm.BROKEN, 1, "Its beginning is missing."))
            while self._token():
                pass
            self._end()
        except _StopError:
            pass
        for said, (line, *more) in self.odd.items():
            times = f" ({1 + len(more)} times)" if more else ""
            self.faults.append(Fault(Harm.ODD, line, f"{said}{times}."))
        return Tree(self.root, tuple(self.faults), self.ends)

    def _end(self) -> None:
        if self.root is None:
            self._stop(Harm.BROKEN, "No JSON stands in it.")
        if self.open:
            self._stop(Harm.BROKEN, "It ends before its last bracket: its end is lost.")

    def _token(self) -> bool:
        found = SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        if self.at == len(self.text):
            return False
        token = TOKEN.match(self.text, self.at)
        if token is None:
            self._stop(Harm.BROKEN, "A text in quotes has no end.")
        piece = token.group()
        if self.root is not None and not self.open:
            self._stop(Harm.BROKEN, "More text follows behind the end of the JSON.")
        if token.lastgroup == "mark":
            self._mark(piece)
        elif token.lastgroup == "text":
            self._text(piece)
        else:
            self._add(self._word(piece), piece)
        self.at = token.end()
        return True

    def _mark(self, mark: str) -> None:
        top = self.open[-1] if self.open else None
        if mark in "{[":
            self._push(Shape(mark))
        elif mark == ":" and self.key is not None and not self.colon:
            self.colon = True
        elif mark == "," and top is not None and not self.comma:
            self.comma = True
        elif mark in CLOSES and top is not None and top.shape == CLOSES[mark]:
            if self.key is not None:
                self._stop(Harm.BROKEN, "A key has no value.")
            if self.comma and top.items:
                self._tell("A comma has nothing behind it")
            self.open.pop()
            self.comma = False
        else:
            self._stop(Harm.BROKEN, f"'{mark}' cannot stand here.")

    def _text(self, piece: str) -> None:
        try:
            text = json.loads(piece, strict=False)
        except ValueError:
            self._tell("A backslash is not followed by what JSON knows")
            text = piece[1:-1]
        top = self.open[-1] if self.open else None
        if top is None or top.shape is Shape.LIST or self.colon:
            self._add(Shape.TEXT, drawable(text))
            return
        if self.key is not None or not self.comma:
            self._stop(Harm.BROKEN, "A comma or colon is missing.")
        self.key = drawable(text)
        if self.key in top.items:
            self._tell("A key stands twice in one object; the last one counts")

    def _word(self, word: str) -> Shape:
        number = NUMBER.fullmatch(word)
        if number is not None:
            if len(word) > LONG_NUMBER or len(number["exponent"] or "") > MOST_EXPONENT:
                self._tell("A number is too long for any table and kept as text")
            return Shape.NUMBER
        if word in NO_NUMBERS:
            self._tell(f"{word} is no number of JSON and kept as text")
            return Shape.NUMBER
        if word not in WORDS:
            self._stop(Harm.BROKEN, "A word that is not JSON stands in it.")
        return Shape.WORD

    def _push(self, shape: Shape) -> None:
        if len(self.open) == MOST_DEPTH:
            self._stop(Harm.LIMIT, f"It is more than {MOST_DEPTH} levels deep.")
        self.open.append(self._add(shape, ""))
        self.comma = True

    def _add(self, shape: Shape, text: str) -> Node:
        self.values += 1
        if self.values > MOST_VALUES:
            self._stop(Harm.LIMIT, f"It holds more than {MOST_VALUES:,} values.")
        node = Node(shape, self.at, text)
        if not self.open:
            self.root = node
        else:
            self._hang(node, self.open[-1])
        self.key, self.colon, self.comma = None, False, False
        return node

    def _hang(self, node: Node, parent: Node) -> None:
        if parent.shape is Shape.LIST:
            if not self.comma:
                self._stop(Harm.BROKEN, "A comma is missing.")
            name = str(len(parent.items))
        elif self.key is None or not self.colon:
            self._stop(Harm.BROKEN, "A value has no key.")
        else:
            name = node.key = self.key
        node.parent = parent
        parent.items[name] = node

    def _tell(self, said: str) -> None:
        self.odd.setdefault(said, []).append(self._line())

    def _line(self) -> int:
        return bisect_right(self.ends, self.at) + 1

    def _stop(self, harm: Harm, text: str) -> NoReturn:
        self.faults.append(Fault(harm, self._line(), text))
        raise _StopError


def drawable(text: str) -> str:
    """Return a text that a database takes: no zero bytes, no half characters."""
    if "\0" in text:
        text = text.replace("\0", "\u2400")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
