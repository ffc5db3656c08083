"""Texts without which a regular expression cannot match.

Not a parser of regular expressions: what is not understood requires nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag.kql.regexes import PIECES

if TYPE_CHECKING:
    from collections.abc import Callable

Texts = frozenset[str]
# Escapes that are no text, but take no part in what stands around them either.
BREAKS = frozenset("dDwWsSbBAzntrfv")
QUANTIFIED = re.compile(r"[*?]|\{0?,|\{0\}")
# Classes by name, code points and quoted parts: too much to follow.
FOREIGN = re.compile(r"\\[QEpPxCu0]|\(\?[a-zA-Z]*-")


def required(pattern: str, kept: Callable[[str], str]) -> Texts | None:
    """Return texts of which each match holds one, case aside.

    Args:
        pattern: For RE2.
        kept: Returns the part of a text that counts, or an empty one.

    Returns:
        None when nothing is known that a match must hold.
    """
    if FOREIGN.search(pattern):
        return None
    pieces = [found for found in PIECES.finditer(pattern) if found.group()]
    reader = _Reader(pieces, kept)
    found = reader.alternatives()
    return found if reader.at == len(pieces) else None


@dataclass(slots=True)
class _Reader:
    pieces: list[re.Match[str]]
    kept: Callable[[str], str]
    at: int = 0

    def alternatives(self) -> Texts | None:
        """Read up to the end of a group: one text of each branch."""
        branches = [self._branch()]
        while self._now() == "|":
            self.at += 1
            branches.append(self._branch())
        known = [one for one in branches if one]
        return frozenset[str]().union(*known) if len(known) == len(branches) else None

    def _now(self) -> str:
        return self.pieces[self.at].group() if self.at < len(self.pieces) else ""

    def _branch(self) -> Texts | None:
        """Read up to `|`, `)` or the end; the best of what the parts need."""
        branch = _Branch(self.kept)
        while self._now() not in {"", "|", ")"}:
            piece = self.pieces[self.at]
            self.at += 1
            inner: Texts | None = None
            if piece["group"] is not None:
                self._name_of_group(piece["how"] or "")
                inner = self.alternatives()
                self.at += 1  # the closing parenthesis
            text = _letter(piece)
            if QUANTIFIED.match(self._now()):
                text, inner = "", None
            branch.add(text, inner)
            self._quantifiers(branch)
        return branch.best()

    def _name_of_group(self, how: str) -> None:
        """Skip what is left of `(?P<name>`."""
        if "<" in how:
            while self._now() not in {"", ">"}:
                self.at += 1
            self.at += 1

    def _quantifiers(self, branch: _Branch) -> None:
        while (
            self.at < len(self.pieces)
            and self._now()
            and (self.pieces[self.at]["star"] or self._now()[0] == "{")
            and self._now() != "{"
        ):
            self.at += 1
            branch.add("", None)


def _letter(piece: re.Match[str]) -> str:
    """Return the character that a piece stands for, if it stands for one."""
    escape = piece["escape"]
    if escape is not None:
        return "" if escape in BREAKS or escape.isalnum() else escape
    plain = piece["set"] is None and piece["group"] is None and piece["end"] is None
    text = piece.group()
    return text if plain and text not in {".", "^", "$"} else ""


@dataclass(slots=True)
class _Branch:
    kept: Callable[[str], str]
    run: list[str] = field(default_factory=list)
    found: list[Texts] = field(default_factory=list)

    def add(self, text: str, inner: Texts | None) -> None:
        """Go on by a character, or by what is none."""
        if text:
            self.run.append(text)
            return
        self._flush()
        if inner:
            self.found.append(inner)

    def _flush(self) -> None:
        text = self.kept("".join(self.run))
        if text:
            self.found.append(frozenset({text}))
        self.run = []

    def best(self) -> Texts | None:
        """Return the need that the fewest and longest texts meet."""
        self._flush()
        return min(self.found, key=weight, default=None)


def weight(texts: Texts) -> tuple[int, int]:
    """Return what sorts needs: the fewest and longest texts leave the least."""
    return len(texts), -min(map(len, texts))
