"""Families by path: globs matched against the end of a member's name."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.formats.family import Families, Family

    # How well a name fits; the family, and linux, windows or "".
    Ranked = tuple[tuple[int, int, int], tuple[Family, str]]

ANY = "any"
# A second member of one name, a second download: `himds.log (2)`, `himds (1).log`.
COPY = re.compile(r" ?\([0-9]{1,4}\)(?=(?:\.[^./]*)?\Z)")
PACKED = re.compile(r"\.gz\Z", re.IGNORECASE)
# A member of a zip counts as if it lay beside it.
INNER = re.compile(r"[^/]*\.zip(?: \([0-9]{1,4}\))?/", re.IGNORECASE)
ROTATED = re.compile(r"(?<=[^./])\.[0-9]{1,4}\Z")
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
        at the end of a name only tells copies apart, and what packing and rotation
        put into one is no part of it: `himds.log.2.gz`, `old.zip/himds.log`.
    """
    best: Ranked | None = None
    for form in _forms(name):
        found = _best(form, families)
        # An outer folder counts as well: `ext_mgr_logs/gc_ext.1.zip/gc_ext.log`.
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _forms(name: str) -> Iterator[str]:
    """Yield a name, then what it is without what packing and rotation put into it."""
    yield name
    for pattern in (COPY, PACKED, COPY, INNER, ROTATED):
        if (bare := pattern.sub("", name)) != name:
            yield (name := bare)


def _best(name: str, families: Families) -> Ranked | None:
    patterns = _patterns(families.globs)
    if patterns.any.search(name) is None:
        return None
    last = name.rpartition("/")[2].lower()
    # Other alphabets have letters that only a pattern takes as equal to ours.
    told = last.isascii()
    best: Ranked | None = None
    for place, glob in enumerate(patterns.each):
        if told and not (last.startswith(glob.begin) and last.endswith(glob.end)):
            continue
        if not fits(glob.text, name):
            continue
        family = families[glob.family]
        rank = (glob.literal, family.priority, -place)
        if best is None or rank > best[0]:
            best = rank, (family, "" if glob.system == ANY else glob.system)
    return best


class Glob(NamedTuple):
    """One glob of a family; `literal` is how many of its characters are fixed.

    `begin` and `end` are what the last part of a fitting name begins and ends with,
    in lower case: most globs need not become patterns to be ruled out.
    """

    family: str
    system: str
    text: str
    literal: int
    begin: str
    end: str


class Patterns(NamedTuple):
    """All globs: one pattern that any of them fits, and each with its weight."""

    any: re.Pattern[str]
    each: tuple[Glob, ...]


@functools.lru_cache(maxsize=8)
def _patterns(globs: tuple[tuple[str, str, str], ...]) -> Patterns:
    # Of 50,000 names most are of no family; asking each glob takes 15 seconds.
    either = "|".join(_inner(glob) for _, _, glob in globs) or "(?!)"
    return Patterns(
        re.compile(f"(?:^|/)(?:{either})\\Z", re.IGNORECASE),
        tuple(_glob(*one) for one in globs),
    )


def _glob(family: str, system: str, text: str) -> Glob:
    literal = len(WILD.sub("", text))
    fixed = WILD.split(text.rpartition("/")[2].lower())
    return Glob(family, system, text, literal, begin=fixed[0], end=fixed[-1])


def fits(glob: str, name: str) -> bool:
    """Say whether a glob matches the end of a name at a `/`, whatever the case.

    Args:
        glob: `*` and `?` stay within one part; `[0-9]` is one of a range.
        name: A member's name.
    """
    return _pattern(glob).search(name) is not None


@functools.lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(f"(?:^|/){_inner(glob)}\\Z", re.IGNORECASE)


def _inner(glob: str) -> str:
    pieces: list[str] = []
    at = 0
    for wild in WILD.finditer(glob):
        pieces.append(re.escape(glob[at : wild.start()]))
        pieces.append(_wild(wild.group()))
        at = wild.end()
    pieces.append(re.escape(glob[at:]))
    return "".join(pieces)


def _wild(text: str) -> str:
    if text == "*":
        return "[^/]*"
    if text == "?":
        return "[^/]"
    inner = text[1:-1].replace("\\", "\\\\").replace("[", "\\[")
    return f"[^/{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
