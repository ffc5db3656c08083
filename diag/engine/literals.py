"""Values of parameters and tests, written the way KQL writes them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from diag.schema import Type

SPAN = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*([a-z]+)", re.ASCII)
CLOCK = re.compile(
    r"(-)?(?:([0-9]{1,7})\.)?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,7}))?)?"
)
# Kusto's names for the units of a timespan literal, in microseconds.
UNITS = {
    "d": 86_400_000_000,
    "day": 86_400_000_000,
    "days": 86_400_000_000,
    "h": 3_600_000_000,
    "hour": 3_600_000_000,
    "hours": 3_600_000_000,
    "m": 60_000_000,
    "min": 60_000_000,
    "minute": 60_000_000,
    "minutes": 60_000_000,
    "s": 1_000_000,
    "sec": 1_000_000,
    "second": 1_000_000,
    "seconds": 1_000_000,
    "ms": 1_000,
    "milli": 1_000,
    "microsecond": 1,
    "microseconds": 1,
}
# Times of the store are naive UTC; these two only stand in for a missing one.
EARLIEST = datetime.min  # noqa: DTZ901 - see above
LATEST = datetime.max  # noqa: DTZ901 - see above
LONGEST_DAYS = 36_500
LARGEST = 2**63


def parse_span(text: str) -> timedelta:
    """Read a timespan.

    Args:
        text: `10m`, `1.5h`, `00:10:00` or `1.02:03:04`.

    Raises:
        ValueError: It is none, or longer than a hundred years.
    """
    found = SPAN.fullmatch(text)
    clock = CLOCK.fullmatch(text)
    if found and found[2] in UNITS:
        micro = round(float(found[1]) * UNITS[found[2]])
    elif clock:
        sign, days, hours, minutes, seconds, part = clock.groups()
        whole = (int(days or 0) * 24 + int(hours)) * 60 + int(minutes)
        fraction = int((part or "0").ljust(7, "0")) // 10
        micro = (whole * 60 + int(seconds or 0)) * 1_000_000 + fraction
        micro = -micro if sign else micro
    else:
        raise ValueError(f"'{text}' is no timespan such as 10m, 1.5h or 00:10:00")
    if abs(micro) > LONGEST_DAYS * UNITS["d"]:
        raise ValueError(f"'{text}' is longer than a hundred years")
    return timedelta(microseconds=micro)


def parse_time(text: str) -> datetime:
    """Read a time; one without an offset is UTC.

    Args:
        text: ISO 8601, such as `2026-03-10T12:00:00Z`.

    Returns:
        Naive UTC.

    Raises:
        ValueError: It is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no time such as 2026-03-10T12:00:00Z") from None
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"'{text}' is outside the years 1 to 9999") from None


def parse_literal(value: Any, kind: Type) -> Any:  # noqa: ANN401 - YAML in; one return for each type
    """Read a parameter's value from YAML.

    Args:
        value: As the file has it.
        kind: The type the parameter declares.

    Returns:
        str, int, float, bool, timedelta, naive UTC datetime, or for dynamic
        the value itself.

    Raises:
        ValueError: The value does not fit the type.
    """
    match kind:
        case Type.STRING if isinstance(value, str):
            return value
        case Type.LONG | Type.INT if isinstance(value, int) and not isinstance(
            value, bool
        ):
            if abs(value) < LARGEST:
                return value
        case Type.REAL if isinstance(value, (int, float)) and not isinstance(
            value, bool
        ):
            if math.isfinite(value):
                return float(value)
        case Type.BOOL if isinstance(value, bool):
            return value
        case Type.TIMESPAN if isinstance(value, str):
            return parse_span(value)
        case Type.DATETIME if isinstance(value, str):
            return parse_time(value)
        case Type.DYNAMIC if isinstance(value, (list, dict)):
            return value
        case _:
            pass
    raise ValueError(f"'{value}' is no {kind}")
