"""The zone of local times, and the words that say where it is from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import UsageError
from diag.formats import ZoneChoice, choose_zone, detect, file_zone, load_families
from diag.formats.zonetable import zone_table
from diag.model import Bundle, BundleKind, Member, Packing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FAMILIES = load_families()
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are what this is about


def micros(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def offset_at(table: tuple[tuple[int, int], ...], local: int) -> int:
    """Look an offset up as the core does."""
    found = table[0][1] if table else 0
    for start, offset in table[1:]:
        if local >= start:
            found = offset
    return found


def choose(tmp_path: Path, files: Mapping[str, str], option: str = "") -> ZoneChoice:
    members = []
    for number, (name, text) in enumerate(files.items()):
        path = tmp_path / str(number)
        path.write_text(text, encoding="utf-8", newline="")
        size = path.stat().st_size
        members.append(Member(name, name, path, 0, size, Packing.STORED, size))
    bundle = Bundle("x", BundleKind.FOLDER, "", tuple(members))
    return choose_zone(detect(bundle, FAMILIES), option)


def logrus(*times: str) -> str:
    return "".join(f'time="{time}" level=info msg="x"\n' for time in times)


@pytest.mark.parametrize(
    ("option", "table"),
    [
        ("Z", ()),
        ("utc", ()),
        ("+00:00", ()),
        ("+02:00", ((0, 7200),)),
        ("-0930", ((0, -34200),)),
        ("+14:00", ((0, 50400),)),
    ],
)
def test_fixed_offsets(option: str, table: tuple[tuple[int, int], ...]) -> None:
    assert zone_table(option) == table


def test_summer_time_of_an_iana_zone() -> None:
    table = zone_table("Europe/Berlin")
    assert table[0] == (0, 3600)
    assert table == tuple(sorted(table))
    assert len(table) == 1 + 2 * 26
    assert (micros("2026-03-29T02:00:00"), 7200) in table
    # The hour that happens twice is read as its first time.
    assert (micros("2026-10-25T03:00:00"), 3600) in table


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("local", ""),
        ("+15:00", "+02:00"),
        ("+2", "+02:00"),
        ("../../etc/passwd", ""),
        ("/etc/localtime", ""),
        ("", ""),
        ("Europe", ""),
    ],
)
def test_what_is_no_zone(option: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        zone_table(option)
    assert hint in caught.value.hint
    assert option in caught.value.text


@given(
    st.sampled_from(
        ["Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
    st.datetimes(datetime(2015, 1, 2), datetime(2040, 12, 30)),  # noqa: DTZ001
)
def test_the_table_agrees_with_zoneinfo(name: str, local: datetime) -> None:
    zone = ZoneInfo(name)
    aware = local.replace(tzinfo=zone)
    back = aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back == local:  # else this local time does not exist
        found = offset_at(
            zone_table(name), (local - EPOCH) // timedelta(microseconds=1)
        )
        assert timedelta(seconds=found) == aware.utcoffset()


def test_the_option_wins(tmp_path: Path) -> None:
    files = {"himds.log": logrus("2026-03-10T12:00:00-07:00")}
    chosen = choose(tmp_path, files, "Europe/Berlin")
    assert chosen.words == "option: Europe/Berlin"
    assert chosen.table[0] == (0, 3600)


def test_an_offset_in_himds_log_is_the_machines(tmp_path: Path) -> None:
    name = "ProgramData/AzureConnectedMachineAgent/Log/himds.log"
    show = "Agent Status : x\nAgent Last Heartbeat : 2026-03-10T12:00:00+09:00\n"
    chosen = choose(
        tmp_path,
        {"azcmagent-show.txt": show, name: logrus("2026-03-10T12:00:00-07:00")},
    )
    assert chosen == ZoneChoice(((0, -25200),), "machine: -07:00 seen in himds.log")


def test_a_change_to_summer_time_is_followed(tmp_path: Path) -> None:
    chosen = choose(
        tmp_path,
        {
            "himds.log": logrus("2026-04-01T12:00:00+02:00"),
            "azcmagent.log": logrus("2026-03-01T12:00:00+01:00"),
        },
    )
    assert chosen.table == zone_table("Europe/Berlin")
    assert chosen.words == (
        "machine: +01:00 and +02:00 seen in azcmagent.log and himds.log, "
        "changing as in Europe/Berlin"
    )


def test_offsets_that_no_zone_has_hold_from_their_first_time(tmp_path: Path) -> None:
    times = logrus("2026-03-01T12:00:00+01:00", "2026-03-02T12:00:00+05:00")
    chosen = choose(tmp_path, {"himds.log": times})
    assert chosen.table == ((0, 3600), (micros("2026-03-02T08:00:00"), 18000))
    assert chosen.words == "machine: +01:00 and +05:00 seen in himds.log"


def test_london_in_winter_is_z_and_still_counts(tmp_path: Path) -> None:
    times = logrus("2026-03-01T12:00:00Z", "2026-04-01T12:00:00+01:00")
    chosen = choose(tmp_path, {"himds.log": times})
    assert chosen.table == zone_table("Europe/London")
    assert chosen.words == (
        "machine: +00:00 and +01:00 seen in himds.log, changing as in Europe/London"
    )


def test_the_end_of_a_long_log_counts_too(tmp_path: Path) -> None:
    text = logrus(*["2026-03-01T12:00:00+01:00"] * 2000, "2026-04-01T12:00:00+02:00")
    chosen = choose(tmp_path, {"himds.log": text})
    assert chosen.table == zone_table("Europe/Berlin")


def test_the_heartbeat_of_show_counts_when_the_logs_say_nothing(
    tmp_path: Path,
) -> None:
    show = "Agent Status : x\nAgent Last Heartbeat    : 2025-02-13T11:09:09-08:00\n"
    files = {"azcmagent-show.txt": show, "himds.log": logrus("2026-03-10T12:00:00Z")}
    chosen = choose(tmp_path, files)
    assert chosen.words == "machine: -08:00 seen in azcmagent-show.txt"
    assert chosen.table == ((0, -28800),)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2025-11-10T12:00:00-06:00", "2026-03-20T12:00:00-05:00", "America/Chicago"),
        (
            "2026-03-10T12:00:00-07:00",
            "2026-11-10T12:00:00-08:00",
            "America/Los_Angeles",
        ),
        ("2026-03-10T12:00:00+11:00", "2026-04-20T12:00:00+10:00", "Australia/Sydney"),
    ],
)
def test_two_offsets_tell_on_which_day_the_clocks_were_changed(
    tmp_path: Path, first: str, last: str, name: str
) -> None:
    chosen = choose(tmp_path, {"himds.log": logrus(first, last)})
    assert chosen.table == zone_table(name)


def test_a_journal_shows_local_time_beside_names_in_utc(tmp_path: Path) -> None:
    line = "Mar 10 13:00:00 web-1 himdsd[9]: x to himds-2026-03-10T11-59-59.123.log\n"
    chosen = choose(tmp_path, {"journal.txt": line})
    assert chosen.table == ((0, 3600),)
    assert chosen.words == "machine: +01:00 seen in journal.txt"
    over_new_year = line.replace("Mar 10 13", "Jan  1 02").replace(
        "03-10T11", "12-31T11"
    )
    (tmp_path / "2").mkdir()
    chosen = choose(
        tmp_path / "2", {"journal.txt": over_new_year.replace("T11", "T20")}
    )
    assert chosen.table == ((0, 18000),)
    # Told an hour and some minutes later it says nothing about the zone.
    odd = line.replace("13:00:00", "13:07:00")
    (tmp_path / "3").mkdir()
    assert choose(tmp_path / "3", {"journal.txt": odd}).assumed


def test_a_journal_with_offsets_counts_like_a_log(tmp_path: Path) -> None:
    line = "2026-03-10T12:00:00+0530 web-1 himdsd[9]: started\n"
    chosen = choose(tmp_path, {"journal.txt": line})
    assert chosen == ZoneChoice(((0, 19800),), "machine: +05:30 seen in journal.txt")


def test_times_beyond_all_years_do_no_harm(tmp_path: Path) -> None:
    times = logrus("0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-11:00")
    chosen = choose(tmp_path, {"himds.log": times})
    assert [offset for _, offset in chosen.table] == [36000, -39600]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"himds.log": logrus("2026-03-10T12:00:00Z")},
        {
            "himds.log": logrus(
                "2026-03-10T12:00:00", "yesterday", "2026-13-99T00:00:00Z"
            )
        },
        {"arcproxy.log": logrus("2026-03-10T12:00:00+05:00")},
        {"azcmagent-show.txt": "Agent Status : x\nAgent Last Heartbeat    :\n"},
    ],
)
def test_without_evidence_utc_is_assumed(
    tmp_path: Path, files: Mapping[str, str]
) -> None:
    assert choose(tmp_path, files) == ZoneChoice(
        (), "machine: UTC assumed", assumed=True
    )


def test_words_stay_short_when_a_log_is_mad(tmp_path: Path) -> None:
    times = [f"2026-03-10T{hour:02}:00:00+{hour:02}:30" for hour in range(12)]
    chosen = choose(tmp_path, {"himds.log": logrus(*times)})
    assert chosen.words.endswith("and others seen in himds.log")
    assert chosen.table == tuple(sorted(chosen.table))


def test_the_zone_of_a_file_follows_its_family() -> None:
    machine = ZoneChoice(((0, 3600),), "machine: +01:00 seen in himds.log")
    assert file_zone(FAMILIES["gc_agent"], machine) == machine
    assert file_zone(FAMILIES["journal"], machine) == machine
    # A line of himds.log without an offset is local time as well.
    assert file_zone(FAMILIES["himds"], machine) == ZoneChoice(machine.table, "carried")
    assert file_zone(FAMILIES["azcmagent_show"], machine).words == "UTC"
    assert file_zone(None, machine) == ZoneChoice((), "")
