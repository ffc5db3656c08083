"""A machine whose clock goes through everything: each event at its true moment.

The logs are written from a known order of moments, in every way in which a time can
be written, and read back. Every event carries the truth as its message.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from diag.analyze.load import Options
from tests.analyze.machines import folder
from tests.analyze.stored import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

FEW_MINUTES = timedelta(minutes=4, seconds=57)
# From before the clocks go forward to after the new year: every change is in it.
START = datetime(2025, 3, 5, tzinfo=UTC)
END = datetime(2026, 1, 20, tzinfo=UTC)
DAYS = ["03-09", "03-30", "04-06", "10-05", "10-26", "11-02", "12-31"]
CHANGES = [datetime.fromisoformat(f"2025-{day}T08:00Z") for day in DAYS]
ZONES = ["Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "Asia/Kolkata"]
GUID = "00000000-0000-0000-0000-000000000000"
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def month(local: datetime) -> str:
    return MONTHS[3 * local.month - 3 : 3 * local.month]


def half_day(local: datetime) -> str:
    hour = local.hour % 12 or 12
    return f"{hour}:{local:%M:%S} {'AM' if local.hour < 12 else 'PM'}"


# How a time is written: with its offset or in UTC, or as the machine's own time.
CARRIED: dict[str, Callable[[datetime], str]] = {
    "rfc3339": lambda at: at.isoformat(),
    "rfc822": lambda at: f"{at.day} {month(at)} {at:%Y %H:%M:%S %z}",
    "epoch": lambda at: f"{round(at.timestamp() * 1000)}",
}
LOCAL: dict[str, Callable[[datetime], str]] = {
    "ymd": lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    "mdy": lambda at: f"{at.month}/{at.day}/{at.year} {half_day(at)}",
    "dmy": lambda at: f"{at:%d.%m.%Y %H:%M:%S}",
    "ctime": lambda at: f"{month(at)} {at.day:2} {at:%H:%M:%S %Y}",
    "syslog": lambda at: f"{month(at)} {at.day:2} {at:%H:%M:%S}",
    "clock": lambda at: f"{at:%H:%M:%S}",
}
DEFINITION = """
id: clock_{codec}
title: A log whose times are {codec}
kind: log
system: {{any: [{codec}.txt]}}
recognised: path
record:
  layouts: ['<{{time}}> {{message}}', '<<{{time:ymd}}>> {{message}}']
