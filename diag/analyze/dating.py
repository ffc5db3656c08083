"""The time by which lines without a year are dated, and when a bundle was made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diag.formats.family import Zone
from diag.formats.layout import Codec, slots
from diag.formats.plan import compiled, core_plan
from diag.formats.sampling import last_bytes
from diag.formats.zones import file_zone
from diag.formats.zonetable import WIDEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diag.formats import Detected, ZoneChoice
    from diag.formats.family import Family
    from diag.model import Bundle
    from diag.store import Builder

TAIL = 16_384
HEAD = 4096
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)  # for a file whose head has no time
WITHOUT_YEAR = frozenset({Codec.SYSLOG, Codec.CLOCK, Codec.NONE})
EXTENSIONS = ("ext_", "extension_")  # families of what extensions write
# The journal goes on when the agent's logs end because the agent does not start.
GOES_ON = timedelta(days=30)
LAST_YEAR = 9999
FILE_STAMP = "the file's time stamp"
NO_TIME = "no time in the input"


def moment_of(microseconds: int | None) -> datetime | None:
    """Return an aware time, None when there is none or Python cannot hold it."""
    if microseconds is None:
        return None
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def reference_time(
    one: Bundle, detected: Sequence[Detected], zone: ZoneChoice, now: datetime | None
) -> tuple[datetime, str]:
    """Return a time that no event of the bundle is much later than.

    Args:
        one: The bundle.
        detected: Its members and their families.
        zone: The machine's zone.
        now: The user's `--now`.

    Returns:
        An aware time and how it is known: the newest time of a log whose dates
        have a year, and at most a month on up to the zip's newest member or
        `now`; without such a log that member or `now`; for lone files the
        file's own time stamp, which is a guess.
    """
    if not any(is_yearless(found.family) for found in detected):
        return EPOCH, ""
    member = newest_member(one)
    event = _newest_event(detected, zone)
    if event is not None:
        latest = event + GOES_ON if event.year < LAST_YEAR else event
        bound = member or now or latest
        return max(event, min(latest, bound)), "the other logs"
    if member is not None:
        return member, "the zip's time stamps"
    return (now, "--now") if now is not None else (_file_stamp(one), FILE_STAMP)


def _file_stamp(one: Bundle) -> datetime:
    stamps = []
    for path in {member.path for member in one.members}:
        try:
            stamps.append(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        except (OSError, OverflowError, ValueError):
            # It went away, or its stamp is beyond all years: told when it is read.
            continue
    return max(stamps, default=EPOCH)


def is_yearless(family: Family | None) -> bool:
    """Return whether the dates of a family may have no year."""
    if family is None:
        return False
    codecs = {slot.codec for layout in family.layouts for slot in slots(layout)}
    return Codec.SYSLOG in {family.codec, *codecs}


def newest_member(one: Bundle) -> datetime | None:
    """Return the newest UTC time stamp of the members, None when there is none."""
    known = (m.modified for m in one.members if m.modified is not None)
    return max(known, default=None)


def _newest_event(detected: Iterable[Detected], zone: ZoneChoice) -> datetime | None:
    newest = [
        moments[-1]
        for found, family in _newest_files(detected, zone)
        # The last one: a clock that was wrong before does not count.
        if (moments := times_of(family, last_bytes(found.member, TAIL), zone))
    ]
    return max(newest, default=None)


def _newest_files(
    detected: Iterable[Detected], zone: ZoneChoice
) -> list[tuple[Detected, Family]]:
    """Return the files with years that may hold the newest event.

    Of a log and its older parts in one folder these are the ones that begin last:
    to see the end of a packed file, all of it has to be unpacked.
    """
    logs: dict[tuple[str, str], list[tuple[datetime, Detected, Family]]] = {}
    for found in detected:
        if found.family is not None and found.family.codec not in WITHOUT_YEAR:
            moments = times_of(found.family, found.head[:HEAD], zone)
            place = found.family.id, found.member.name.rpartition("/")[0]
            begun = moments[0] if moments else LATEST
            logs.setdefault(place, []).append((begun, found, found.family))
    chosen: list[tuple[Detected, Family]] = []
    for parts in logs.values():
        starts = [begun for begun, _, _ in parts if begun != LATEST]
        last = max(starts, default=LATEST)
        chosen += [(f, family) for begun, f, family in parts if begun in {last, LATEST}]
    return chosen


def times_of(family: Family, text: str, zone: ZoneChoice) -> list[datetime]:
    """Return the times of the records in a text, in their order.

    Args:
        family: What the text is.
        text: Some lines.
        zone: The machine's zone.
    """
    table = list(file_zone(family, zone).table)
    records = compiled(core_plan(family)).parse(text, table, 0)
    times = [moment_of(record["TimeGenerated"]) for record in records]
    return [moment for moment in times if moment is not None]


def zone_policy(
    found: Detected, zone: ZoneChoice, offsets: Sequence[int], dated_by: str
) -> tuple[str, bool]:
    """Say how the times of a file became UTC.

    Args:
        found: The file, which has times.
        zone: The machine's zone.
        offsets: The offsets that stand in its lines.
        dated_by: What `reference_time` said about years.

    Returns:
        Words for `Files.ZonePolicy`, and whether nothing about it is assumed.
    """
    if found.family is None:
        return "", False
    if offsets:
        return "carried", True
    choice = file_zone(found.family, zone)
    words, certain = choice.words, not choice.assumed
    if found.family.zone is Zone.MACHINE and found.family.id.startswith(EXTENSIONS):
        certain = False  # That an extension writes local time is a guess; some use UTC.
    if choice.words == "carried":  # They should, but these do not.
        words, certain = zone.words, not zone.assumed
    if found.family.codec is Codec.SYSLOG:
        words += f"; year by {dated_by}"
        certain = certain and dated_by != FILE_STAMP
    return words, certain


def collected(
    builder: Builder, one: Bundle, certain: Sequence[int], assumed: Sequence[int]
) -> tuple[datetime | None, str]:
    """Return when a bundle was collected, as naive UTC, and how that is known.

    Args:
        builder: The store, which has the events.
        one: The bundle.
        certain: Ids of the files about whose times nothing is assumed.
        assumed: Ids of the other files with times.

    Returns:
        The newest event or zip member. An assumed zone never makes it later
        than the truth, which could turn it into a silence of hours: no zone is
        further than 14 hours east of UTC.
    """
    newest, guess = builder.newest_event(certain), builder.newest_event(assumed)
    how = "newest event" if newest else NO_TIME
    earliest = guess - timedelta(hours=WIDEST) if guess and guess.year > 1 else None
    if newest and earliest and earliest > newest:
        newest, how = earliest, f"newest event, less {WIDEST} h: its zone is assumed"
    member = newest_member(one)
    if member is not None:
        stamp = member.astimezone(UTC).replace(tzinfo=None)
        if newest is None or stamp > newest:
            newest, how = stamp, "newest zip member"
    if newest is None and guess:
        newest, how = guess, "newest event, zone or year assumed"
    return newest, how
