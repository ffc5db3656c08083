"""Layout text, such as `[{time}] [PID {pid:int}] {message}`, to its parts."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum

from diag.errors import DefinitionError


class Kind(StrEnum):
    """What a field takes of the line; docs/formats.md describes each."""

    TIME = "time"
    INT = "int"
    TEXT = "text"
    WORD = "word"
    LEVEL = "level"
    PAD = "pad"
    QUOTED = "quoted"
    SOURCE = "source"
    GUID = "guid"
    KEYS = "keys"
    REST = "rest"


class Codec(StrEnum):
    """How a time is written."""

    RFC3339 = "rfc3339"
    YMD = "ymd"
    MDY = "mdy"
    DMY = "dmy"
    SYSLOG = "syslog"
    CTIME = "ctime"
    RFC822 = "rfc822"
    EPOCH = "epoch"
    CLOCK = "clock"
    NONE = "none"


SKIP = "*"
# These names say their kind; everything else is `text`, and `rest` at the end.
NAMED = {"time": Kind.TIME, "pad": Kind.PAD, "keys": Kind.KEYS}
COLUMN_KINDS = {
    "pid": {Kind.INT},
    "tid": {Kind.INT},
    "level": {Kind.LEVEL, Kind.WORD, Kind.TEXT},
}
# They end where the next literal begins, so something fixed has to follow.
OPEN = frozenset({Kind.TEXT, Kind.WORD, Kind.SOURCE})
LAST = frozenset({Kind.REST, Kind.KEYS})
NAME = re.compile(r"\*|[A-Za-z_][A-Za-z0-9_ .-]*")
TOKEN = re.compile(r"\{\{|\}\}|\{\?|\{|\}|[^{}]+")


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that stands in the line as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A field; `codec` is set when a time differs from the family's."""

    name: str
    kind: Kind
    codec: Codec | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Maybe:
    """A part that may be missing as a whole."""

    parts: tuple[Literal | Slot, ...]


Part = Literal | Slot | Maybe
Layout = tuple[Part, ...]


def parse_layout(text: str) -> Layout:
    """Read a layout.

    Args:
        text: Literal text with `{name}`, `{name:kind}`, `{?optional part}`, and
            `{{`, `}}` for braces.

    Returns:
        Its parts in order, neighbouring literals joined.

    Raises:
        DefinitionError: It is wrong; `where` is `column N`, counted from 1.
    """
    return _Parser(text).parse()


def slots(layout: Layout) -> list[Slot]:
    """Return all fields of a layout, those of optional parts included."""
    found: list[Slot] = []
    for part in layout:
        inner = part.parts if isinstance(part, Maybe) else (part,)
        found.extend(item for item in inner if isinstance(item, Slot))
    return found


