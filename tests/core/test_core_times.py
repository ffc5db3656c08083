"""Times: what stands in a line becomes UTC, or nothing and is told."""

from __future__ import annotations

import bisect
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import plan_of, read, spec

if TYPE_CHECKING:
    from collections.abc import Callable


def local(*parts: int) -> datetime:
    """Return a time as it stands in a log: without a zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


EPOCH = local(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
SECOND_US = 1_000_000
GUID = "00000000-0000-0000-0000-000000000000"
MOMENTS = st.datetimes(local(1, 1, 1), local(9999, 12, 31, 23, 59, 59))


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def held(us: int) -> int | None:
    """Return a time if its year is one that readers of a store can hold."""
    return us if micros(datetime.min) <= us <= micros(datetime.max) else None  # noqa: DTZ901


def logrus(time: str) -> str:
    return f'time="{time}" level=info msg=x'


def bracket(time: str) -> str:
    return f"[{time}] [PID 1] [TID 2] [M] [INFO] [{GUID}] x"


def parsed(family: str, line: str, zone: list[tuple[int, int]] | None = None) -> Any:
    (record,) = plan_of(family).parse(line, zone or [], 0)
    assert record["Parsed"], line
    return record["TimeGenerated"]


@st.composite
def written(draw: Callable[..., Any], moment: datetime) -> tuple[str, int]:
    """Write a moment with 0 to 9 digits of a second; returns it as it is read."""
    digits = draw(st.integers(0, 9))
    fraction = f"{moment.microsecond:06d}{draw(st.integers(0, 999)):03d}"[:digits]
    mark = draw(st.sampled_from(".,")) if digits else ""
    text = moment.replace(microsecond=0).isoformat() + mark + fraction
    read_as = int(fraction[:6].ljust(6, "0")) if digits else 0
    return text, micros(moment.replace(microsecond=0)) + read_as


@settings(max_examples=examples(300), deadline=None)
@given(MOMENTS, st.integers(-23 * 60 - 59, 23 * 60 + 59), st.data())
def test_rfc3339_agrees_with_datetime(
    moment: datetime, offset: int, data: st.DataObject
) -> None:
    text, local = data.draw(written(moment))
    hours, minutes = divmod(abs(offset), 60)
    colon = data.draw(st.sampled_from([":", ""]))
    zone = f"{'-' if offset < 0 else '+'}{hours:02d}{colon}{minutes:02d}"
    if offset == 0:
        zone = data.draw(st.sampled_from(["Z", "z", "+00:00", "-0000"]))
    text = text.replace("T", data.draw(st.sampled_from("Tt ")))
    us = held(local - offset * 60 * SECOND_US)
    assert parsed("himds", logrus(text + zone)) == us


@settings(max_examples=examples(300), deadline=None)
@given(MOMENTS, st.data())
def test_ymd_agrees_with_datetime(moment: datetime, data: st.DataObject) -> None:
    text, local = data.draw(written(moment))
    assert parsed("gc_agent", bracket(text.replace("T", " "))) == local


@settings(max_examples=examples(200), deadline=None)
@given(
    MOMENTS,
    st.lists(
        st.tuples(MOMENTS.map(micros), st.integers(-14 * 3600, 14 * 3600)), max_size=6
    ),
)
def test_a_zone_holds_from_its_local_moment_on(
    moment: datetime, entries: list[tuple[int, int]]
) -> None:
    zone = sorted(entries)
    moment = moment.replace(microsecond=0)
    starts = [start for start, _ in zone]
    place = max(bisect.bisect_right(starts, micros(moment)) - 1, 0)
    offset = zone[place][1] if zone else 0
    found = parsed("gc_agent", bracket(moment.isoformat(" ")), zone)
    assert found == held(micros(moment) - offset * SECOND_US)


def test_a_zone_changes_within_a_file_and_back() -> None:
    moments = [
        local(2026, 3, 29, 1),
        local(2026, 3, 29, 3),
        local(2026, 3, 29, 1),
    ]
    zone = [(0, 3600), (micros(local(2026, 3, 29, 2)), 7200)]
    text = "\n".join(bracket(moment.isoformat(" ")) for moment in moments)
    records = plan_of("gc_agent").parse(text, zone, 0)
    assert [found["TimeGenerated"] for found in records] == [
        micros(local(2026, 3, 29, hour)) for hour in (0, 1, 0)
    ]


@pytest.mark.parametrize(
    "time",
    [
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-10T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "0000-01-01T12:00:00Z",
        "2026-03-10T24:00:00Z",
        "2026-03-10T12:60:00Z",
        "2026-03-10T12:00:61Z",
        "2026-03-10T12:00:00+24:00",
        "2026-03-10T12:00:00+01:60",
        "0001-01-01T00:59:59+01:00",
        "9999-12-31T23:00:00-01:00",
    ],
)
def test_an_impossible_time_keeps_its_event(time: str) -> None:
    answer = read(
        f"{logrus(time)}\n{logrus('2026-03-10T12:00:00Z')}\n".encode(), "himds"
    )
    assert [row.us is None for row in answer.rows] == [True, False]
    assert [row.message for row in answer.rows] == ["x", "x"]
    assert all(row.parsed for row in answer.rows)
    ((line, kind, text),) = answer.report["problems"]
    assert (line, kind) == (1, "bad-time")
    assert text.startswith("1 time")


@pytest.mark.parametrize("fraction", ["", ".5", ".999999999"])
def test_a_leap_second_is_the_end_of_its_minute(fraction: str) -> None:
    end = micros(local(2017, 1, 1)) - 1
    assert parsed("himds", logrus(f"2016-12-31T23:59:60{fraction}Z")) == end
    assert parsed("gc_agent", bracket(f"2016-12-31 23:59:60{fraction}")) == end


def test_offsets_that_lines_carry_are_reported() -> None:
    times = [
        "2026-03-10T12:00:00+01:00",
        "2026-03-10T12:00:00Z",
        "2026-03-10T12:00:00-07:30",
    ]
    text = "\n".join(map(logrus, [*times, *times]))
    assert read(text.encode(), "himds").report["offsets"] == [-27_000, 0, 3600]
    assert (
        read(bracket("2026-03-10 12:00:00").encode(), "gc_agent").report["offsets"]
        == []
    )


def syslog(moment: datetime) -> str:
    return f"{moment:%b} {moment.day:>2} {moment:%H:%M:%S} host prog[1]: x"


def dated(moments: list[datetime], reference: datetime, offset: int = 0) -> list[Any]:
    text = "\n".join(map(syslog, moments))
    records = plan_of("journal").parse(text, [(0, offset)], micros(reference))
    return [record["TimeGenerated"] for record in records]


@settings(max_examples=examples(300), deadline=None)
@given(
    st.datetimes(local(1972, 1, 1), local(2090, 1, 1)),
    st.lists(st.integers(-3600, 170 * 86_400), max_size=12),
    st.integers(-23 * 3600, 363 * 86_400),
    st.integers(-14, 14),
)
def test_years_are_found_from_the_reference_and_the_order(
    first: datetime, steps: list[int], later: int, hours: int
) -> None:
    moments = [first.replace(microsecond=0)]
    for step in steps:
        moments.append(moments[-1] + timedelta(seconds=step))
    reference = moments[-1] - timedelta(hours=hours) + timedelta(seconds=later)
    found = dated(moments, reference, hours * 3600)
    assert found == [micros(m) - hours * 3600 * SECOND_US for m in moments]


def test_years_around_new_year() -> None:
    moments = [
        local(2025, 12, 31, 23, 59, 58),
        local(2026, 1, 1, 0, 0, 1),
        local(2025, 12, 31, 23, 59, 59),
        local(2026, 1, 1, 0, 0, 2),
    ]
    assert dated(moments, moments[-1]) == [micros(moment) for moment in moments]


def test_a_29th_of_february_finds_its_year() -> None:
    leap = local(2024, 2, 29, 8)
    moments = [leap, leap + DAY, leap + 60 * DAY]
    for late in (0, 300, 600):
        reference = moments[-1] + late * DAY
        assert dated(moments, reference) == [micros(moment) for moment in moments]


def test_a_29th_of_february_that_cannot_be_is_told() -> None:
    year = [syslog(local(2024, 2, 29)), syslog(local(2024, 11, 1))]
    data = "\n".join(year * 3).encode()
    answer = read(data, "journal")
    assert len(answer.rows) == 6
    assert "bad-time" in answer.kinds
    assert sum(row.us is None for row in answer.rows) == 2


def test_a_file_is_dated_as_a_whole(tmp_path: Any) -> None:
    from tests.core.ingested import ingest

    path = tmp_path / "journal"
    moments = [local(2023, 11, 1) + number * 20 * DAY for number in range(40)]
    filler = " " + "y" * 40_000
    path.write_text("\n".join(syslog(moment) + filler for moment in moments))
    changes = {"reference_us": micros(moments[-1]), "zone": [(0, -3600)]}
    answer = ingest([spec(path, **changes)], [plan_of("journal")])
    assert [row.us for row in answer.rows] == [
        micros(moment) + 3600 * SECOND_US for moment in moments
    ]


def test_utc_is_used_without_a_zone() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert parsed("gc_agent", bracket("2026-03-10 12:00:00")) == round(
        now.timestamp() * SECOND_US
    )
