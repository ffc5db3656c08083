"""The time by which lines without a year are dated, and when a bundle was made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diag.formats.layout import Codec
from diag.formats.plan import compiled, core_plan
from diag.formats.sampling import last_bytes
from diag.formats.zones import file_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diag.formats import Detected, ZoneChoice
    from diag.model import Bundle

TAIL = 16_384
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WITH_YEAR = frozenset({Codec.RFC3339, Codec.YMD})


def reference_time(
    one: Bundle, detected: Sequence[Detected], zone: ZoneChoice
) -> tuple[datetime, str]:
    """Return a time that no event of the bundle is much later than.

    Args:
        one: The bundle.
        detected: Its members and their families.
        zone: The machine's zone.

    Returns:
        An aware time and how it is known: the newest time of a log whose dates
        have a year or of a zip's members; for files without any of these the
        file's own time stamp, which is a guess.
    """
    known = [newest_member(one), _newest_event(detected, zone)]
    times = [moment for moment in known if moment is not None]
    if times:
        return max(times), "the other logs"
    stamps = [member.path.stat().st_mtime for member in one.members]
    moment = datetime.fromtimestamp(max(stamps), UTC) if stamps else EPOCH
    return moment, "the file's time stamp"


def newest_member(one: Bundle) -> datetime | None:
    """Return the newest UTC time stamp of the members, None when there is none."""
    known = (m.modified for m in one.members if m.modified is not None)
    return max(known, default=None)


def _newest_event(detected: Iterable[Detected], zone: ZoneChoice) -> datetime | None:
    newest = [
        moment
        for found in detected
        if found.family is not None and found.family.codec in WITH_YEAR
        for moment in _times(found, zone)
    ]
    return EPOCH + timedelta(microseconds=max(newest)) if newest else None


def _times(found: Detected, zone: ZoneChoice) -> list[int]:
    if found.family is None:
        return []
    plan = compiled(core_plan(found.family))
    table = list(file_zone(found.family, zone).table)
    records = plan.parse(last_bytes(found.member, TAIL), table, 0)
    return [r["TimeGenerated"] for r in records if r["TimeGenerated"] is not None]
