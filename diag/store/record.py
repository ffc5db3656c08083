"""Write what the rules found into a finished store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

from diag.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from diag.model import Diagnosis

ROWS = 500  # in one statement; DuckDB's executemany is slow


def record_findings(path: Path, diagnosis: Diagnosis) -> None:
    """Fill `Findings` and `Evidence`, replacing what stood there.

    Args:
        path: A file that `Builder.finish` made and that nobody has open.
        diagnosis: What was found in it. Suppressed findings are left out.

    Raises:
        StoreError: The file cannot be written.
    """
    findings: list[tuple[Any, ...]] = []
    evidence: list[tuple[Any, ...]] = []
    for number, one in enumerate(diagnosis.findings, start=1):
        said = (str(one.severity), one.benign, one.title, one.why, one.computer)
        times = (one.first_seen, one.last_seen)
        findings.append((number, one.rule, *said, *times, one.count, one.status))
        evidence += [
            (number, line.file, line.line, line.time, line.text)
            for line in one.evidence
        ]
    try:
        with duckdb.connect(str(path)) as db:
            db.execute("BEGIN")
            _replace(db, "Findings", findings)
            _replace(db, "Evidence", evidence)
            db.execute("COMMIT")
    except (duckdb.Error, OSError) as error:
        raise StoreError(
            f"the findings could not be stored: {str(error).splitlines()[0]}",
            where=str(path),
            hint="check free space and rights, or name another folder",
        ) from error


def _replace(
    db: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]
) -> None:
    db.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a constant
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        marks = ", ".join(f"({', '.join('?' * len(row))})" for row in part)
        flat = [value for row in part for value in row]
        db.execute(f'INSERT INTO "{table}" VALUES {marks}', flat)  # noqa: S608 - a constant and question marks
