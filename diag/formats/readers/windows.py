"""A Windows event, however it was written, as one flat object.

Members that begin with @ become columns; the others become members of `Fields`.
Names are those of PowerShell's Get-WinEvent where it has one.
"""

from __future__ import annotations

from typing import Any

TIME, LEVEL, PROVIDER = "@time", "@level", "@provider"
PID, TID, ACTIVITY, MESSAGE = "@pid", "@tid", "@activity", "@message"
EVENT_ID, CHANNEL, COMPUTER, RECORD_ID = "EventId", "Channel", "Computer", "RecordId"
USER = "UserId"
OWN = frozenset({EVENT_ID, CHANNEL, COMPUTER, RECORD_ID, USER, "Culture"})
ATTRIBUTES, TEXT = "#attributes", "#text"
DEEPEST = 16
MOST_DIGITS = 18
NOBODY = "{00000000-0000-0000-0000-000000000000}"
# Keywords of the Security log, which has no levels.
FAILURE, SUCCESS = 1 << 52, 1 << 53
AUDITS = ((FAILURE, "FailureAudit"), (SUCCESS, "SuccessAudit"))
SERVICES = "Service Control Manager"
# What Windows prints for these events; a binary log holds the values alone.
SENTENCES = {
    7000: "The {param1} service failed to start due to the following error: {param2}",
    7009: "A timeout was reached ({param1} milliseconds) while waiting for the "
    "{param2} service to connect.",
    7023: "The {param1} service terminated with the following error: {param2}",
    7024: "The {param1} service terminated with the following service-specific "
    "error: {param2}",
    7031: "The {param1} service terminated unexpectedly.  It has done this {param2} "
    "time(s).  The following corrective action will be taken in {param3} milliseconds: "
    "{param5}.",
    7034: "The {param1} service terminated unexpectedly.  It has done this {param2} "
    "time(s).",
    7036: "The {param1} service entered the {param2} state.",
    7040: "The start type of the {param1} service was changed from {param2} to "
    "{param3}.",
}


def event_values(event: dict[str, Any]) -> dict[str, Any]:
    """Return the flat object of an event.

    Args:
        event: The element `Event` as a tree: children by their names, attributes
            under `#attributes`, text under `#text` or as the value itself.
    """
    system = _tree(event.get("System"))
    rendered = _tree(event.get("RenderingInfo"))
    data = data_of(event)
    provider = _attributes(system, "Provider")
    name = provider.get("Name") or provider.get("EventSourceName")
    number = integer(_text(system.get("EventID")))
    said = _text(rendered.get("Message")).strip()
    execution = _attributes(system, "Execution")
    values = {
        TIME: _attributes(system, "TimeCreated").get("SystemTime"),
        LEVEL: _level(system, rendered),
        PROVIDER: name,
        PID: execution.get("ProcessID"),
        TID: execution.get("ThreadID"),
        ACTIVITY: guid(_attributes(system, "Correlation").get("ActivityID")),
        MESSAGE: said or sentence(name, number, data),
        EVENT_ID: number,
        CHANNEL: _text(system.get("Channel")),
        COMPUTER: _text(system.get("Computer")),
        RECORD_ID: integer(_text(system.get("EventRecordID"))),
        USER: _attributes(system, "Security").get("UserID"),
        "Culture": _tree(rendered.get(ATTRIBUTES)).get("Culture"),
    }
    for key, value in data.items():
        values.setdefault(own_name(key), value)
    return values


def own_name(name: str) -> str:
    """Return a name for a member that is none of ours."""
    bare = name.lstrip("@") or "Data"
    return f"Data.{bare}" if bare in OWN else bare


def integer(text: object) -> object:
    """Return a number if a text is a plain one, else the text."""
    shown = str(text).strip() if text is not None else ""
    plain = shown.isascii() and shown.isdigit() and len(shown) <= MOST_DIGITS
    return int(shown) if plain else shown


def guid(text: object) -> str:
    """Return an id without its braces; the one of zeros says nothing."""
    shown = str(text or "").strip()
    return "" if shown == NOBODY else shown.strip("{}").lower()


def sentence(provider: object, number: object, data: dict[str, str]) -> str:
    """Return a message for an event that was not rendered.

    Args:
        provider: Who wrote it.
        number: The id of the event.
        data: What it holds, by name.
    """
    if provider == SERVICES and isinstance(number, int) and number in SENTENCES:
        try:
            return SENTENCES[number].format(**data)
        except KeyError:
            pass  # an older system gives fewer values: list them
    shown = "; ".join(
        value if _is_unnamed(key) else f"{key}: {value}"
        for key, value in data.items()
        if value
    )
    return f"Event {number}: {shown}" if shown else f"Event {number}"


def data_of(event: dict[str, Any]) -> dict[str, str]:
    """Return what an event holds beside its header: names and texts, in order."""
    found: dict[str, str] = {}
    for key, value in event.items():
        if key in {"System", "RenderingInfo", ATTRIBUTES}:
            continue
        if key in {"EventData", "UserData"}:
            _flatten(value, "", 0, found)
        else:
            _flatten(value, key, 0, found)
    return found


def _is_unnamed(key: str) -> bool:
    return key.startswith("Data") and key[4:].isdigit()


def _flatten(value: object, name: str, depth: int, found: dict[str, str]) -> None:
    if depth > DEEPEST or value is None:
        return
    if isinstance(value, list):
        for number, item in enumerate(value, start=1):
            _flatten(item, f"{name}{number}", depth + 1, found)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == ATTRIBUTES:
                continue  # names of XML; what it says stands in the elements
            own = "Data1" if key == "Data" and _is_single(item) else key
            inner = name if key == TEXT else f"{name}.{own}" if name else own
            # The outer element of UserData only says of which kind it is.
            same = not name and isinstance(item, dict) and depth == 0 and len(value) < 3  # noqa: PLR2004
            skip = same and key not in {"Data", TEXT}
            _flatten(item, "" if skip else inner, depth + 1, found)
    else:
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        found.setdefault(name or "Data1", shown)


def _is_single(item: object) -> bool:
    inner = item.get(TEXT) if isinstance(item, dict) else item
    return not isinstance(inner, list)


def _level(system: dict[str, Any], rendered: dict[str, Any]) -> str:
    number = _text(system.get("Level"))
    keywords = _text(system.get("Keywords"))
    if number in {"", "0"} and keywords.lower().startswith("0x"):
        try:
            bits = int(keywords, 16)
        except ValueError:
            bits = 0
        for bit, word in AUDITS:
            if bits & bit:
                return word
    return number or _text(rendered.get("Level"))


def _tree(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _attributes(tree: dict[str, Any], name: str) -> dict[str, Any]:
    return _tree(_tree(tree.get(name)).get(ATTRIBUTES))


def _text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get(TEXT)
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
