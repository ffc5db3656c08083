"""Times as people write them, without what younger Pythons have for it."""

from __future__ import annotations

import calendar
import re
import time

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
DURATION = re.compile(r"-?((?:[0-9]{1,9}[smhdw])+)")
PART = re.compile(r"([0-9]+)([smhdw])")
ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
HINT = (
    "give 2026-03-10T12:00:00Z, a duration such as 72h or -3d (that long ago), "
    "or now, today, yesterday"
)


def seconds_of(text: str) -> float:
    """Return a time in seconds since 1970.

    Args:
        text: ISO 8601, in UTC when it has no offset; a duration, which is that
            long before now; or a word. `today` and `yesterday` are midnight by
            this computer's zone.

    Raises:
        ArgumentTypeError: It is none of these.
    """
    from argparse import ArgumentTypeError

    word = text.strip().lower()
    try:
        found = _by_word(word)
        if found is None:
            found = _iso(word)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ArgumentTypeError(f"'{text}' is no time: {HINT}")
    return found


def iso_of(seconds: float) -> str:
    """Write a time as `2026-03-10T12:00:00Z`, in whole seconds.

    Args:
        seconds: Since 1970; what no calendar has becomes an empty text.
    """
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (ValueError, OverflowError, OSError):
        return ""


def _by_word(word: str) -> float | None:
    now = time.time()
    if word == "now":
        return now
    if word in ("today", "yesterday"):
        local = time.localtime(now)
        day = local.tm_mday - (word == "yesterday")
        return time.mktime((local.tm_year, local.tm_mon, day, 0, 0, 0, 0, 0, -1))
    match = DURATION.fullmatch(word)
    if match is None:
        return None
    return now - sum(int(n) * UNITS[unit] for n, unit in PART.findall(match.group(1)))


def _iso(word: str) -> float | None:
    match = ISO.fullmatch(word)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(x or 0) for x in match.groups()[:6])
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days or hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004
        return None
    fraction = float(f"0.{match.group(7) or 0}")
    whole = calendar.timegm((year, month, day, hour, minute, second, 0, 0, 0))
    return whole + fraction - _offset(match.group(8) or "z")


def _offset(text: str) -> int:
    if text.lower() == "z":
        return 0
    digits = text[1:].replace(":", "")
    size = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -size if text.startswith("-") else size
