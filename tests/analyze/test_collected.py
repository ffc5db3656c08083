"""When a bundle was collected, which is `now` for the rules, and how that is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from diag.analyze import load
from diag.analyze.load import Options
from tests.analyze.machines import (
    AZCMAGENT,
    GC_AGENT,
    HIMDS,
    JOURNAL,
    SHOW,
    bracket,
    folder,
    logrus,
    syslog,
    zipped,
)
from tests.analyze.stored import check_account, snapshot, table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNKNOWN = "no time in the input"


def at(text: str) -> datetime:
    """Return a time in March 2026, as the store has it."""
    return datetime.fromisoformat(f"2026-03-{text}")


def collected(source: Path, zone: str = "") -> tuple[datetime | None, str]:
    with load([source], Options(zone=zone), cache=False) as loaded:
        check_account(loaded.store)
        return loaded.store.collected()


ZIP_FILES = {HIMDS: logrus("2026-03-10T12:00:00Z", "2026-03-10T12:05:00Z")}


@pytest.mark.parametrize(
    ("stamp", "moment", "how"),
    [
        ("2026-03-10T12:30:00+00:00", "10 12:30:00", "newest zip member"),
        ("2026-03-10T12:01:00+00:00", "10 12:05:00", "newest event"),
        (None, "10 12:05:00", "newest event"),
    ],
)
def test_the_later_of_zip_member_and_event(
    tmp_path: Path, stamp: str | None, moment: str, how: str
) -> None:
    when = datetime.fromisoformat(stamp) if stamp else None
    source = zipped(tmp_path / "m.zip", ZIP_FILES, when)
    assert collected(source) == (at(moment), how)


def test_a_zip_without_any_event_was_collected_when_its_members_say(
    tmp_path: Path,
) -> None:
    stamp = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
    source = zipped(tmp_path / "m.zip", {"notes.txt": "x\n"}, stamp)
    assert collected(source) == (at("10 12:30:00"), "newest zip member")


ENDS = "2026-03-10T12:00:00Z"


@pytest.mark.parametrize(
    ("newest", "moment", "how"),
    [
        # Local time of a zone that nothing names: it may be hours off.
        ("2026-03-10 17:00:00.000", "10 12:00:00", "newest event"),
        ("2026-03-11 01:59:59.000", "10 12:00:00", "newest event"),
        # But no zone is further than 14 hours from UTC, so this much is sure.
        ("2026-03-12 16:00:00.000", "12 02:00:00",
         "newest event, less 14 h: its zone is assumed"),
    ],
)  # fmt: skip
def test_an_assumed_zone_never_makes_it_later_than_the_truth(
    tmp_path: Path, newest: str, moment: str, how: str
) -> None:
    files = {HIMDS: logrus(ENDS), GC_AGENT: bracket(newest)}
    assert collected(folder(tmp_path, files)) == (at(moment), how)


def test_an_extension_that_may_write_utc_makes_it_no_later(tmp_path: Path) -> None:
    path = "var/log/azure/Microsoft.Azure.KeyVault.KeyVaultForLinux/akvvm_service.log"
    line = "2026-03-10 20:00:00: <info> [VMExtension]Starting extension\n"
    files = {HIMDS: logrus("2026-03-10T12:00:00-08:00"), path: line}
    assert collected(folder(tmp_path, files)) == (at("10 20:00:00"), "newest event")


def test_a_zone_that_is_known_counts(tmp_path: Path) -> None:
    local = bracket("2026-03-10 17:00:00.000")
    seen = {HIMDS: logrus("2026-03-10T14:00:00+02:00"), GC_AGENT: local}
    assert collected(folder(tmp_path / "a", seen)) == (
        at("10 15:00:00"),
        "newest event",
    )
    zulu = {HIMDS: logrus(ENDS), GC_AGENT: local}
    assert collected(folder(tmp_path / "b", zulu), "+04:00") == (
        at("10 13:00:00"),
        "newest event",
    )


SHOWN = "Agent Version  : 1.46\nAgent Last Heartbeat  : 2026-03-10T09:00:00-08:00\n"


@pytest.mark.parametrize(
    ("files", "zone", "policy", "hour"),
    [
        ({}, "", "machine: UTC assumed", 12),
        ({HIMDS: logrus(ENDS)}, "", "machine: UTC assumed", 12),
        (
            {HIMDS: logrus("2026-03-10T09:00:00+01:00")},
            "",
            "machine: +01:00 seen in himds.log",
            11,
        ),
        (
            {AZCMAGENT: logrus("2026-03-10T09:00:00-07:00")},
            "",
            "machine: -07:00 seen in azcmagent.log",
            19,
        ),
        ({SHOW: SHOWN}, "", "machine: -08:00 seen in azcmagent-show.txt", 20),
        # The logs say more than one line of a document, the user more than both.
        (
            {HIMDS: logrus("2026-03-10T09:00:00+01:00"), SHOW: SHOWN},
            "",
            "machine: +01:00 seen in himds.log",
            11,
        ),
        ({SHOW: SHOWN}, "Asia/Kolkata", "option: Asia/Kolkata", 6),
    ],
)
def test_local_times_are_read_in_the_machines_zone(
    tmp_path: Path, files: Mapping[str, str], zone: str, policy: str, hour: int
) -> None:
    local = {GC_AGENT: bracket("2026-03-10 12:00:00.000")}
    held = snapshot([folder(tmp_path, {**files, **local})], Options(zone=zone))
    (row,) = [row for row in held["Files"] if row["Log"] == "gc_agent"]
    assert row["ZonePolicy"] == held["Bundles"][0]["TimeZone"] == policy
    assert row["LastTime"].hour == hour


def test_when_all_is_assumed_the_newest_event_is_taken_and_told(tmp_path: Path) -> None:
    source = folder(tmp_path, {GC_AGENT: bracket("2026-03-10 17:00:00.000")})
    assert collected(source) == (
        at("10 17:00:00"),
        "newest event, zone or year assumed",
    )


def test_a_journal_that_names_its_offset_is_not_assumed(tmp_path: Path) -> None:
    line = "2026-03-10T13:00:00+0100 web-1 systemd[1]: Started gcad.service.\n"
    held = snapshot([folder(tmp_path, {JOURNAL: line})])
    assert held["Files"][0]["ZonePolicy"] == "carried"
    assert held["Bundles"][0]["CollectedAt"] == at("10 12:00:00")
    assert {row["Value"] for row in held["Meta"]} >= {"newest event"}


def test_a_clock_that_was_wrong_for_a_while_does_not_count(tmp_path: Path) -> None:
    times = ["2026-03-10T11:00:00Z", "2099-01-01T00:00:00Z", "2026-03-10T12:00:00Z"]
    assert collected(folder(tmp_path, {HIMDS: logrus(*times)})) == (
        at("10 12:00:00"),
        "newest event",
    )


def test_a_log_printed_newest_first_counts_by_its_first_line(tmp_path: Path) -> None:
    times = ["2026-03-10T12:00:00Z", "2026-03-10T11:00:00Z", "2026-03-10T10:00:00Z"]
    assert collected(folder(tmp_path, {HIMDS: logrus(*times)}))[0] == at("10 12:00:00")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"notes.txt": "2026-03-10 12:00:00 is no log\n"},
        {SHOW: "Agent Status  : x\nAgent Last Heartbeat  : 2026-03-10T12:00:00Z\n"},
        {HIMDS: 'level=info msg="no time"\n'},
        {HIMDS: logrus("2026-02-30T12:00:00Z", "2026-03-10T25:00:00Z")},
        {HIMDS: ""},
    ],
)
def test_without_a_time_there_is_none(tmp_path: Path, files: Mapping[str, str]) -> None:
    tmp_path.joinpath("m").mkdir()
    assert collected(folder(tmp_path / "m", files)) == (None, UNKNOWN)


@pytest.mark.parametrize("other", [HIMDS, AZCMAGENT, JOURNAL])
def test_times_beyond_the_calendar_are_no_times(tmp_path: Path, other: str) -> None:
    files = {
        GC_AGENT: bracket("0001-01-01 00:00:01.000", "9999-12-31 23:59:59.000"),
        other: logrus("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    }
    with load([folder(tmp_path, files)], cache=False) as loaded:
        rows = table(loaded.store, "Events")
        moment, _ = loaded.store.collected()
    assert {type(row["TimeGenerated"]) for row in rows} <= {datetime, type(None)}
    assert moment is None or isinstance(moment, datetime)


def test_facts_and_services_are_of_that_time(tmp_path: Path) -> None:
    show = "Agent Version  : 1.58\nAgent Status  : x\n  GC (gcad)  : active\n"
    held = snapshot([folder(tmp_path, {HIMDS: logrus(ENDS), SHOW: show})])
    for row in [*held["Facts"], *held["Services"]]:
        assert row["TimeGenerated"] == at("10 12:00:00")


def test_of_several_bundles_the_newest_counts(tmp_path: Path) -> None:
    old = folder(tmp_path / "old", {HIMDS: logrus("2026-03-01T12:00:00Z")})
    new = folder(tmp_path / "new", {HIMDS: logrus("2026-03-09T12:00:00Z")})
    none = folder(tmp_path / "none", {"notes.txt": "x\n"})
    with load([none, new, old], cache=False) as loaded:
        assert loaded.store.collected() == (at("09 12:00:00"), "newest event")
        rows = table(loaded.store, "Bundles")
    assert [row["CollectedAt"] for row in rows] == [
        None, at("09 12:00:00"), at("01 12:00:00"),
    ]  # fmt: skip


def test_the_users_now_does_not_change_what_is_stored(tmp_path: Path) -> None:
    source = folder(tmp_path, {HIMDS: logrus(ENDS), JOURNAL: syslog("Mar 10 11:00:00")})
    with load(
        [source], Options(now=datetime(2030, 1, 1, tzinfo=UTC)), cache=False
    ) as loaded:
        assert loaded.store.collected() == (at("10 12:00:00"), "newest event")
