"""Which family a member belongs to: by its path, else by what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from diag.formats.family import Recognised
from diag.formats.paths import family_by_path
from diag.formats.plan import compiled, core_plan
from diag.formats.sampling import BINARY, first_bytes, last_bytes, lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diag.formats.family import Families, Family
    from diag.model import Bundle, Member

MINIMUM = 0.6  # share of lines a family has to explain before it is believed
FIRST = 10  # its first record stands within so many lines that are not blank
FOLDED = 20  # so many lines of one record count: prose after one match does not
HEAD = 16_384
MORE = 262_144
TAIL = 65_536


class How(StrEnum):
    """What a family was recognised by, or why there is none."""

    PATH = "path"
    CONTENT = "content"
    NONE = "none"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Detected:
    """What a member is. `family` is None for unknown text and for binary files.

    `system` is linux or windows when the path says so, else empty; `head` is
    the decoded text of the first bytes.
    """

    member: Member
    family: Family | None
    how: How
    encoding: str
    head: str
    system: str = ""


def detect(bundle: Bundle, families: Families) -> list[Detected]:
    """Find the family of each member.

    Args:
        bundle: What `diag.bundle.open_bundle` returned.
        families: What `load_families` returned.

    Returns:
        One entry per member, in order. Members that cannot be read have the
        family their path says; what is wrong with them is told when they are
        read as a whole.
    """
    return [detect_member(member, families) for member in bundle.members]


def detect_member(member: Member, families: Families) -> Detected:
    """Find the family of one member; see `detect`."""
    head, encoding = first_bytes(member, HEAD)
    if encoding == BINARY:
        return Detected(member, None, How.BINARY, encoding, "")
    by_path = family_by_path(member.name, families)
    if by_path is not None:
        family, system = by_path
        return Detected(member, family, How.PATH, encoding, head, system)
    found = family_by_text(head, families)
    if found is None and (member.size is None or member.size > HEAD):
        found = family_by_text(first_bytes(member, MORE)[0], families)
        found = found or family_by_text(last_bytes(member, TAIL), families)
    how = How.CONTENT if found else How.NONE
    return Detected(member, found, how, encoding, head)


def family_by_text(text: str, families: Mapping[str, Family]) -> Family | None:
    """Return the family that explains most of a text.

    Args:
        text: Decoded lines, whole ones at both ends.
        families: All families; those found by path only are left out.

    Returns:
        The best of at least `MINIMUM`; equal ones are decided by how many of
        their hints stand in the text, then by priority, then by order. None
        when no family explains enough.
    """
    best: tuple[float, int, int] | None = None
    found: Family | None = None
    lines = lines_of(text)
    for family in families.values():
        if family.recognised is Recognised.PATH:
            continue
        hints = sum(hint in text for hint in family.hints)
        if family.recognised is Recognised.HINT and not hints:
            continue
        starts = compiled(core_plan(family)).match(text)
        share = _share(lines, starts)
        rank = (round(share, 2), hints, family.priority)
        if share >= MINIMUM and (best is None or rank > best):
            best, found = rank, family
    return found


def _share(lines: Sequence[str], starts: Sequence[tuple[int, int]]) -> float:
    """Return the share of lines that are records or belong to one, 0 to 1."""
    total = sum(bool(line.strip()) for line in lines)
    explained = 0
    before_first: int | None = None
    ends = [*(line for line, _ in starts), len(lines) + 1][1:]
    for (start, layout), end in zip(starts, ends, strict=True):
        if layout < 0:
            continue
        if before_first is None:
            before_first = sum(bool(line.strip()) for line in lines[: start - 1])
        covered = sum(bool(line.strip()) for line in lines[start - 1 : end - 1])
        explained += min(covered, FOLDED)
    if not total or before_first is None or before_first >= FIRST:
        return 0.0
    return explained / total
