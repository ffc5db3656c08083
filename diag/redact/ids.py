"""Finds ids and addresses that have a shape: GUIDs, MAC and IP addresses, mail.

Each is looked for by a byte in the midst of it, and what stands before is looked at
then: a pattern that begins with one byte is found ten times as soon as one that begins
with any digit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Span = tuple[int, int]

_HEX = rb"[0-9a-fA-F]"
_IN_GUID = re.compile(
    rb"-(?<=(?<!" + _HEX + rb")(?<!" + _HEX + rb"-)" + _HEX + rb"{8}-)(?:" + _HEX
    + rb"{4}-){3}" + _HEX + rb"{12}(?!" + _HEX + rb")(?!-" + _HEX + rb"{2})"
)  # fmt: skip
_IN_MAC = [
    re.compile(
        sign + rb"(?<=(?<![\w:-])" + _HEX + rb"{2}" + sign + rb")(?:" + _HEX + rb"{2}"
        + sign + rb"){4}" + _HEX + rb"{2}(?![\w:-])"
    )
    for sign in (b":", b"-")
]  # fmt: skip
_IN_IP = re.compile(
    rb"\.(?<=[0-9]\.)[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![\w-])(?!\.[0-9])"
)
_BEFORE_IP = re.compile(rb"(?:\A|[^\w.+-])([0-9]{1,3})\Z")
_VERSION_BEFORE = re.compile(
    rb"(?i)(?:version|release|build|ver|agent|update|package|product|framework|sdk"
    rb"|\bv)[\w ]{0,12}[\"':=(\[\\ ]{0,12}\Z"
)
# An address has a gap or seven colons, and lines without either are most.
_IN_IP6 = re.compile(rb":(?::|(?<=" + _HEX + rb":)(?:" + _HEX + rb"{1,4}:){6})")
_IP6 = re.compile(
    rb"(?i)(?<![\w:.])(?=[0-9a-f]{0,4}:[0-9a-f:]{0,34}:)(?:[0-9a-f]{1,4}:[0-9a-f:]{1,34}"
    rb"|::[0-9a-f:]{2,34})(?<!:)(?![\w:.])"
)
_AT = re.compile(rb"(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}")
_LOCAL = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-"
_PARTS = re.compile(rb"([\w.+-]+)(@|%40)(.+)", re.DOTALL)
MOST_LOCAL, MOST_PARTS, LEAST_IP6 = 64, 8, 6


def changed(
    text: bytes, spans: Iterable[Span], change: Callable[[bytes, int, int], bytes]
) -> bytes:
    """Return a text with some parts changed.

    Args:
        text: The text.
        spans: Begin and end of the parts, in order.
        change: Is given the text and a part, and returns what stands for the part.
    """
    out: list[bytes] = []
    at = 0
    for start, end in spans:
        if start >= at:
            out += (text[at:start], change(text, start, end))
            at = end
    return b"".join((*out, text[at:])) if out else text


def guids(text: bytes) -> Iterator[Span]:
    """Yield where GUIDs stand."""
    for match in _IN_GUID.finditer(text):
        yield match.start() - 8, match.end()


def is_guid(text: bytes) -> bool:
    """Say whether a text is a GUID and nothing else."""
    return list(guids(text)) == [(0, len(text))]


def macs(text: bytes) -> list[Span]:
    """Return where addresses of network cards stand, with either sign."""
    spans = [
        (match.start() - 2, match.end())
        for pattern in _IN_MAC
        for match in pattern.finditer(text)
    ]
    return sorted(spans)


def addresses(text: bytes) -> Iterator[Span]:
    """Yield where there are IPv4 addresses; a version may look like one."""
    for match in _IN_IP.finditer(text):
        start = match.start()
        first = _BEFORE_IP.search(text, max(0, start - 4), start)
        if first is None:
            continue
        begin = first.start(1)
        parts = text[begin : match.end()].split(b".")
        if all(_is_octet(part) for part in parts):
            yield begin, match.end()


def _is_octet(part: bytes) -> bool:
    return int(part) <= 255 and (part[:1] != b"0" or part == b"0")


def is_version(address: bytes, before: bytes) -> bool:
    """Say whether what looks like an IPv4 address is rather a version.

    Args:
        address: Four numbers.
        before: What stands before it, some 30 bytes.
    """
    told = before[-1:] == b"/" or _VERSION_BEFORE.search(before)
    if told and before[-2:] != b"//":
        return True
    first, last = address.split(b".")[0], address.split(b".")[3]
    return last == b"0" and not 10 <= int(first) <= 223


def addresses6(text: bytes) -> Iterator[Span]:
    """Yield where there are IPv6 addresses."""
    done = 0
    for found in _IN_IP6.finditer(text):
        if found.start() < done:
            continue
        start = text.rfind(b"\n", 0, found.start()) + 1
        done = text.find(b"\n", found.start())
        done = len(text) if done < 0 else done
        for match in _IP6.finditer(text, start, done):
            if _is_address6(match.group()):
                yield match.span()


def _is_address6(text: bytes) -> bool:
    groups = text.split(b":")
    fits = len(groups) == MOST_PARTS or (b"::" in text and len(groups) <= MOST_PARTS)
    if not fits or text.count(b"::") > 1 or b":::" in text or len(text) < LEAST_IP6:
        return False
    return all(len(group) <= 4 for group in groups)


def mails(text: bytes) -> Iterator[Span]:
    """Yield where there are addresses of mail, also with `%40` for `@`."""
    if b"@" not in text and b"%40" not in text:
        return
    for match in _AT.finditer(text):
        start = match.start()
        front = text[max(0, start - MOST_LOCAL - 1) : start]
        name = front[len(front.rstrip(_LOCAL)) :]
        if 0 < len(name) <= MOST_LOCAL and name[:1].isalnum():
            yield start - len(name), match.end()


def parted(mail: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the name, the sign and the domain of an address of mail."""
    match = _PARTS.fullmatch(mail)
    if match is None:
        raise ValueError("no address of mail")
    return match.group(1), match.group(2), match.group(3)
