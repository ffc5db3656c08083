"""The SQL that makes an empty store from `diag.schema`.

`Events` is a view. What is the same for every event of a file (log, path,
machine) stands once in `Files` and `Bundles`, so an event row is narrow and
the one streamed INSERT has no repeated text to compress.
"""

from __future__ import annotations

from diag.schema import RESULTS, TABLES, Type

SQL_TYPES: dict[Type, str] = {
    Type.BOOL: "BOOLEAN",
    Type.DATETIME: "TIMESTAMP",
    Type.DYNAMIC: "JSON",
    Type.INT: "INTEGER",
    Type.LONG: "BIGINT",
    Type.REAL: "DOUBLE",
    Type.STRING: "VARCHAR",
}

# Columns of the core's Arrow stream, in its order. Message and Fields are long
# and seldom read whole: zstd makes both the file and the load smaller.
EVENT_ROWS = """
CREATE TABLE EventRows (
  EventId BIGINT, TimeGenerated TIMESTAMP, Component VARCHAR, Level VARCHAR,
  Code VARCHAR, Message VARCHAR USING COMPRESSION zstd, ActivityId VARCHAR,
  Pid BIGINT, Tid BIGINT, Fields VARCHAR USING COMPRESSION zstd, Parsed BOOLEAN,
  FileId BIGINT, Line BIGINT, LineCount BIGINT, TemplateId BIGINT
)"""

EVENT_COLUMNS = (
    *("EventId", "TimeGenerated", "Component", "Level", "Code", "Message"),
    *("ActivityId", "Pid", "Tid", "Fields", "Parsed", "FileId", "Line", "LineCount"),
    "TemplateId",
)

# What the view shows; a condition on `e.rowid` may stand behind it.
EVENTS = """
SELECT e.EventId, e.TimeGenerated, b.Computer, f.Log, e.Component, e.Level,
  e.Code, e.Message, e.ActivityId, e.Pid, e.Tid, CAST(e.Fields AS JSON) AS Fields,
  e.Parsed, f.BundleId, e.FileId, f.File, e.Line, e.LineCount, e.TemplateId
FROM EventRows e
JOIN Files f ON f.FileId = e.FileId
JOIN Bundles b ON b.BundleId = f.BundleId"""
EVENTS_VIEW = f"CREATE VIEW Events AS{EVENTS}"

META = "CREATE TABLE Meta (BundleId BIGINT, Name VARCHAR, Value VARCHAR)"


def possible(time: str) -> str:
    """Return SQL for a time that is NULL beyond the years that Python knows.

    A line may say year 1 or 9999 in a zone far from UTC; readers would stumble.

    Args:
        time: An SQL expression of type TIMESTAMP.
    """
    return (
        f"CASE WHEN {time} BETWEEN TIMESTAMP '0001-01-01 00:00:00' "
        f"AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN {time} END"
    )


def statements() -> list[str]:
    """Return the statements that make an empty store, in order."""
    made = [
        _table(name, columns)
        for name, columns in {**TABLES, **RESULTS}.items()
        if name != "Events"
    ]
    return [*made, EVENT_ROWS, EVENTS_VIEW, META]


def _table(name: str, columns: dict[str, Type]) -> str:
    inner = ", ".join(
        f'"{column}" {SQL_TYPES[kind]}' for column, kind in columns.items()
    )
    return f'CREATE TABLE "{name}" ({inner})'