def suggest(word: str, known: list[str]) -> str:
    """Return `did you mean 'x'?` or the list of what is allowed."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"allowed: {', '.join(known)}"


class _Parser:
    """Walks the tokens of one layout."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.piece = ""

    def parse(self) -> Layout:
        if not self.text:
            raise self._error("the layout is empty", 0, "write the line with {fields}")
        if (end := re.search(r"[\r\n]", self.text)) is not None:
            hint = "a layout describes the first line; {message:rest} takes the others"
            raise self._error("a layout cannot hold a line end", end.start(), hint)
        parts: list[tuple[int, Part]] = []
        while self._next():
            start = self.at - len(self.piece)
            if self.piece == "{?":
                _append(parts, start, Maybe(self._optional(start)))
            else:
                _append(parts, start, self._simple(start))
        return self._checked(parts)

    def _next(self) -> bool:
        found = TOKEN.match(self.text, self.at)
        if found is None:
            return False
        self.piece = found.group()
        self.at = found.end()
        return True

    def _simple(self, start: int) -> Literal | Slot:
        if self.piece in {"{{", "}}"}:
            return Literal(self.piece[0])
        if self.piece == "}":
            raise self._error("a } without its {", start, "write }} for a brace")
        return self._slot(start) if self.piece == "{" else Literal(self.piece)

    def _optional(self, start: int) -> tuple[Literal | Slot, ...]:
        parts: list[tuple[int, Part]] = []
        while self._next():
            here = self.at - len(self.piece)
            # `}}` inside an optional part: its field's end and its own, not a brace.
            if self.piece == "}}" and parts:
                self.at -= 1
                self.piece = "}"
            if self.piece == "}":
                inner = [part for _, part in parts if not isinstance(part, Maybe)]
                if not inner:
                    raise self._error("an empty optional part", start, "remove it")
                return tuple(inner)
            if self.piece == "{?":
                hint = "write two layouts instead"
                raise self._error("an optional part inside another", here, hint)
            _append(parts, here, self._simple(here))
        raise self._error("this optional part is not closed", start, "add a }")

    def _slot(self, start: int) -> Slot:
        end = self.text.find("}", self.at)
        inner = self.text[self.at : end]
        if end < 0 or "{" in inner:
            raise self._error("this field is not closed", start, "add a }")
        self.at = end + 1
        name, colon, kind = inner.partition(":")
        if NAME.fullmatch(name) is None:
            hint = "use letters, digits, blank, _ . -, or * to skip"
            raise self._error(f"'{name}' is no field name", start + 1, hint)
        if not colon:
            return Slot(name, NAMED.get(name, Kind.TEXT), bare=name not in NAMED)
        return self._typed(name, kind, start + len(name) + 2)

    def _typed(self, name: str, kind: str, column: int) -> Slot:
        codecs = [codec.value for codec in Codec if codec is not Codec.NONE]
        if name == "time" and kind in codecs:
            return Slot(name, Kind.TIME, Codec(kind))
        known = [item.value for item in Kind]
        if kind not in known:
            known += codecs if name == "time" else []
            raise self._error(f"unknown kind '{kind}'", column, suggest(kind, known))
        if (name == "time") != (kind == Kind.TIME):
            hint = "write {time}, and use another name for other kinds"
            raise self._error("only 'time' is of kind time", column, hint)
        if name in COLUMN_KINDS and kind not in COLUMN_KINDS[name]:
            allowed = ", ".join(sorted(COLUMN_KINDS[name]))
            raise self._error(f"'{name}' cannot be {kind}", column, f"use {allowed}")
        return Slot(name, Kind(kind))

    def _checked(self, parts: list[tuple[int, Part]]) -> Layout:
        start, last = parts[-1]
        if isinstance(last, Slot) and last.bare:
            parts[-1] = (start, Slot(last.name, Kind.REST))
        self._check_names(parts)
        for number, (start, part) in enumerate(parts):
            after = [item for _, item in parts[number + 1 : number + 2]]
            inner = part.parts if isinstance(part, Maybe) else (part,)
            for item, follows in zip(inner, (*inner[1:], *after, None), strict=False):
                self._check_end(item, follows, start, optional=isinstance(part, Maybe))
        return tuple(part for _, part in parts)

    def _check_names(self, parts: list[tuple[int, Part]]) -> None:
        seen = {SKIP, "pad", "keys"}
        for start, part in parts:
            for slot in slots((part,)):
                if slot.name in seen - {SKIP, "pad", "keys"}:
                    hint = "give one of them another name"
                    raise self._error(f"'{slot.name}' stands twice", start, hint)
                seen.add(slot.name)

    def _check_end(
        self, item: Part, follows: Part | None, start: int, *, optional: bool
    ) -> None:
        if not isinstance(item, Slot):
            return
        if item.kind in LAST and (follows is not None or optional):
            hint = "it takes all that is left, so nothing can follow"
            raise self._error(f"{item.kind} must be the last field", start, hint)
        fixed = isinstance(follows, Literal) or (
            isinstance(follows, Slot) and follows.kind is Kind.PAD
        )
        if item.kind in OPEN and follows is not None and not fixed:
            hint = "put a literal or {pad} between, or write two layouts"
            raise self._error(f"where '{item.name}' ends is not said", start, hint)

    def _error(self, text: str, offset: int, hint: str) -> DefinitionError:
        return DefinitionError(text, where=f"column {offset + 1}", hint=hint)


def _append(parts: list[tuple[int, Part]], start: int, part: Part) -> None:
    """Add a part, joined with the literal before it if both are literals."""
    if parts and isinstance(part, Literal) and isinstance(parts[-1][1], Literal):
        before, text = parts[-1][0], parts[-1][1].text + part.text
        parts[-1] = (before, Literal(text))
    else:
        parts.append((start, part))
