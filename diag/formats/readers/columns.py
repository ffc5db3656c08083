"""What the columns and labels of exported events are called, and which they are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.formats.readers.windows import (
    ACTIVITY,
    CHANNEL,
    COMPUTER,
    EVENT_ID,
    LEVEL,
    MESSAGE,
    PID,
    PROVIDER,
    RECORD_ID,
    TID,
    TIME,
    USER,
    guid,
    integer,
    own_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# Names of PowerShell's Get-WinEvent and Get-EventLog, of wevtutil, and of Event
# Viewer (English, German, French, Spanish), without blanks and in lower case.
NAMES = {
    TIME: "timecreated timegenerated dateandtime datumunduhrzeit dateetheure "
    "fechayhora date",
    LEVEL: "leveldisplayname entrytype level ebene niveau nivel keywords",
    PROVIDER: "providername source quelle origen",
    EVENT_ID: "id eventid ereignis-id iddel'événement id.delevento",
    MESSAGE: "message description",
    PID: "processid",
    TID: "threadid",
    ACTIVITY: "activityid",
    CHANNEL: "logname log",
    COMPUTER: "machinename computer",
    RECORD_ID: "recordid index eventrecordid",
    USER: "userid username user",
}
BY_NAME = {name: own for own, names in NAMES.items() for name in names.split()}
# What says the same again, or nothing that can be read.
DROPPED = frozenset(
    [
        "timewritten",
        "instanceid",
        "level",
        "bookmark",
        "properties",
        "matchedqueryids",
        "containerlog",
        "pscomputername",
        "runspaceid",
        "psshowcomputername",
        "data",
        "replacementstrings",
        "site",
        "container",
        "version",
        "qualifiers",
        "providerid",
        "relatedactivityid",
        "opcode",
        "task",
        "categorynumber",
        "keywordsdisplaynames",
        "enabledlogs",
    ]
)
INSTANCE = "instanceid"  # the id, and two bits for how bad it is
ID_BITS = (1 << 30) - 1
NOTHING = frozenset({"", "N/A", "System.Byte[]", "System.String[]"})
SAYS = (EVENT_ID, MESSAGE, LEVEL, PROVIDER)
# Names that tables of other programs hardly have: one of them has to be there.
CERTAIN = frozenset(
    [
        "timecreated",
        "timegenerated",
        "dateandtime",
        "datumunduhrzeit",
        "dateetheure",
        "fechayhora",
        "eventid",
        "ereignis-id",
        "iddel'événement",
        "id.delevento",
        "providername",
        "leveldisplayname",
        "entrytype",
    ]
)


READ: dict[str, Callable[[str], object]] = {
    EVENT_ID: integer,
    RECORD_ID: integer,
    ACTIVITY: guid,
}


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """Return a name as the tables here write it."""
    return "".join(name.split()).casefold().replace("\ufeff", "")


def is_events(names: list[str]) -> bool:
    """Say whether columns are those of events: a time, and two of what they say."""
    keys = {key_of(name) for name in names}
    found = {BY_NAME.get(key) for key in keys}
    return (
        TIME in found and sum(own in found for own in SAYS) > 1 and bool(keys & CERTAIN)
    )


class Places(NamedTuple):
    """Where among the cells of a record its members stand, the first counts."""

    ours: tuple[tuple[str, tuple[int, ...]], ...]
    others: tuple[tuple[int, str], ...]


@lru_cache(maxsize=64)
def places_of(names: tuple[str, ...]) -> Places:
    """Return which cells hold what, for columns of these names."""
    at: dict[str, int] = {}
    for place, name in enumerate(names):
        at.setdefault(key_of(name), place)
    known = {
        own: [at[n] for n in said.split() if n in at] for own, said in NAMES.items()
    }
    if not known[EVENT_ID] and INSTANCE in at:
        known[INSTANCE] = [at[INSTANCE]]
    others = {
        own_name("".join(name.split())): place
        for name, place in zip(
            reversed(names), range(len(names) - 1, -1, -1), strict=True
        )
        if name.strip() and key_of(name) not in BY_NAME and key_of(name) not in DROPPED
    }
    ours = tuple((own, tuple(places)) for own, places in known.items() if places)
    return Places(ours, tuple((place, own) for own, place in reversed(others.items())))


def values_of(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the flat object of an event.

    Args:
        pairs: Names as they are written, and texts. Of two for the same column
            the one that stands first in `NAMES` counts, then the first one.
    """
    places = places_of(tuple(name for name, _ in pairs))
    texts = [text.strip() for _, text in pairs]
    values: dict[str, Any] = {}
    for own, some in places.ours:
        for place in some:
            if texts[place] not in NOTHING:
                values[own] = texts[place]
                break
    for own, reading in READ.items():
        if own in values:
            values[own] = reading(values[own])
    if isinstance(instance := integer(values.pop(INSTANCE, "")), int):
        values[EVENT_ID] = instance & ID_BITS
    for place, own in places.others:
        if texts[place] not in NOTHING:
            values.setdefault(own, texts[place])
    return values
