"""Documents as files of a bundle: rows of the tables, lines, and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diag.analyze import load
from tests.analyze.machines import HIMDS, SHOW, folder, logrus, zipped
from tests.analyze.stored import check_account, events, snapshot, table
from tests.shipped import lenient

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
Held = dict[str, list[dict[str, Any]]]
SHOW_JSON = {
    "resourceName": "web-1",
    "agentVersion": "1.61.03319.737",
    "status": "Disconnected",
    "lastHeartbeat": "2026-03-10T11:57:02+01:00",
    "httpsProxy": "http://user:secret@proxy.example:8080",
    "services": [
        {"displayName": "Agent Service", "serviceName": "himds", "status": "stopped"}
    ],
}
STATUS = [
    {
        "timestampUTC": "2026-03-10T10:00:00Z",
        "status": {
            "operation": "Enable",
            "status": "error",
            "code": 52,
            "formattedMessage": {"lang": "en", "message": "failed"},
        },
    }
]


def kinds(held: Held) -> list[str]:
    return [row["Kind"] for row in held["Problems"]]


def facts(held: Held) -> dict[str, tuple[str, int]]:
    return {row["Name"]: (row["Value"], row["Line"]) for row in held["Facts"]}


def one(folder_: Path, name: str, text: str | bytes) -> Held:
    place = folder_ / "machine" / name
    place.parent.mkdir(parents=True)
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return snapshot([folder_ / "machine"])


@pytest.mark.parametrize("name", [SHOW, "show.json", "azcmagent-show.json"])
def test_show_as_json_is_what_show_as_text_is(tmp_path: Path, name: str) -> None:
    held = one(tmp_path, name, json.dumps(SHOW_JSON, indent=2))
    assert {row["Log"] for row in held["Files"]} == {"azcmagent_show"}
    (bundle,) = held["Bundles"]
    assert (bundle["Computer"], bundle["AgentVersion"]) == ("web-1", "1.61.03319.737")
    assert bundle["TimeZone"].startswith("machine: +01:00 seen in")
    assert facts(held) == {
        "Resource Name": ("web-1", 2),
        "Agent Version": ("1.61.03319.737", 3),
        "Agent Status": ("Disconnected", 4),
        "Agent Last Heartbeat": ("2026-03-10T11:57:02+01:00", 5),
        "Using HTTPS Proxy": ("http://***@proxy.example:8080", 6),
    }
    (service,) = held["Services"]
    assert (service["Name"], service["State"], service["Line"]) == (
        "himds",
        "stopped",
        8,
    )
    assert service["Computer"] == "web-1"
    assert kinds(held) == []


def test_rules_judge_show_as_json(tmp_path: Path) -> None:
    from diag.analyze import diagnose

    source = folder(
        tmp_path / "m",
        {SHOW: json.dumps(SHOW_JSON), HIMDS: logrus("2026-03-10T10:57:02Z")},
    )
    with load([source], cache=False) as loaded:
        found = {one.rule for one in diagnose(loaded, lenient()).findings}
    assert {"ARC-SVC-004", "ARC-SVC-006"} <= found


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_every_encoding_reads_alike(tmp_path: Path, encoding: str) -> None:
    text = '{\r\n"tenantId": "caf\u00e9",\r\n"vmId": "\\ud800x\\u0000"\r\n}\r\n'
    held = one(tmp_path, "var/opt/azcmagent/agentconfig.json", text.encode(encoding))
    assert facts(held) == {"tenantId": ("caf\u00e9", 2), "vmId": ("\ufffdx\u2400", 3)}
    assert held["Files"][0]["Lines"] == 4


@pytest.mark.parametrize(
    ("name", "system", "extension"),
    [
        (
            (
                "var/lib/waagent/Microsoft.Azure.Monitor.AzureMonitorLinuxAgent-1.33.1/"
                "status/0.status"
            ),
            "linux",
            ("Microsoft.Azure.Monitor", "AzureMonitorLinuxAgent", "1.33.1"),
        ),
        (
            (
                "Packages/Plugins/Microsoft.Azure.AzureDefenderForServers.MDE.Windows/"
                "1.0.2/status/12.status"
            ),
            "windows",
            ("Microsoft.Azure.AzureDefenderForServers", "MDE.Windows", "1.0.2"),
        ),
        ("7.status", "", ("", "", "")),
        ("copy of it.json", "", ("", "", "")),
    ],
)
def test_the_folder_says_which_extension_it_is(
    tmp_path: Path, name: str, system: str, extension: tuple[str, str, str]
) -> None:
    held = one(tmp_path, name, json.dumps(STATUS))
    assert held["Bundles"][0]["Os"] == system
    (row,) = held["Extensions"]
    assert (row["Publisher"], row["Type"], row["Version"]) == extension
    assert (row["Operation"], row["Status"], row["Code"]) == ("Enable", "error", "52")
    assert row["TimeGenerated"].isoformat() == "2026-03-10T10:00:00"
    assert row["File"] == name


CONFIG = "ProgramData/AzureConnectedMachineAgent/Config/localconfig.json"


@pytest.mark.parametrize(
    ("text", "kind", "line", "names"),
    [
        ('{"a": 1,\n"b": 2', "bad-json", 2, ["a", "b"]),
        ('{"a": 1,\n"b": "tor', "bad-json", 2, ["a"]),
        ('{"a": 1,\n"b" 2}', "bad-json", 2, ["a"]),
        ('{"a": 1}\n{"b": 2}', "bad-json", 2, ["a"]),
        ("himds does not run", "bad-json", 1, []),
        ('{"k":' * 100, "big-json", 1, []),
        ('{"a": 1,\n"a": 2}', "odd-json", 2, ["a"]),
        ('{"a": NaN, "b": -Infinity}', "odd-json", 1, ["a", "b"]),
        ('{"a": 1e99999}', "odd-json", 1, ["a"]),
        (f'{{"a": {"9" * 5000}}}', "odd-json", 1, ["a"]),
        ('{"a": "C:\\Program Files"}', "odd-json", 1, ["a"]),
        ('{"a": [1, 2,]}', "odd-json", 1, ["a"]),
    ],
)
def test_broken_json_is_told_and_what_is_whole_is_kept(
    tmp_path: Path, text: str, kind: str, line: int, names: list[str]
) -> None:
    held = one(tmp_path, CONFIG, text)
    assert kind in kinds(held)
    assert {row["Line"] for row in held["Problems"] if row["Kind"] == kind} >= {line}
    assert sorted(facts(held)) == names
    assert held["Files"][0]["Events"] == len(text.splitlines())


def test_of_one_kind_a_thousand_problems_are_listed(tmp_path: Path) -> None:
    files = {f"d{number}/localconfig.json": "{" for number in range(1003)}
    held = snapshot([zipped(tmp_path / "m.zip", files)])
    assert kinds(held) == ["bad-json"] * 1001
    (last,) = [
        row for row in held["Problems"] if row["File"] == str(tmp_path / "m.zip")
    ]
    assert last["Text"].startswith("3 more problems")


def test_a_document_beyond_the_limit_is_told(tmp_path: Path) -> None:
    items = ",\n".join(f'"k{number}": "{"x" * 1000}"' for number in range(5000))
    held = one(tmp_path, CONFIG, "{" + items + "}")
    assert set(kinds(held)) == {"big-json"}
    assert len(held["Facts"]) > 4000
    assert held["Files"][0]["Events"] == 5000


def test_secrets_are_in_no_table(tmp_path: Path) -> None:
    config = {
        "proxy.url": "http://u:hunter2@p:1",
        "clientSecret": "hunter2",
        "nested": {"accessToken": {"deep": "hunter2"}, "ok": ["u:hunter2@p", "x"]},
    }
    text = "Agent Version   : 1.61\nUsing HTTPS Proxy   : http://u:hunter2@p:1\n"
    text += "Some Password   : hunter2\n"
    proxy = {"proxy status": "u:hunter2@p"}
    check = [{"endpoint": "https://x", "reachable": True, **proxy}]
    held = snapshot([
        folder(tmp_path / "m", {
            CONFIG: json.dumps(config),
            SHOW: text,
            "commands/azcmagent-check.json": json.dumps(check),
        })
    ])  # fmt: skip
    for name in ("Facts", "Services", "Extensions", "Endpoints"):
        assert "hunter2" not in str(held[name])
    assert {"proxy.url", "nested.ok", "Using HTTPS Proxy"} <= set(facts(held))
    assert held["Endpoints"][0]["Proxy"] == "***@p"


SERVICES = {
    "commands/systemctl-status.txt": (
        (
            "\u25cf himdsd.service - Azure Connected Machine Agent Service\n"
            "     Loaded: loaded (/lib/systemd/system/himdsd.service; enabled)\n"
            "     Active: active (running) since Tue 2026-03-10 08:00:01 CET\n\n"
            "Mar 10 08:00:01 web-1 systemd[1]: Started.\n\n"
            "Unit gone.service could not be found.\n"
            "\u25cb extd.service - Extension Service\n"
            "     Loaded: loaded (/lib/systemd/system/extd.service; enabled)\n"
            "     Active: inactive (dead)\n"
        ),
        [
            ("himdsd", "Azure Connected Machine Agent Service", "active", 1),
            ("extd", "Extension Service", "inactive", 8),
        ],
    ),
    "commands/systemctl-list-units.txt": (
        (
            "  UNIT           LOAD   ACTIVE SUB     DESCRIPTION\n"
            "  himdsd.service loaded active running Azure Agent\n"
            "\u25cf extd.service   loaded failed failed  Extension Service\n\n"
            "2 loaded units listed.\n"
        ),
        [
            ("himdsd", "Azure Agent", "active", 2),
            ("extd", "Extension Service", "failed", 3),
        ],
    ),
    "commands/sc-query.txt": (
        (
            "\r\nSERVICE_NAME: himds \r\nDISPLAY_NAME: Azure Hybrid\r\n"
            "        TYPE               : 10  WIN32_OWN_PROCESS  \r\n"
            "        STATE              : 4  RUNNING \r\n"
            "                                (STOPPABLE)\r\n\r\n"
            "SERVICE_NAME: GCArcService\r\n        STATE              : 1  STOPPED \r\n"
        ),
        [("himds", "Azure Hybrid", "RUNNING", 2), ("GCArcService", "", "STOPPED", 8)],
    ),
    "commands/get-service.txt": (
        (
            "\r\nStatus   Name               DisplayName\r\n"
            "------   ----               -----------\r\n"
            "Running  himds              Azure Hybrid Instance\r\n"
            "Stopped  ExtensionService   Machine configuration\r\n"
        ),
        [
            ("himds", "Azure Hybrid Instance", "Running", 4),
            ("ExtensionService", "Machine configuration", "Stopped", 5),
        ],
    ),
    "commands/get-service-list.txt": (
        (
            "\r\nName                : himds\r\nDisplayName         : Azure Hybrid\r\n"
            "Status              : Running\r\nServicesDependedOn  : {}\r\n\r\n"
            "Name                : arcproxy\r\nDisplayName         : Arc Proxy\r\n"
            "Status              : Stopped\r\n"
        ),
        [
            ("himds", "Azure Hybrid", "Running", 2),
            ("arcproxy", "Arc Proxy", "Stopped", 7),
        ],
    ),
}


@pytest.mark.parametrize("loose", [False, True])
@pytest.mark.parametrize("name", SERVICES)
def test_services_of_the_system(tmp_path: Path, name: str, *, loose: bool) -> None:
    text, rows = SERVICES[name]
    held = one(tmp_path, "x.txt" if loose else name, text)
    found = sorted(held["Services"], key=lambda row: row["Line"])
    columns = ("Name", "DisplayName", "State", "Line")
    said = [tuple(row[column] for column in columns) for row in found]
    assert said == rows


def test_the_real_status_file(tmp_path: Path) -> None:
    name = "extension/status-file-vmsnapshot-testdata.json"
    held = one(tmp_path, "0.status", (CORPUS / name).read_bytes())
    rows = sorted(held["Extensions"], key=lambda row: row["Code"])
    assert [(row["Status"], row["Code"]) for row in rows] == [
        ("success", "0"),
        ("success", "1"),
    ]
    assert {row["Type"] for row in rows} == {"Microsoft.Azure.Extension.VMExtension"}
    assert {row["TimeGenerated"].isoformat() for row in rows} == {"2019-06-06T23:52:59"}
    assert rows[1]["Message"].startswith("Aenean semper")
    assert json.loads(rows[0]["Message"])[0]["timestampUTC"] == "/Date(1559865179380)/"
    assert kinds(held) == []


def test_the_real_resource_view_is_cut_at_both_ends(tmp_path: Path) -> None:
    name = "extension/arc-extension-instanceview-ama-success.json"
    held = one(tmp_path, "x.json", (CORPUS / name).read_bytes())
    (row,) = held["Extensions"]
    assert (row["Publisher"], row["Type"], row["Version"], row["Status"]) == (
        "Microsoft.Azure.Monitor", "AzureMonitorWindowsAgent", "1.1.5.1", "Succeeded",
    )  # fmt: skip
    assert kinds(held) == ["bad-json", "bad-json"]


def test_logs_that_only_mention_a_document_stay_logs(tmp_path: Path) -> None:
    lines = [
        logrus("2026-03-10T12:00:00Z", message=text)
        for text in (
            "PRETTY_NAME=x", "Loaded: loaded (", "loaded units listed",
            "SERVICE_NAME: x", "ServicesDependedOn", "Agent Status",
            "Local Configuration Settings",
        )
    ]  # fmt: skip
    held = one(tmp_path, "unknown.txt", "".join(lines))
    assert [row["Log"] for row in held["Files"]] == ["azcmagent"]
    assert held["Facts"] == held["Services"] == []


def test_os_release(tmp_path: Path) -> None:
    text = 'PRETTY_NAME="Ubuntu 22.04.4 LTS"\nID=ubuntu\nVERSION_ID="22.04"\n'
    for name in ("etc/os-release", "unknown.txt"):
        held = one(tmp_path / name.partition(".")[0], name, text)
        assert facts(held) == {
            "PRETTY_NAME": ("Ubuntu 22.04.4 LTS", 1),
            "ID": ("ubuntu", 2),
            "VERSION_ID": ("22.04", 3),
        }
        assert held["Facts"][0]["Source"] == "os_release"


def test_in_a_zip_with_windows_names(tmp_path: Path) -> None:
    name = "ProgramData\\GuestConfig\\extension_reports\\X.Y_report.txt"
    report = {"name": "Y", "status": {"provisioningState": "Failed"}}
    path = zipped(tmp_path / "m.zip", {name: json.dumps(report)})
    with load([path], cache=False) as loaded:
        check_account(loaded.store)
        (row,) = table(loaded.store, "Extensions")
        (event,) = events(loaded.store)
    assert (row["Publisher"], row["Type"], row["Status"]) == ("X", "Y", "Failed")
    assert (row["Operation"], row["File"]) == ("report", name.replace("\\", "/"))
    assert (event["Parsed"], event["Fields"]) == (True, {})


def test_two_bundles_keep_their_own_rows(tmp_path: Path) -> None:
    sources = [
        folder(tmp_path / name, {SHOW: json.dumps({**SHOW_JSON, "resourceName": name})})
        for name in ("a", "b")
    ]
    held = snapshot(sources)
    for row in held["Facts"] + held["Services"]:
        assert row["File"] == f"{row['Computer']}/{SHOW}"