time: {{codec: {codec}, zone: {zone}}}
"""


def moments() -> Iterator[datetime]:
    """Yield the hours around each change closely, the others once in nine hours."""
    at = START
    while at < END:
        yield at
        near = min(abs(at - change) for change in CHANGES) < timedelta(hours=30)
        at += FEW_MINUTES if near else timedelta(hours=9)


def written(codec: str, zone: ZoneInfo, times: Sequence[datetime]) -> str:
    lines = []
    for number, moment in enumerate(times):
        at = moment.astimezone(zone)
        truth = f"{moment:%Y-%m-%dT%H:%M:%S}"
        # A time of day needs a date to begin with.
        dated = codec == "clock" and number == 0
        form = {**CARRIED, **LOCAL}["ymd" if dated else codec]
        lines.append(f"<<{form(at)}>> {truth}" if dated else f"<{form(at)}> {truth}")
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clocks")
    for codec in (*CARRIED, *LOCAL):
        zone = "carried" if codec in CARRIED else "machine"
        text = DEFINITION.format(codec=codec, zone=zone)
        (place / f"{codec}.yaml").write_text(text, encoding="utf-8")
    return place


def wrong(held: dict[str, list[dict[str, object]]]) -> list[tuple[object, ...]]:
    """Return the events whose time is not what their message says."""
    return [
        (event["File"], event["Line"], event["Message"], event["TimeGenerated"])
        for event in held["Events"]
        if str(event["Log"]).startswith("clock_")
        and f"{event['TimeGenerated']:%Y-%m-%dT%H:%M:%S}" != event["Message"]
    ]


@pytest.mark.parametrize("name", ZONES)
def test_every_event_is_at_its_true_moment(
    tmp_path: Path, definitions: Path, name: str
) -> None:
    times, zone = list(moments()), ZoneInfo(name)
    files = {f"{c}.txt": written(c, zone, times) for c in (*CARRIED, *LOCAL)}
    options = Options(zone=name, now=times[-1], parsers=(definitions,))
    held = snapshot([folder(tmp_path, files)], options)
    read = [e for e in held["Events"] if str(e["Log"]).startswith("clock_")]
    assert len(read) == len(times) * len(files)
    assert wrong(held) == []
    kinds = {row["Kind"] for row in held["Problems"]} - {"no-known-log"}
    assert kinds == (set() if name == "Asia/Kolkata" else {"ambiguous-time"})


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Chicago"])
def test_the_zone_is_found_in_the_bundle_itself(
    tmp_path: Path, definitions: Path, name: str
) -> None:
    # Only the ends of a log are looked at: they show both offsets.
    times = [at for at in moments() if at >= datetime(2025, 9, 1, tzinfo=UTC)]
    zone = ZoneInfo(name)
    beats = "".join(
        f'time="{at.astimezone(zone).isoformat()}" level=info msg="x"\n' for at in times
    )
    files = {f"{c}.txt": written(c, zone, times) for c in LOCAL} | {"himds.log": beats}
    options = Options(now=times[-1], parsers=(definitions,))
    held = snapshot([folder(tmp_path, files)], options)
    assert wrong(held) == []
    [policy] = {f["ZonePolicy"] for f in held["Files"] if f["Log"] == "clock_ymd"}
    assert str(policy).endswith(f"seen in himds.log, changing as in {name}")


def test_threads_that_write_out_of_order_do_not_shift_an_hour(
    tmp_path: Path, definitions: Path
) -> None:
    start = datetime(2025, 10, 26, 0, 0, tzinfo=UTC) - timedelta(minutes=30)
    times = [start + timedelta(seconds=7 * n) for n in range(1800)]
    # Neighbours change places: each second line is up to 28 seconds late.
    mixed = [t for n in range(0, 1800, 5) for t in reversed(times[n : n + 5])]
    zone = ZoneInfo("Europe/Berlin")
    files = {"ymd.txt": written("ymd", zone, mixed)}
    options = Options(zone="Europe/Berlin", parsers=(definitions,))
    held = snapshot([folder(tmp_path, files)], options)
    assert wrong(held) == []
    assert "clock-back" not in {row["Kind"] for row in held["Problems"]}


def test_a_clock_that_is_set_back_is_told_with_size_and_place(
    tmp_path: Path, definitions: Path
) -> None:
    start = datetime(2025, 6, 1, tzinfo=UTC)
    minutes = [*range(10), *range(3, 12)]
    times = [start + timedelta(minutes=n) for n in minutes]
    files = {"ymd.txt": written("ymd", ZoneInfo("UTC"), times)}
    options = Options(zone="UTC", parsers=(definitions,))
    held = snapshot([folder(tmp_path, files)], options)
    assert wrong(held) == []
    [told] = [row for row in held["Problems"] if row["Kind"] == "clock-back"]
    assert (told["File"], told["Line"]) == ("ymd.txt", 11)
    assert "by 6 min before" in str(told["Text"])
    assert "from 2025-06-01T00:09:00Z to 2025-06-01T00:03:00Z" in str(told["Text"])


def test_a_file_in_reverse_order_is_told_once(
    tmp_path: Path, definitions: Path
) -> None:
    start = datetime(2025, 6, 1, tzinfo=UTC)
    times = [start - timedelta(minutes=5 * n) for n in range(100)]
    files = {"ymd.txt": written("ymd", ZoneInfo("UTC"), times)}
    options = Options(zone="UTC", parsers=(definitions,))
    held = snapshot([folder(tmp_path, files)], options)
    assert wrong(held) == []
    [told] = [row for row in held["Problems"] if row["Kind"] == "clock-back"]
    assert "99 times among 100" in str(told["Text"])


def test_a_time_of_day_without_a_date_is_told(
    tmp_path: Path, definitions: Path
) -> None:
    files = {"clock.txt": "<12:00:00> a\n<<2025-06-01 11:59:00>> b\n<12:00:00> c\n"}
    options = Options(zone="UTC", parsers=(definitions,))
    held = snapshot([folder(tmp_path, files)], options)
    events = sorted(held["Events"], key=lambda event: event["Line"])
    days = [event["TimeGenerated"] and event["TimeGenerated"].day for event in events]
    assert days == [None, 1, 1]
    assert ("undated-time", 1) in {(p["Kind"], p["Line"]) for p in held["Problems"]}
