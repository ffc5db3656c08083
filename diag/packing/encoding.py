"""What a member's text is encoded in, judged by its first bytes."""

from __future__ import annotations

import codecs

ENOUGH = 65_536  # bytes that are looked at
# In UTF-16 about every second byte of a log is zero; so many of 100 at the least.
_MANY = 30

ENCODINGS = (
    "ascii",
    "utf-8",
    "utf-8-bom",
    "utf-16-le",
    "utf-16-be",
    "8-bit",
    "binary",
    "empty",
)


def encoding_of(head: bytes) -> str:
    """Return the encoding of a text that begins with these bytes.

    Args:
        head: The beginning of a member; the first 64 KiB are looked at.

    Returns:
        One of `ENCODINGS`: `8-bit` is text that is no UTF-8 (a code page),
        `binary` has bytes that no text has.
    """
    head = head[:ENOUGH]
    if not head:
        return "empty"
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-bom"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        return _with_zeros(head)
    if max(head) < 0x80:  # noqa: PLR2004 - the last of ASCII
        return "ascii"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "8-bit"
    return "utf-8"


def _with_zeros(head: bytes) -> str:
    even, odd = head[::2].count(0), head[1::2].count(0)
    pairs = max(len(head) // 2, 1)
    if odd * 100 >= pairs * _MANY and even * 100 < pairs * _MANY:
        return "utf-16-le"
    if even * 100 >= pairs * _MANY and odd * 100 < pairs * _MANY:
        return "utf-16-be"
    return "binary"
