"""A log of which each line is a JSON object: which member is the time, the level."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from diag.formats.draft.choose import Grammar
from diag.formats.draft.shape import LEVELS
from diag.formats.layout import Codec
from diag.formats.timing import time_at

if TYPE_CHECKING:
    from collections.abc import Sequence

ENOUGH = 0.8  # share of lines that are objects
LEAST = 2  # lines; one object alone is a document
MOST = 500  # lines that are looked at
# Names that programs give to what we have columns for, best first, any case.
NAMES = {
    "time": (
        *("time", "timestamp", "@timestamp", "ts", "timegenerated", "timecreated"),
        *("eventtime", "datetime", "date", "_source_realtime_timestamp"),
        "__realtime_timestamp",
    ),
    "message": ("message", "msg", "text", "log"),
    "level": ("level", "severity", "loglevel", "lvl", "eventlevel", "priority"),
    "component": ("logger", "component", "module", "taskname", "syslog_identifier"),
    "pid": ("pid", "processid", "eventpid", "_pid"),
    "tid": ("tid", "threadid", "eventtid"),
}
NAME = re.compile(r"[@A-Za-z_][\w@-]*")  # a dot or a | would mean something else
CODECS = ("rfc3339", "ymd", "mdy", "dmy", "rfc822", "epoch")
SYSLOG = (
    "critical",
    "critical",
    "critical",
    "error",
    "warning",
    "info",
    "info",
    "debug",
)
OFFSET = re.compile(r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})\Z")


def find_objects(lines: Sequence[str]) -> Grammar | None:
    """Return what the members of objects are, None if the lines are none.

    Args:
        lines: Lines that are not blank.
    """
    objects = [one for line in lines[:MOST] if (one := _object(line)) is not None]
    if len(objects) < LEAST or len(objects) < ENOUGH * min(len(lines), MOST):
        return None
    columns = {column: name for column in NAMES if (name := _name(column, objects))}
    values = [_text(one.get(columns.get("time", ""))) for one in objects]
    codec = _codec([value for value in values if value])
    if codec is None:
        columns.pop("time", None)
    levels = _levels([_text(one.get(columns.get("level", ""))) for one in objects])
    if not levels:
        columns.pop("level", None)
    offset = codec == "rfc3339" and all(map(OFFSET.search, filter(None, values)))
    return Grammar(
        [], codec or "none", objects=columns, levels=levels or {}, offset=offset
    )


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found else None


def _name(column: str, objects: Sequence[dict[str, Any]]) -> str:
    """Return the best name of a member that most objects have as a scalar."""
    counts = Counter(
        key
        for one in objects
        for key, value in one.items()
        if NAME.fullmatch(key) and isinstance(value, str | int | float)
    )
    for name in NAMES[column]:
        for key, count in counts.most_common():
            if key.casefold() == name and count >= ENOUGH * len(objects):
                return key
    return ""


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _codec(values: Sequence[str]) -> str | None:
    known = {codec.value for codec in Codec}
    for codec in CODECS if values else ():
        if codec in known:
            times = [time_at(codec, value) for value in values]
            whole = zip(times, values, strict=True)
            if all(t and t.real and t.length == len(value) for t, value in whole):
                return codec
    return None


def _levels(words: Sequence[str]) -> dict[str, str]:
    seen = {word for word in words if word}
    if seen and all(word in {str(n) for n in range(len(SYSLOG))} for word in seen):
        return {str(number): level for number, level in enumerate(SYSLOG)}
    known = {word for word in seen if word.casefold() in LEVELS}
    return dict(LEVELS) if len(known) > len(seen) // 2 else {}
