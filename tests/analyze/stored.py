"""What all tests of loading look at: rows of a store, and its accounting."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from diag.analyze import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diag.analyze.load import Options
    from diag.store import Store

LINE_END = re.compile(rb"\r\n|\n|\r")
# What a line says, without where the file lies and whose it is.
COLUMNS = (
    "TimeGenerated, Component, Level, Code, Message, ActivityId, Pid, Tid, "
    "CAST(Fields AS VARCHAR) AS Fields, Parsed, Line, LineCount"
)


def lines_in(data: bytes) -> int:
    """Count lines as docs/bundle.md defines them, with other means than the core."""
    pieces = LINE_END.split(data)
    return len(pieces) - (pieces[-1] == b"")


def events(store: Store, file: str = "") -> list[dict[str, Any]]:
    """Return the events in order, of one file or of all."""
    sql = f"SELECT {COLUMNS} FROM Events WHERE $file IN ('', File) ORDER BY EventId"
    found = store.query(sql, {"file": file}).dicts()
    return [{**row, "Fields": json.loads(row["Fields"])} for row in found]


def table(store: Store, name: str) -> list[dict[str, Any]]:
    return store.query(f'SELECT * FROM "{name}" ORDER BY ALL').dicts()


def check_account(store: Store) -> None:
    """What must hold for every store, whatever the input was."""
    rows = store.query(
        "SELECT f.*, count(e.EventId) FILTER (WHERE e.Parsed) AS Parsed, "
        "count(e.EventId) FILTER (WHERE NOT e.Parsed) AS Others, "
        "coalesce(sum(e.LineCount - 1) FILTER (WHERE e.Parsed), 0) AS More, "
        "min(e.TimeGenerated) AS MinTime, max(e.TimeGenerated) AS MaxTime "
        "FROM Files f LEFT JOIN Events e USING (FileId) GROUP BY ALL"
    ).dicts()
    torn = {
        row["File"] for row in table(store, "Problems") if row["Kind"] == "torn-line"
    }
    for row in rows:
        known = row["Events"] + row["Blank"] + row["Unparsed"]
        assert row["Lines"] == known + row["Continued"], row
        assert row["Parsed"] == row["Events"], row
        assert row["Others"] == row["Unparsed"], row
        joined = row["Continued"] - row["More"]  # to a record of the part before
        assert joined == 0 or (joined > 0 and row["File"] in torn), row
        assert (row["MinTime"], row["MaxTime"]) == (row["FirstTime"], row["LastTime"])
        assert bool(row["ZonePolicy"]) == (row["LastTime"] is not None), row
    ids = [row[0] for row in store.query("SELECT EventId FROM Events ORDER BY 1").rows]
    assert ids == list(range(1, len(ids) + 1))
    places = store.query(
        "SELECT File, Line, LineCount FROM Events ORDER BY EventId"
    ).rows
    for (file, line, count), (other, after, _) in pairwise(places):
        assert file != other or line + count <= after
    names = [row["File"] for row in table(store, "Files")]
    assert len(set(names)) == len(names)


def snapshot(
    sources: Sequence[Path], options: Options | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Load sources and return all that the store holds."""
    with load(sources, options, cache=False) as loaded:
        check_account(loaded.store)
        documents = ("Facts", "Services", "Extensions", "Endpoints")
        names = ("Bundles", "Files", *documents, "Problems", "Meta", "Templates")
        held = {name: table(loaded.store, name) for name in names}
        held["Events"] = table(loaded.store, "Events")
    return held
