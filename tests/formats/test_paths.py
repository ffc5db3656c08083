"""Every path of agent-facts.md, section 1, over all generations of the agent."""

from __future__ import annotations

import pytest

from diag.formats import load_families
from diag.formats.paths import family_by_path, fits

FAMILIES = load_families()
ARC = "ProgramData/AzureConnectedMachineAgent"
OLD = "Program Files/AzureConnectedMachineAgent"
GC = "ProgramData/GuestConfig"
LINUX_GC = "var/lib/GuestConfig"

KNOWN = [
    (f"{ARC}/Log/himds.log", "himds", "windows"),
    (f"{ARC}/Log/himds-2026-03-10T11-59-59.123.log", "himds", "windows"),
    (f"{ARC}/Log/azcmagent.log", "azcmagent", "windows"),
    (f"{ARC}/Log/azcmagent-2026-03-10T11-59-59.123.log", "azcmagent", "windows"),
    (f"{ARC}/Log/arcproxy.log", "arcproxy", "windows"),
    (f"{ARC}/Log/arcproxy-2026-03-10T11-59-59.123.log", "arcproxy", "windows"),
    (f"{ARC}/Logs/himds.log", "himds", "windows"),
    (f"{ARC}/Logs/azcmagent.log", "azcmagent", "windows"),
    (f"{OLD}/Logs/himds.log", "himds", "windows"),
    (f"{OLD}/Logs/azcmagent.log", "azcmagent", "windows"),
    (f"{ARC}Agent/logs/himds.log", "himds", "windows"),
    ("ProgramData/Microsoft/ArcProxy/arcproxy.log", "arcproxy", "windows"),
    (f"{OLD}/logs/dsc.log", "dsc", "windows"),
    (f"{GC}/gc_agent_logs/gc_agent.log", "gc_agent", "windows"),
    (f"{GC}/arc_policy_logs/gc_agent.log", "gc_agent", "windows"),
    (f"{GC}/arc_policy_logs/gc_agent.1.log", "gc_agent", "windows"),
    (f"{GC}/ext_mgr_logs/gc_ext.log", "gc_ext", "windows"),
    (f"{GC}/ext_mgr_logs/gc_ext.1.log", "gc_ext", "windows"),
    (f"{GC}/ext_mgr_logs/gc_ext.10.log", "gc_ext", "windows"),
    ("var/opt/azcmagent/log/himds.log", "himds", "linux"),
    ("var/opt/azcmagent/log/himds-2026-03-10T11-59-59.123.log", "himds", "linux"),
    ("var/opt/azcmagent/log/azcmagent.log", "azcmagent", "linux"),
    ("var/opt/azcmagent/log/azcmagent-2026-03-10.log", "azcmagent", "linux"),
    ("var/opt/azcmagent/log/arcproxy.log", "arcproxy", "linux"),
    ("var/opt/azcmagent/log/arcproxy-2026-03-10.log", "arcproxy", "linux"),
    ("usr/local/arcproxy/logs/arcproxy.log", "arcproxy", "linux"),
    ("opt/logs/dsc.log", "dsc", "linux"),
    (f"{LINUX_GC}/arc_policy_logs/gc_agent.log", "gc_agent", "linux"),
    (f"{LINUX_GC}/arc_policy_logs/gc_agent.2.log", "gc_agent", "linux"),
    (f"{LINUX_GC}/gc_agent_logs/gc_agent.log", "gc_agent", "linux"),
    (f"{LINUX_GC}/ext_mgr_logs/gc_ext.log", "gc_ext", "linux"),
    (f"{LINUX_GC}/ext_mgr_logs/gc_ext.3.log", "gc_ext", "linux"),
    ("commands/azcmagent-show.txt", "azcmagent_show", ""),
    ("commands/azcmagent-connect.txt", "azcmagent_console", ""),
    ("commands/journalctl-himdsd.txt", "journal", "linux"),
    ("commands/journalctl-gcad.txt", "journal", "linux"),
    ("commands/journalctl-extd.txt", "journal", "linux"),
    ("commands/journalctl-arcproxyd.txt", "journal", "linux"),
    ("logs/journalctl_himdsd", "journal", "linux"),
    ("journal.log", "journal", "linux"),
    ("himdsd_journal.txt", "journal", "linux"),
    # Copies: the second member of a name, the second download.
    (f"{ARC}/Log/himds.log (2)", "himds", "windows"),
    ("var/opt/azcmagent/log/himds.log (12)", "himds", "linux"),
    ("himds (1).log", "himds", ""),
    ("gc_ext(3).log", "gc_ext", ""),
    # Loose files: the name alone.
    ("himds.log", "himds", ""),
    ("from-customer/himds.log", "himds", ""),
    ("himds-2026-03-10T11-59-59.123.log", "himds", ""),
    ("azcmagent.log", "azcmagent", ""),
    ("arcproxy.log", "arcproxy", ""),
    ("gc_agent.log", "gc_agent", ""),
    ("gc_ext.1.log", "gc_ext", ""),
    ("dsc.log", "dsc", ""),
    (f"{ARC}/Config/agentconfig.json", "agentconfig", "windows"),
    (f"{ARC}/Config/localconfig.json", "localconfig", "windows"),
    ("var/opt/azcmagent/agentconfig.json", "agentconfig", "linux"),
    ("var/opt/azcmagent/localconfig.json", "localconfig", "linux"),
    ("opt/GC_Ext/GC/gc.config", "gc_config", "linux"),
    ("opt/GC_Service/GC/gc.config", "gc_config", "linux"),
    ("etc/os-release", "os_release", "linux"),
    ("commands/azcmagent-config-list.txt", "azcmagent_config", ""),
    ("commands/azcmagent-show.json", "azcmagent_show", ""),
    ("commands/azcmagent-check.txt", "azcmagent_check", ""),
    ("commands/systemctl-status.txt", "systemctl_status", "linux"),
    ("commands/systemctl-list-units.txt", "systemctl_units", "linux"),
    ("commands/sc-query.txt", "sc_query", "windows"),
    ("commands/get-service.txt", "get_service", "windows"),
    (f"{GC}/extension_reports/X_report.txt", "extension_report", "windows"),
    ("var/lib/GuestConfig/extension_reports/X_report.txt", "extension_report", "linux"),
    ("var/lib/GuestConfig/extension_logs/P.T-1/state.json", "extension_state", "linux"),
    ("var/lib/waagent/P.T-1.0/status/0.status", "extension_status", "linux"),
    ("Packages/Plugins/P.T/1.0/status/3.status", "extension_status", "windows"),
    ("Packages/Plugins/P.T/1/status/HeartBeat.Json", "extension_heartbeat", "windows"),
    (
        "var/lib/waagent/P.T-1.0/HandlerEnvironment.json",
        "extension_environment",
        "linux",
    ),
]
# Other files of the same folders, and names that only look alike.
OTHERS = [
    f"{GC}/arc_policy_logs/gc_agent_telemetry.txt",
    f"{GC}/arc_policy_logs/gc_worker.log",
    f"{GC}/arc_policy_logs/gc_worker_telemetry.txt",
    f"{GC}/ext_mgr_logs/gc_ext_telemetry.txt",
    f"{GC}/ext_mgr_logs/gc_ext_telemetry.1.txt",
    f"{GC}/ext_mgr_logs/gc_agent.json",
    f"{GC}/ext_mgr_logs/restart_ExtensionService.log",
    f"{GC}/extension_logs/Microsoft.CPlat.Core.RunCommandLinux/handler.log",
    "Windows/AzureConnectedMachineAgent/temp/installationlog.txt",
    "opt/logs/dsc.telemetry.txt",
    "lib/systemd/system.conf.d/azcmagent.conf",
    "etc/cron.d/azcmagent_autoupgrade",
    "commands/eventlog-system.csv",
    "manifest.json",
    "var/lib/waagent/P.T-1.0/config/0.settings",
    "var/lib/waagent/P.T-1.0/state.json.bak",
    "my-agentconfig.json",
    "himdsd.log",
    "myhimds.log",
    "himds.log/readme.md",
    "etc/systemd/journald.conf",
]


