"""The year of dates without one: the journal beside logs that know it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from diag.analyze.load import Options
from tests.analyze.machines import (
    GC_AGENT,
    HIMDS,
    JOURNAL,
    bracket,
    folder,
    logrus,
    syslog,
    zipped,
)
from tests.analyze.stored import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def dates(
    source: Path, options: Options | None = None
) -> tuple[dict[str, list[str]], set[str]]:
    """Return the days of each journal, and how their years are known."""
    held = snapshot([source], options)
    days: dict[str, list[str]] = {}
    for row in sorted(held["Events"], key=lambda event: event["EventId"]):
        if row["Log"] == "journal":
            days.setdefault(row["File"], []).append(f"{row['TimeGenerated']:%Y-%m-%d}")
    policies = [row["ZonePolicy"] for row in held["Files"] if row["Log"] == "journal"]
    return days, {words.partition("year by ")[2] for words in policies}


@pytest.mark.parametrize(
    ("himds", "journal", "expected"),
    [
        # New Year within the file, once and twice.
        (
            "2026-01-02T08:00:00Z",
            ["Dec 31 23:59:59", "Jan  1 00:00:03"],
            ["2025-12-31", "2026-01-01"],
        ),
        (
            "2026-01-02T08:00:00Z",
            [
                "Dec 30 10:00:00",
                "May  1 10:00:00",
                "Dec 31 10:00:00",
                "Jan  1 01:00:00",
            ],
            ["2024-12-30", "2025-05-01", "2025-12-31", "2026-01-01"],
        ),
        # The journal of a service that started months ago and is quiet since.
        ("2026-03-10T12:00:00Z", ["Aug 20 10:00:00"], ["2025-08-20"]),
        ("2026-03-10T12:00:00Z", ["Mar 10 11:00:00"], ["2026-03-10"]),
        # The agent's logs end in December; the journal goes on with its failures.
        (
            "2025-12-20T12:00:00Z",
            ["Dec 20 12:00:01", "Jan  5 10:00:00"],
            ["2025-12-20", "2026-01-05"],
        ),
        # The 29th of February was in 2024.
        ("2026-03-10T12:00:00Z", ["Feb 29 10:00:00"], ["2024-02-29"]),
    ],
)
def test_the_other_logs_know_the_year(
    tmp_path: Path, himds: str, journal: list[str], expected: list[str]
) -> None:
    source = folder(tmp_path, {HIMDS: logrus(himds), JOURNAL: syslog(*journal)})
    # Copies are newer than what they say; that must not count.
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (2_000_000_000, 2_000_000_000))
    assert dates(source) == ({JOURNAL: expected}, {"the other logs"})


def test_each_journal_has_its_own_years(tmp_path: Path) -> None:
    other = "commands/journalctl-gcad.txt"
    files = {
        HIMDS: logrus("2026-01-10T12:00:00Z"),
        GC_AGENT: bracket("2025-06-01 12:00:00.000"),
        JOURNAL: syslog("Dec 24 10:00:00"),
        other: syslog("Jan  9 10:00:00"),
    }
    found, _ = dates(folder(tmp_path, files))
    assert found == {other: ["2026-01-09"], JOURNAL: ["2025-12-24"]}


JOURNAL_ONLY = {JOURNAL: syslog("Mar 20 10:00:00")}
BOTH = {HIMDS: logrus("2026-03-10T12:00:00Z"), **JOURNAL_ONLY}


@pytest.mark.parametrize(
    ("files", "stamp", "year", "how"),
    [
        # Nothing in a zip is newer than its newest member.
        (BOTH, datetime(2026, 3, 11, tzinfo=UTC), 2025, "the other logs"),
        (BOTH, datetime(2026, 3, 21, tzinfo=UTC), 2026, "the other logs"),
        (BOTH, None, 2026, "the other logs"),
        # A zip packed long after: its logs know better.
        (
            {HIMDS: logrus("2024-06-10T12:00:00Z"), **JOURNAL_ONLY},
            datetime(2026, 3, 21, tzinfo=UTC),
            2024,
            "the other logs",
        ),
        (
            JOURNAL_ONLY,
            datetime(2024, 3, 21, tzinfo=UTC),
            2024,
            "the zip's time stamps",
        ),
        (JOURNAL_ONLY, None, 2022, "the file's time stamp"),
    ],
)
def test_in_a_zip(
    tmp_path: Path,
    files: Mapping[str, str],
    stamp: datetime | None,
    year: int,
    how: str,
) -> None:
    source = zipped(tmp_path / "m.zip", files, stamp)
    moment = datetime(2023, 1, 1, tzinfo=UTC).timestamp()
    os.utime(source, (moment, moment))
    assert dates(source) == ({JOURNAL: [f"{year}-03-20"]}, {how})


@pytest.mark.parametrize(
    ("files", "now", "year", "how"),
    [
        (JOURNAL_ONLY, datetime(2024, 5, 1, tzinfo=UTC), 2024, "--now"),
        (JOURNAL_ONLY, datetime(2024, 2, 1, tzinfo=UTC), 2023, "--now"),
        (BOTH, datetime(2026, 3, 11, tzinfo=UTC), 2025, "the other logs"),
        # The logs know better than a `now` of years later, or earlier.
        (BOTH, datetime(2030, 1, 1, tzinfo=UTC), 2026, "the other logs"),
        (BOTH, datetime(2020, 1, 1, tzinfo=UTC), 2025, "the other logs"),
    ],
)
def test_the_users_now_dates_what_nothing_else_does(
    tmp_path: Path, files: Mapping[str, str], now: datetime, year: int, how: str
) -> None:
    found = dates(folder(tmp_path, files), Options(now=now))
    assert found == ({JOURNAL: [f"{year}-03-20"]}, {how})


def test_a_wrong_clock_in_another_log_does_not_count(tmp_path: Path) -> None:
    times = ["2026-03-10T12:00:00Z", "2099-01-01T00:00:00Z", "2026-03-10T12:01:00Z"]
    files = {HIMDS: logrus(*times), JOURNAL: syslog("Mar 10 10:00:00")}
    assert dates(folder(tmp_path, files))[0] == {JOURNAL: ["2026-03-10"]}
