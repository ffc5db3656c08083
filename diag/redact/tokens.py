"""What stands in the place of a secret: `<redacted:kind:n>`, one n for each secret."""

from __future__ import annotations

import hashlib
import os
import re

# More different secrets are not told apart: their number is 0.
MOST = 100_000
LOOK = 2048
_URL_CODE = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPES = re.compile(rb"\\+(?:[nrt]|(?=[\"'/\\]))|\s+")
_ENTITIES = ((b"&amp;", b"&"), (b"&quot;", b'"'), (b"&lt;", b"<"), (b"&gt;", b">"))
_OPEN_TAG = re.compile(rb"<[A-Za-z?/!][^<>]*\Z")
_OPEN_ELEMENT = re.compile(rb"<[A-Za-z][^<>]*>[^<>\r\n]*\Z")
_CLOSING = re.compile(rb"[^<>\r\n]*</")


class Tokens:
    """Numbers secrets in the order in which they are met. Keeps none of them.

    It keeps hashes with a random key, and only as long as it lives: of a short
    password a plain hash could be guessed.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._key = os.urandom(16)
        self._numbers: dict[bytes, int] = {}
        self.counts: dict[str, int] = {}

    def number(self, value: bytes) -> int:
        """Return the number of a secret, however it is escaped."""
        if b"%" in value:
            value = _URL_CODE.sub(_decoded, value)
        if b"&" in value:
            for entity, plain in _ENTITIES:
                value = value.replace(entity, plain)
        value = _ESCAPES.sub(b"", value)
        digest = hashlib.blake2b(value, digest_size=12, key=self._key).digest()
        known = self._numbers.get(digest)
        if known is None:
            if len(self._numbers) >= MOST:
                return 0
            known = self._numbers[digest] = len(self._numbers) + 1
        return known

    def count(self, kind: bytes) -> None:
        """Count one that is written over."""
        name = kind.decode()
        self.counts[name] = self.counts.get(name, 0) + 1


def token(kind: bytes, number: int, *, xml: bool = False) -> bytes:
    """Return what is written in the place of a secret.

    Args:
        kind: Of its rule.
        number: Of the secret.
        xml: It stands in XML, where `<` would begin a tag.
    """
    inner = b"redacted:%s:%d" % (kind, number)
    return b"&lt;%s&gt;" % inner if xml else b"<%s>" % inner


def fitted(text: bytes, length: int) -> bytes:
    """Return a token in exactly so many bytes, for what must not change its length."""
    return text.ljust(length, b"*") if len(text) <= length else b"*" * length


def in_xml(text: bytes, start: int, end: int) -> bool:
    """Say whether a place lies in a tag or between two of them.

    Args:
        text: The window.
        start: Where the secret begins.
        end: Where it ends.
    """
    low = max(0, start - LOOK)
    line = max(text.rfind(b"\n", low, start), low)
    tag = text.rfind(b"<", line, start)
    if tag < 0:
        return False
    before = text[tag:start]
    if _OPEN_TAG.match(before):
        return b">" in text[end : end + LOOK]
    closes = _CLOSING.match(text, end, end + LOOK) is not None
    return closes and _OPEN_ELEMENT.match(before) is not None


def _decoded(match: re.Match[bytes]) -> bytes:
    return bytes([int(match.group()[1:], 16)])
