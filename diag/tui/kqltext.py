"""Texts as KQL writes them."""

from __future__ import annotations

import re


def quoted(value: str) -> str:
    """Return a text as KQL writes it, with nothing that acts on a terminal."""
    plain = re.sub(r'(["\\])', r"\\\1", value)
    return f'"{"".join(one if one.isprintable() else _escaped(one) for one in plain)}"'


def _escaped(one: str) -> str:
    data = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at : at + 2].hex()}" for at in range(0, len(data), 2))