@pytest.mark.parametrize(("name", "family", "system"), KNOWN)
def test_known_paths(name: str, family: str, system: str) -> None:
    found = family_by_path(name, FAMILIES)
    assert found is not None
    assert (found[0].id, found[1]) == (family, system)


@pytest.mark.parametrize(("name", "family", "system"), KNOWN)
def test_case_and_folders_above_do_not_matter(
    name: str, family: str, system: str
) -> None:
    for other in (name.upper(), name.lower(), f"server 7/c/{name}"):
        found = family_by_path(other, FAMILIES)
        assert found is not None
        assert (found[0].id, found[1]) == (family, system)


@pytest.mark.parametrize("name", OTHERS)
def test_other_paths(name: str) -> None:
    assert family_by_path(name, FAMILIES) is None


@pytest.mark.parametrize(
    ("glob", "name", "expected"),
    [
        ("a.log", "x/a.log", True),
        ("a.log", "xa.log", False),
        ("a.log", "aXlog", False),
        ("*.log", "x/y.log", True),
        ("d/*.log", "d/e/y.log", False),
        ("a?.log", "ab.log", True),
        ("a?.log", "a/.log", False),
        ("a[0-9].log", "a7.log", True),
        ("a[!0-9].log", "a7.log", False),
        ("a[!0-9].log", "ab.log", True),
        ("a[!0-9]b", "a/b", False),
        ("a[.-]b", "a-b", True),
        ("a+(b", "a+(b", True),
        ("a.log", "a.log\n", False),
    ],
)
def test_globs(glob: str, name: str, *, expected: bool) -> None:
    assert fits(glob, name) is expected
