"""From what somebody types to rows of events: filters, searches, times."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.errors import KqlError, UsageError
from diag.kql.narrowing import CUT, FOLDED, MOST, OTHER, core_of_json
from diag.kql.required import required
from diag.store.ddl import EVENTS
from diag.tui.looking import Asked

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import tzinfo

    from diag.store.browse import Line
    from diag.tui.case import Case
    from diag.tui.looking import Sql

CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
BEFORE = re.compile(r"-(\d{1,9}(?:\.\d{1,6})?)\s*(s|m|min|h|d)")
UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}
SEARCH = """
SELECT e.EventId FROM EventRows e
WHERE (contains(lower(e.Message), $text) OR contains(lower(e.Fields), $text))"""
SEARCH_REGEX = """
SELECT e.EventId FROM EventRows e
WHERE (regexp_matches(e.Message, $text) OR regexp_matches(e.Fields, $text))"""
# Few templates decide for many rows: `diag.kql.narrowing` says why.
LIKELY = f"""
 AND e.TemplateId IN (SELECT TemplateId FROM Templates WHERE Template = '{OTHER}'
  OR ends_with(Template, '{CUT}') OR ends_with(Fields, '{CUT}')
  OR len(list_filter($cores, lambda core: contains({FOLDED.format("Template")}, core)
    OR contains({FOLDED.format("Fields")}, core))) > 0)"""  # noqa: S608 - constants
ACTIVITY = """
SELECT EventId FROM EventRows WHERE ActivityId <> '' AND ActivityId = (
  SELECT ActivityId FROM EventRows WHERE rowid = $row)"""


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

    def part(rows: str) -> Sql | None:
        sql, params = make()
        if not by_line(text) or sql.count(SCAN) != 1:
            return None
        return sql.replace(SCAN, f"FROM ({EVENTS} WHERE {rows})"), params

    return Asked(case, make, part)


SCAN = 'FROM "Events"'  # as the compiler writes it


def by_line(text: str) -> bool:
    """Return whether a condition asks each line by itself, whatever others there are.

    Args:
        text: A filter that can be compiled.
    """
    from diag.kql.parse import parse_predicate

    try:
        return not _asks_rows(parse_predicate(text))
    except KqlError:
        return False  # operators follow, or it is a whole query


def _asks_rows(node: object) -> bool:
    """Return whether a query stands somewhere in a syntax tree."""
    from diag.kql.nodes import Subquery

    left = [node]
    while left:
        one = left.pop()
        if isinstance(one, Subquery):
            return True
        if isinstance(one, tuple):
            left += one
        elif is_dataclass(one):
            left += [getattr(one, part.name) for part in fields(one)]
    return False


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
        cores = required(text[1:-1], core_of_json)
        return pattern, _search(case, SEARCH_REGEX, text[1:-1], cores)
    pattern = re.compile(re.escape(text), re.IGNORECASE)
    core = core_of_json(text.lower())
    return pattern, _search(case, SEARCH, text.lower(), {core} if core else None)


def _search(case: Case, sql: str, text: str, cores: Collection[str] | None) -> Asked:
    """Return the question for the events that hold a text.

    Args:
        case: What is looked at.
        sql: `SEARCH`, or that for a regex.
        text: The text.
        cores: Texts of which each hit holds one; None when nothing is known.
    """
    params: dict[str, Any] = {"text": text}
    if cores and len(cores) <= MOST:
        sql, params = sql + LIKELY, {**params, "cores": sorted(cores)}
    return Asked(
        case, lambda: (sql, params), lambda rows: (f"{sql} AND {rows}", params)
    )


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
