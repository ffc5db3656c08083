"""Families by path: globs matched against the end of a member's name."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.formats.family import Families, Family

ANY = "any"
# A second member of one name, a second download: `himds.log (2)`, `himds (1).log`.
COPY = re.compile(r" ?\([0-9]{1,4}\)(?=(?:\.[^./]*)?\Z)")
WILD = re.compile(r"\*|\?|\[!?[^\]/]+\]")


def family_by_path(name: str, families: Families) -> tuple[Family, str] | None:
    """Return the family whose globs fit a member's name best.

    Args:
        name: The member's name with `/` between its parts.
        families: All families.

    Returns:
        The family and linux, windows or `""` (a name that says no system);
        None when no glob fits. The glob with most literal characters wins, then
        the family's priority, then its place in the order. A number in brackets
        at the end of a name only tells copies apart.
    """
    found = _best(name, families)
    if found is None and (bare := COPY.sub("", name)) != name:
        found = _best(bare, families)
    return found


def _best(name: str, families: Families) -> tuple[Family, str] | None:
    best: tuple[int, int, int] | None = None
    found: tuple[Family, str] | None = None
    for place, family in enumerate(families.values()):
        for system, globs in family.systems.items():
            fitting = [len(WILD.sub("", g)) for g in globs if fits(g, name)]
            rank = (max(fitting, default=-1), family.priority, -place)
            if fitting and (best is None or rank > best):
                best = rank
                found = (family, "" if system == ANY else system)
    return found


def fits(glob: str, name: str) -> bool:
    """Say whether a glob matches the end of a name at a `/`, whatever the case.

    Args:
        glob: `*` and `?` stay within one part; `[0-9]` is one of a range.
        name: A member's name.
    """
    return _pattern(glob).search(name) is not None


@functools.lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    pieces: list[str] = []
    at = 0
    for wild in WILD.finditer(glob):
        pieces.append(re.escape(glob[at : wild.start()]))
        pieces.append(_wild(wild.group()))
        at = wild.end()
    pieces.append(re.escape(glob[at:]))
    return re.compile(f"(?:^|/){''.join(pieces)}\\Z", re.IGNORECASE)


def _wild(text: str) -> str:
    if text == "*":
        return "[^/]*"
    if text == "?":
        return "[^/]"
    inner = text[1:-1].replace("\\", "\\\\").replace("[", "\\[")
    return f"[^/{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
