"""How local time becomes UTC: tables for the core, from names and from offsets seen."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Table = tuple[tuple[int, int], ...]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 2015, 2040  # the agent exists since 2019
WIDEST = 14  # hours: Line Islands; the west ends at 12
OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-5][0-9])")
# One zone for each way in which clocks are changed today, the most used ones first:
# two offsets that a log shows do not say on which day the change was.
CHANGING = (
    "Europe/Berlin",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Denver",
    "Europe/London",
    "Europe/Athens",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/Halifax",
    "America/Anchorage",
    "America/St_Johns",
    "Australia/Adelaide",
    "Asia/Jerusalem",
    "Africa/Cairo",
    "America/Santiago",
    "Atlantic/Azores",
    "America/Havana",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Adak",
)


def seen_table(seen: Sequence[tuple[int, int]]) -> tuple[Table, str]:
    """Return the table that fits offsets which were seen.

    Args:
        seen: (UTC in microseconds since 1970, offset in seconds), sorted, at least
            one.

    Returns:
        The table, and the name of the zone whose changes it has; the name is empty
        when the offset never changed, or when no known zone changes like that: then
        each offset holds from the first time at which it was seen.
    """
    ends = [
        item
        for number, item in enumerate(seen)
        if number in {0, len(seen) - 1}
        or seen[number - 1][1] != item[1]
        or seen[number + 1][1] != item[1]
    ]
    if len({offset for _, offset in ends}) == 1:
        return ((0, ends[0][1]),), ""
    years = {_year(utc) for utc, _ in ends}
    for name in CHANGING if FIRST_YEAR <= min(years) <= max(years) <= LAST_YEAR else ():
        zone = zoneinfo.ZoneInfo(name)
        if all(_at(zone, _moment(utc)) == offset for utc, offset in ends):
            return zone_table(name), name
    return tuple(sorted(_steps(ends))), ""


def _steps(ends: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the offsets from their first times on, as changes of the old offset."""
    before = ends[0][1]
    yield 0, before
    for utc, offset in ends:
        if offset != before:
            # The change came at this time at the latest.
            yield utc + before * 1_000_000, offset
            before = offset


def _year(microseconds: int) -> int:
    """Return about the year of a time, which may be one that Python has not."""
    return 1970 + microseconds // 31_556_952_000_000


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def zone_table(option: str) -> Table:
    """Return the core's table for a zone.

    Args:
        option: `Z`, an offset such as +02:00, or an IANA name.

    Returns:
        Changes of the offset from 2015 to 2040, at the local time that the old
        offset shows. The hour before a smaller offset comes twice; the core tells
        by the order of the lines which one it is.

    Raises:
        UsageError: There is no such zone.
    """
    fixed = offset_of(option)
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
            yield microseconds(change) + before * 1_000_000, after
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


def microseconds(moment: datetime) -> int:
    """Return an aware time as microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def offset_of(text: str) -> int | None:
    """Return the seconds east of UTC that `Z` or `+02:00` say, None for others."""
    if text.upper() in {"Z", "UTC"}:
        return 0
    found = OFFSET.fullmatch(text)
    if found is None or int(found["hours"]) > WIDEST:
        return None
    seconds = int(found["hours"]) * 3600 + int(found["minutes"]) * 60
    return -seconds if found["sign"] == "-" else seconds
