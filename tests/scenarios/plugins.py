"""Machines whose extensions fail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from samples.making.healthy import LINUX_AGENT
from tests.scenarios.everyday import status
from tests.scenarios.generations import Age
from tests.scenarios.label import Want, high, low, medium, scenario

if TYPE_CHECKING:
    from datetime import datetime

    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST
SCRIPT = "Microsoft.Azure.Extensions.CustomScript"
PATCH = "Microsoft.CPlat.Core.LinuxPatchExtension"
# [corpus] extension/mde-linux-arc-rhel8-install-52.txt.
REMOVE_FIRST = (
    "Extension failed to install. Extension must be removed before any further "
    "requests on this extension will be accepted. "
)


def ext(
    site: Site, at: datetime, text: str, *marks: str, guid: str = "", bad: bool = True
) -> None:
    """Write a line into gc_ext.log."""
    who = (site.random.randrange(600, 9000), site.random.randrange(600, 9000))
    line = lines.bracket(
        site.machine, at, who, "EXTMGR", text, guid or site.machine.guid()
    )
    if bad:
        line = line.replace("[INFO]", "[ERROR]", 1)
    site.add(site.paths.ext, at, line, *marks)


def ends(
    site: Site, at: datetime, name: str, operation: str, code: int, mark: str,
    tail: str = "",
) -> None:  # fmt: skip
    """Write an operation of an extension that ends with an exit code."""
    guid = site.machine.guid()
    ext(site, at, f"{operation} request for {name}-1.6.1", guid=guid, bad=False)
    lead = REMOVE_FIRST if operation == "Install" else ""
    text = f"{lead}Extension returned non-zero exit code for {operation}: {code}."
    ext(site, at + timedelta(seconds=8), text + tail, mark, guid=guid)


def _exit(site: Site, name: str, operation: str, code: int, meaning: str) -> list[Want]:
    ends(site, site.moment(0.85), name, operation, code, "exit")
    return [high("ARC-EXT-001", "exit", only=True, says=f"{code} ({meaning})")]


@scenario("single", NEW, "linux", 3)
def monitor_agent_51(site: Site) -> list[Want]:
    return _exit(site, LINUX_AGENT, "Install", 51, "Operating system not supported")


@scenario("single", MIDDLE, "linux", 3)
def monitor_agent_52(site: Site) -> list[Want]:
    return _exit(site, LINUX_AGENT, "Install", 52, "Dependency missing")


@scenario("single", NEW, "linux", 3)
def custom_script_52(site: Site) -> list[Want]:
    return _exit(site, SCRIPT, "Enable", 52, "Download refused")


@scenario("single", FIRST, "linux", 3)
def patch_51(site: Site) -> list[Want]:
    return _exit(site, PATCH, "Install", 51, "Operating system not supported")


@scenario("single", MIDDLE, "windows", 3)
def exit_code_without_a_list(site: Site) -> list[Want]:
    name = "Microsoft.Azure.AzureDefenderForServers.MDE.Windows"
    return _exit(site, name, "Enable", 2, "the meaning is up to the extension")


LOCK = (
    " Extension error output: E: Could not get lock /var/lib/dpkg/lock-frontend - open "
    "(11: Resource temporarily unavailable)"
)


@scenario("pair", NEW, "linux", 3)
def package_lock(site: Site) -> list[Want]:
    ends(site, site.moment(0.85), LINUX_AGENT, "Install", 56, "exit", LOCK)
    return [
        medium("ARC-EXT-026", "exit", only=True),
        high("ARC-EXT-001", "exit", because=("ARC-EXT-026",), says="Package manager"),
    ]


@scenario("pair", MIDDLE, "linux", 3)
def noexec(site: Site) -> list[Want]:
    tail = (
        f" Extension error output: Extension path '/var/lib/waagent/{SCRIPT}-2.1.6' "
        "has the 'noexec' flag set. Extension exit code: 64"
    )
    ends(site, site.moment(0.85), SCRIPT, "Install", 64, "exit", tail)
    return [
        high("ARC-EXT-002", "exit", only=True, says="noexec"),
        high("ARC-EXT-001", "exit", because=("ARC-EXT-002",)),
    ]


@scenario("single", NEW, "linux", 3)
def half_removed(site: Site) -> list[Want]:
    text = f"HandlerManifest.json file does not exist for extension {PATCH}-1.6.1"
    ext(site, site.moment(0.85), text, "manifest")
    return [high("ARC-EXT-003", "manifest", only=True, says=PATCH)]


@scenario("single", NEW, "windows", 4)
def not_deleted(site: Site) -> list[Want]:
    text = (
        "Delete of extension failed with error: boost::filesystem::remove_all: The "
        "process cannot access the file because it is being used by another process "
        r'[system:32]: "C:\Packages\Plugins\Microsoft.Compute.CustomScriptExtension"'
    )
    ext(site, site.moment(0.85), text, "delete")
    return [medium("ARC-EXT-010", "delete", only=True, says="32")]


@scenario("single", MIDDLE, "linux", 3)
def gpg_missing(site: Site) -> list[Want]:
    text = "Failed to validate the package: sh: 1: gpg: command not found"
    ext(site, site.moment(0.85), text, "gpg")
    return [high("ARC-EXT-016", "gpg", only=True)]


@scenario("single", NEW, "linux", 3)
def status_is_an_error(site: Site) -> list[Want]:
    text = "Enable failed: failed to execute command: command terminated with exit 1"
    page = status(SCRIPT, site.moment(0.8), "Enable", "error", 1, text)
    path = f"{site.paths.plugins}/{SCRIPT}-2.1.6/status/3.status"
    site.page(path, page, ("status", "status"))
    return [high("ARC-EXT-022", "status", only=True, says="CustomScript")]


@scenario("single", NEW, "windows", 3)
def status_is_an_error_on_windows(site: Site) -> list[Want]:
    name = "Microsoft.Compute.CustomScriptExtension"
    text = "Command execution finished, but failed"
    page = status(name, site.moment(0.8), "Enable", "error", 1, text)
    path = f"{site.paths.plugins}/{name}/1.10.15/status/2.status"
    site.page(path, page, ("status", "status"))
    return [high("ARC-EXT-022", "status", only=True, says="CustomScript")]


@scenario("single", NEW, "linux", 3)
def reported_as_failed(site: Site) -> list[Want]:
    page = (
        '{"name": "AzureMonitorLinuxAgent", "seqNumber": 0, "sentSuccessfully": true,\n'
        ' "status": {"provisioningState": "Failed", "statusLevel": "Error",\n'
        '  "statusMessage": "Extension returned non-zero exit code for Install: 51."}}'
    )
    path = "var/lib/GuestConfig/extension_reports/AzureMonitorLinuxAgent_report.txt"
    site.page(path, page, ("report", "non-zero exit code"))
    says = "51 of Install (Operating system not supported)"
    return [high("ARC-CODE-001", "report", only=True, says=says)]


def own_log(site: Site, path: str, text: str, form: str, mark: str) -> None:
    """Write a line into an extension's own log; times without a zone are local."""
    at = site.moment(0.8)
    if "UTC" not in form:
        at = at.astimezone(site.machine.zone)
    stamp = at.strftime(form) if form else ""
    if "%I" in form:
        stamp = stamp.replace(" 0", " ").removeprefix("0").replace("[0", "[")
    site.add(path, at, stamp + text, mark)


