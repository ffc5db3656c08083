"""In which zone times are shown: UTC, the machine's, or this computer's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)\b")
NAME = re.compile(r"\b[A-Z][A-Za-z_]+/[A-Z][A-Za-z_/-]+\b")


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone and what it is called; `of` None is this computer's."""

    name: str
    of: tzinfo | None


ZONE_UTC = Zone("UTC", UTC)


def zones(told: str) -> list[Zone]:
    """Return the zones that one may choose, UTC first.

    Args:
        told: What the bundle says of its machine's zone, such as
            `machine: +01:00 seen in himds.log`.
    """
    found = [ZONE_UTC]
    machine = machine_zone(told)
    if machine is not None:
        found.append(machine)
    here = datetime.now().astimezone()
    found.append(Zone(f"this computer's ({here:%Z})", None))
    return found


def machine_zone(told: str) -> Zone | None:
    """Return the zone of the machine; None if the bundle does not say it."""
    if match := OFFSET.search(told):
        sign = -1 if match[1] == "-" else 1
        span = timedelta(hours=int(match[2]), minutes=int(match[3]))
        if span < timedelta(hours=24):
            return Zone(f"the machine's ({match[0]})", timezone(sign * span))
    if match := NAME.search(told):
        try:
            return Zone(f"the machine's ({match[0]})", ZoneInfo(match[0]))
        except (ZoneInfoNotFoundError, ValueError):
            return None
    return Zone("the machine's (UTC)", UTC) if "UTC" in told else None
