"""Which zone local times are read in, and the words that say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from diag.errors import UsageError
from diag.formats.family import Zone
from diag.formats.zoneseen import offsets_in, rotations_in, zone_named_in
from diag.formats.zonetable import seen_table, zone_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats.detect import Detected
    from diag.formats.family import Family
    from diag.formats.zoneseen import Seen

MOST_NAMED = 3
LOGS = ("himds", "azcmagent", "journal")


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


def choose_zone(detected: Sequence[Detected], option: str = "") -> ZoneChoice:
    """Choose the zone of a machine whose logs write local times.

    Args:
        detected: All members of the bundle.
        option: `--zone`: an IANA name or an offset such as +02:00; empty means
            to go by the bundle itself.

    Returns:
        The option's zone; else the one that the bundle's manifest names; else the
        offsets that himds.log, azcmagent.log and a journal in short-iso carry,
        with the changes to and from summer time between them; else that of the last
        heartbeat in `azcmagent show`; else what a journal shows beside the names
        of rotated logs, which are UTC; else UTC.

    Raises:
        UsageError: `option` is no zone.
    """
    if option:
        return ZoneChoice(zone_table(option), f"option: {option}")
    named = _named(detected)
    if named is not None:
        return named
    seen = [item for found in detected for item in offsets_in(found)]
    in_logs = [item for item in seen if item.log in LOGS]
    others = [item for item in seen if item.log not in LOGS]
    for items in (in_logs, others):
        # A machine whose clock is in UTC and a log that always writes UTC look
        # the same, so `Z` alone is no evidence.
        if any(item.offset for item in items):
            return _from_seen(items)
    rotations = [item for found in detected for item in rotations_in(found)]
    if rotations:
        return _from_seen(rotations)
    return ZoneChoice((), "machine: UTC assumed", assumed=True)


def _named(detected: Sequence[Detected]) -> ZoneChoice | None:
    for found in detected:
        name = zone_named_in(found)
        try:
            table = zone_table(name) if name else None
        except UsageError:  # It names no zone we know: the logs may say more.
            continue
        if table is not None:
            return ZoneChoice(table, f"machine: {name} in {found.member.name}")
    return None


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


def _from_seen(items: Sequence[Seen]) -> ZoneChoice:
    """Return a table that fits all offsets that were seen."""
    ordered = sorted(items, key=lambda seen: seen.utc)
    table, name = seen_table([(item.utc, item.offset) for item in ordered])
    changes = [
        item
        for before, item in zip([None, *ordered], ordered, strict=False)
        if before is None or before.offset != item.offset
    ]
    offsets = dict.fromkeys(_written(item.offset) for item in changes)
    files = dict.fromkeys(item.file.rsplit("/", 1)[-1] for item in changes)
    words = f"{_listed(list(offsets))} seen in {_listed(list(files))}"
    if name:
        words += f", changing as in {name}"
    return ZoneChoice(table, f"machine: {words}")


def _listed(names: list[str]) -> str:
    shown = names[:MOST_NAMED]
    more = ["others"] if len(names) > MOST_NAMED else []
    return " and ".join([*shown, *more])


def _written(offset: int) -> str:
    zone = timezone(timedelta(seconds=offset))
    return datetime(2020, 1, 1, tzinfo=zone).isoformat()[19:]
