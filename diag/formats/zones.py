"""Which zone local times are read in, and the words that say so."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from diag.errors import UsageError
from diag.formats.family import Zone
from diag.formats.sampling import last_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.formats.detect import Detected
    from diag.formats.family import Family

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 2015, 2040  # the agent exists since 2019
TAIL = 16_384
MOST_NAMED = 3
WIDEST = 14  # hours: Line Islands; the west ends at 12

OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-5][0-9])")
# Go writes the machine's own offset (agent-facts.md, section 0, no. 3).
CARRIED = {
    "himds": re.compile(r'^time="(?P<time>[^"]+)"', re.MULTILINE),
    "azcmagent": re.compile(r'^time="(?P<time>[^"]+)"', re.MULTILINE),
    "azcmagent_show": re.compile(
        r'(?:^Agent Last Heartbeat *: ?|"lastHeartbeat"\s*:\s*")(?P<time>[^\s"]+)',
        re.MULTILINE,
    ),
}
LOGS = ("himds", "azcmagent")


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """How a local time becomes UTC.

    `table` holds (local microseconds since 1970 from which it applies, offset
    in seconds east of UTC), sorted; its first entry applies from the beginning,
    and empty means UTC. `words` is for `Files.ZonePolicy`; `assumed` says that
    nothing in the input speaks for the zone.
    """

    table: tuple[tuple[int, int], ...]
    words: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A time with an offset, as a log or document wrote it."""

    local: int
    offset: int
    log: str
    file: str


def choose_zone(detected: Sequence[Detected], option: str = "") -> ZoneChoice:
    """Choose the zone of a machine whose logs write local times.

    Args:
        detected: All members of the bundle.
        option: `--zone`: an IANA name or an offset such as +02:00; empty means
            to go by the bundle itself.

    Returns:
        The option's zone; else the offsets that himds.log and azcmagent.log
        carry (each from its first time on, so that a change to summer time
        counts), else that of the last heartbeat in `azcmagent show`; else UTC.

    Raises:
        UsageError: `option` is no zone.
    """
    if option:
        return ZoneChoice(zone_table(option), f"option: {option}")
    seen = [item for found in detected for item in _seen_in(found)]
    in_logs = [item for item in seen if item.log in LOGS]
    others = [item for item in seen if item.log not in LOGS]
    for items in (in_logs, others):
        # A machine whose clock is in UTC and a log that always writes UTC look
        # the same, so `Z` alone is no evidence.
        if any(item.offset for item in items):
            return _from_seen(items)
    return ZoneChoice((), "machine: UTC assumed", assumed=True)


def file_zone(family: Family | None, machine: ZoneChoice) -> ZoneChoice:
    """Return the zone for the local times of one file.

    Args:
        family: The file's family; None for unknown text.
        machine: What `choose_zone` returned.

    Returns:
        Table and words. Where the times carry their zone, the machine's table
        serves those that do not.
    """
    if family is None:
        return ZoneChoice((), "")
    if family.zone is Zone.CARRIED:
        return ZoneChoice(machine.table, "carried")
    return ZoneChoice((), "UTC") if family.zone is Zone.UTC else machine


def zone_table(option: str) -> tuple[tuple[int, int], ...]:
    """Return the core's table for a zone.

    Args:
        option: `Z`, an offset such as +02:00, or an IANA name.

    Returns:
        Changes of the offset from 2015 to 2040. An hour that happens twice is
        read as its first time.

    Raises:
        UsageError: There is no such zone.
    """
    fixed = _offset(option)
    if fixed is not None:
        return ((0, fixed),) if fixed else ()
    try:
        zone = zoneinfo.ZoneInfo(option)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        names = sorted(zoneinfo.available_timezones())
        close = difflib.get_close_matches(option, names, n=1)
        hint = f"did you mean {close[0]}?" if close else "give Europe/Berlin or +02:00"
        raise UsageError(f"there is no zone '{option}'", hint=hint) from error
    return tuple(_changes(zone))


def _changes(zone: tzinfo) -> Iterator[tuple[int, int]]:
    day = timedelta(days=1)
    moment = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    before = _at(zone, moment)
    yield 0, before
    while moment.year <= LAST_YEAR:
        after = _at(zone, moment + day)
        if after != before:
            change = _find(zone, moment, moment + day)
            yield _microseconds(change) + before * 1_000_000, after
            before = after
        moment += day


def _find(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    """Return the second at which the offset changes between two times."""
    before = _at(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _at(zone, middle) == before else (low, middle)
    return high


def _at(zone: tzinfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(seconds=1)


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _offset(text: str) -> int | None:
    if text.upper() in {"Z", "UTC"}:
        return 0
    found = OFFSET.fullmatch(text)
    if found is None or int(found["hours"]) > WIDEST:
        return None
    seconds = int(found["hours"]) * 3600 + int(found["minutes"]) * 60
    return -seconds if found["sign"] == "-" else seconds


def _seen_in(found: Detected) -> Iterator[Seen]:
    log = found.family.id if found.family else ""
    if log not in CARRIED:
        return
    text = found.head
    if found.member.size is None or found.member.size > len(text):
        text = f"{text}\n{last_bytes(found.member, TAIL)}"
    for match in CARRIED[log].finditer(text):
        try:
            moment = datetime.fromisoformat(match["time"])
        except ValueError:
            continue
        offset = moment.utcoffset()
        if offset is not None:
            local = _microseconds(moment.replace(tzinfo=UTC))
            seconds = offset // timedelta(seconds=1)
            yield Seen(local, seconds, log, found.member.name)


def _from_seen(items: Sequence[Seen]) -> ZoneChoice:
    """Return a table in which each offset holds until another one is seen."""
    table: list[tuple[int, int]] = []
    changes: list[Seen] = []
    for item in sorted(items, key=lambda seen: seen.local - seen.offset * 1_000_000):
        if not changes or changes[-1].offset != item.offset:
            table.append((item.local if table else 0, item.offset))
            changes.append(item)
    offsets = dict.fromkeys(_written(item.offset) for item in changes)
    files = dict.fromkeys(item.file.rsplit("/", 1)[-1] for item in changes)
    words = f"{_listed(list(offsets))} seen in {_listed(list(files))}"
    return ZoneChoice(tuple(sorted(table)), f"machine: {words}")


def _listed(names: list[str]) -> str:
    shown = names[:MOST_NAMED]
    more = ["others"] if len(names) > MOST_NAMED else []
    return " and ".join([*shown, *more])


def _written(offset: int) -> str:
    zone = timezone(timedelta(seconds=offset))
    return datetime(2020, 1, 1, tzinfo=zone).isoformat()[19:]
