"""Reading a source member by member, and listing the secrets that are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diag import bundle
from diag.bundle.unpacked import Unpacked
from diag.cli.redacting import DENIED, built_in, old_manifest, source_gaps
from diag.packing.manifest import NAME
from diag.redact import RedactionError, Redactor, denied

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from diag.model import Bundle, Member

    Say = Callable[[str], None]

PLACES = 1_000_000


class Left(NamedTuple):
    """What an audit found: file, line (0 where there are none) and kind."""

    members: int
    places: list[tuple[str, int, str]]
    unread: list[tuple[str, str]]


def audit(source: Path, say: Say) -> Left:
    """List the secrets of a source, without their values.

    Args:
        source: A zip, a folder or a file.
        say: Is told what is being done.

    Raises:
        DiagError: There is nothing at this path, or the rules are wrong.
    """
    places: list[tuple[str, int, str]] = []
    with bundle.Scratch() as scratch:
        opened = bundle.open_bundle(source, scratch)
        unread = source_gaps(opened)
        redactor = built_in(None)
        counts = _line_of_counts(opened)
        for member in opened.members:
            say(f"auditing {member.name}")
            unread += _audited(redactor, member, places)
        places = [one for one in places if one[:2] != (NAME, counts)]
    return Left(len(opened.members), places, unread)


def _line_of_counts(opened: Bundle) -> int:
    """Return the line of our manifest that counts secrets by kind; 0: there is none."""
    for member in opened.members:
        if member.name == NAME and old_manifest(opened):
            text = b"".join(Unpacked(member).blocks())
            for number, line in enumerate(text.split(b"\n"), 1):
                if line.startswith(b'"redactions": '):
                    return number
    return 0


def _audited(
    redactor: Redactor, member: Member, places: list[tuple[str, int, str]]
) -> list[tuple[str, str]]:
    if denied(member.name):
        places.append((member.name, 0, DENIED))
        return []

    def told(line: int, kind: str) -> None:
        if len(places) < PLACES:
            places.append((member.name, line, kind))

    if redactor.text(member.name) != member.name:
        told(0, "name")
    reader = Unpacked(member)
    try:
        for _ in redactor.clean(member.name, reader.blocks(), told):
            pass
    except RedactionError as error:
        return [(member.name, str(error))]
    return [(member.name, text) for _, _, text in reader.problems()]
