"""Find what the lanes show: once for a case, in a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from diag.analyze import happenings
from diag.clock import iso
from diag.store.browse import ERROR, WARNING, Browser
from diag.tui.logview.places import first_at
from diag.tui.timeline.lanes import Kind, Lane, Mark

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from diag.model import Diagnosis
    from diag.tui.case import Case
    from diag.tui.logview.order import Order

MOST_MARKS = happenings.MOST
MOST_SILENT_US = 90 * 86_400 * 1_000_000
HIMDS, HEARTBEAT = "himds", "heartbeat"
# How triage draws what happened, and in ASCII.
SIGNS = {
    "up": ("↑", "^"),
    "down": ("↓", "v"),
    "bad": ("✗", "x"),
    "note": ("•", "o"),
    "change": ("◆", "V"),
}


def gather(case: Case) -> list[Lane]:
    """Return the lanes of a case.

    Args:
        case: With its lines sorted.

    Raises:
        StoreError: The store cannot be read.
    """
    order = case.order
    files = case.file_names
    browser = Browser(case.loaded.store)
    try:
        marked = [
            Lane(
                name, Kind.MARKS, marks=_marks(find(lambda sql: browser.rows(sql, {})))
            )
            for name, find in (
                ("services", happenings.services),
                ("extensions", happenings.extensions),
                ("version", happenings.versions),
                ("restarts", happenings.restarts),
            )
        ]
    finally:
        browser.close()
    himds = [number for number, (log, _) in files.items() if log == HIMDS]
    beat = Lane(HEARTBEAT, Kind.ALIVE)
    if himds:
        own = order.of_files(himds)
        own = own[first_at(own, order.untimed) :]
        beat.ticks, beat.scale = order.ticks[own], order.scale
        beat.bad = beat.ticks[order.levels[own] >= ERROR]
    else:
        beat.note = "no himds log in the bundle"
    clock = Lane("clock", Kind.MARKS, marks=_steps(order))
    found = Lane("findings", Kind.MARKS, marks=_findings(case.diagnosis))
    return [found, beat, *marked, clock, *_levels(order, files)]


def _levels(order: Order, files: dict[int, tuple[str, str]]) -> list[Lane]:
    """Return lanes of errors and warnings: of all logs, then of each."""
    timed = slice(order.untimed, None)
    levels, ticks = order.levels[timed], order.ticks[timed]
    lanes = [Lane("lines", Kind.COUNTS, ticks, scale=order.scale)]
    per_log: list[Lane] = []
    for word, found in (
        ("errors", np.flatnonzero(levels >= ERROR)),
        ("warnings", np.flatnonzero(levels == WARNING)),
    ):
        lanes.append(Lane(word, Kind.COUNTS, ticks[found], scale=order.scale))
        numbers = order.files_at(found + order.untimed)
        logs: dict[str, list[int]] = {}
        for number in np.unique(numbers).tolist():
            log, file = files.get(number, ("", "?"))
            logs.setdefault(log or file.rpartition("/")[2], []).append(number)
        short = "E" if word == "errors" else "W"
        for log, own in logs.items():
            at = found[np.isin(numbers, own)]
            lane = Lane(f"{short} {log}", Kind.COUNTS, ticks[at], scale=order.scale)
            per_log.append(lane)
    per_log.sort(key=lambda lane: (lane.name[0], -len(lane.ticks), lane.name))
    return [*lanes, *per_log]


def _marks(found: Iterable[happenings.Happening]) -> list[Mark]:
    return [Mark(one.time, *SIGNS[one.sign], one.text) for one in found]


def _steps(order: Order) -> list[Mark]:
    return [
        Mark(time, "◂", "<", f"the clock went back {seconds:,} s")
        for time, seconds in order.steps[:MOST_MARKS]
    ]


def _findings(diagnosis: Diagnosis) -> list[Mark]:
    marks = []
    # The worst is drawn last, over others of its bucket.
    for one in sorted(diagnosis.findings, key=lambda f: -f.severity.rank):
        if one.first_seen is not None and not one.benign:
            letter = str(one.severity)[0].upper()
            since = np.datetime64(one.first_seen, "us").astype(np.int64)
            text = f"{one.rule} {one.title} (since {iso(one.first_seen)})"
            marks.append(Mark(int(since), letter, letter, text))
    return marks


def span_of(order: Order, now: datetime | None) -> tuple[int, int]:
    """Return where the time of a case begins and ends, in microseconds.

    Args:
        order: The lines.
        now: When the logs were collected: a silence until then is one, too.
    """
    ticks = order.ticks[order.untimed :]
    if not len(ticks):
        return 0, 60_000_000
    first, last = order.scale.time(int(ticks[0])), order.scale.time(int(ticks[-1]))
    if now is not None:
        judged = int(np.datetime64(now, "us").astype(np.int64))
        last = judged if last < judged < last + MOST_SILENT_US else last
    return first, max(last + 1, first + 60_000_000)
