"""Whose machine a bundle is: name, system and version of the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.analyze.machines import (
    AZCMAGENT,
    HIMDS,
    JOURNAL,
    SHOW,
    WINDOWS_HIMDS,
    folder,
    logrus,
    syslog,
    zipped,
)
from tests.analyze.stored import snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TIME = "2026-03-10T12:00:00Z"
SHOWN = "Resource Name  : web-9\nAgent Version  : 1.61.0.5\nAgent Logfile  : {}\n"
LINUX_LOG, WINDOWS_LOG = "/var/opt/azcmagent/log/himds.log", r"C:\P\himds.log"


def bundle(path: Path, files: Mapping[str, str | bytes]) -> tuple[str, str, str]:
    """Return Computer, Os and AgentVersion."""
    source = zipped(path, files) if path.suffix == ".zip" else folder(path, files)
    (row,) = snapshot([source])["Bundles"]
    return row["Computer"], row["Os"], row["AgentVersion"]


@pytest.mark.parametrize(
    ("name", "computer"),
    [
        ("azcmagent-logs-240731T1021-web-1.zip", "web-1"),
        ("azcmagent-logs-240731T1021-web-1 (1).zip", "web-1"),
        ("azcmagent-logs-240731T1021-WEB-1.contoso.com.zip", "WEB-1.contoso.com"),
        ("azcmagent-20240731-web-1.zip", "web-1"),
        ("AZCMAGENT-LOGS-240731T1021-A.ZIP", "A"),
        ("case-17.zip", "case-17"),
        ("logs.of.web.zip", "logs.of.web"),
    ],
)
def test_the_name_in_that_of_the_zip(tmp_path: Path, name: str, computer: str) -> None:
    found = bundle(tmp_path / name, {HIMDS: logrus(TIME)})
    assert found == (computer, "linux", "")


def test_the_zips_name_the_journal_show_and_the_source_in_this_order(
    tmp_path: Path,
) -> None:
    files = {HIMDS: logrus(TIME), SHOW: SHOWN.format(LINUX_LOG)}
    with_journal = {**files, JOURNAL: syslog("Mar 10 12:00:00", host="web-8")}
    named = tmp_path / "azcmagent-logs-240731T1021-web-7.zip"
    assert bundle(named, with_journal)[0] == "web-7"
    assert bundle(tmp_path / "x.zip", with_journal)[0] == "web-8"
    assert bundle(tmp_path / "y.zip", files)[0] == "web-9"
    assert bundle(tmp_path / "z", {HIMDS: logrus(TIME)})[0] == "z"


def test_the_host_that_most_lines_of_the_journal_have(tmp_path: Path) -> None:
    times = ["Mar 10 12:00:00"] * 3
    text = syslog(times[0], host="a") + syslog(*times, host="b")
    marks = "-- Reboot --\n" * 9
    assert bundle(tmp_path / "m", {JOURNAL: marks + text})[0] == "b"
    tie = syslog(times[0], host="d") + syslog(times[0], host="c")
    assert bundle(tmp_path / "n", {JOURNAL: tie})[0] == "c"


@pytest.mark.parametrize(
    ("files", "system"),
    [
        ({HIMDS: logrus(TIME)}, "linux"),
        ({WINDOWS_HIMDS: logrus(TIME)}, "windows"),
        ({"himds.log": logrus(TIME)}, ""),
        ({"himds.log": logrus(TIME), SHOW: SHOWN.format(LINUX_LOG)}, "linux"),
        ({"himds.log": logrus(TIME), SHOW: SHOWN.format(WINDOWS_LOG)}, "windows"),
        # What lies where it is documented says more than a line of text.
        ({HIMDS: logrus(TIME), SHOW: SHOWN.format(WINDOWS_LOG)}, "linux"),
        ({HIMDS: "", AZCMAGENT: "", WINDOWS_HIMDS: ""}, "linux"),
        ({HIMDS: "", WINDOWS_HIMDS: ""}, "linux"),
    ],
)
def test_the_system(tmp_path: Path, files: dict[str, str], system: str) -> None:
    assert bundle(tmp_path / "m", files)[1] == system


def test_the_version_of_show_else_of_the_last_run(tmp_path: Path) -> None:
    runs = logrus(TIME, message="Agent Version: 1.39.1") + logrus(
        TIME, message="Agent Version: 1.40.02664.1629"
    )
    files = {AZCMAGENT: runs}
    assert bundle(tmp_path / "a", files)[2] == "1.40.02664.1629"
    shown = {**files, SHOW: SHOWN.format(LINUX_LOG)}
    assert bundle(tmp_path / "b", shown)[2] == "1.61.0.5"
    empty = {**files, SHOW: "Agent Version  :\nAgent Status  : x\n"}
    assert bundle(tmp_path / "c", empty)[2] == "1.40.02664.1629"
