"""What a watch has to tell, made up for tests of the ways to tell it."""

from __future__ import annotations

from datetime import UTC, datetime

from diag.watch.ledger import Event, Known, What

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
EVIL = "/D \x1b[31m evil\nline"


def happened(
    what: What = What.RAISED, severity: str = "high", number: int = 0, text: str = EVIL
) -> Event:
    """Return what is told of a finding with one line of proof."""
    known = Known(
        id=f"ARC-X-001-{number:08x}",
        rule="ARC-X-001",
        severity=severity,
        computer="web01",
        subject="",
        title="web01: something broke",
        first="2026-03-10T11:00:00Z",
        last="2026-03-10T11:00:00Z",
        since="2026-03-10T12:00:00Z",
        value={
            "evidence": [{"file": "himds.log", "line": 7, "time": None, "text": text}]
        },
    )
    return Event(what, AT, known)
