"""Rows that a rule's test writes down instead of log text: events and facts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from diag.kql.narrowing import OTHER
from diag.schema import TABLES
from diag.store import FileRow, Named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.engine.rule import RuleTest
    from diag.store import Builder

# Far beyond the numbers of what was parsed from the test's logs.
FIRST_BUNDLE, FIRST_FILE, FIRST_EVENT = 1_000, 1_000, 1_000_000_000
TEMPLATE = 1_000_000_000
MACHINE = "machine"  # as the folder of a test's logs is called
OF_EVENTS = ("Component", "Level", "Code", "Message", "ActivityId", "Pid", "Tid")


def add_written(builder: Builder, test: RuleTest) -> None:
    """Add the events and facts that a test writes down.

    Args:
        builder: The store that is being made.
        test: Its events have a time relative to its own, and any other column of
            Events. Each computer is a bundle, and each of its logs a file.
    """
    if not test.events and not test.facts:
        return
    events = sorted(test.events, key=lambda one: one["t"])
    computers = dict.fromkeys(_computer(row) for row in (*events, *test.facts))
    bundles = {name: FIRST_BUNDLE + place for place, name in enumerate(computers)}
    files = dict.fromkeys((_computer(row), _log(row)) for row in events)
    files |= dict.fromkeys((_computer(row), "facts") for row in test.facts)
    numbers = {key: FIRST_FILE + place for place, key in enumerate(files)}
    for name, number in bundles.items():
        builder.add_bundle(number, name, "", "folder")
    builder.add_files(
        _file(bundles[computer], number, computer, log)
        for (computer, log), number in numbers.items()
    )
    lines = dict.fromkeys(numbers, 0)
    rows = []
    for place, event in enumerate(events):
        key = _computer(event), _log(event)
        lines[key] += 1
        row = {name: event[name] for name in OF_EVENTS if name in event}
        row |= {"EventId": FIRST_EVENT + place, "FileId": numbers[key], "Parsed": True}
        row |= {"Line": event.get("Line", lines[key]), "LineCount": 1}
        row |= {"Fields": json.dumps(event.get("Fields", {})), "TemplateId": TEMPLATE}
        row["TimeGenerated"] = test.as_of + timedelta(microseconds=event["t"])
        rows.append(row)
    builder.add_event_rows(rows)
    # Queries look at templates first; this one says nothing of its messages.
    told = {"TemplateId": TEMPLATE, "Template": OTHER, "Events": len(rows)}
    builder.add_rows("Templates", [told])
    builder.add_rows("Facts", [_fact(row) for row in test.facts])
    for name, number in bundles.items():
        # What follows the last dot of a source's name is taken for its ending.
        system = test.system
        builder.finish_bundle(number, Named(f"{name}.", system, ""))


def _computer(row: Mapping[str, Any]) -> str:
    return str(row.get("Computer") or MACHINE)


def _log(row: Mapping[str, Any]) -> str:
    return str(row.get("Log") or "written")


def _fact(row: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: str(row[name]) for name in TABLES["Facts"] if name in row}
    return {"Source": "written", **known, "File": _path(_computer(row), "facts")}


def _path(computer: str, log: str) -> str:
    return f"{computer}/{log}"


def _file(bundle: int, number: int, computer: str, log: str) -> FileRow:
    return FileRow(
        file_id=number,
        bundle_id=bundle,
        file=_path(computer, log),
        original=_path(computer, log),
        log="" if log == "facts" else log,
        encoding="utf-8",
        size=0,
        lines=0,
        events=1,
        continued=0,
        blank=0,
        unparsed=0,
        first=None,
        last=None,
        zone_policy="",
    )
