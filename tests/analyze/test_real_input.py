"""Real excerpts, loaded as they would be given: each alone, zipped, and in place."""

from __future__ import annotations

import functools
import json
import os
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from diag.analyze import load
from diag.analyze.load import Options
from tests.analyze.excerpts import (
    ANSWER,
    EXCERPTS,
    JOURNAL,
    JOURNAL_STAMP,
    ONBOARDING,
    SHOW,
    START,
    Excerpt,
)
from tests.analyze.stored import check_account, events, lines_in, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.model import Problem

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
STAMP = datetime.fromisoformat(JOURNAL_STAMP).timestamp()
# Where the agent has such a file; unknown text lies beside the logs.
LINUX = {
    "azcmagent": "var/opt/azcmagent/log/azcmagent.log",
    "azcmagent_console": "commands/azcmagent-connect.txt",
    "azcmagent_show": "commands/azcmagent-show.txt",
    "gc_agent": "var/lib/GuestConfig/arc_policy_logs/gc_agent.log",
    "journal": "commands/journalctl-himdsd.txt",
    "package_install": "commands/azcmagent-install.txt",
    "extension_message": "commands/extension-message.txt",
    "event_message": "commands/event-message.txt",
    "windows_events": "commands/eventlog-system.csv",
    "extension_events": "events/1773144000.json",
    "extension_status": "var/lib/waagent/P.T-1.0/status/0.status",
    "extension_resource": "commands/azure-extensions.json",
    "": "var/opt/azcmagent/log/other.txt",
}
WINDOWS = {
    **LINUX,
    "azcmagent": "ProgramData/AzureConnectedMachineAgent/Log/azcmagent.log",
    "gc_agent": "ProgramData/GuestConfig/arc_policy_logs/gc_agent.log",
    "extension_status": "Packages/Plugins/P.T/1.0/status/0.status",
    "": "ProgramData/AzureConnectedMachineAgent/Log/other.txt",
}
EACH = pytest.mark.parametrize("excerpt", EXCERPTS, ids=lambda one: one.name)


def loose(folder: Path, excerpt: Excerpt) -> Path:
    """Return a copy under the excerpt's own name, with a known time stamp."""
    source = CORPUS / excerpt.name
    path = folder / source.name
    path.write_bytes(source.read_bytes())
    os.utime(path, (STAMP, STAMP))
    return path


@dataclass(frozen=True)
class Held:
    """What a store of one excerpt holds."""

    path: Path
    tables: dict[str, list[dict[str, Any]]]
    events: list[dict[str, Any]]
    problems: tuple[Problem, ...]
    collected: tuple[datetime | None, str]


