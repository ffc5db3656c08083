"""Cleaning texts in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.content.redaction import pseudonym_data, redaction_rules
from diag.redact import Pseudonyms, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable

RULES = redaction_rules()
TABLE = {
    "version": 1,
    "key": "00" * 32,
    **{kind: {} for kind in ("guid", "ip", "ip6", "mac", "label", "user")},
}


def redactor() -> Redactor:
    """Return a redactor with the built-in rules."""
    return Redactor(RULES)


def pseudonyms() -> Pseudonyms:
    """Return pseudonyms whose key does not change from run to run."""
    return Pseudonyms(pseudonym_data(), TABLE)


def cleaned(data: bytes, name: str = "x.log", size: int = 1 << 20) -> bytes:
    """Return a member without secrets, given in pieces of so many bytes."""
    return joined(redactor(), data, name, size)


def joined(
    one: Redactor, data: bytes, name: str = "x.log", size: int = 1 << 20
) -> bytes:
    """Return what a redactor makes of a member."""
    return b"".join(one.clean(name, pieces(data, size)))


def pieces(data: bytes, size: int) -> Iterable[bytes]:
    """Yield bytes in pieces."""
    return (data[at : at + size] for at in range(0, len(data), size))
