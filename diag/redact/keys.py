"""Secrets behind a key's name: `password=x`, `"token":"x"`, `--secret x`, XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.redact import values
from diag.redact.found import Found, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.redact.rules import Rule

LOOK_BACK = 96
NEAR = 24
SHORTEST_NUMBER = 5  # digits of a number in JSON that may be a secret
_QUOTE = rb"""(?:\\{0,31}["']|&quot;|&\#34;|&apos;|%22|%27)"""
_BLANK = rb"(?:[ \t]|%20|\\{1,15}t)"
_BREAK = rb"(?:(?:\r\n|\r|\n|(?:\\{1,15}r)?\\{1,15}n)[ \t]{0,64})"
# What stands between the key's name and the value. In this order: an assignment; a
# pair of name and value; an element; an option of a command line.
_BETWEEN = (
    rb'(?:(?P<cq>""|' + _QUOTE + rb")?[\])]{0,2}" + _BLANK + rb"{0,64}"
    rb"(?P<op>:=|=>|->|==?|:|%3[da]|%253[da])"
    rb"(?P<gap>" + _BLANK + rb"{0,64}" + _BREAK + rb"?)"
    rb'(?P<open>\[{0,2})(?P<oq>""|' + _QUOTE + rb")?"
    rb"|" + _QUOTE + rb"(?:[ \t]{0,8},?\s{0,64}|/?>\s{0,64}<)" + _QUOTE + rb"?"
    rb"(?:value|val)" + _QUOTE + rb"?[ \t]{0,8}(?:[:=]|>)[ \t]{0,8}"
    rb"(?P<pq>" + _QUOTE + rb")?"
    rb"|(?P<tag>" + _QUOTE + rb"?(?:[ \t][^<>\r\n]{0,80})?(?:>|&gt;)\s{0,64}"
    rb"(?:<!\[cdata\[)?)"
    rb"|(?P<flag>" + _QUOTE + rb"?(?:" + _BLANK + rb"{1,8}\\?" + _BREAK + rb"?"
    rb"|" + _BLANK + rb"{0,8},\s{0,64}))(?P<fq>" + _QUOTE + rb")?"
    rb")"
)
_OPTION = re.compile(
    rb"(?:^|[\s\"'`=,(\[\\])(?:--?|/|\xe2\x80[\x93\x94])[a-z0-9_-]{0,48}\Z"
)
_IN_TAG = re.compile(rb"(?:<|&lt;)(?:[\w-]{1,40}:)?[\w.-]{0,48}\Z")
_NAMED = re.compile(
    rb"(?:name|key|id)[ \t]{0,4}=[ \t]{0,4}" + _QUOTE + rb"[\w .:-]{0,48}\Z"
)
_OPEN_KEY = re.compile(rb"(?:[\"'`]|&quot;|&\#34;|&apos;|%22|%27)[\w .:@$-]{0,80}\Z")
_NO_VALUE = re.compile(
    rb"-{1,2}[a-z][a-z/-]*$|[|>&(]"
    rb"|(?:is|are|was|were|has|had|must|can|cannot|could|or|and|with|from|to|of|in|as)\Z",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    rb"(?i)(?:bearer|basic|digest|negotiate|ntlm|pop|mac|apikey|token|hmac-sha256"
    rb"|sharedkey(?:lite)?|sharedaccesssignature|aws4-hmac-sha256)"
    rb"(?:(?:[ \t+]|%20){1,4}|(?:\r\n|\r|\n)[ \t]{1,64})"
)


def pattern_of(rule: Rule) -> re.Pattern[bytes]:
    """Return the pattern of what follows the word of a rule, up to the value."""
    return re.compile(b"(?:" + rule.tail + b")" + _BETWEEN, re.IGNORECASE)


def follow_of(rule: Rule) -> bytes:
    """Return a pattern of what follows a rule's word, in lower case: a first look."""
    if rule.form != "key":
        return b""
    return b"(?:" + rule.tail + rb")(?:[\s\"'`\\:=>%&),\]]|->)"


def find(
    rule: Rule, pattern: re.Pattern[bytes], text: bytes, low: bytes, span: Sequence[int]
) -> Found | None:
    """Return the secret behind a word, if there is one.

    Args:
        rule: A rule of the form `key`.
        pattern: What `pattern_of` made of it.
        text: The window.
        low: The same in lower case.
        span: Where the word begins and ends.
    """
    match = pattern.match(text, span[1])
    if match is None:
        return None
    near = low[max(0, span[0] - NEAR) : span[0]]
    if refused(rule, near):
        return None
    if rule.before is not None and not rule.before.search(near):
        return None
    front = low[max(0, span[0] - LOOK_BACK) : span[1]]
    if match.group("op") is not None:
        return _assigned(rule, match, text, front)
    if match.group("tag") is not None:
        return _element(rule, match, text, front)
    if match.group("flag") is not None:
        return _option(rule, match, text, front)
    start = match.end()
    quote = match.group("pq")
    end = values.quoted_end(text, start, quote) if quote else _bare(rule, text, start)
    return _judged(rule, text, start, end, b"")


def _assigned(
    rule: Rule, match: re.Match[bytes], text: bytes, front: bytes
) -> Found | None:
    start, key_quote = match.end(), match.group("cq")
    if key_quote and not _OPEN_KEY.search(front):
        return None  # the quote closes something else
    quote = match.group("oq") or b""
    if quote == b'""' and key_quote != b'""':
        return None  # an empty text
    first = text[start : start + 1]
    if key_quote and (match.group("open") or (not quote and first == b"{")):
        return _structure(rule, match, first)
    if quote:
        return _quoted(rule, match, text, quote)
    scheme = _SCHEME.match(text, start) if rule.rest else None
    if scheme:
        start = scheme.end()
    encoded = match.group("op")[:1] == b"%"
    end = _bare(rule, text, start, encoded=encoded)
    wrap = b"\n" in match.group("gap") or b"\r" in match.group("gap")
    if wrap and not values.is_whole_line(text, end):
        return None
    if key_quote and match.group("op") == b":" and key_quote != b"%22":
        if end - start < SHORTEST_NUMBER and text[start:end].isdigit():
            return None  # a count, such as those of a manifest
        return _judged(rule, text, start, end, key_quote)
    prose = bool(match.group("gap")) and match.group("op") == b":"
    if not _credible(rule, text, start, end, prose=prose or wrap):
        return None
    return _judged(rule, text, start, end, b"")


def _quoted(
    rule: Rule, match: re.Match[bytes], text: bytes, quote: bytes
) -> Found | None:
    start = match.end()
    end = values.quoted_end(text, start, quote)
    if rule.inner and b"=" in text[start:end]:
        return None
    scheme = _SCHEME.match(text, start, end) if rule.rest else None
    if scheme:
        start = scheme.end()
    prose = rule.strict and not match.group("cq") and match.group("op") == b":"
    if prose and (values.is_prose(text[start:end]) or b" " in text[start:end]):
        return None
    return _judged(rule, text, start, end, b"")


def _structure(rule: Rule, match: re.Match[bytes], first: bytes) -> Found | None:
    """Return an object or a list behind a key, where the rule covers it."""
    start = match.start("open") if match.group("open") else match.end()
    if first == b"{" and not match.group("open") and not rule.tree:
        return None
    return Found(start, start, rule.kind, match.group("cq"), tree=True)


def _element(
    rule: Rule, match: re.Match[bytes], text: bytes, front: bytes
) -> Found | None:
    if not _IN_TAG.search(front) and not _NAMED.search(front):
        return None
    escaped = b"&gt;" in match.group("tag")
    start = match.end()
    end = values.element_end(text, start, escaped=escaped)
    if text.startswith(b"]]>", end - 3):
        end -= 3
    return _judged(rule, text, start, end, b"")


def _option(
    rule: Rule, match: re.Match[bytes], text: bytes, front: bytes
) -> Found | None:
    if not rule.flag or not _OPTION.search(front):
        return None
    start = match.end()
    quote = match.group("fq")
    if quote:
        return _judged(rule, text, start, values.quoted_end(text, start, quote), b"")
    end = values.bare_end(text, start, encoded=False)
    if _NO_VALUE.match(text[start:end]):
        return None
    return _judged(rule, text, start, end, b"")


def _bare(rule: Rule, text: bytes, start: int, *, encoded: bool = False) -> int:
    if rule.rest:
        return values.rest_end(text, start)
    return values.bare_end(text, start, encoded=encoded)


def _credible(rule: Rule, text: bytes, start: int, end: int, *, prose: bool) -> bool:
    """Say whether a value without quotes is no word of a sentence."""
    value = text[start:end]
    if rule.rest or not (prose or rule.strict):
        return True
    if not values.is_prose(value):
        return True
    plain = value.isalpha() or value.isdigit()
    return not rule.strict and plain and values.is_whole_line(text, end)


def _judged(
    rule: Rule, text: bytes, start: int, end: int, quote: bytes
) -> Found | None:
    """Return the secret unless the value is none."""
    while end > start and text[end - 1] in b" \t\r\n":
        end -= 1
    value = text[start : min(end, start + 1024)]
    if not value or values.NO_SECRET.fullmatch(value):
        return None
    if rule.no_secret is not None and rule.no_secret.match(value):
        return None
    return Found(start, end, rule.kind, quote)