def held(path: Path, options: Options | None = None) -> Held:
    with load([path], options, cache=False) as loaded:
        store = loaded.store
        check_account(store)
        names = ("Bundles", "Files", "Facts", "Services")
        tables = {name: table(store, name) for name in names}
        return Held(path, tables, events(store), store.problems(), store.collected())


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Excerpt], Held]:
    """Load an excerpt as a lone file, once for all tests."""
    folder = tmp_path_factory.mktemp("alone")
    return functools.cache(lambda excerpt: held(loose(folder, excerpt)))


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its time as text, as the table of excerpts has it."""
    moment = row["TimeGenerated"]
    text = moment.isoformat(timespec="milliseconds") if moment else None
    return {**row, "TimeGenerated": text and text.removesuffix(".000")}


def test_the_table_is_complete() -> None:
    # Logs of extensions are in the table of test_corpus_table.py alone.
    logs = set(CORPUS.glob("extension/*.log"))
    here = [
        path.relative_to(CORPUS).as_posix()
        for path in CORPUS.rglob("*.*")
        if path not in logs
    ]
    assert sorted(excerpt.name for excerpt in EXCERPTS) == sorted(here)


@EACH
@pytest.mark.sampled(2)
def test_counts_times_and_policy(
    excerpt: Excerpt, alone: Callable[[Excerpt], Held]
) -> None:
    found = alone(excerpt)
    (file,) = found.tables["Files"]
    assert (file["File"], file["OriginalPath"]) == (found.path.name, found.path.name)
    assert (file["Log"], file["Encoding"]) == (excerpt.log, "utf-8")
    data = (CORPUS / excerpt.name).read_bytes()
    assert file["Bytes"] == len(data)
    assert file["Lines"] == excerpt.lines == lines_in(data)
    counts = [file[name] for name in ("Events", "Continued", "Blank", "Unparsed")]
    assert counts == [
        excerpt.events, excerpt.continued, excerpt.blank, excerpt.unparsed,
    ]  # fmt: skip
    for column, text in (("FirstTime", excerpt.first), ("LastTime", excerpt.last)):
        assert file[column] == (datetime.fromisoformat(text) if text else None)
    assert file["ZonePolicy"] == excerpt.zone


@EACH
def test_levels_and_named_lines(
    excerpt: Excerpt, alone: Callable[[Excerpt], Held]
) -> None:
    rows = {row["Line"]: plain(row) for row in alone(excerpt).events}
    words = excerpt.levels.replace("-", "none").split() or ["none"]
    words = words if len(words) > 1 else words * len(rows)
    assert [row["Level"] or "none" for row in rows.values()] == words
    for line, expected in excerpt.look.items():
        assert {column: rows[line][column] for column in expected} == expected
    for row in rows.values():
        assert row["Parsed"] == bool(excerpt.log)
        if not excerpt.first:
            assert row["TimeGenerated"] is None


@EACH
def test_whose_machine_it_is_and_what_is_wrong(
    excerpt: Excerpt, alone: Callable[[Excerpt], Held]
) -> None:
    found = alone(excerpt)
    (bundle,) = found.tables["Bundles"]
    computer, system, version = excerpt.machine
    if excerpt is START:
        version = "1.21.02043.347"
    assert bundle["Computer"] == (computer or found.path.stem)
    assert (bundle["Os"], bundle["AgentVersion"]) == (system, version)
    kinds = [problem.kind for problem in found.problems]
    assert kinds == (excerpt.problems if excerpt.log else ["no-known-log"])
    collected, how = found.collected
    assert collected == (datetime.fromisoformat(excerpt.last) if excerpt.last else None)
    sure = "newest event" if excerpt.zone == "carried" else "zone or year assumed"
    assert how.endswith(sure if excerpt.last else "no time in the input")


def placed(folder: Path, excerpt: Excerpt, style: str) -> Path:
    """Return the excerpt as a member of a folder or zip, where the agent has it."""
    data = (CORPUS / excerpt.name).read_bytes()
    if style == "folder":
        path = folder / "machine" / LINUX[excerpt.log]
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        os.utime(path, (STAMP, STAMP))
        return folder / "machine"
    name = LINUX[excerpt.log]
    if style == "windows zip":
        name = WINDOWS[excerpt.log].replace("/", "\\")
    info = zipfile.ZipInfo("x")
    info.filename = name  # the constructor would change backslashes on Windows
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(folder / "machine.zip", "w") as archive:
        archive.writestr(info, data)
    os.utime(folder / "machine.zip", (STAMP, STAMP))
    return folder / "machine.zip"


@pytest.mark.sampled(2)  # each excerpt in one way or two
@pytest.mark.parametrize("style", ["folder", "linux zip", "windows zip"])
@EACH
def test_in_place_and_zipped_it_gives_the_same_events(
    excerpt: Excerpt, style: str, alone: Callable[[Excerpt], Held], tmp_path: Path
) -> None:
    found = held(placed(tmp_path, excerpt, style))
    assert found.events == alone(excerpt).events
    assert len(found.events) == excerpt.events + excerpt.unparsed
    (file,) = found.tables["Files"]
    names = WINDOWS if style == "windows zip" else LINUX
    assert (file["File"], file["Log"]) == (names[excerpt.log], excerpt.log)
    original = file["File"].replace("/", "\\") if "windows" in style else file["File"]
    assert file["OriginalPath"] == original


def test_the_old_log_at_its_old_place_has_its_old_name(tmp_path: Path) -> None:
    data = (CORPUS / "gc_agent/windows-2019-dsc-rest-server.log").read_bytes()
    folder = tmp_path / "Program Files/AzureConnectedMachineAgent/logs"
    folder.mkdir(parents=True)
    (folder / "dsc.log").write_bytes(data)
    found = held(tmp_path)
    (file,) = found.tables["Files"]
    assert (file["Log"], file["Events"]) == ("dsc", 7)
    assert found.tables["Bundles"][0]["Os"] == "windows"


def test_the_long_answer_comes_out_whole(alone: Callable[[Excerpt], Held]) -> None:
    fields = alone(ANSWER).events[0]["Fields"]
    assert set(fields) == {"Body", "Status Code"}
    assert fields["Status Code"] == "200"
    body = json.loads(fields["Body"])
    assert body["name"] == "i-0123456789abcdef0"
    assert body["properties"]["provisioningState"] == "Creating"
    assert len(body["properties"]["clientPublicKey"]) == 360


def test_an_offset_in_the_lines_is_the_machines_zone(
    alone: Callable[[Excerpt], Held],
) -> None:
    found = alone(ONBOARDING)
    zone = f"machine: -07:00 seen in {found.path.name}"
    assert found.tables["Bundles"][0]["TimeZone"] == zone


@pytest.mark.parametrize(
    ("stamp", "year"),
    [
        ("2026-02-17T11:36:37+00:00", 2026),
        ("2026-02-17T11:36:36+00:00", 2025),
        ("2025-12-31T00:00:00+00:00", 2025),
    ],
)
def test_the_year_of_a_lone_journal_is_that_of_the_file(
    stamp: str, year: int, tmp_path: Path
) -> None:
    path = loose(tmp_path, JOURNAL[0])
    moment = datetime.fromisoformat(stamp).timestamp()
    os.utime(path, (moment, moment))
    assert {row["TimeGenerated"].year for row in held(path).events} == {year}


def test_the_users_zone_is_taken(tmp_path: Path) -> None:
    found = held(loose(tmp_path, JOURNAL[0]), Options(zone="Europe/Berlin"))
    (file,) = found.tables["Files"]
    assert file["FirstTime"] == datetime(2026, 2, 18, 10, 36, 32)  # noqa: DTZ001
    assert file["ZonePolicy"].startswith("option: Europe/Berlin; year by ")


FACTS = {
    "azcmagent_cli/linux-1.58-show-connected.txt": {
        "Resource Name": ("edge0001", 1),
        "Agent Status": ("Connected", 14),
        "Agent Last Heartbeat": ("2025-11-19T23:34:03Z", 15),
        "Agent Error Code": ("", 16),
        "Gateway URL": ("", 22),
        "Cloud Provider": ("N/A", 23),
        "Manufacturer": ("ASUSTeK COMPUTER INC.", 25),
        "Agent Auto Upgrade Task Status": (
            "enabled, id: /etc/cron.d/azcmagent_autoupgrade",
            37,
        ),
    },
    "azcmagent_cli/windows-1.46-show-connected-gateway.txt": {
        "Location": ("west europe", 11),
        "Agent Last Heartbeat": ("2025-02-13T11:09:09-08:00", 16),
        "Using HTTPS Proxy": ("http://localhost:40343", 20),
        "Proxy Bypass List": ("", 21),
        "Gateway URL": ("https :/<Gateway URL>.gw.arc.azure.com", 23),
        "Disabled Features": ("atsauth", 37),
    },
    "azcmagent_cli/windows-1.64-show-connected.txt": {
        "Identity Key Store": ("Default", 12),
        "Agent Logfile": (
            r"C:\ProgramData\AzureConnectedMachineAgent\Log\himds.log",
            14,
        ),
        "Agent Auto Upgrade Task Status": (
            "enabled, id: {00000000-0000-0000-0000-000000000000}",
            39,
        ),
    },
    "azcmagent_cli/windows-1.64-show-disconnected.txt": {
        "Resource Name": ("", 1),
        "Agent Status": ("Disconnected", 15),
        "Agent Last Heartbeat": ("", 16),
        "Disabled Features": ("sslendpoint", 38),
    },
}
# Rows of Facts: all lines but services, the two headings and blank ones.
FACT_COUNTS = {
    "azcmagent_cli/linux-1.58-show-connected.txt": 31,
    "azcmagent_cli/windows-1.46-show-connected-gateway.txt": 28,
    "azcmagent_cli/windows-1.64-show-connected.txt": 32,
    "azcmagent_cli/windows-1.64-show-disconnected.txt": 32,
}
WINDOWS_SERVICES = [
    ("himds", "Agent Service", "running"),
    ("arcproxy", "Azure Arc Proxy", "running"),
    ("extensionservice", "Extension Service", "running"),
    ("gcarcservice", "GC Service", "running"),
]
SERVICES = {
    "azcmagent_cli/linux-1.58-show-connected.txt": [
        ("himdsd", "Agent Service", "active"),
        ("arcproxyd", "Azure Arc Proxy", "active"),
        ("extd", "Extension Service", "active"),
        ("gcad", "GC Service", "active"),
    ],
    "azcmagent_cli/windows-1.46-show-connected-gateway.txt": WINDOWS_SERVICES,
    "azcmagent_cli/windows-1.64-show-connected.txt": [
        *WINDOWS_SERVICES,
        ("CcmExec", "SMS Agent Host", "unknown"),
    ],
    "azcmagent_cli/windows-1.64-show-disconnected.txt": [
        *WINDOWS_SERVICES,
        ("CcmExec", "SMS Agent Host", "unknown"),
    ],
}


@pytest.mark.parametrize("excerpt", SHOW, ids=lambda one: one.name)
def test_facts_and_services(excerpt: Excerpt, alone: Callable[[Excerpt], Held]) -> None:
    found = alone(excerpt)
    facts, services = found.tables["Facts"], found.tables["Services"]
    said = {row["Name"]: (row["Value"], row["Line"]) for row in facts}
    expected = FACTS[excerpt.name]
    assert {name: said[name] for name in expected} == expected
    assert len(said) == len(facts) == FACT_COUNTS[excerpt.name]
    services.sort(key=lambda row: row["Line"])
    assert [
        (row["Name"], row["DisplayName"], row["State"]) for row in services
    ] == SERVICES[excerpt.name]
    for row in facts + services:
        assert row["Computer"] == (excerpt.machine[0] or found.path.stem)
        assert row["File"] == found.path.name


def test_unknown_text_is_found_by_search(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("what the customer says\nand a xylophone\n")
    with load([tmp_path / "notes.txt"], cache=False) as loaded:
        check_account(loaded.store)
        (file,) = table(loaded.store, "Files")
        assert (file["Log"], file["Lines"], file["Unparsed"]) == ("", 2, 2)
        found = loaded.store.query(
            "SELECT Line, Parsed, Level FROM Events WHERE contains(Message, 'xylo')"
        )
    assert found.rows == [(2, False, "")]
