"""Short samples of members, decoded by the core as the whole will be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.model import Member

BINARY = "binary"
LINE_END = re.compile(r"\r\n|\n|\r")


def first_bytes(member: Member, limit: int) -> tuple[str, str]:
    """Return the text of a member's first bytes, and its encoding.

    Args:
        member: A member of a bundle.
        limit: How many unpacked bytes to read at most.

    Returns:
        Text that ends with a whole line if it is only a part, and the name of
        the encoding; two empty strings when the member cannot be read, which
        is told when it is read as a whole.
    """
    text, encoding = _sample(member, limit, tail=False)
    if member.size is not None and member.size <= limit:
        return text, encoding
    ends = list(LINE_END.finditer(text))
    return (text[: ends[-1].end()] if ends else text), encoding


def last_bytes(member: Member, limit: int) -> str:
    """Return the text of a member's last bytes, from the first whole line on."""
    text, _ = _sample(member, limit, tail=True)
    if member.size is not None and member.size <= limit:
        return text
    end = LINE_END.search(text)
    return text[end.end() :] if end else text


def lines_of(text: str) -> list[str]:
    """Split a text into lines as the core counts them: at LF, CRLF or a lone CR."""
    lines = LINE_END.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def _sample(member: Member, limit: int, *, tail: bool) -> tuple[str, str]:
    from arcdiag_core import sample

    try:
        return sample(
            str(member.path),
            member.offset,
            member.packed,
            member.packing.value,
            limit,
            tail,
        )
    except OSError:
        return "", ""
