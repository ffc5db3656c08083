"""A secret that was found, and the parts of it that are written over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.redact.rules import Rule

_LINES = re.compile(rb"[^\r\n]+")
# In armour that a log has put its own text in front of, only the armour goes.
_BEHIND_TEXT = re.compile(rb"(?<=[ \t:|\]])[A-Za-z0-9+/=]{16,}[\s\\]*\Z")
_BLANKS = b" \t"
_OPEN = (b" ", b"\t", b":", b"|", b"]")
# What ends like a word and is none: encoded and escaped characters.
ESCAPE_BEFORE = re.compile(rb"(?i)(?:%(?:25)?[0-9a-f]{2}|u00[0-9a-f]{2}|\\[nrt])\Z")


class Found(NamedTuple):
    """A secret: its place, what it is, and how it is to be written over."""

    start: int
    end: int
    kind: bytes
    quote: bytes = b""  # put around what replaces it, where JSON needs a text
    tree: bool = False  # it is an object or a list: all its values are secret


def refused(rule: Rule, front: bytes) -> bool:
    """Say whether what stands in front of a word rules it out.

    Args:
        rule: Whose word it is.
        front: Some bytes in front of it.
    """
    if rule.not_before is None or not rule.not_before.search(front):
        return False
    return ESCAPE_BEFORE.search(front) is None


def parts(found: Found, text: bytes) -> Iterator[tuple[int, int]]:
    """Yield what is written over: of each line its part, so that all line ends stay.

    Args:
        found: The secret.
        text: The window.
    """
    for line in _LINES.finditer(text, found.start, found.end):
        piece = line.group()
        stripped = piece.strip(_BLANKS)
        if not stripped:
            continue
        start = line.start() + len(piece) - len(piece.lstrip(_BLANKS))
        end = start + len(stripped)
        if line.start() > found.start:
            if line.end() == found.end and piece[-1:] in _OPEN and _ends(found, text):
                continue  # what a log has put in front of the last line of armour
            behind = _BEHIND_TEXT.search(text[start:end])
            if behind:
                start += behind.start()
        yield start, end


def _ends(found: Found, text: bytes) -> bool:
    return text.startswith(b"-----END", found.end)
