"""Writes a definition as YAML that people like to read and our loader accepts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from diag.content import load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diag.formats.draft.excerpts import Excerpt

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
# What a single-quoted or block scalar may hold; all else is escaped.
VISIBLE = re.compile(r"[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\uffef]*")
BLOCK = re.compile(
    r"(?:[\x20-\x7e\t\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\uffef]*\n)+"
)


class Page:
    """The YAML text so far."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """The whole, which ends with a line end."""
        return "\n".join([*self._lines, ""])

    def line(self, text: str) -> None:
        """Add a line as it is."""
        self._lines.append(text)

    def comment(self, *texts: str) -> None:
        """Add comments; what would end one is taken out."""
        for text in texts:
            shown = "".join(c if VISIBLE.fullmatch(c) else "?" for c in text)
            self._lines.append(f"# {shown}")

    def value(self, key: str, value: object, comment: str = "") -> None:
        """Add a key with a scalar, and a comment behind it."""
        behind = f"  # {comment}" if comment else ""
        self._lines.append(f"{key}: {scalar(value)}{behind}")

    def item(self, indent: str, value: object) -> None:
        """Add an item of a list."""
        self._lines.append(f"{indent}- {scalar(value)}")

    def paths(self, systems: Mapping[str, Sequence[str]]) -> None:
        """Add where the file lies."""
        self.line("system:  # a * stands for any characters within one part of a path")
        for system, globs in systems.items():
            self.line(f"  {system}:")
            for glob in globs:
                self.item("    ", glob)

    def excerpts(self, file: str, excerpts: Sequence[Excerpt]) -> None:
        """Add samples."""
        if not excerpts:
            self.line("samples: []")
            return
        self.line("samples:")
        for excerpt in excerpts:
            note = f" ({excerpt.note})" if excerpt.note else ""
            self.line(f"  - from: {scalar(f'{file}{note}')}")
            self._text(excerpt.text)
            if excerpt.expect:
                self.line("    expect:")
                self._rows("      ", excerpt.expect)
            for table, rows in excerpt.rows.items():
                self.line(f"    rows:\n      {table}:")
                self._rows("        ", rows)

    def _text(self, text: str) -> None:
        if BLOCK.fullmatch(text) and text[0] not in " \t\n" and text[-2:] != "\n\n":
            self.line("    text: |")
            self._lines += [
                f"      {line}".rstrip("\n") for line in text[:-1].split("\n")
            ]
        else:
            self.line(f"    text: {quoted(text)}")

    def _rows(self, indent: str, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            self.line(f"{indent}- {flow(row)}")


def flow(value: object) -> str:
    """Return a value in YAML's flow style."""
    if isinstance(value, dict):
        members = (f"{scalar(str(key))}: {flow(one)}" for key, one in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value)


def scalar(value: object) -> str:
    """Return a scalar that is read back as the same value."""
    if not isinstance(value, str):
        return json.dumps(value)
    # `NO` and `1.0` are read as text where they are, but words of YAML are not.
    if PLAIN.fullmatch(value) and load_yaml(value, "") == value:
        return value
    if value and VISIBLE.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    return quoted(value)


def quoted(text: str) -> str:
    """Return a text in double quotes, with escapes for what cannot be seen."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == "\n":
        return "\\n"
    if VISIBLE.fullmatch(character):
        return character
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004 - two hex digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004
