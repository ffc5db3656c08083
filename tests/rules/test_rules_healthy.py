"""Healthy machines of every generation of the agent raise no alarm.

Where each generation writes is from the public history of the agent's documentation.
The lines are real forms; himds.log has no public sample, so it only shows the line
of the metadata probe, which is real in azcmagent.log.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from diag.analyze import diagnose, load
from diag.analyze.load import Options
from diag.model import Severity
from tests.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULES = shipped()
QUIET = {Severity.LOW, Severity.INFO}
GUID = "7f0a8719-35fc-42d2-8f6e-081384b0139f"
PROBE = "Checking for Azure cloud provider..."
FAILED_PROBE = (
    "Communicating with IMDS. unable to communicate with endpoint "
    "http://169.254.169.254/metadata/instance/compute?api-version=2019-06-01"
)
Files = dict[str, str]


def logrus(*lines: tuple[datetime, str, str]) -> str:
    return "".join(
        f'time="{when:%Y-%m-%dT%H:%M:%SZ}" level={level} msg="{text}"\n'
        for when, level, text in lines
    )


def beats(until: datetime, *, paused: int = 8, hours: int = 12) -> str:
    """Return himds.log: a line every five minutes, once late."""
    when, lines = until - timedelta(hours=hours), []
    while when <= until:
        lines.append((when, "debug", PROBE))
        when += timedelta(minutes=paused if len(lines) == 20 else 5)
    return logrus(*lines)


def commands(until: datetime, version: str) -> str:
    """Return azcmagent.log: a connect that worked, and azcmagent show."""
    first = until - timedelta(hours=11)
    texts = [
        ("debug", f"Agent Version: {version}"),
        ("debug", "Agent Command: connect"),
        ("debug", PROBE),
        ("debug", FAILED_PROBE),
        ("info", "Check network connectivity to all endpoints..."),
        ("info", "All endpoints are available... continue onboarding"),
        ("info", "Successfully Onboarded Resource to Azure"),
        ("info", "Exit Code:  AZCM0000: Success"),
    ]
    lines = [(first + timedelta(seconds=n), *text) for n, text in enumerate(texts)]
    return logrus(*lines, (until, "debug", "Agent Command: show"))


def policy(until: datetime) -> str:
    """Return gc_agent.log or dsc.log, with the stable misspelling of the agent."""
    start = until - timedelta(hours=12)
    return "".join(
        f"[{start + timedelta(minutes=15 * n):%Y-%m-%d %H:%M:%S}.541] [PID 6788] "
        f"[TID 11056] [Rest Server] [INFO] [{GUID}] "
        f"Getting cache value for for : agentServiceCache\n"
        for n in range(49)
    )


def extensions(until: datetime) -> str:
    start = until - timedelta(hours=12)
    return "".join(
        f"[{start + timedelta(minutes=5 * n):%Y-%m-%d %H:%M:%S}.123] [PID 812] "
        f"[TID 901] [Pull Client] [INFO] [{GUID}] Return code = 200\n"
        for n in range(145)
    )


def show(until: datetime, version: str, services: dict[str, str]) -> str:
    values = {
        "Resource Name": "web0001",
        "Resource Id": "/subscriptions/x/resourceGroups/y",
        "Agent Version": version,
        "Agent Status": "Connected",
        "Agent Last Heartbeat": f"{until - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}",
        "Agent Error Code": "",
        "Agent Error Details": "",
        "Agent Error Timestamp": "",
        "Using HTTPS Proxy": "",
    }
    lines = [f"{name:<40}: {value}" for name, value in values.items()]
    lines.append("Dependent Service Status")
    lines += [f"  {name:<38}: {state}" for name, state in services.items()]
    return "\n".join(lines) + "\n"


LINUX = {
    "Agent Service (himdsd)": "active",
    "GC Service (gcarcservice)": "active",
    "Extension Service (extensionservice)": "active",
}
WINDOWS = {
    "Agent Service (himds)": "running",
    "GC Service (gcarcservice)": "running",
    "Extension Service (extensionservice)": "running",
}


def linux_2020(until: datetime) -> Files:
    return {
        "var/opt/azcmagent/log/himds.log": beats(until),
        "var/opt/azcmagent/log/azcmagent.log": commands(until, "0.10.20225.006"),
        "opt/logs/dsc.log": policy(until),
    }


def windows_2020(until: datetime) -> Files:
    agent = "ProgramData/AzureConnectedMachineAgent/Log"
    return {
        f"{agent}/himds.log": beats(until),
        f"{agent}/azcmagent.log": commands(until, "1.0.20252.013"),
        "ProgramData/GuestConfig/gc_agent_logs/gc_agent.log": policy(until),
    }


def linux_2022(until: datetime) -> Files:
    return {
        "var/opt/azcmagent/log/himds.log": beats(until),
        "var/opt/azcmagent/log/azcmagent.log": commands(until, "1.21.02043.347"),
        "var/lib/GuestConfig/arc_policy_logs/gc_agent.log": policy(until),
        "var/lib/GuestConfig/ext_mgr_logs/gc_ext.log": extensions(until),
        "commands/azcmagent-show.txt": show(until, "1.21.02043.347", LINUX),
    }


def windows_2023(until: datetime) -> Files:
    agent = "ProgramData/AzureConnectedMachineAgent/Log"
    return {
        f"{agent}/himds.log": beats(until),
        f"{agent}/azcmagent.log": commands(until, "1.34.02497.1378"),
        "ProgramData/GuestConfig/arc_policy_logs/gc_agent.log": policy(until),
        "ProgramData/GuestConfig/ext_mgr_logs/gc_ext.log": extensions(until),
        "commands/azcmagent-show.txt": show(until, "1.34.02497.1378", WINDOWS),
    }


def linux_2026(until: datetime) -> Files:
    """A machine that was restarted in the night, with an installation in its logs."""
    services = LINUX | {"Azure Arc Proxy (arcproxyd)": "active"}
    night = until - timedelta(hours=10)
    journal = [
        (night, "systemd-logind[700]", "System is rebooting."),
        (night, "systemd[1]", "Stopping himdsd.service - Azure Connected Machine."),
        (night, "systemd[1]", "himdsd.service: Deactivated successfully."),
        (night + timedelta(minutes=4), "systemd[1]", "Started himdsd.service."),
    ]
    script = (
        "time=2026-03-09T04:09:20Z version=v2.1.3/git@4cd2b9f-clean "
        'operation=install seq=0 event="migrate to mrseq" error="Can\'t find out '
        "seqnum from /var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1.3"
        '/status, not enough files."\n'
    )
    install = (
        "Setting up azcmagent (1.61.03319.859) ...\nGetting status via systemd\n"
        "EXT service is not running.\nEnabling extd\nSTARTING EXT\n"
    )
    return {
        "var/opt/azcmagent/log/himds.log": beats(until),
        "var/opt/azcmagent/log/azcmagent.log": commands(until, "1.61.03319.859"),
        "var/opt/azcmagent/log/arcproxy.log": logrus((night, "info", "listening")),
        "var/lib/GuestConfig/arc_policy_logs/gc_agent.log": policy(until),
        "var/lib/GuestConfig/ext_mgr_logs/gc_ext.log": extensions(until),
        "var/log/azure/custom-script/handler.log": script,
        "commands/azcmagent-show.txt": show(until, "1.61.03319.859", services),
        "commands/azcmagent-install.txt": install,
        "commands/journalctl-himdsd.txt": "".join(
            f"{when:%b %d %H:%M:%S} web0001 {who}: {text}\n"
            for when, who, text in journal
        ),
        "commands/systemctl-list-units.txt": (
            "  UNIT                LOAD   ACTIVE SUB     DESCRIPTION\n"
            "  himdsd.service      loaded active running Azure Connected Machine\n"
            "  extd.service        loaded active running Extension Service\n"
        ),
        "opt/GC_Service/GC/gc.config": '{"ServiceType":"GCArc"}',
        "opt/GC_Ext/GC/gc.config": '{"ServiceType":"Extension"}',
    }


def windows_2026(until: datetime) -> Files:
    """A machine that was restarted for updates; its arcproxy has nothing to do."""
    agent = "ProgramData/AzureConnectedMachineAgent/Log"
    services = WINDOWS | {"Azure Arc Proxy (arcproxy)": "stopped"}
    night = f"{until - timedelta(hours=10):%m/%d/%Y %I:%M:%S %p}"
    events = [
        (1074, "User32", "svchost.exe has initiated the restart of computer WEB0002."),
        (
            7036,
            "Service Control Manager",
            "The himds service entered the running state.",
        ),
        (
            7031,
            "Service Control Manager",
            "The Spooler service terminated unexpectedly.",
        ),
    ]
    names = [
        "TimeCreated",
        "Id",
        "LevelDisplayName",
        "ProviderName",
        "LogName",
        "Message",
    ]
    rows: list[list[object]] = [
        [*names],
        *([night, n, "Information", who, "System", t] for n, who, t in events),
    ]
    monitor = "Microsoft.Azure.Monitor.AzureMonitorWindowsAgent"
    return {
        f"{agent}/himds.log": beats(until),
        f"{agent}/azcmagent.log": commands(until, "1.64.03414.2961"),
        f"{agent}/arcproxy.log": logrus((until - timedelta(hours=9), "info", "idle")),
        "ProgramData/GuestConfig/arc_policy_logs/gc_agent.log": policy(until),
        "ProgramData/GuestConfig/ext_mgr_logs/gc_ext.log": extensions(until),
        f"ProgramData/GuestConfig/extension_logs/{monitor}/Extension.1.log": (
            f"[{until:%Y-%m-%d %H:%M:%S}.123]  [EnableCommand] ErrorCode:0 ERROR: "
            "Enable command succeeded\n"
        ),
        "commands/azcmagent-show.txt": show(until, "1.64.03414.2961", services),
        "commands/eventlog-system.csv": "".join(
            ",".join(f'"{value}"' for value in row) + "\n" for row in rows
        ),
        "commands/get-service.txt": (
            "\nStatus   Name               DisplayName\n"
            "------   ----               -----------\n"
            "Running  himds              Azure Hybrid Instance Metadata Service\n"
            "Stopped  arcproxy           Azure Arc Proxy\n"
        ),
    }


PROBED, PAUSED, NO_GATEWAY = "ARC-OK-001", "ARC-OK-033", "ARC-OK-002"
RESTARTED, IDLE, FIRST, STARTING = ("ARC-OK-03" + n for n in "2401")
# Machine, when it was collected, and what is acquitted on it.
MACHINES = [
    (linux_2020, "2020-10-08T12:00:00Z", {PROBED, PAUSED}),
    (windows_2020, "2020-12-10T12:00:00Z", {PROBED, PAUSED}),
    (linux_2022, "2022-09-30T12:00:00Z", {PROBED, PAUSED}),
    (windows_2023, "2023-10-10T12:00:00Z", {PROBED, PAUSED}),
    (
        linux_2026,
        "2026-03-10T12:00:00Z",
        {PROBED, PAUSED, RESTARTED, IDLE, FIRST, STARTING},
    ),
    (
        windows_2026,
        "2026-07-24T12:00:00Z",
        {PROBED, PAUSED, RESTARTED, IDLE, NO_GATEWAY},
    ),
]


@pytest.mark.parametrize(("machine", "when", "acquitted"), MACHINES)
def test_a_healthy_machine_raises_no_alarm(
    machine: Callable[[datetime], Files],
    when: str,
    acquitted: set[str],
    tmp_path: Path,
) -> None:
    now = datetime.fromisoformat(when).astimezone(UTC)
    for name, text in machine(now).items():
        place = tmp_path / "web0001" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    with load([tmp_path / "web0001"], Options(now=now), cache=False) as loaded:
        found = diagnose(loaded, RULES, now, experimental=True)
    assert found.problems == ()
    assert all(finding.severity in QUIET for finding in found.findings)
    assert {finding.rule for finding in found.findings} == acquitted
    assert all(finding.benign for finding in found.findings)
