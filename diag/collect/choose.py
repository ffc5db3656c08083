"""Choosing what is taken: hard links, time window, size."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from diag.collect.moments import iso_of
from diag.collect.plan import LOG, PACKED
from diag.collect.told import OUTSIDE, OVER, SPECIAL, Left

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diag.collect.options import Options
    from diag.collect.walk import Found

HARD_LINK = (
    "it has other names (hard links), which may be anywhere; of a backup that is made "
    "of hard links collect from a copy"
)
SMALLEST_CUT = 64 * 1024  # bytes; of a log that does not fit at least so much is taken
# What rotation puts into a log's name: numbers, dates, with a separator in front.
TURN = re.compile(r"[-._ ][0-9][0-9T:.-]*(?=\.|\Z)|\.gz\Z|\.zip\Z", re.IGNORECASE)


class Pick(NamedTuple):
    """A file to take, and how many bytes of it at the most."""

    found: Found
    most: int


class Choice(NamedTuple):
    """What is taken, in this order, and what is not."""

    picks: Sequence[Pick]
    left: Sequence[Left]


def choose(found: Sequence[Found], options: Options) -> Choice:
    """Decide about everything that a walk found.

    Args:
        found: The files.
        options: Window and size.

    Returns:
        Every file either as a pick or with a reason.
    """
    left: list[Left] = []
    ours = _without_links(found, left)
    inside = _in_window(ours, options, left)
    return Choice(_fitting(inside, options, left), left)


def _without_links(found: Sequence[Found], left: list[Left]) -> list[Found]:
    """Drop files that have other names.

    Counting the names that we know is no way out: whoever may write into a folder can
    move a link about, so that one is counted twice.
    """
    left += [Left(one.name, SPECIAL, HARD_LINK) for one in found if one.links > 1]
    return [one for one in found if one.links == 1]


def _in_window(
    found: Sequence[Found], options: Options, left: list[Left]
) -> list[Found]:
    if options.since is None and options.until is None:
        return list(found)
    begins = begins_of(found)
    kept = []
    for one in found:
        since, until = options.since, options.until
        begin = begins.get(one)
        if one.candidate.kind not in (LOG, PACKED):
            kept.append(one)  # what a document says holds until it is written anew
        elif since is not None and one.mtime < since:
            text = f"it was last written {iso_of(one.mtime)}"
            left.append(Left(one.name, OUTSIDE, text))
        elif until is not None and begin is not None and begin > until:
            text = f"the part before it was still written {iso_of(begin)}"
            left.append(Left(one.name, OUTSIDE, text))
        else:
            kept.append(one)
    return kept


def begins_of(found: Iterable[Found]) -> dict[Found, float]:
    """Return when the parts of rotated logs begin: when the one before was ended.

    Args:
        found: Files; of the first part of a log nothing is known.
    """
    logs: dict[tuple[str, ...], list[Found]] = {}
    for one in found:
        if one.candidate.kind in (LOG, PACKED):
            stem = TURN.sub("", one.parts[-1].lower())
            logs.setdefault((*one.parts[:-1], stem), []).append(one)
    begins = {}
    for parts in logs.values():
        parts.sort(key=lambda one: (one.mtime, one.name))
        for older, newer in zip(parts, parts[1:]):  # noqa: RUF007 - of 3.10
            begins[newer] = older.mtime
    return begins


def _order(one: Found) -> tuple[int, float, str]:
    return one.candidate.rank, -one.mtime, one.name


def _fitting(found: Sequence[Found], options: Options, left: list[Left]) -> list[Pick]:
    """Share the size out: something of every component first, then by rank and age."""
    ordered = sorted(found, key=_order)
    firsts = _firsts(ordered)
    rest = options.max_size
    given: dict[Found, int] = {}
    for number, one in enumerate(firsts):
        share = max(rest // (len(firsts) - number), SMALLEST_CUT)
        if _may_cut(one) or _cost(one, options) <= share:
            given[one] = min(_cost(one, options), share)
            rest = max(rest - given[one], 0)
    for one in ordered:
        had = given.get(one, 0)
        if not had and _cost(one, options) > rest:
            if one not in given:
                left.append(Left(one.name, OVER, _too_much(one, options)))
            continue
        more = min(_cost(one, options) - had, rest)
        given[one] = had + more
        rest -= more
    return [_pick(one, given[one], options) for one in ordered if one in given]


def _pick(one: Found, size: int, options: Options) -> Pick:
    # A file system that packs what it holds makes more of it than it allocates.
    return Pick(one, size if size < _cost(one, options) else options.tail)


def _firsts(ordered: Sequence[Found]) -> list[Found]:
    """Return a file of every component: the newest that can be cut, or the first."""
    firsts: dict[str, Found] = {}
    for one in ordered:
        there = firsts.get(one.candidate.component)
        if there is None or (not _may_cut(there) and _may_cut(one)):
            firsts[one.candidate.component] = one
    return list(firsts.values())


def _may_cut(one: Found) -> bool:
    return one.candidate.kind == LOG and not one.name.lower().endswith(".gz")


def _cost(one: Found, options: Options) -> int:
    """Return how many bytes of a file are wanted; of holes none."""
    size = min(one.size, one.allocated)
    return min(size, options.tail) if _may_cut(one) else size


def _too_much(one: Found, options: Options) -> str:
    text = f"it has {one.size:,} bytes, and {options.max_size:,} are read in all"
    return f"{text}; give more with --max-size"
