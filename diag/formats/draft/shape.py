"""What a line looks like: its header as pieces of a layout, the rest its message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from diag.formats.timing import time_at

# Words that programs write for their levels, whatever the case, and our names.
LEVELS = {
    "trace": "trace",
    "verbose": "trace",
    "debug": "debug",
    "info": "info",
    "information": "info",
    "notice": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "err": "error",
    "fatal": "critical",
    "critical": "critical",
    "panic": "critical",
}
MOST_PIECES = 10
LONGEST = 80  # characters of a bracket
MESSAGE = "{message}"
GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
WORD = re.compile(r"[A-Za-z]{3,11}(?![A-Za-z0-9_./=-])")
BRACKET = re.compile(r"\[([^\[\]{}\n]{1,80})\]|<([A-Za-z]{3,11})>")
NUMBERED = re.compile(r"(pid|tid|process|thread)([ :=#])([0-9]+)", re.IGNORECASE)
PAIR = re.compile(r'([A-Za-z][\w.-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)')
PROGRAM = re.compile(r"[A-Za-z][\w.@/-]{0,60}\[[0-9]+\]: ?")
NAMED = re.compile(r"[A-Za-z_][\w.-]{1,40}:(?= \S)")
HOST = re.compile(r"[\w.-]+(?= )")
GAP = re.compile(r"[ \t]+")
SIGN = re.compile(r"[ \t]*(?:-|\||::?|,|;|=>)[ \t]+|:[ \t]*")
SOURCE = re.compile(r"[^:]+(?::[^:]+)*:[0-9]+")
FIELD = re.compile(r"([A-Za-z]\w*)=(\S*)")
TIME_KEYS = frozenset({"time", "ts", "timestamp", "t"})
LEVEL_KEYS = frozenset({"level", "lvl", "severity"})
TEXT_KEYS = frozenset({"msg", "message"})
PIDS = {"pid": "pid", "process": "pid", "tid": "tid", "thread": "tid"}


@dataclass(slots=True)
class Shape:
    """Pieces of a layout in their order; `words` are the levels that were seen."""

    pieces: tuple[str, ...] = ()
    timed: bool = False
    words: set[str] = field(default_factory=set)

    @property
    def layout(self) -> str:
        """The layout that the pieces make."""
        return "".join(self.pieces)


def shape_of(line: str, codec: str, *, weak: bool) -> Shape:
    """Return what a line looks like.

    Args:
        line: One line of a log.
        codec: How its times are written; `none` if it has no times.
        weak: Whether a word before a colon is a field: it may also be how a
            message begins.
    """
    return _Walk(line, codec, weak=weak).shape()


class _Walk:
    """Goes through one line as long as it looks like a header."""

    def __init__(self, line: str, codec: str, *, weak: bool) -> None:
        self.line = line
        self.codec = codec
        self.weak = weak
        self.at = 0
        self.pieces: list[str] = []
        self.names: set[str] = set()
        self.timed = False
        self.words: set[str] = set()
        self.ended = False

    def shape(self) -> Shape:
        readers = (
            self._pairs,
            self._time,
            self._bracket,
            self._guid,
            self._program,
            self._level,
            self._host,
            self._named,
        )
        while self.at < len(self.line) and len(self.pieces) < MOST_PIECES:
            piece = next((p for read in readers if (p := read()) is not None), None)
            if piece is None:
                break
            if self.ended:
                self.pieces.append(piece)
                return self._done()
            self.pieces.append(piece + self._separator())
        if self.at < len(self.line) or not self.pieces:
            self.pieces.append(MESSAGE)
        return self._done()

    def _done(self) -> Shape:
        return Shape(tuple(self.pieces), self.timed, self.words)

    def _separator(self) -> str:
        found = SIGN.match(self.line, self.at) or GAP.match(self.line, self.at)
        if found is None or found.end() == len(self.line):
            return ""
        self.at = found.end()
        text = found.group()
        return "{pad}" if len(text) > 1 and not text.strip() else _literal(text)

    def _name(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.names:
            number += 1
            name = f"{wanted}{number}"
        self.names.add(name)
        return name

    def _level_slot(self, word: str) -> str | None:
        if word.lower() not in LEVELS or "level" in self.names:
            return None
        self.words.add(word)
        return f"{{{self._name('level')}:level}}"

    def _time(self) -> str | None:
        if self.timed or self.codec == "none":
            return None
        found = time_at(self.codec, self.line[self.at :])
        if found is None or not found.real:
            return None
        self.timed = True
        self.at += found.length
        return "{time}"

    def _bracket(self) -> str | None:
        found = BRACKET.match(self.line, self.at)
        if found is None:
            return None
        inner = found[1] or found[2]
        slot = self._inside(inner, plain=found[1] is not None)
        if slot is None:
            return None
        self.at = found.end()
        return f"[{slot}]" if found[1] else f"<{slot}>"

    def _inside(self, text: str, *, plain: bool) -> str | None:
        """Return the slots for what stands in a bracket."""
        if (level := self._level_slot(text.strip())) is not None:
            return text.replace(text.strip(), level)
        if not plain:
            return None
        if not self.timed and self.codec != "none":
            time = time_at(self.codec, text)
            if time is not None and time.real and time.length == len(text):
                self.timed = True
                return "{time}"
        numbered = NUMBERED.fullmatch(text)
        if numbered is not None:
            name = self._name(PIDS[numbered[1].lower()])
            return f"{numbered[1]}{numbered[2]}{{{name}:int}}"
        if re.fullmatch(r"[0-9]+\+[0-9]+", text):
            return f"{{{self._name('pid')}:int}}+{{{self._name('tid')}:int}}"
        if text.isascii() and text.isdigit():
            return f"{{{self._name('number')}:int}}"
        if GUID.fullmatch(text):
            return f"{{{self._name('activity')}:guid}}"
        if (pair := FIELD.fullmatch(text)) is not None and pair[2]:
            return f"{pair[1]}={{{self._name(pair[1])}:text}}"
        if SOURCE.fullmatch(text):
            return f"{{{self._name('source')}:source}}"
        return f"{{{self._name('component')}:text}}" if text.strip() == text else None

    def _guid(self) -> str | None:
        found = GUID.match(self.line, self.at)
        if found is None:
            return None
        self.at = found.end()
        return f"{{{self._name('activity')}:guid}}"

    def _level(self) -> str | None:
        found = WORD.match(self.line, self.at)
        if found is None:
            return None
        follows = self.line[found.end() : found.end() + 1]
        header = self.timed or (found.group().isupper() and follows in " \t:[")
        slot = self._level_slot(found.group()) if header else None
        if slot is not None:
            self.at = found.end()
        return slot

    def _program(self) -> str | None:
        found = PROGRAM.match(self.line, self.at) if self.timed else None
        if found is None or "component" in self.names:
            return None
        self.at = found.end()
        end = ": " if found.group().endswith(" ") else ":"
        names = (self._name("component"), self._name("pid"))
        return f"{{{names[0]}:word}}[{{{names[1]}:int}}]{end}"

    def _host(self) -> str | None:
        found = HOST.match(self.line, self.at)
        first = self.codec == "syslog" and len(self.pieces) == 1
        if found is None or not first or not self.timed:
            return None
        self.at = found.end()
        return f"{{{self._name('host')}:word}}"

    def _named(self) -> str | None:
        if not self.weak or not self.timed or "component" in self.names:
            return None
        found = NAMED.match(self.line, self.at)
        if found is None:
            return None
        self.at = found.end() - 1
        return f"{{{self._name('component')}:word}}"

    def _pairs(self) -> str | None:
        """Read `key=value` pairs to the end, those with a meaning as columns."""
        pairs = list(PAIR.finditer(self.line, self.at))
        if len(pairs) < 2 or pairs[0].start() != self.at:  # noqa: PLR2004 - a run
            return None
        piece, at = "", self.at
        for pair in pairs:
            slot = self._pair(pair[1], pair[2]) if pair.start() == at else None
            if slot is None:
                break
            piece += slot
            at = pair.end()
            if self.line[at : at + 1] == " " and "{message" not in slot:
                piece, at = f"{piece} ", at + 1
            if "{message" in slot:
                break
        self.ended = True
        return f"{piece.rstrip()}{{keys}}" if at < len(self.line) else piece

    def _pair(self, key: str, value: str) -> str | None:
        bare = value.strip('"')
        quote = '"' if value.startswith('"') else ""
        if key in TIME_KEYS and not self.timed and self.codec != "none":
            found = time_at(self.codec, bare)
            if found is None or not found.real or found.length != len(bare):
                return None
            self.timed = True
            return f"{key}={quote}{{time}}{quote}"
        if key in LEVEL_KEYS and (slot := self._level_slot(bare)) is not None:
            return f"{key}={quote}{slot}{quote}"
        if key in TEXT_KEYS and value:
            return f"{key}={{message:quoted}}"
        return None


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
