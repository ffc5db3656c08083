"""How long a time is at the start of a text: the core is asked, as only it knows."""

from __future__ import annotations

import functools
from typing import NamedTuple

import orjson

from diag.formats.layout import Codec, Kind, Slot
from diag.formats.plan import compiled, layout_plan

# Longer than any time; a fraction may have any number of digits.
LOOK = 80
REST = "rest"
END = "|"  # no time goes on with it, so that a time at the end is seen whole


class Timed(NamedTuple):
    """Bytes that a time takes; `real` when there is such a date and hour."""

    length: int
    real: bool


@functools.lru_cache(maxsize=4096)
def time_at(codec: str, text: str) -> Timed | None:
    """Return the time with which a text begins, None when it begins with none.

    Args:
        codec: How times are written, as in `time:` of a definition.
        text: One line, or its rest.
    """
    short = text[:LOOK]
    found = _asked(codec, short)
    if found is not None and found.length >= len(short) and len(text) > LOOK:
        found = _asked(codec, text)
    return found


def _asked(codec: str, text: str) -> Timed | None:
    if not text or text[0] in " \t\r\n":
        return None
    records = compiled(_plan(codec)).parse(text + END, [], 0)
    if len(records) != 1 or not records[0]["Parsed"]:
        return None
    rest = orjson.loads(records[0]["Fields"])[REST]
    # A time is ASCII, so that its characters are its bytes.
    real = records[0]["TimeGenerated"] is not None
    return Timed(len(text) + len(END) - len(rest), real)


@functools.cache
def _plan(codec: str) -> str:
    layout = (Slot("time", Kind.TIME, Codec(codec)), Slot(REST, Kind.REST))
    return orjson.dumps(layout_plan([layout], codec, {})).decode()
