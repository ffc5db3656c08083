"""The journal of a bundle that was being written: one JSON line for each member."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.packing import manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_BYTES = 64 << 20


class Journal(NamedTuple):
    """What a journal says: as much of it as can be read.

    `head` is its first line, `members` are (offset, manifest entry).
    """

    head: Mapping[str, Any]
    members: list[tuple[int, dict[str, Any]]]
    not_taken: list[dict[str, Any]]


def read_journal(lines: Iterable[bytes]) -> Journal:
    """Read a journal. Nothing in it is believed before it was compared.

    Args:
        lines: With their ends; a last one without is torn and does not count.
    """
    journal = Journal({}, [], [])
    for line in lines:
        value = _object(line)
        if value is None:
            break
        if not journal.head:
            if value.get("format") != manifest.FORMAT:
                break
            journal = journal._replace(head=value)
        elif isinstance(value.get("member"), dict):
            at = value.get("offset")
            if isinstance(at, int):
                journal.members.append((at, value["member"]))
        elif isinstance(value.get("not_taken"), dict):
            journal.not_taken.append(value["not_taken"])
    return journal


def _object(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
