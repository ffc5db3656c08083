"""Secrets that show by themselves: tokens, signatures, key blobs, armour."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from diag.redact import values
from diag.redact.found import Found, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.redact.rules import Rule

MOST_LINES = 200  # of a token that was wrapped
LONGEST_ARMOUR = 1 << 16
USER_PART = 384
_NEXT_LINE = re.compile(
    rb"(?:(?:\\{1,15}r)?\\{1,15}n|\r\n|\r|\n)[ \t]{0,64}"
    rb"([A-Za-z0-9+/_.=~-]{4,})(?=[ \t\"',;)\]}\\]{0,8}(?:\r|\n|$))"
)
_LONE_WORD = re.compile(rb"[A-Za-z]?[a-z]{3,15}[.]?|[A-Z]{4,15}")
# The last slashes of `://`, plain, as JSON escapes them, and encoded.
_BLANKS = (b" ", b"\n", b"\r", b"\t")
_SLASHES = (b"//", b"/\\/", b"/\\\\/", b"/\\\\\\/", b"%2f%2f", b"%2F%2F")
_USER_PASSWORD = re.compile(
    rb"(?:/\\{0,15}/|%2f%2f)(?:[^\s/:@\"'<>\\]{0,128}?)(?::|%3a)"
    rb"([^\s/@\"'<>]{1,256})\Z",
    re.IGNORECASE,
)
_USER_ONLY = re.compile(rb"/\\{0,15}/([A-Za-z0-9_-]{20,256})\Z")
# Without a scheme only where a host with a port follows, as in a proxy's setting.
_BARE_USER = re.compile(
    rb"(?:^|[\s\"',;=])[^\s/:@<>\"',;=\\]{1,64}:([^\s/@<>\"'\\]{1,128})\Z"
)
_HOST_AND_PORT = re.compile(
    rb"(?:@|%40)[\w.-]{1,253}(?::|%3a)[0-9]{2,5}\b", re.IGNORECASE
)
_FURTHER = re.compile(
    rb"(?:@|%40)([^\s/@\"'<>\\,;?#]{1,128}?(?=@|%40))?", re.IGNORECASE
)
_FURTHER_ENCODED = re.compile(
    rb"(?:@|%40)((?:(?!%2f)[^\s/@\"'<>\\,;?#]){1,128}?(?=@|%40))?", re.IGNORECASE
)
_ARMOUR = re.compile(
    rb"-----BEGIN(?:[ +]|%(?:25)?20)(?:[A-Z0-9 +%]{0,48}PRIVATE(?:[ +]|%(?:25)?20)KEY"
    rb"(?:(?:[ +]|%(?:25)?20)BLOCK)?|PKCS12|PFX)-----",
    re.IGNORECASE,
)
_WRITTEN_OVER = re.compile(
    rb"(?:[^<&]{0,200}(?:<|&lt;)redacted:[a-z-]{1,40}:[0-9]{1,9}(?:>|&gt;))*\s*\Z"
)
_ARMOUR_LINES = re.compile(
    rb"(?:[A-Za-z0-9+/=]{16,})?(?:(?:\s|\\{1,15}[rnt])+[A-Za-z0-9+/=]{16,})*"
    rb"(?:(?:\s|\\{1,15}[rnt])+[A-Za-z0-9+/]{1,15}={1,2}(?=[\s\\\"'<-]|\Z))?"
)


def find(rule: Rule, text: bytes, span: Sequence[int]) -> Found | None:
    """Return the secret that a word is part of, if it is part of one.

    Args:
        rule: A rule of the form `shape`.
        text: The window.
        span: Where the word begins and ends.
    """
    start = span[0] - rule.lead
    if start < 0 or rule.value is None:
        return None
    front = text[max(0, start - 24) : start]
    if rule.before is not None and not rule.before.search(front):
        return None
    if refused(rule, front):
        return None
    match = rule.value.match(text, start, start + values.LONGEST)
    if match is None:
        return None
    begin, end = match.span("secret" if match.re.groupindex else 0)
    value = text[begin : min(end, begin + 4096)]
    if values.NO_SECRET.fullmatch(value):
        return None
    if rule.no_secret is not None and rule.no_secret.match(value):
        return None
    if rule.check and not CHECKS[rule.check](value):
        return None
    return Found(begin, end, rule.kind)


def wrapped(found: Found, text: bytes) -> Found:
    """Return a token together with the lines that it goes on in.

    Args:
        found: A token.
        text: The window.
    """
    end = found.end
    for _ in range(MOST_LINES):
        more = _NEXT_LINE.match(text, end)
        if more is None:
            break
        piece = more.group(1)
        if len(piece) < 16 and _LONE_WORD.fullmatch(piece):
            break
        end = more.end()
    return found._replace(end=end)


def address(rule: Rule, text: bytes, span: Sequence[int]) -> Found | None:
    """Return the password in front of the `@` of an address.

    Args:
        rule: A rule of the form `address`.
        text: The window.
        span: Where the `@` (or `%40`) stands.
    """
    at = span[0]
    front = text[max(0, at - USER_PART) : at]
    blank = max(front.rfind(one) for one in _BLANKS)
    front = front[blank:] if blank >= 0 else front
    if b":" not in front and b"%3" not in front:
        return None
    begin = max(front.rfind(mark) for mark in _SLASHES)
    match = None
    if begin >= 0:
        match = _USER_PASSWORD.match(front, begin) or _USER_ONLY.match(front, begin)
    if match is None and _HOST_AND_PORT.match(text, at):
        match = _BARE_USER.search(front)
    if match is None:
        return None
    start = at - len(front) + match.start(1)
    end = at
    encoded = b"%2f%2f" in match.group().lower()
    further = _FURTHER_ENCODED if encoded else _FURTHER
    more = further.match(text, end)
    while more and more.group(1):  # an `@` in the password itself
        end = more.end()
        more = further.match(text, end)
    if values.NO_SECRET.fullmatch(text[start:end]):
        return None
    return Found(start, end, rule.kind)


def armour(rule: Rule, text: bytes, span: Sequence[int]) -> Found | None:
    """Return what stands between the lines of PEM armour of a private key.

    Args:
        rule: A rule of the form `pem`.
        text: The window.
        span: Where `-----BEGIN` stands.
    """
    head = _ARMOUR.match(text, span[0])
    if head is None:
        return None
    start = head.end()
    end = text.find(b"-----END", start, start + LONGEST_ARMOUR)
    if end < 0:
        body = _ARMOUR_LINES.match(text, start, start + LONGEST_ARMOUR)
        end = body.end() if body else start
    if _WRITTEN_OVER.match(text, start, end):
        return None
    return Found(start, end, rule.kind)


def _is_basic(value: bytes) -> bool:
    """Say whether a text is Base64 of `user:password`."""
    try:
        plain = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in plain and all(32 <= byte < 127 or byte >= 128 for byte in plain)


def _has_digits(value: bytes) -> bool:
    """Say whether a text has digits, as random ones of some length do."""
    return re.search(rb"[0-9]", value) is not None


CHECKS = {"basic": _is_basic, "digits": _has_digits}