SQL = (
    "ProgramData/GuestConfig/extension_logs/Microsoft.AzureData.WindowsAgent.SqlServer/"
    "ExtensionLog_0.log"
)
SQL_TIME = "[%m/%d/%Y %I:%M:%S %p UTC] "
UPLOAD = "[UploadServiceProvider] [ExtensionHandlerArcUploadServicesNotifications] "


@scenario("single", NEW, "windows", 3)
def sql_forbidden(site: Site) -> list[Want]:
    text = (
        f"[INFO] {UPLOAD}[AzureUpload] Arc post request failed with error: Forbidden "
        'message: {"ErrorDescription":{"ErrorCode":6,"Message":"The user has no access '
        'to the provided Azure resource."},"ResponseUrl":null}'
    )
    own_log(site, SQL, text, SQL_TIME, "sql")
    return [high("ARC-EXT-032", "sql", only=True)]


@scenario("single", MIDDLE, "windows", 3)
def sql_service_stopped(site: Site) -> list[Want]:
    text = (
        "[INFO]         Status of service 'SqlServerExtension' after attempting start: "
    )
    own_log(site, SQL, text + "Stopped", SQL_TIME, "sql")
    return [high("ARC-EXT-033", "sql", only=True)]


@scenario("single", FIRST, "windows", 4)
def sql_upload_refused(site: Site) -> list[Want]:
    text = (
        f"[INFO] {UPLOAD}[AzureUpload] Arc for Sql Server upload response status: "
        "InternalServerError."
    )
    own_log(site, SQL, text, SQL_TIME, "sql")
    return [low("ARC-EXT-034", "sql", only=True)]


@scenario("single", NEW, "linux", 4)
def key_vault_settings(site: Site) -> list[Want]:
    path = "var/log/azure/Microsoft.Azure.KeyVault.KeyVaultForLinux/akvvm_service.log"
    text = (
        "<error> [CertificateManagementConfiguration] Failed to parse the "
        "configuration settings with:not an object."
    )
    own_log(site, path, text, "%Y-%m-%d %H:%M:%S: ", "kv")
    return [medium("ARC-EXT-036", "kv", only=True)]


WORKER = (
    "ProgramData/GuestConfig/extension_logs/Microsoft.Azure.Automation.HybridWorker."
    "HybridWorkerForWindows/HybridWorkerExtensionHandler.log"
)


@scenario("single", NEW, "windows", 3)
def hybrid_worker_without_identity(site: Site) -> list[Want]:
    text = (
        "[ERROR] Unable to retrieve IMDS identity endpoint for non-Azure VM. Ensure "
        "that the Azure connected machine agent is installed and System-assigned "
        "identity is enabled."
    )
    own_log(site, WORKER, text, "[%Y-%m-%d %H:%M:%S] ", "worker")
    return [high("ARC-EXT-038", "worker", only=True)]


@scenario("single", MIDDLE, "windows", 4)
def hybrid_worker_without_group(site: Site) -> list[Want]:
    text = "[ERROR] Account/Group specified does not exist"
    own_log(site, WORKER, text, "[%Y-%m-%d %H:%M:%S] ", "worker")
    return [medium("ARC-EXT-040", "worker", only=True)]


@scenario("single", NEW, "windows", 4)
def windows_update(site: Site) -> list[Want]:
    path = (
        "ProgramData/GuestConfig/extension_logs/Microsoft.SoftwareUpdateManagement."
        "WindowsOsUpdateExtension/WindowsUpdateExtension.log"
    )
    at = site.moment(0.8).astimezone(site.machine.zone)
    half = "AM" if at.hour < 12 else "PM"
    stamp = f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {half}"
    text = f"[1728+00000004] {stamp} [Error] Search failed. [HResult=0x8024402C]"
    site.add(path, at, text, "wu")
    return [medium("ARC-CODE-006", "wu", only=True, says="0x8024402C")]
