"""From what somebody types to rows of events: filters, searches, times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.errors import StoreError, UsageError
from diag.store.browse import Browser

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from diag.store.browse import Line, Rows
    from diag.tui.case import Case

    Sql = tuple[str, dict[str, Any]]

CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
BEFORE = re.compile(r"-(\d{1,9}(?:\.\d{1,6})?)\s*(s|m|min|h|d)")
UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}
SEARCH = """
SELECT EventId FROM EventRows
WHERE contains(lower(Message), $text) OR contains(lower(Fields), $text)"""
SEARCH_REGEX = """
SELECT EventId FROM EventRows
WHERE regexp_matches(Message, $text) OR regexp_matches(Fields, $text)"""
ACTIVITY = """
SELECT EventId FROM EventRows WHERE ActivityId <> '' AND ActivityId = (
  SELECT ActivityId FROM EventRows WHERE rowid = $row)"""


@dataclass(slots=True)
class Asked:
    """A question to the store, for a thread of its own. `stopped`: nobody waits."""

    case: Case
    make: Callable[[], Sql]
    stopped: bool = False
    _browser: Browser | None = field(default=None)

    def run(self) -> Rows:
        """Return the rows of the events.

        Raises:
            KqlError: The condition is wrong; the message shows where.
            UsageError: Its result are no events.
            StoreError: It failed, or was stopped.
        """
        sql, params = self.make()
        self._browser = browser = Browser(self.case.loaded.store)
        try:
            if self.stopped:
                raise StoreError("it was interrupted")
            return browser.matching(sql, params)
        finally:
            self._browser = None
            browser.close()

    def stop(self) -> None:
        """Say that nobody waits any more; from another thread."""
        self.stopped = True
        browser = self._browser
        if browser is not None:
            browser.interrupt()


def filter_rows(text: str, case: Case) -> Asked:
    """Return the question for the events that meet a condition.

    Args:
        text: A predicate, a text in quotes, or either with operators behind it.
        case: What is looked at.
    """

    def make() -> Sql:
        from diag.kql import compile_filter

        query = compile_filter(text)
        if "EventId" not in query.columns:
            raise UsageError("a filter must leave the column EventId")
        sql, params = query.bind({}, now_of(case))
        names = ", ".join(f'"{name}"' for name in query.columns)
        return f'SELECT q."EventId" FROM ({sql}) AS q({names})', dict(params)  # noqa: S608 - ours

    return Asked(case, make)


def now_of(case: Case) -> datetime:
    """Return what `now()` is in a condition: the time the rules judged at."""
    return case.diagnosis.now or datetime.fromtimestamp(0, UTC).replace(tzinfo=None)


def hits_of(text: str, case: Case) -> tuple[re.Pattern[str], Asked]:
    """Return a pattern for the screen and the question for the events.

    Args:
        text: Anywhere in message or fields, whatever the case; `/regex/` is one.
        case: What is looked at.

    Raises:
        UsageError: The regex is wrong.
    """
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):  # noqa: PLR2004 - two slashes
        try:
            pattern = re.compile(text[1:-1])
        except re.error as error:
            raise UsageError(f"the regex is wrong: {error}") from error
        return pattern, Asked(case, lambda: (SEARCH_REGEX, {"text": text[1:-1]}))
    pattern = re.compile(re.escape(text), re.IGNORECASE)
    return pattern, Asked(case, lambda: (SEARCH, {"text": text.lower()}))


def activity_of(row: int, case: Case) -> Asked:
    """Return the question for the events with the activity id of an event."""
    return Asked(case, lambda: (ACTIVITY, {"row": row}))


def moment_of(text: str, line: Line | None, case: Case, zone: tzinfo | None) -> int:
    """Return a time in microseconds since 1970 (UTC).

    Args:
        text: `04:48` of the day of the line, ISO 8601, or `-2h` before the last line.
        line: The line under the cursor.
        case: What is looked at.
        zone: That of the times on the screen; None is this computer's.

    Raises:
        UsageError: It is no time.
    """
    base = (line.time if line else None) or now_of(case)
    try:
        if found := CLOCK.fullmatch(text):
            hour, minute, second = (int(part or 0) for part in found.groups())
            shown = base.replace(tzinfo=UTC).astimezone(zone)
            return _micro(
                shown.replace(hour=hour, minute=minute, second=second, microsecond=0)
            )
        if found := BEFORE.fullmatch(text):
            span = timedelta(seconds=float(found[1]) * UNITS[found[2]])
            return _micro((now_of(case) - span).replace(tzinfo=UTC))
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone) if zone else moment.astimezone()
        return _micro(moment)
    except (ValueError, OverflowError):
        hint = "04:48, 2026-03-10T04:48, 2026-03-10, or -2h"
        raise UsageError(f"'{text}' is no time", hint=hint) from None


def _micro(moment: datetime) -> int:
    """Return an aware time in microseconds since 1970."""
    since = moment.astimezone(UTC) - datetime.fromtimestamp(0, UTC)
    return round(since / timedelta(microseconds=1))
