"""What literals mean: strings, numbers, timespans, times and dynamic values."""

from __future__ import annotations

import json
import math
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from diag.schema import Type

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a"}
ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)

# Kusto's unit names (timespan literals), in microseconds. A tick is 100 ns and
# is cut to whole microseconds: a documented deviation (rule-language.md, 4.3).
UNITS: dict[str, float] = {
    **dict.fromkeys(("d", "day", "days"), 86_400_000_000),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600_000_000),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60_000_000),
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1_000_000),
    **dict.fromkeys(("ms", "milli", "millis", "millisecond", "milliseconds"), 1_000),
    **dict.fromkeys(("micro", "micros", "microsecond", "microseconds"), 1),
    **dict.fromkeys(("tick", "ticks"), 0.1),
}
SPAN = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)")
CLOCK = re.compile(
    r"(-)?(?:([0-9]{1,8})\.)?([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]{1,7}))?)?"
)
DAYS = re.compile(r"-?[0-9]{1,8}")
DAY = 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST = 2**63
TYPE_NAMES: dict[str, Type] = {
    **{kind.value: kind for kind in Type},
    "boolean": Type.BOOL,
    "date": Type.DATETIME,
    "decimal": Type.REAL,
    "double": Type.REAL,
    "time": Type.TIMESPAN,
}
DATE_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d", "%m/%d/%Y", "%Y-%m")


def unescape(body: str) -> str:
    """Return the text of an ordinary string literal without its quotes."""
    return ESCAPE.sub(_escape, body)


def _escape(found: re.Match[str]) -> str:
    text = found[1]
    if text[0] in "xuU" and len(text) > 1:
        code = int(text[1:], 16)
        return chr(code) if code < 0x110000 else "\ufffd"  # noqa: PLR2004 - the last code point
    return ESCAPES.get(text, text)


def span(number: str, unit: str) -> int:
    """Return the microseconds of a timespan literal such as 1.5 and `h`."""
    return round(float(number) * UNITS[unit])


def typed(kind: Type, text: str) -> Any:  # noqa: ANN401 - a value of the type
    """Return the value inside `kind(text)`.

    Args:
        kind: Which literal.
        text: What stands between the parentheses, without quotes.

    Returns:
        None for null; microseconds for timespans and, since 1970, for times.

    Raises:
        ValueError: The text is no such value.
    """
    text = text.strip()
    if text == "null" or (text == "" and kind is not Type.STRING):
        return None
    match kind:
        case Type.BOOL:
            return _bool(text)
        case Type.LONG | Type.INT:
            return _whole(text, 2**31 if kind is Type.INT else LARGEST)
        case Type.REAL:
            return _real(text)
        case Type.TIMESPAN:
            return timespan(text)
        case Type.DATETIME:
            return moment(text)
        case Type.GUID:
            return str(uuid.UUID(text))
        case _:
            return json.loads(_json(text), parse_constant=_no_constant)


# Kusto takes both kinds of quotes in dynamic(): the documentation of the `in`
# operator has dynamic(['FLORIDA', 'ATLANTIC SOUTH', 'GEORGIA']).
QUOTED = re.compile(r"""\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'""", re.DOTALL)


def _json(text: str) -> str:
    """Return what stands in `dynamic(...)` with JSON's own quotes."""
    return QUOTED.sub(
        lambda found: (
            json.dumps(unescape(found.group()[1:-1]))
            if found.group().startswith("'")
            else found.group()
        ),
        text,
    )


def _no_constant(text: str) -> Any:  # noqa: ANN401 - never returns
    raise ValueError(f"{text} is no JSON")


def _bool(text: str) -> bool:
    if text.lower() not in {"true", "false", "0", "1"}:
        raise ValueError(text)
    return text.lower() in {"true", "1"}


def _whole(text: str, bound: int) -> int:
    value = int(text, 16) if "x" in text.lower() else int(text)
    if not -bound <= value < bound:
        raise ValueError(text)
    return value


def _real(text: str) -> float:
    named = {"nan": math.nan, "+inf": math.inf, "inf": math.inf, "-inf": -math.inf}
    found = named.get(text.lower())
    return float(text) if found is None else found


def timespan(text: str) -> int:
    """Return the microseconds of `1d`, `02:03:04`, `1.02:03:04.5` or days as `7`.

    Raises:
        ValueError: The text is no timespan.
    """
    sign = -1 if text.startswith("-") else 1
    literal = SPAN.fullmatch(text.removeprefix("-"))
    if literal and literal[2] in UNITS:
        return sign * span(literal[1], literal[2])
    if DAYS.fullmatch(text):
        return int(text) * DAY
    clock = CLOCK.fullmatch(text)
    if clock is None:
        raise ValueError(text)
    _, days, hours, minutes, seconds, part = clock.groups()
    whole = (int(days or 0) * 24 + int(hours)) * 60 + int(minutes)
    fraction = int((part or "0").ljust(7, "0")) // 10
    return sign * ((whole * 60 + int(seconds or 0)) * 1_000_000 + fraction)


def moment(text: str) -> int:
    """Return the microseconds since 1970 of a date or time; without a zone, UTC.

    Raises:
        ValueError: The text is no time, or outside the years 1 to 9999.
    """
    value = _date(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text))
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    try:
        return (value - EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        raise ValueError(text) from None


def _date(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ValueError(text)
