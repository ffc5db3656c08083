"""What a bundle of ours says about its machine, by its manifest."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from diag.bundle.membertext import member_pieces
from diag.model import Problem
from diag.packing import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diag.model import Bundle, Member

MOST_BYTES = 64 << 20
MOST_GAPS = 1_000
LONGEST = 256  # characters of a name or version
SYSTEMS = frozenset({"linux", "windows"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """Empty texts and None where the manifest says nothing, or nothing that can be.

    `live` is false for what was collected from a disk or a copy of one (`--root`): then
    neither the time of the run nor those of the files say how new the logs are. `gaps`
    is what was there when the bundle was made and is not in it, or only in part.
    `sha256` is that of the manifest itself.
    """

    machine: str = ""
    system: str = ""
    agent_version: str = ""
    collected: datetime | None = None
    live: bool = True
    gaps: tuple[Problem, ...] = ()
    sha256: str = ""


def said_by(bundle: Bundle) -> Said:
    """Return what the manifest of a bundle says; nothing if it has none of ours.

    Args:
        bundle: A zip of `arcdiag collect`, or a folder that it was unpacked to.
    """
    for member in bundle.members:
        if member.name == manifest.NAME and not member.inside:
            values, sha256 = _values(member)
            if values.get("format") == manifest.FORMAT:
                return _said(values, sha256)
    return Said()


def _said(values: Mapping[str, Any], sha256: str) -> Said:
    system = _text(values, "system")
    live = _is_live(values)
    # A redacted copy of what another tool collected has no collector: then `created`
    # is only the newest of its time stamps.
    by_us = live and _text(values, "collector_version")
    return Said(
        _text(values, "machine"),
        system if system in SYSTEMS else "",
        _text(values, "agent_version"),
        _moment(_text(values, "created")) if by_us else None,
        live,
        tuple(islice(_gaps(values), MOST_GAPS)),
        sha256,
    )


def _gaps(values: Mapping[str, Any]) -> Iterator[Problem]:
    for one in _entries(values, "not_taken"):
        reason = one.get("reason")
        if reason in manifest.GAPS:
            detail = _text(one, "detail")
            why = f"{manifest.REASONS[str(reason)]}{f' ({detail})' if detail else ''}"
            text = f"It is not in the bundle: {why}."
            yield Problem(str(one.get("path")), 0, "not-collected", text)
    for one in _entries(values, "members"):
        name = str(one.get("path"))
        for note in _list(one, "notes"):
            if note in manifest.SHORT:
                text = f"It is there in part: {manifest.SHORT[note]}."
                yield Problem(name, 0, "not-collected", text)
        for told in _list(one, "source_problems"):
            text = f"Its source was damaged when it was copied: {str(told)[:LONGEST]}"
            yield Problem(name, 0, "source-damage", text)


def _entries(values: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    for one in _list(values, key):
        if isinstance(one, dict) and isinstance(one.get("path"), str):
            yield one


def _list(values: Mapping[str, Any], key: str) -> list[Any]:
    found = values.get(key)
    return found if isinstance(found, list) else []


def _values(member: Member) -> tuple[Mapping[str, Any], str]:
    text = bytearray()
    try:
        for piece in member_pieces(member):
            text += piece
            if len(text) > MOST_BYTES:
                return {}, ""
        values = json.loads(text.decode("utf-8"))
    except (OSError, zlib.error, ValueError, RecursionError):
        return {}, ""
    sha256 = hashlib.sha256(text).hexdigest()
    return (values, sha256) if isinstance(values, dict) else ({}, "")


def _is_live(values: Mapping[str, Any]) -> bool:
    options = values.get("options")
    if not isinstance(options, dict):
        return True
    return not options.get("root") or bool(options.get("now"))


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST else ""


def _moment(text: str) -> datetime | None:
    try:
        return EPOCH + timedelta(seconds=manifest.unix_time(text))
    except (ValueError, OverflowError):
        return None
