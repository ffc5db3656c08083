"""What happened when, as small values for a picture in a report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.analyze import happenings
from diag.dossier import Beat, Counts, Gap, Lane, Mark, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.model import Diagnosis
    from diag.store import Store

EPOCH = datetime.fromisoformat("1970-01-01")
QUIET = timedelta(minutes=15)  # between two lines of himds (rules/arc/heartbeat)
LONGEST_SILENCE = timedelta(days=90)  # until the logs were collected
MOST_COLUMNS = 240
MARK_COLUMNS = 300  # marks of one kind that are nearer to each other are one
MOST_GAPS = 300  # of a machine, the newest
MOST_BEATS = 20  # machines
HOUR = 3_600
STEPS = (60, 300, 900, HOUR, *(HOUR * n for n in (3, 6, 12, 24, 72, 168, 720)))
SHORT = 12 * HOUR  # what is shorter than this is not counted by hours
SECONDS = 60.0  # a query may take
# A few lines from long before, or of a clock that was wrong once, must not squeeze all
# else into one column: they are left out where that makes the time less than half.
SHARES = (0.001, 0.01, 0.02, 0.05)
HOURS = """
SELECT date_trunc('hour', TimeGenerated) AS Hour, count(*), min(TimeGenerated),
  max(TimeGenerated)
FROM EventRows WHERE TimeGenerated IS NOT NULL GROUP BY Hour ORDER BY Hour"""
MOST_HOURS = 1_000_000
OUTSIDE = """
SELECT count(*) FROM EventRows WHERE TimeGenerated NOT BETWEEN $begin AND $end"""
LEVELS = """
SELECT CAST(floor(epoch(TimeGenerated - $begin) / $step) AS INTEGER) AS Moment,
  count(*) FILTER (Level IN ('error', 'critical')), count(*) FILTER (Level = 'warning')
FROM EventRows WHERE TimeGenerated BETWEEN $begin AND $end
  AND Level IN ('error', 'critical', 'warning') GROUP BY Moment ORDER BY Moment"""
# By minutes, as there may be millions of lines; a silence is longer than that.
ALIVE = """
WITH minutes AS (
  SELECT f.BundleId AS Bundle, date_trunc('minute', e.TimeGenerated) AS Minute,
    min(e.TimeGenerated) AS First, max(e.TimeGenerated) AS Last
  FROM EventRows e JOIN Files f USING (FileId)
  WHERE f.Log = 'himds' AND e.TimeGenerated BETWEEN $begin AND $end
  GROUP BY f.BundleId, Minute)
"""
BEATS = f"""{ALIVE} SELECT Bundle, b.Computer, min(First), max(Last), b.CollectedAt
FROM minutes JOIN Bundles b ON b.BundleId = Bundle
GROUP BY Bundle, b.Computer, b.CollectedAt ORDER BY Bundle"""  # noqa: S608 - constants
GAPS = f"""{ALIVE}, pairs AS (
  SELECT Bundle, Last,
    lead(First) OVER (PARTITION BY Bundle ORDER BY Minute) AS Following
  FROM minutes)
SELECT Bundle, Last, Following FROM pairs
WHERE Following - Last > to_microseconds($quiet)
ORDER BY Bundle, Last"""  # noqa: S608 - constants
LANES = {
    "services": happenings.services,
    "restarts": happenings.restarts,
    "extensions": happenings.extensions,
    "agent version": happenings.versions,
}


def timeline(store: Store, diagnosis: Diagnosis) -> Timeline | None:
    """Return what happened when; None when nothing in the store has a time.

    Args:
        store: The store.
        diagnosis: What was found in it: no finding lies outside, and a silence until
            the logs were collected is one.

    Raises:
        StoreError: The store cannot be read.
    """
    hours = store.query(HOURS, seconds=SECONDS, limit=MOST_HOURS).rows
    if not hours:
        return None
    now = diagnosis.now
    first, end = _usual(hours, now)
    if now and end < now < end + LONGEST_SILENCE:
        end = now
    alarms = (one.first_seen for one in diagnosis.findings if not one.benign)
    first = min([first, *(moment for moment in alarms if moment is not None)])
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
        beats=tuple(_beats(store, span, asked=diagnosis.now_from == "option")),
        lanes=tuple(_lanes(store, begin, end)),
        counts=_counts(store, span, step),
    )


def _usual(
    hours: list[tuple[Any, ...]], now: datetime | None
) -> tuple[datetime, datetime]:
    """Return when the logs begin and end, without strays.

    Args:
        hours: Hour, how many events, the first and the last of them.
        now: When they were collected: what is later than that is a wrong clock.
    """
    believed = [row for row in hours if now is None or row[2] <= now] or hours
    total = sum(row[1] for row in believed)
    end = max(row[3] for row in believed)
    end = min(end, now) if now and believed[0][2] <= now else end
    begins = []
    for share in SHARES:
        passed = 0
        for _, count, first, _ in believed:
            passed += count
            if passed > total * share:
                begins.append(first)
                break
    chosen: datetime = begins[0]
    for later in begins[1:]:
        chosen = later if end - later < (end - chosen) / 2 else chosen
    return chosen, max(end, chosen)


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


def _beats(store: Store, span: dict[str, datetime], *, asked: bool) -> Iterator[Beat]:
    """Yield when himds of each machine wrote.

    Args:
        store: The store.
        span: Begin and end of the picture.
        asked: The end is a time that somebody wants; else each machine's silence ends
            when its own logs were collected.
    """
    quiet = int(QUIET.total_seconds() * 1_000_000)
    gaps: dict[int, list[Gap]] = {}
    wanted: dict[str, Any] = {**span, "quiet": quiet}
    for bundle, at, following in store.query(GAPS, wanted, seconds=SECONDS).rows:
        gaps.setdefault(bundle, []).append(Gap(at, following))
    rows = store.query(BEATS, span, seconds=SECONDS).rows
    for bundle, computer, first, last, collected in rows[:MOST_BEATS]:
        own = gaps.get(bundle, [])
        known = collected is not None and not asked
        end = min(span["end"], collected) if known else span["end"]
        if end - last > QUIET:
            own.append(Gap(last, end))
        newest = tuple(own[-MOST_GAPS:])
        yield Beat(computer, first, last, newest, len(own) - len(newest))


def _lanes(store: Store, begin: datetime, end: datetime) -> Iterator[Lane]:
    cut: list[datetime] = []

    def ask(sql: str) -> list[tuple[Any, ...]]:
        rows = store.query(sql, seconds=SECONDS).rows
        if len(rows) == happenings.MOST:
            cut.append(EPOCH + timedelta(microseconds=rows[0][0]))
        return rows

    wide = max((end - begin) / MARK_COLUMNS, timedelta(microseconds=1))
    for name, find in LANES.items():
        drawn: dict[tuple[int, str], Mark] = {}
        count = 0
        for one in find(ask):
            moment = EPOCH + timedelta(microseconds=one.time)
            if begin <= moment <= end:
                count += 1
                place = (moment - begin) // wide, one.sign
                drawn.setdefault(place, Mark(moment, one.sign, one.text))
        marks = tuple(drawn.values())
        yield Lane(name, marks, count - len(drawn), cut.pop() if cut else None)
