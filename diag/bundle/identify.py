"""What a file seems to be that is no zip, and what to send instead of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

HEAD = 65_536
TAR_AT = 257
LEADING = b"\xef\xbb\xbf \t\r\n"
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x1b\x0c"))
MOST_CONTROLS = 0.02

SEND = (
    "Send the zip that 'azcmagent logs' wrote, the folder with the logs, or a single "
    "log file."
)
UNPACK = "Unpack it and give the folder or the file inside."
LOGIN = "Download the zip again while signed in: a web site's answer was saved."

# First bytes, and what they say (the formats' own documents).
PACKED = (
    (b"\x1f\x8b", "a gzip file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"MSCF", "a cabinet file"),
)
OTHER = (
    (b"%PDF-", "a PDF document"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
)
EVENT_LOG = b"ElfFile\x00"
PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")

# A line that begins like one of the agent's logs, or has a time near its start.
LOG_LINE = re.compile(
    r"^.{0,40}?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d{1,2}/\d{1,2}/\d{4} \d|"
    r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)|^(?:level|msg|time)=",
    re.MULTILINE,
)


class Content(StrEnum):
    """How a file that is no zip is to be treated."""

    LOG = "log"
    TEXT = "text"
    PACKED = "packed"
    PAGE = "page"
    EMPTY = "empty"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Seems:
    """What a file seems to be, in words, and what to do next."""

    content: Content
    what: str
    advice: str = SEND


def identify(head: bytes) -> Seems:
    """Say what a file seems to be.

    Args:
        head: Its first 64 KiB, or all of it.
    """
    if not head:
        return Seems(Content.EMPTY, "an empty file")
    if not head.strip(b"\0"):
        what = "nothing but zero bytes, as after a failed copy"
        return Seems(Content.EMPTY, what)
    for magic, what in PACKED:
        if head.startswith(magic):
            return Seems(Content.PACKED, what, UNPACK)
    if head.startswith(b"ustar", TAR_AT):
        return Seems(Content.PACKED, "a tar archive", UNPACK)
    if head.startswith(EVENT_LOG):
        return Seems(Content.LOG, "a Windows event log (.evtx)")
    for magic, what in OTHER:
        if head.startswith(magic):
            return Seems(Content.BINARY, what)
    return _text(head)


def _text(head: bytes) -> Seems:
    begin = head.lstrip(LEADING).lower()
    if begin.startswith(PAGES):
        return Seems(Content.PAGE, "an HTML page, perhaps of a sign-in", LOGIN)
    if begin.startswith(b"<?xml"):
        return Seems(Content.PAGE, "an XML document, perhaps an error answer", LOGIN)
    text = _decoded(head)
    if text is None:
        return Seems(Content.BINARY, "a binary file of an unknown kind")
    if LOG_LINE.search(text):
        return Seems(Content.LOG, "a log")
    return Seems(Content.TEXT, "plain text")


def _decoded(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(zeros) > 1 and zeros.count(0) * 10 > len(zeros) * 9:
            return head.decode(encoding, "replace")
    controls = len(head) - len(head.translate(None, CONTROLS))
    if controls > len(head) * MOST_CONTROLS:
        return None
    return head.decode("utf-8", "replace")
