"""Whose machine a bundle is, and when it was collected: SQL over what is stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

# `azcmagent logs` names its zip azcmagent-logs-yyMMddTHHmm-HOST.zip; the
# documentation says azcmagent-TIMESTAMP-COMPUTERNAME.zip (agent-facts.md, 0.1).
# Browsers append ` (1)` to a second download.
ZIP_NAME = re.compile(
    r"azcmagent-(?:logs-)?[0-9]{6,8}T?[0-9]{0,6}-(?P<host>.+?)(?: ?\([0-9]+\))?\.zip",
    re.IGNORECASE,
)

# Where a host name or version stands, best source first. Each is one scalar query
# with the bundle's id as only parameter.
HOST_QUERIES = (
    # systemd's journal prints the host name in every line; a thousand are enough.
    """SELECT json_extract_string(Fields, '$.host') AS host FROM (
      SELECT Fields FROM EventRows WHERE FileId IN (
        SELECT FileId FROM Files WHERE BundleId = $bundle AND Log = 'journal'
      ) ORDER BY EventId LIMIT 1000)
    WHERE host <> '' GROUP BY host ORDER BY count(*) DESC, host LIMIT 1""",
    # `azcmagent show`: the Azure resource is by default named as the host.
    """SELECT max(Value) FROM Facts WHERE Name = 'Resource Name' AND Value <> ''
    AND File IN (SELECT File FROM Files WHERE BundleId = $bundle)""",
)
VERSION_QUERIES = (
    """SELECT max(Value) FROM Facts WHERE Name = 'Agent Version' AND Value <> ''
    AND File IN (SELECT File FROM Files WHERE BundleId = $bundle)""",
    # By template first: reading every message of a big bundle takes seconds.
    """SELECT arg_max(regexp_extract(Message, '^Agent Version: ([0-9.]+)', 1), EventId)
    FROM EventRows WHERE TemplateId IN (
      SELECT TemplateId FROM Templates WHERE starts_with(Template, 'Agent Version: ')
    ) AND FileId IN (SELECT FileId FROM Files WHERE BundleId = $bundle)""",
)
# Tables of what documents say.
DOCUMENTS = ("Facts", "Services", "Extensions", "Endpoints")
FILLED = f"SELECT {', '.join(f'EXISTS (FROM {one})' for one in DOCUMENTS)}"
SYSTEM_QUERY = """SELECT CASE
    WHEN max(Value) FILTER (WHERE Name = 'Agent Logfile') LIKE '_:\\%' THEN 'windows'
    WHEN max(Value) FILTER (WHERE Name = 'Agent Logfile') LIKE '/%' THEN 'linux'
    ELSE '' END
    FROM Facts WHERE File IN (SELECT File FROM Files WHERE BundleId = $bundle)"""


class Named(NamedTuple):
    """What is known of a bundle beside its content.

    `name` is what the source is called; its stem is the last resort for a name.
    `system` is linux, windows or empty, `zone` the machine's zone in words. `machine`
    and `version` (of the agent) are what the bundle says itself, or empty.
    """

    name: str
    system: str
    zone: str
    machine: str = ""
    version: str = ""


def name_bundle(db: duckdb.DuckDBPyConnection, bundle_id: int, named: Named) -> None:
    """Fill Computer, Os, AgentVersion and TimeZone of a bundle.

    Args:
        db: The open store.
        bundle_id: Row of `Bundles`.
        named: What is known beside what is stored.
    """
    found = ZIP_NAME.fullmatch(named.name)
    host = named.machine or (found["host"] if found else "")
    host = host or _first(db, HOST_QUERIES, bundle_id) or named.name.rsplit(".", 1)[0]
    version = named.version or _first(db, VERSION_QUERIES, bundle_id)
    system = named.system or _first(db, (SYSTEM_QUERY,), bundle_id)
    zone = named.zone
    db.execute(
        "UPDATE Bundles SET Computer = ?, Os = ?, AgentVersion = ?, TimeZone = ? "
        "WHERE BundleId = ?",
        [host, system, version, zone, bundle_id],
    )
    for table in _filled(db):
        db.execute(
            f'UPDATE "{table}" SET Computer = ? '  # noqa: S608 - names are constants
            "WHERE File IN (SELECT File FROM Files WHERE BundleId = ?)",
            [host, bundle_id],
        )


def _filled(db: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the tables of documents that have rows: a bundle of logs has none."""
    there = db.execute(FILLED).fetchone() or ()
    return [table for table, one in zip(DOCUMENTS, there, strict=True) if one]


def _first(
    db: duckdb.DuckDBPyConnection, queries: tuple[str, ...], bundle_id: int
) -> str:
    for query in queries:
        row = db.execute(query, {"bundle": bundle_id}).fetchone()
        if row and row[0]:
            return str(row[0])
    return ""


def newest_event(
    db: duckdb.DuckDBPyConnection, file_ids: Sequence[int]
) -> datetime | None:
    """Return the newest event time of some files.

    Of each file its ends count, not its latest time: a clock that was wrong for
    a while must not move the collection into the future.

    Args:
        db: The open store.
        file_ids: Rows of `Files`.
    """
    row = db.execute(
        """SELECT max(newest) FROM (
          SELECT greatest(
            arg_min(TimeGenerated, EventId), arg_max(TimeGenerated, EventId)
          ) AS newest FROM EventRows
          WHERE TimeGenerated IS NOT NULL AND list_contains($files, FileId)
          GROUP BY FileId)""",
        {"files": list(file_ids)},
    ).fetchone()
    return row[0] if row else None


def set_collected(
    db: duckdb.DuckDBPyConnection, bundle_id: int, moment: datetime | None
) -> None:
    """Keep the collection time, also as the time of facts without one."""
    db.execute(
        "UPDATE Bundles SET CollectedAt = ? WHERE BundleId = ?", [moment, bundle_id]
    )
    for table in _filled(db):
        db.execute(
            f'UPDATE "{table}" SET TimeGenerated = ? WHERE TimeGenerated IS NULL '  # noqa: S608 - names are constants
            "AND File IN (SELECT File FROM Files WHERE BundleId = ?)",
            [moment, bundle_id],
        )
