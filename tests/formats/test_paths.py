"""Every path of agent-facts.md, section 1, over all generations of the agent."""

from __future__ import annotations

import re

import pytest

from diag.formats import load_families
from diag.formats.paths import family_by_path, fits

FAMILIES = load_families()
ARC = "ProgramData/AzureConnectedMachineAgent"
OLD = "Program Files/AzureConnectedMachineAgent"
GC = "ProgramData/GuestConfig"
LINUX_GC = "var/lib/GuestConfig"
EXT = f"{GC}/extension_logs/Microsoft"
PLUGIN = "Packages/Plugins/Microsoft"
WAAGENT = "var/lib/waagent/Microsoft"

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
    ("commands/eventlog-system.csv", "windows_events", "windows"),
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
    # Rotated copies, and the typing errors of old documentation.
    (f"{ARC}/Log/himds.log.1", "himds", "windows"),
    ("var/opt/azcmagent/log/himds.log.2", "himds", "linux"),
    ("var/opt/azcmagent/log/azcmagent.log.1", "azcmagent", "linux"),
    ("arcproxy.log.3", "arcproxy", ""),
    (f"{ARC}Agent/logs/azcmagent.log", "azcmagent", "windows"),
    (f"{ARC}Agent/logs/arcproxy.log", "arcproxy", "windows"),
    (f"{OLD}/Logs/arcproxy-1.log", "arcproxy", "windows"),
    (f"{LINUX_GC}/ext_mgr_logs/gc_ext.log.1", "gc_ext", "linux"),
    (f"{GC}/arc_policy_logs/gc_agent.log.1", "gc_agent", "windows"),
    ("opt/logs/dsc.1.log", "dsc", "linux"),
    (
        f"{PLUGIN}.GuestConfiguration.ConfigurationforWindows/1.29/dsc/logs/dsc.log",
        "dsc",
        "windows",
    ),
    (
        f"{WAAGENT}.GuestConfiguration.ConfigurationforLinux-1.26/GCAgent/logs/dsc.log",
        "dsc",
        "linux",
    ),
    (
        f"{WAAGENT}.GuestConfiguration.ConfigurationforLinux-1.26/GCAgent/logs/gc_agent.log",
        "gc_agent",
        "linux",
    ),
    (f"{GC}/arc_policy_logs/gc_worker.log", "gc_worker", "windows"),
    (f"{LINUX_GC}/arc_policy_logs/gc_worker.1.log", "gc_worker", "linux"),
    (f"{GC}/arc_policy_logs/gc_agent_telemetry.txt", "gc_telemetry", "windows"),
    (f"{GC}/gc_agent_logs/gc_agent_telemetry.txt", "gc_telemetry", "windows"),
    (f"{GC}/arc_policy_logs/gc_worker_telemetry.txt", "gc_telemetry", "windows"),
    (f"{GC}/ext_mgr_logs/gc_ext_telemetry.txt", "gc_telemetry", "windows"),
    (f"{GC}/ext_mgr_logs/gc_ext_telemetry.1.txt", "gc_telemetry", "windows"),
    ("opt/logs/dsc.telemetry.txt", "gc_telemetry", "linux"),
    (
        f"{GC}/ext_mgr_logs/restart_ExtensionService.log",
        "restart_extension_service",
        "windows",
    ),
    # Extensions: folders of Arc, of Azure machines, and those nobody declared.
    ("var/log/azure/custom-script/handler.log", "ext_script_linux", "linux"),
    ("var/log/azure/run-command-handler/handler.log", "ext_script_linux", "linux"),
    (
        f"{EXT}.Compute.CustomScriptExtension/CustomScriptHandler.log",
        "ext_handler_windows",
        "windows",
    ),
    (
        "WindowsAzure/Logs/Plugins/Microsoft.CPlat.Core.RunCommandHandlerWindows/2.0/RunCommandHandler.log",
        "ext_handler_windows",
        "windows",
    ),
    (
        f"{EXT}.SoftwareUpdateManagement.WindowsOsUpdateExtension/WindowsUpdateExtension.log",
        "ext_windows_update",
        "windows",
    ),
    (
        f"{EXT}.SoftwareUpdateManagement/WindowsOsUpdateExtension/WindowsUpdateExtension.log",
        "ext_windows_update",
        "windows",
    ),
    (
        f"{EXT}.CPlat.Core.WindowsPatchExtension/WindowsUpdateExtension.log",
        "ext_windows_update",
        "windows",
    ),
    (
        f"{EXT}.Azure.Monitor.AzureMonitorWindowsAgent/Extension.1.log",
        "ext_ama_windows",
        "windows",
    ),
    (
        f"{EXT}.Azure.Monitor.AzureMonitorWindowsAgent/CommandExecution.log",
        "command_execution",
        "windows",
    ),
    (
        "var/log/azure/Microsoft.Azure.Monitor.AzureMonitorLinuxAgent/extension.log",
        "ext_handler_linux",
        "linux",
    ),
    (
        "var/log/azure/Microsoft.Azure.Monitor.AzureMonitorLinuxAgent/CommandExecution.log",
        "command_execution",
        "linux",
    ),
    ("var/opt/microsoft/azuremonitoragent/log/mdsd.err", "mdsd", "linux"),
    ("var/opt/microsoft/azuremonitoragent/log/mdsd.qos", "mdsd", "linux"),
    (
        "var/log/azure/Microsoft.Azure.KeyVault.KeyVaultForLinux/akvvm_service_1.log",
        "ext_keyvault",
        "linux",
    ),
    (
        f"{EXT}.Azure.AzureDefenderForServers.MDE.Windows/MdeExtensionHandlerLog.log",
        "ext_mde_windows",
        "windows",
    ),
    (
        "WindowsAzure/Logs/Plugins/Microsoft.Powershell.DSC/2.83.0.0/DscExtensionHandler.0.log",
        "ext_dsc_windows",
        "windows",
    ),
    (
        "var/log/azure/Microsoft.CPlat.Core.LinuxPatchExtension/14.core.log",
        "ext_patch_linux",
        "linux",
    ),
    (
        "var/log/azure/Microsoft.CPlat.Core.LinuxPatchExtension/14.ext.log",
        "ext_patch_linux",
        "linux",
    ),
    (
        f"{EXT}.AzureData.WindowsAgent.SqlServer/ExtensionLog_0.log",
        "ext_sql",
        "windows",
    ),
    (
        f"{PLUGIN}.AzureData.WindowsAgent.SqlServer/1.1/deployer.log",
        "ext_sql",
        "windows",
    ),
    (
        f"{EXT}.Azure.Automation.HybridWorker.HybridWorkerForWindows/SME.log",
        "ext_hybrid_worker",
        "windows",
    ),
    ("home/nxautomation/run/worker.log", "ext_hybrid_worker", "linux"),
    ("opt/microsoft/dependency-agent/log/install.log", "dependency_agent", "linux"),
    (
        "var/log/azure/Microsoft.GuestConfiguration.ConfigurationforLinux/gc.log",
        "ext_guestconfig",
        "linux",
    ),
    (
        "var/log/azure/Microsoft.GuestConfiguration.ConfigurationforLinux/CommandExecution.log",
        "command_execution",
        "linux",
    ),
    (f"{EXT}.CPlat.Core.RunCommandLinux/handler.log", "extension_log", "windows"),
    (f"{EXT}.Azure.OpenSSH.WindowsOpenSSH/a/b.log", "extension_log", "windows"),
    (f"{LINUX_GC}/extension_logs/Datadog.Agent-1.0/stdout", "extension_log", "linux"),
    ("var/log/GuestConfig/extension_logs/P.T/x.log", "extension_log", "linux"),
    ("var/log/azure/P.T/x.log", "extension_log", "linux"),
    (f"{PLUGIN}.X/1.0/bin/log/x.log", "extension_log", "windows"),
    # Installing, and the system.
    ("Windows/AzureConnectedMachineAgent/temp/installationlog.txt", "msi", "windows"),
    ("Users/admin/AppData/Local/Temp/installationlog.txt", "msi", "windows"),
    ("installationlog.txt", "msi", ""),
    ("commands/azcmagent-install.txt", "package_install", "linux"),
    ("var/log/dpkg.log", "dpkg", "linux"),
    ("var/log/dpkg.log.1", "dpkg", "linux"),
    ("var/log/apt/history.log", "apt_history", "linux"),
    ("var/log/apt/term.log", "apt_term", "linux"),
    ("var/log/yum.log-20260301", "yum", "linux"),
    ("var/log/dnf.rpm.log", "dnf", "linux"),
    ("var/log/zypp/history", "zypper", "linux"),
    ("var/log/syslog", "syslog", "linux"),
    ("var/log/syslog.1", "syslog", "linux"),
    ("var/log/messages-20260301", "syslog", "linux"),
    ("var/log/daemon.log", "syslog", "linux"),
]
# Other files of the same folders, and names that only look alike.
OTHERS = [
    "lib/systemd/system.conf.d/azcmagent.conf",
    "etc/cron.d/azcmagent_autoupgrade",
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


EVERY = [
    (family.id, glob)
    for family in FAMILIES.values()
    for globs in family.systems.values()
    for glob in globs
]


@pytest.mark.parametrize(("family", "glob"), EVERY)
def test_no_path_of_a_family_is_taken_by_another(family: str, glob: str) -> None:
    one_of = re.sub(r"\[([^\]])[^\]]*\]", r"\1", glob)
    name = one_of.replace("*", "7").replace("?", "x")
    assert fits(glob, name)
    found = family_by_path(name, FAMILIES)
    assert found is not None
    assert found[0].id == family


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
