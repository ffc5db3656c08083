"""The manifest: what a bundle says about itself (docs/bundle.md)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.packing.layout import DEFLATED, STORED, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "manifest.json"
FORMAT = "arcdiag bundle"
VERSION = 1
# Before the SHA-256 of everything from the manifest on, as the zip's comment.
COMMENT = "arcdiag bundle 1 sha256 "

# Why something was not taken. The list is closed: a new reason needs a row in
# docs/bundle.md and a new schema.
REASONS = {
    "absent": "there is no such file, folder, command or service",
    "denied": "the rights did not suffice",
    "deny-list": "never taken: it holds keys, tokens or the like",
    "interrupted": "the run ended while it was read",
    "locked": "another process has it open for itself alone",
    "outside-window": "older or newer than what was asked for",
    "over-budget": "the bundle, or the number of files, would have grown too much",
    "redaction-failed": "it could not be made sure that no secret is in it",
    "special-file": "a link, pipe, socket, device, or a hard link from elsewhere",
    "timed-out": "it took too long",
    "unreadable": "the system could not read it",
    "vanished": "it was gone when it was its turn",
}

# With these something is missing that was there and was asked for. What was only
# there in part has one of the notes of `SHORT`.
GAPS = frozenset(
    (
        *("denied", "interrupted", "locked", "redaction-failed", "timed-out"),
        *("unreadable", "vanished"),
    )
)
SHORT = {
    "truncated-while-read": "it became shorter while it was read",
    "timed-out": "reading it took too long",
    "read-error": "the disk gave an error",
}

# `created` of a copy of what has no time itself; readers take it for none.
NO_TIME = "1980-01-01T00:00:00Z"

KINDS = ("collected", "recovered", "redacted")
LAYOUTS = ("sized", "streamed")

# What the caller says about the bundle as a whole, in this order, and what stands
# there when it says nothing.
HEAD: tuple[tuple[str, Any], ...] = (
    ("machine", ""),
    ("system", ""),
    ("zone", ""),
    ("agent_version", ""),
    ("collector_version", ""),
    ("case_id", ""),
    ("options", {}),
    ("redactions", {}),
    ("commands", []),
)
# What the writer knows about a member; other keys are the caller's facts.
MEASURED = ("path", "size", "mtime", "sha256", "packed", "packed_sha256", "crc32")

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - counted from, never shown


def iso_time(seconds: float | None) -> str | None:
    """Write Unix time as ISO 8601 in UTC.

    Args:
        seconds: As `os.stat` gives it; None, and what no calendar has, gives None.
    """
    if seconds is None:
        return None
    try:
        moment = _EPOCH + timedelta(microseconds=round(seconds * 1_000_000))
    except (OverflowError, ValueError):
        return None
    text = moment.isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def unix_time(text: str) -> int:
    """Return the whole seconds of a time that `iso_time` wrote.

    Args:
        text: ISO 8601 in UTC with `Z`, such as `2026-03-10T12:00:00Z`.

    Raises:
        ValueError: It is written otherwise.
    """
    if text[-1:] != "Z":
        raise ValueError(text)
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    moment = datetime.strptime(text, form)  # noqa: DTZ007 - UTC, as Z says
    return (moment - _EPOCH) // timedelta(seconds=1)


def entry_of(member: Mapping[str, Any], created: str, *, streamed: bool) -> Entry:
    """Return what the headers of a member are made of.

    Args:
        member: Its entry in the manifest.
        created: When the bundle was made; the time of members without one.
        streamed: Whether the bundle was written to a stream.

    Raises:
        ValueError: A time is none.
    """
    return Entry(
        member["path"].encode("utf-8"),
        unix_time(member["mtime"] or created),
        int(member["crc32"], 16),
        member["size"],
        member["packed"],
        DEFLATED,
        streamed,
    )


def entry_of_manifest(text: bytes, crc: int, created: str) -> Entry:
    """Return what the headers of the manifest itself are made of.

    Args:
        text: The manifest.
        crc: Its CRC-32.
        created: When the bundle was made.
    """
    return Entry(NAME.encode(), unix_time(created), crc, len(text), len(text), STORED)


def members_hash(members: Iterable[Mapping[str, Any]]) -> str:
    """Return one SHA-256 over names, sizes and hashes of all members, in order."""
    whole = hashlib.sha256()
    for one in members:
        line = f"{one['sha256']} {one['size']} {one['path']}\n"
        whole.update(line.encode("utf-8"))
    return whole.hexdigest()


def manifest_text(
    kind: str,
    created: str,
    layout: str,
    head: Mapping[str, Any],
    not_taken: list[dict[str, Any]],
    members: list[dict[str, Any]],
) -> tuple[bytes, dict[str, Any]]:
    """Return `manifest.json`, as text and as values: the same give the same bytes.

    Args:
        kind: One of `KINDS`.
        created: When the bundle was made.
        layout: One of `LAYOUTS`.
        head: Values for the keys of `HEAD`; unknown keys follow in their order.
        not_taken: What was left out, with reasons.
        members: What was taken, in the order of the zip.
    """
    whole: dict[str, Any] = {
        "format": FORMAT,
        "format_version": VERSION,
        "kind": kind,
        "created": created,
    }
    for key, default in HEAD:
        whole[key] = head.get(key, default)
    for key in sorted(set(head) - set(whole)):
        whole[key] = head[key]
    whole["layout"] = layout
    whole["not_taken"] = not_taken
    whole["members_sha256"] = members_hash(members)
    whole["members"] = members
    lists = ("commands", "not_taken", "members")
    lines = [f"{_json(key)}: {_value(whole[key], key in lists)}" for key in whole]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8"), whole


def _value(value: Any, as_lines: bool) -> str:  # noqa: ANN401, FBT001 - any JSON
    """Return a value in one line; of the long lists one line for each of them."""
    if not as_lines or not value:
        return _json(value)
    return "[\n  " + ",\n  ".join(_json(one) for one in value) + "\n]"


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=True, allow_nan=False)
