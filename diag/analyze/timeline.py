"""What happened when, as small values for a picture in a report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.analyze import happenings
from diag.dossier import Beat, Counts, Gap, Lane, Mark, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.store import Store

EPOCH = datetime.fromisoformat("1970-01-01")
QUIET = timedelta(minutes=15)  # between two lines of himds (rules/arc/heartbeat)
LONGEST_SILENCE = timedelta(days=90)  # until the logs were collected
MOST_COLUMNS = 240
MOST_MARKS = 300  # of a lane, the newest
MOST_GAPS = 300  # of a machine, the newest
MOST_BEATS = 20  # machines
HOUR = 3_600
STEPS = (60, 300, 900, HOUR, *(HOUR * n for n in (3, 6, 12, 24, 72, 168, 720)))
SHORT = 12 * HOUR  # what is shorter than this is not counted by hours
SECONDS = 60.0  # a query may take
# A clock that was wrong once must not squeeze everything else into one column.
SPAN = """
SELECT quantile_disc(TimeGenerated, 0.001), quantile_disc(TimeGenerated, 0.999),
  max(TimeGenerated) FROM EventRows WHERE TimeGenerated IS NOT NULL"""
OUTSIDE = """
SELECT count(*) FROM EventRows WHERE TimeGenerated NOT BETWEEN $begin AND $end"""
LEVELS = """
SELECT CAST(floor(epoch(TimeGenerated - $begin) / $step) AS INTEGER) AS Moment,
  count(*) FILTER (Level IN ('error', 'critical')), count(*) FILTER (Level = 'warning')
FROM EventRows WHERE TimeGenerated BETWEEN $begin AND $end
  AND Level IN ('error', 'critical', 'warning') GROUP BY Moment ORDER BY Moment"""
ALIVE = """
WITH lines AS (
  SELECT DISTINCT f.BundleId AS Bundle, e.TimeGenerated AS Moment
  FROM EventRows e JOIN Files f USING (FileId)
  WHERE f.Log = 'himds' AND e.TimeGenerated BETWEEN $begin AND $end)
"""
BEATS = f"""{ALIVE} SELECT Bundle, b.Computer, min(Moment), max(Moment)
FROM lines JOIN Bundles b ON b.BundleId = Bundle GROUP BY ALL ORDER BY Bundle"""  # noqa: S608 - constants
GAPS = f"""{ALIVE}, pairs AS (
  SELECT Bundle, Moment,
    lead(Moment) OVER (PARTITION BY Bundle ORDER BY Moment) AS Following
  FROM lines)
SELECT Bundle, Moment, Following FROM pairs
WHERE Following - Moment > to_microseconds($quiet) ORDER BY Bundle, Moment"""  # noqa: S608 - constants
LANES = {
    "services": happenings.services,
    "restarts": happenings.restarts,
    "extensions": happenings.extensions,
    "agent version": happenings.versions,
}


def timeline(store: Store, now: datetime | None) -> Timeline | None:
    """Return what happened when; None when nothing in the store has a time.

    Args:
        store: The store.
        now: When the logs were collected, naive UTC: a silence until then is one.

    Raises:
        StoreError: The store cannot be read.
    """
    first, usual, last = store.query(SPAN, seconds=SECONDS).rows[0]
    if first is None:
        return None
    # A line from the future is one of the strays, unless nothing tells the time.
    end = min(last, now) if now else usual
    end = max(end, first)
    if now and end < now < end + LONGEST_SILENCE:
        end = now
    step = _step((end - first).total_seconds())
    begin = EPOCH + timedelta(
        seconds=int((first - EPOCH).total_seconds()) // step * step
    )
    span = {"begin": begin, "end": end}
    outside = store.query(OUTSIDE, span, seconds=SECONDS).rows[0][0]
    return Timeline(
        begin=begin,
        end=end,
        step=step,
        outside=outside,
        beats=tuple(_beats(store, span)),
        lanes=tuple(_lanes(store, begin, end)),
        counts=_counts(store, span, step),
    )


def _step(seconds: float) -> int:
    """Return how many seconds a column is: an hour, or what fits."""
    for step in STEPS:
        if seconds / step <= MOST_COLUMNS and (step >= HOUR or seconds < SHORT):
            return step
    return int(seconds // MOST_COLUMNS // STEPS[-1] + 1) * STEPS[-1]


def _counts(store: Store, span: dict[str, datetime], step: int) -> tuple[Counts, ...]:
    columns = int((span["end"] - span["begin"]).total_seconds() // step) + 1
    errors, warnings = [0] * columns, [0] * columns
    found = store.query(LEVELS, {**span, "step": step}, seconds=SECONDS)
    for at, bad, odd in found.rows:
        errors[at], warnings[at] = bad, odd
    return Counts("errors", tuple(errors)), Counts("warnings", tuple(warnings))


def _beats(store: Store, span: dict[str, datetime]) -> Iterator[Beat]:
    quiet = int(QUIET.total_seconds() * 1_000_000)
    gaps: dict[int, list[Gap]] = {}
    asked: dict[str, Any] = {**span, "quiet": quiet}
    for bundle, at, following in store.query(GAPS, asked, seconds=SECONDS).rows:
        gaps.setdefault(bundle, []).append(Gap(at, following))
    rows = store.query(BEATS, span, seconds=SECONDS).rows
    for bundle, computer, first, last in rows[:MOST_BEATS]:
        own = gaps.get(bundle, [])
        if span["end"] - last > QUIET:
            own.append(Gap(last, span["end"]))
        newest = tuple(own[-MOST_GAPS:])
        yield Beat(computer, first, last, newest, len(own) - len(newest))


def _lanes(store: Store, begin: datetime, end: datetime) -> Iterator[Lane]:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        return store.query(sql, seconds=SECONDS).rows

    for name, find in LANES.items():
        marks = []
        for one in find(ask):
            moment = EPOCH + timedelta(microseconds=one.time)
            if begin <= moment <= end:
                marks.append(Mark(moment, one.sign, one.text))
        newest = tuple(marks[-MOST_MARKS:])
        yield Lane(name, newest, len(marks) - len(newest))
