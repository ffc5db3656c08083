"""Times as people write them on a command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from diag import clock
from diag.errors import UsageError

UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
DURATION = re.compile(r"-?((?:[0-9]{1,9}[smhdw])+)")
PART = re.compile(r"([0-9]+)([smhdw])")
HINT = (
    "give 2026-03-10T12:00:00Z, a duration such as 72h or -3d (that long ago), "
    "or now, today, yesterday"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC. `relative` when it depends on when the command is run."""

    at: datetime
    relative: bool


def moment(text: str) -> Moment:
    """Read a time.

    Args:
        text: ISO 8601, in UTC when it has no offset; a duration (`72h`, `-3d`,
            `1d12h`), which is that long before now; or a word. `today` and
            `yesterday` are midnight by this computer's zone (TZ).

    Raises:
        UsageError: It is none of these.
    """
    word = text.strip().lower()
    try:
        if (at := _by_word(word)) is not None:
            return Moment(at.astimezone(UTC), relative=True)
        if found := DURATION.fullmatch(word):
            return Moment(clock.now() - _duration(found[1]), relative=True)
        at = datetime.fromisoformat(text.strip())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return Moment(at.astimezone(UTC), relative=False)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"'{text}' is no time", where="--now", hint=HINT) from error


def _by_word(word: str) -> datetime | None:
    if word == "now":
        return clock.now()
    if word not in {"today", "yesterday"}:
        return None
    # Naive local time, so that midnight stays midnight over a change of the clock.
    local = clock.now().astimezone().replace(tzinfo=None)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=word == "yesterday")


def _duration(text: str) -> timedelta:
    parts = PART.findall(text)
    return sum((int(n) * UNITS[unit] for n, unit in parts), timedelta())
