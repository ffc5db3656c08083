"""YAML as plain data, strictly, with the place of everything in it."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import yaml

from diag.content.places import Found, Scalar, pointed, width
from diag.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.errors import Spot

MAX_BYTES = 1_000_000  # a content file; our largest is an eighth of it
MAX_ALIASES = 100
MAX_DEPTH = 100
MAX_VALUES = 500_000  # what a file may expand to through its aliases

# All else is text: NO, on, 0042, 1:30:45, 0x1F, 2026-03-10, 1.0.0.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "True", "TRUE"})
FALSE = frozenset({"false", "False", "FALSE"})
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})")
FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?")
STRING_TAG = "tag:yaml.org,2002:str"

HINTS = {
    "token": "indent with blanks, not tabs; quote special characters",
    "tab": "indent with blanks, not tabs",
    "mapping values": "quote text that holds a colon and a blank",
    "escape": "write it in single quotes, where a backslash is a backslash",
    "control characters": "remove them from the file",
}


def load_yaml(text: str, name: str) -> object:
    """Read one YAML document as plain data, strictly.

    Scalars follow YAML 1.2's core schema, numbers are decimal, keys are text as
    written; duplicate keys and tags are refused.

    Args:
        text: The document.
        name: What messages call it, usually the file's name.

    Returns:
        Plain data, read-only: what an alias repeats is one object.

    Raises:
        ContentError: Not such a document; `where` is `name:line:column`.
    """
    return _Reader(text, name).read()


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line, from 1, of a value in a document that `load_yaml` accepted.

    Args:
        text: The document.
        path: Keys and list indexes from the root to the value; when it leads
            nowhere, the nearest parent that exists counts.
    """
    found = _found(text, path)
    return found.line if found else 1


def spot_of(
    text: str, path: Sequence[str | int], *, key: bool = False, offset: int = 0
) -> tuple[int, Spot]:
    """Return line, source line and column of a value, for a message with a caret.

    Args:
        text: A document that `load_yaml` accepted.
        path: As for `line_of`.
        key: The key is meant and not the value below it.
        offset: So many characters into the text of the value are meant.
    """
    found = _found(text, path)
    if found is None:
        return 1, pointed(text, 1, 1)
    scalar = found.scalar if found.path == tuple(path) and not key else None
    if scalar is None:
        return found.line, pointed(text, found.line, found.column)
    column = scalar.column + width(text[scalar.start : scalar.end], offset)
    return scalar.line, pointed(text, scalar.line, column)


def _found(text: str, path: Sequence[str | int]) -> Found | None:
    places = _places(text)
    for end in range(len(path), 0, -1):
        if (found := places.get(tuple(path[:end]))) is not None:
            return found
    return None


@functools.lru_cache(maxsize=8)
def _places(text: str) -> dict[tuple[str | int, ...], Found]:
    """Return the place of every value; kept, as messages ask for several in a row."""
    reader = _Reader(text, "")
    reader.read()
    return reader.places


def check_size(data: bytes | str, name: str) -> None:
    """Refuse a file that is too large to be content.

    Args:
        data: Its bytes or its text.
        name: What messages call it.

    Raises:
        ContentError: It is larger than `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        said = f"the file is larger than {MAX_BYTES:,} bytes"
        raise ContentError(said, where=name, hint="split it into several files")


def _scalar(text: str) -> object:
    """Return what a plain (unquoted) scalar means."""
    if text in NULLS:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


class _Reader:
    """Builds plain data from parser events; PyYAML's own composer bounds nothing."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.text = text
        self.places: dict[tuple[str | int, ...], Found] = {}
        self._anchors: dict[str, tuple[object, int]] = {}
        self._aliases = 0
        self._values = 0
        self._event: yaml.Event
        check_size(text, name)
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)

    def read(self) -> object:
        """Return the document's data."""
        try:
            while not isinstance(self._next(), yaml.DocumentStartEvent):
                if isinstance(self._event, yaml.StreamEndEvent):
                    return None
            self._next()
            data = self._value((), MAX_DEPTH)
            self._next()
            if isinstance(self._next(), yaml.DocumentStartEvent):
                raise self._error("a second document starts here", "use one file each")
        except yaml.YAMLError as error:
            raise self._syntax(error) from error
        return data

    def _next(self) -> yaml.Event:
        self._event = next(self._events)
        return self._event

    def _value(self, path: tuple[str | int, ...], depth: int) -> object:
        event = self._event
        self._values += 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor))
        before = self._values
        if depth == 0:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        tag = getattr(event, "tag", None)
        if tag not in {None, "!", STRING_TAG}:
            raise self._error(f"the tag {tag} is not allowed", "remove the tag")
        data: object
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and tag is None
            self._at_scalar(path, event)
            data = _scalar(event.value) if plain else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            data = self._list(path, depth - 1)
        else:
            data = self._mapping(path, depth - 1)
        if (anchor := getattr(event, "anchor", None)) is not None:
            self._anchors[anchor] = (data, self._values - before + 1)
        return data

    def _alias(self, anchor: str) -> object:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._error(f"more than {MAX_ALIASES} aliases", "write the text out")
        if anchor not in self._anchors:
            raise self._error(
                f"no anchor &{anchor} before this alias", "check its name"
            )
        data, weight = self._anchors[anchor]
        self._values += weight
        if self._values > MAX_VALUES:
            raise self._error("the aliases expand to too much data", "use fewer")
        return data

    def _list(self, path: tuple[str | int, ...], depth: int) -> list[object]:
        items: list[object] = []
        while not isinstance(self._next(), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self._at(here)
            items.append(self._value(here, depth))
        return items

    def _mapping(self, path: tuple[str | int, ...], depth: int) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while not isinstance(self._next(), yaml.MappingEndEvent):
            if not isinstance(self._event, yaml.ScalarEvent):
                raise self._error("a key must be plain text", "quote the key")
            key = self._event.value
            here = (*path, key)
            if key in mapping:
                first = self.places[here].line
                raise self._error(
                    f"the key '{key}' stands here twice",
                    f"the first one is in line {first}; remove one",
                )
            self._at(here)
            self._next()
            mapping[key] = self._value(here, depth)
        return mapping

    def _at(self, path: tuple[str | int, ...]) -> None:
        line, column = _place(self._event.start_mark)
        self.places[path] = Found(path, line, column)

    def _at_scalar(self, path: tuple[str | int, ...], event: yaml.ScalarEvent) -> None:
        found = self.places.get(path)
        start, end = event.start_mark, event.end_mark
        folded = event.style in {"|", ">"}
        if found is not None and start and end and event.value and not folded:
            found.scalar = Scalar(*_place(start), start.index, end.index)

    def _error(self, text: str, hint: str) -> ContentError:
        return self._placed(text, hint, *_place(self._event.start_mark))

    def _syntax(self, error: yaml.YAMLError) -> ContentError:
        text = str(getattr(error, "problem", "") or getattr(error, "reason", error))
        default = "check indentation and quotes around this place"
        hint = next((hint for sign, hint in HINTS.items() if sign in text), default)
        place = _place(getattr(error, "problem_mark", None))
        return self._placed(f"not valid YAML: {text}", hint, *place)

    def _placed(self, text: str, hint: str, line: int, column: int) -> ContentError:
        where = f"{self.name}:{line}:{column}"
        spot = pointed(self.text, line, column)
        return ContentError(text, where=where, hint=hint, spot=spot)


def _place(mark: Any) -> tuple[int, int]:  # noqa: ANN401 - PyYAML has two kinds
    """Return line and column from 1 of a parser's mark, which may be missing."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
