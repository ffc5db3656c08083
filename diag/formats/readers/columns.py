"""What the columns and labels of exported events are called, and which they are."""

from __future__ import annotations

from typing import Any

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


def values_of(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the flat object of an event.

    Args:
        pairs: Names as they are written, and texts. Of two for the same column
            the one that stands first in `NAMES` counts, then the first one.
    """
    given = {key_of(name): text for name, text in reversed(pairs)}
    values: dict[str, Any] = {}
    for own, names in NAMES.items():
        for name in names.split():
            text = given.get(name, "").strip()
            if text not in NOTHING:
                values[own] = text
                break
    if "instanceid" in given and EVENT_ID not in values:
        values[EVENT_ID] = given["instanceid"]
    for own in (EVENT_ID, RECORD_ID):
        if own in values:
            values[own] = integer(values[own])
    if ACTIVITY in values:
        values[ACTIVITY] = guid(values[ACTIVITY])
    for name, text in pairs:
        key = key_of(name)
        known = key in BY_NAME or key in DROPPED
        if name.strip() and not known and text.strip() not in NOTHING:
            values.setdefault(own_name("".join(name.split())), text.strip())
    return values
