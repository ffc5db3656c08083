"""What the files of a bundle say about the machine's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diag.formats.sampling import last_bytes
from diag.formats.zonetable import WIDEST, microseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.formats.detect import Detected

TAIL = 16_384
LONG_TAIL = 1_048_576  # rotations are rare, so more of a journal is looked at
QUARTER = 900  # seconds: all offsets of today are quarters of an hour
LATE = 60  # seconds: so soon after a rotation it is told
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"

# Go writes the machine's own offset (agent-facts.md, section 0, no. 3); so does
# journalctl -o short-iso.
CARRIED = {
    "himds": re.compile(r'^time="(?P<time>[^"]+)"', re.MULTILINE),
    "azcmagent": re.compile(r'^time="(?P<time>[^"]+)"', re.MULTILINE),
    "azcmagent_show": re.compile(
        r'(?:^Agent Last Heartbeat *: ?|"lastHeartbeat"\s*:\s*")(?P<time>[^\s"]+)',
        re.MULTILINE,
    ),
    "journal": re.compile(
        r"^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:?\d\d) ",
        re.MULTILINE,
    ),
}
# The stamp in the name of a rotated log is UTC, even where the journal is local
# (corpus/FORMATS.md, himds.log).
ROTATED = re.compile(
    r"^(?P<month>[A-Z][a-z]{2}) (?P<day>[ \d]\d) (?P<time>\d\d:\d\d:\d\d)\b.*?"
    r"\b(?:himds|azcmagent|arcproxy)-(?P<stamp>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)",
    re.MULTILINE,
)
NAMED = re.compile(r'"(?:time_?)?zone"\s*:\s*"(?P<zone>[^"]{1,64})"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """A time with an offset, as a log or document wrote it.

    `utc` is in microseconds since 1970, `offset` in seconds east of UTC.
    """

    utc: int
    offset: int
    log: str
    file: str


def offsets_in(found: Detected) -> Iterator[Seen]:
    """Yield the times with an offset of the ends of a file.

    Args:
        found: A member whose family writes the machine's offset; others have none.
    """
    log = found.family.id if found.family else ""
    if log not in CARRIED:
        return
    for match in CARRIED[log].finditer(_ends(found, TAIL)):
        try:
            moment = datetime.fromisoformat(match["time"])
            offset = moment.utcoffset()
            utc = microseconds(moment) if offset is not None else 0
        except (ValueError, OverflowError):
            continue
        if offset is not None:
            yield Seen(utc, offset // timedelta(seconds=1), log, found.member.name)


def rotations_in(found: Detected) -> Iterator[Seen]:
    """Yield the offsets that lines of a journal show beside names of rotated logs.

    Args:
        found: A member; only one of the family journal can have such lines.
    """
    if found.family is None or found.family.id != "journal":
        return
    for match in ROTATED.finditer(_ends(found, LONG_TAIL)):
        moment = _moment(match)
        local = _local(match, moment) if moment else None
        if moment is None or local is None:
            continue
        seconds = (local - moment) // timedelta(seconds=1)
        offset = round(seconds / QUARTER) * QUARTER
        if abs(seconds - offset) <= LATE and abs(offset) <= WIDEST * 3600:
            yield Seen(microseconds(moment), offset, "journal", found.member.name)


def zone_named_in(found: Detected) -> str:
    """Return the zone that the manifest of a bundle names, else an empty text."""
    if found.family is None or found.family.id != "manifest":
        return ""
    match = NAMED.search(found.head)
    return match["zone"] if match else ""


def _ends(found: Detected, tail: int) -> str:
    if found.member.size is not None and found.member.size <= len(found.head):
        return found.head
    return f"{found.head}\n{last_bytes(found.member, tail)}"


def _moment(match: re.Match[str]) -> datetime | None:
    try:
        moment = datetime.strptime(match["stamp"], "%Y-%m-%dT%H-%M-%S")  # noqa: DTZ007
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC)


def _local(match: re.Match[str], near: datetime) -> datetime | None:
    """Return the line's own time as if it were UTC, in the year nearest to `near`."""
    place, odd = divmod(MONTHS.find(match["month"]), 3)
    if odd:
        return None
    month, day = place + 1, int(match["day"])
    hour, minute, second = map(int, match["time"].split(":"))
    found = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            found.append(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
        except ValueError:
            continue
    return min(found, key=lambda one: abs(one - near), default=None)
