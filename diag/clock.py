"""The one place that knows what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the wall clock as an aware UTC time.

    Only the command line calls this; everything below takes `now` as an
    argument, so that the same bundle gives the same findings on every run.
    """
    return datetime.now(UTC)


def iso(moment: datetime | None) -> str:
    """Write a time as ISO 8601 in UTC with `Z`, `''` for None.

    Args:
        moment: Aware, or naive and then taken as UTC (DuckDB's TIMESTAMP).

    Returns:
        Whole seconds as `2026-03-10T12:00:00Z`; fractions only when not zero.
    """
    if moment is None:
        return ""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    text = moment.isoformat()
    return f"{text.rstrip('0')}Z" if "." in text else f"{text}Z"
