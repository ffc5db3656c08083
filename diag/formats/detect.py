"""Which family a member belongs to: by its path, else by what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from diag.formats.family import Recognised
from diag.formats.jsonstart import looks_like_json
from diag.formats.paths import family_by_path
from diag.formats.plan import compiled, core_plan
from diag.formats.readers import fitting, is_evtx
from diag.formats.sampling import BINARY, first_bytes, last_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.formats.family import Families, Family
    from diag.model import Bundle, Member

MINIMUM = 0.6  # share of lines a family has to explain before it is believed
FIRST = 10  # its first record stands within so many lines that are not blank
FOLDED = 20  # so many lines of one record count: prose after one match does not
HEAD = 16_384
MORE = 262_144
TAIL = 65_536
EVENT_LOG = ".evtx"
KEY = re.compile(r'"([^"\\\r\n]{1,200})"\s*+:')


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
    the decoded text of the first bytes. `as_json` says that the file is written
    as JSON, and that the family knows what that means.
    """

    member: Member
    family: Family | None
    how: How
    encoding: str
    head: str
    system: str = ""
    as_json: bool = False


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
    by_path = family_by_path(member.name, families)
    if encoding == BINARY:
        return _binary(member, by_path, families)
    if by_path is not None:
        family, system = by_path
        how = How.PATH
        if family.priority < 0:
            better = family_beside(family, head, families)
            how = How.CONTENT if better else How.PATH
            if better is None and not _reads_any(family, member, head):
                return Detected(member, None, How.NONE, encoding, head)
            family = better or family
        as_json = is_json(family, head)
        return Detected(member, family, how, encoding, head, system, as_json)
    found = family_by_signs(head, families)
    if found is not None:
        return Detected(member, found, How.CONTENT, encoding, head, as_json=True)
    found = family_by_reader(head, families) or family_by_text(head, families)
    if found is None and (member.size is None or member.size > HEAD):
        found = family_by_text(first_bytes(member, MORE)[0], families)
        found = found or family_by_text(last_bytes(member, TAIL), families)
    how = How.CONTENT if found else How.NONE
    return Detected(member, found, how, encoding, head)


def _binary(
    member: Member, by_path: tuple[Family, str] | None, families: Families
) -> Detected:
    """Find the family of a member that is no text; most have none."""
    for family in families.values():
        if _reads_binary(family) and is_evtx(member):
            system = by_path[1] if by_path and by_path[0] is family else ""
            how = How.PATH if system else How.CONTENT
            return Detected(member, family, how, BINARY, "", system)
    if by_path is not None and member.name.lower().endswith(EVENT_LOG):
        family, system = by_path
        if _reads_binary(family):
            return Detected(member, family, How.PATH, BINARY, "", system)
    return Detected(member, None, How.BINARY, BINARY, "")


def _reads_binary(family: Family) -> bool:
    return family.objects is not None and "evtx" in family.objects.readers


def family_by_reader(text: str, families: Mapping[str, Family]) -> Family | None:
    """Return the first family with a reader that fits how a text begins."""
    for family in families.values():
        readers = family.objects.readers if family.objects else ()
        if family.recognised is not Recognised.PATH and fitting(text, readers):
            return family
    return None


def is_json(family: Family, text: str) -> bool:
    """Say whether a file is read by the JSON form of its family.

    Args:
        family: What its path says.
        text: How it begins. A document that is only ever JSON is read as that
            whatever it says, so that what is wrong with it is told.
    """
    if family.json is None:
        return False
    return looks_like_json(text) or not (family.text or not text.strip())


def family_by_signs(text: str, families: Mapping[str, Family]) -> Family | None:
    """Return the family of a JSON document by the keys that stand in it.

    Args:
        text: How the file begins.
        families: All families.

    Returns:
        That with most keys among those of which all keys of one list of `signs`
        stand in the text; then the first one.
    """
    if not looks_like_json(text):
        return None
    keys = {key.casefold() for key in KEY.findall(text)}
    best = 0
    found: Family | None = None
    for family in families.values():
        for signs in family.json.signs if family.json else ():
            if len(signs) > best and all(sign.casefold() in keys for sign in signs):
                best, found = len(signs), family
    return found


def family_beside(
    last: Family, text: str, families: Mapping[str, Family]
) -> Family | None:
    """Return the family that explains a text in the folders of a last resort.

    Args:
        last: A family of negative priority: its paths say where files lie that
            may be of any family there.
        text: How the file begins.
        families: All families. Only those with a path in the same folders count:
            a log of another program may well read like one of the agent's.
    """
    folders = tuple({_folder(glob) for glob in _globs(last)} - {""})
    near = {
        family.id: family
        for family in families.values()
        if family is not last
        and any(glob.casefold().startswith(folders) for glob in _globs(family))
    }
    return family_by_text(text, near)


def _reads_any(last: Family, member: Member, head: str) -> bool:
    """Say whether a last resort reads a line of a file; else it is unknown text."""
    plan = compiled(core_plan(last))
    if not head.strip() or any(layout >= 0 for _, layout in plan.match(head)):
        return True
    if member.size is not None and member.size <= HEAD:
        return False
    texts = (first_bytes(member, MORE)[0], last_bytes(member, TAIL))
    return any(layout >= 0 for text in texts for _, layout in plan.match(text))


def _globs(family: Family) -> list[str]:
    return [glob for globs in family.systems.values() for glob in globs]


def _folder(glob: str) -> str:
    """Return the part of a glob before the first wildcard, up to its last `/`."""
    fixed = re.split(r"[*?[]", glob, maxsplit=1)[0]
    return fixed[: fixed.rfind("/") + 1].casefold()


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
    for family in families.values():
        if family.recognised is Recognised.PATH or not family.text:
            continue
        if family.objects is not None and family.objects.readers:
            continue
        hints = sum(hint in text for hint in family.hints)
        if family.recognised is Recognised.HINT and not hints:
            continue
        explained, total = compiled(core_plan(family)).explained(text, FIRST, FOLDED)
        share = explained / total if total else 0.0
        rank = (round(share, 2), hints, family.priority)
        if share >= MINIMUM and (best is None or rank > best):
            best, found = rank, family
    return found
