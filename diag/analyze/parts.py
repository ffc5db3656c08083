"""The parts of rotated logs: in the order of their lines, and told when twice there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from diag.analyze.dating import is_yearless, times_of
from diag.formats.paths import COPY
from diag.model import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from arcdiag_core import Report

    from diag.formats import Detected, ZoneChoice
    from diag.model import Member

HEAD = 4096
PACKED = re.compile(r"\.(?:gz|zip)\Z", re.IGNORECASE)
# `gc_ext.3.log` and `himds.log.3`: 1 is the newest of the old parts.
NUMBER = re.compile(r"(?P<base>.+)\.(?P<number>[0-9]{1,4})(?P<end>\.[A-Za-z]+)?")
# `himds-2026-03-09T10-11-12.345.log`, `messages-20260308`: when it was rotated.
STAMP = re.compile(
    r"(?P<base>.+?)[-_.](?P<stamp>20[0-9]{2}(?P<dash>-?)[01][0-9](?P=dash)[0-3][0-9]"
    r"(?:[-_.T][0-9]{2}[-:.]?[0-9]{2}(?:[-:.]?[0-9]{2})?(?:[.,][0-9]{1,9})?)?Z?)"
    r"(?P<end>\.[A-Za-z]+)?"
)
NOT_DIGITS = re.compile(r"[^0-9]")
LONGEST_STAMP = 23  # digits of a stamp with nanoseconds


class Place(NamedTuple):
    """Which log a part is of, and where its name says that it stands in it.

    `rank` is larger for a newer part: numbers, then stamps, then the live file.
    """

    folder: str
    base: str
    rank: tuple[int, int]


def place_of(member: Member) -> Place:
    """Return which part of which log a member is by its name.

    Args:
        member: A member. One of a zip inside the bundle counts as if it lay beside
            that zip, whose name may be the one with the number.
    """
    folder, _, name = member.name.rpartition("/")
    outer = ""
    if member.inside:
        above, _, outer = member.inside.rpartition("/")
        below = folder[len(member.inside) :]
        folder = f"{above}{below}"
    base, rank = _split(name)
    if rank == LIVE and outer:
        _, rank = _split(outer)
    return Place(folder.casefold(), base.casefold(), rank)


LIVE = (2, 0)
NUMBERED = 0


def _split(name: str) -> tuple[str, tuple[int, int]]:
    """Return a name without what rotation put into it, and its rank."""
    copy = COPY.search(name)
    bare = PACKED.sub("", COPY.sub("", name))
    behind = copy.group() if copy else ""
    if found := STAMP.fullmatch(bare):
        digits = NOT_DIGITS.sub("", found["stamp"]).ljust(LONGEST_STAMP, "0")
        return f"{found['base']}{found['end'] or ''}{behind}", (1, int(digits))
    if found := NUMBER.fullmatch(bare):
        base = f"{found['base']}{found['end'] or ''}{behind}"
        return base, (NUMBERED, -int(found["number"]))
    return f"{bare}{behind}", LIVE


def in_order(detected: Sequence[Detected], zone: ZoneChoice) -> list[int]:
    """Return the places of members in the order in which their lines were written.

    Args:
        detected: The members of one bundle and their families.
        zone: The machine's zone.

    Returns:
        All places. The parts of one log in one folder change places among
        themselves only: the oldest comes first by its first time, which is better
        evidence than a name; a part without a time stays where its name says.
    """
    logs: dict[tuple[str, str, str], list[int]] = {}
    ranks: dict[int, tuple[int, int]] = {}
    for index, found in enumerate(detected):
        if found.family is not None and found.family.text and not found.as_json:
            folder, base, ranks[index] = place_of(found.member)
            logs.setdefault((found.family.id, folder, base), []).append(index)
    order = list(range(len(detected)))
    for places in logs.values():
        if len(places) > 1:
            by_name = sorted(places, key=lambda index: ranks[index])
            begins = {i: t for i in places if (t := _begin(detected[i], zone))}
            timed = iter(sorted(begins.items(), key=_when(by_name)))
            parts = [next(timed)[0] if i in begins else i for i in by_name]
            for place, index in zip(places, parts, strict=True):
                order[place] = index
    return order


def _when(
    by_name: Sequence[int],
) -> Callable[[tuple[int, datetime]], tuple[datetime, int]]:
    """Return a key that sorts by time, and equal ones by name."""
    return lambda one: (one[1], by_name.index(one[0]))


def _begin(found: Detected, zone: ZoneChoice) -> datetime | None:
    """Return the first time of a part, if its dates have a year."""
    if found.family is None or is_yearless(found.family):
        return None
    return next(iter(times_of(found.family, found.head[:HEAD], zone)), None)


def rotations(detected: Sequence[Detected], order: Sequence[int]) -> dict[int, int]:
    """Return for parts of logs which member is the next part of the same log.

    A line may be torn between the two. Where a name says that a part is missing, or
    two have one number, the next one is not known.

    Args:
        detected: The members of one bundle and their families.
        order: Their places in the order of their lines.
    """
    following: dict[int, int] = {}
    last: dict[tuple[str, str, str], tuple[int, tuple[int, int]]] = {}
    for index in order:
        found = detected[index]
        if found.family is None or not found.family.text or found.as_json:
            continue
        folder, base, rank = place_of(found.member)
        key = (found.family.id, folder, base)
        if key in last and adjoin(last[key][1], rank):
            following[last[key][0]] = index
        last[key] = (index, rank)
    return following


def adjoin(older: tuple[int, int], newer: tuple[int, int]) -> bool:
    """Return whether no part is missing between two, as far as their names say.

    Args:
        older: The rank of a part.
        newer: The rank of the part whose lines come next.
    """
    if older[0] != NUMBERED:
        return older < newer
    if newer[0] == NUMBERED:
        return older[1] + 1 == newer[1]
    return newer == LIVE and older[1] >= -1


def same_content(
    detected: Sequence[Detected],
    reports: Sequence[Report],
    named: Callable[[str], str],
) -> Iterator[Problem]:
    """Yield what is there both packed and as it is: each event of it counts twice.

    Args:
        detected: The members of one bundle.
        reports: What the core says of each of them.
        named: What a member is called in the store.
    """
    seen: dict[tuple[str, int, int], Member] = {}
    for found, report in sorted(
        zip(detected, reports, strict=True), key=lambda one: _is_packed(one[0].member)
    ):
        crc = report["crc"]
        if found.family is None or not report["events"] or crc is None:
            continue
        key = (found.family.id, report["bytes"], crc)
        first = seen.setdefault(key, found.member)
        if first is not found.member and _is_packed(found.member):
            text = (
                f"It has the same content as {named(first.name)}. Both are kept, so "
                "each of its events is there twice; leave one of them out to count."
            )
            yield Problem(named(found.member.name), 0, "same-content", text)


def _is_packed(member: Member) -> bool:
    return member.packing.is_gzip or bool(member.inside)
