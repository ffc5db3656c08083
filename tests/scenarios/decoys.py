"""Machines that look ill and are not, or not very.

Words of a fault in a log, a process or a product that has nothing to do with it,
faults that healed, and what is normal but sounds bad.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from samples.making.healthy import WINDOWS_AGENT
from tests.scenarios.everyday import event, journal, units
from tests.scenarios.generations import Age
from tests.scenarios.heartbeats import beat_error, start, stop
from tests.scenarios.label import Want, info, medium, scenario
from tests.scenarios.networks import HANDSHAKE, UNKNOWN, lookup, run, says
from tests.scenarios.plugins import own_log
from tests.scenarios.site import MINUTE
from tests.scenarios.upkeep import msi

if TYPE_CHECKING:
    from datetime import datetime

    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST
SECOND = timedelta(seconds=1)
HB = ("ARC-HB-001", "ARC-HB-002", "ARC-HB-003", "ARC-HB-004", "ARC-HB-005")


def script(site: Site, at: datetime, text: str) -> None:
    """Write a line into the log of CustomScript. [corpus] cse-linux-2.1.6."""
    stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    line = (
        f"time={stamp} version=v2.1.6/git@fc181d8-dirty operation=enable seq=0 {text}"
    )
    site.add("var/log/azure/custom-script/handler.log", at, line)


@scenario("decoy", NEW, "linux", 0, never=("ARC-NET-003", "ARC-ID-001", *HB))
def words_in_a_script_log(site: Site) -> list[Want]:
    at = site.moment(0.5)
    script(site, at, f'event="download failed" error="{UNKNOWN}"')
    text = "failed to send a heartbeat: [certStore] ClientAssertionCredential "
    script(site, at, f'event="output" output="{text}authentication failed"')
    script(site, at + SECOND, "event=enabled")
    return []


@scenario("decoy", MIDDLE, "linux", 0, never=("ARC-NET-004", "ARC-AZCM-001", *HB))
def words_of_another_process(site: Site) -> list[Want]:
    texts = (
        "backupd[331]: failed to send a heartbeat: lookup b.example: no such host",
        "runbook[4711]: see AZCM0026: Network Error in the manual",
        "backupd[331]: remote error: tls: handshake failure",
    )
    for number, text in enumerate(texts):
        at = site.moment(0.2 + number / 10).astimezone(site.machine.zone)
        stamp = f"{at:%b} {at.day:>2} {at:%H:%M:%S}"
        site.add("var/log/syslog", at, f"{stamp} {site.machine.host} {text}")
    return []


SERVICES = ("ARC-SVC-001", "ARC-SVC-002", "ARC-SVC-003", "ARC-SVC-004")


@scenario("decoy", NEW, "linux", 0, never=SERVICES)
def loop_of_another_unit(site: Site) -> list[Want]:
    at = site.moment(0.5)
    for count in range(1, 7):
        at += 10 * SECOND
        for text in (
            "nginx.service: Main process exited, code=exited, status=1/FAILURE",
            "nginx.service: Failed with result 'exit-code'.",
            f"nginx.service: Scheduled restart job, restart counter is at {count}.",
        ):
            journal(site, at, text)
    journal(site, at, "nginx.service: Start request repeated too quickly.")
    journal(site, at, "Failed to start nginx.service - A high performance web server.")
    return []


@scenario("decoy", NEW, "windows", 0, never=("ARC-SVC-004", "ARC-SVC-010"))
def service_of_another_product(site: Site) -> list[Want]:
    text = (
        r"The MSSQLSERVER service was unable to log on as CORP\sql with the currently "
        "configured password due to the following error: Logon failure: the user has "
        "not been granted the requested logon type at this computer."
    )
    event(site, site.moment(0.5), 7041, text)
    return []


@scenario("decoy", NEW, "windows", 0, never=("ARC-INS-005", "ARC-CODE-005"))
def installation_of_another_product(site: Site) -> list[Want]:
    product = "Contoso Backup Client"
    msi(site, 1603, "Windows/Temp/MSI1a2b3.log", product, "msi")
    return []


@scenario("decoy", NEW, "linux", 4)
def outage_of_ten_minutes(site: Site) -> list[Want]:
    """Two heartbeats fail, and the next ones arrive."""
    at = site.begin + 5 * MINUTE * site.random.randrange(20, 40)
    site.fail(at - MINUTE, at + 9 * MINUTE, beat_error(site, lookup(site)), "dns")
    return [
        medium("ARC-NET-004", "dns", only=True),
        medium("ARC-HB-004", "dns", because=("ARC-NET-004",)),
    ]


@scenario("decoy", NEW, "windows", 4)
def second_attempt_works(site: Site) -> list[Want]:
    """The day before it connected, the network was not ready."""
    at = site.begin - timedelta(days=11)
    run(site, at)
    says(site, at + 9 * SECOND, "fatal", HANDSHAKE, "fatal")
    return [
        medium("ARC-NET-002", "fatal", only=True),
        medium("ARC-NET-001", "fatal", because=("ARC-NET-002",)),
        medium("ARC-AZCM-003", "fatal", because=("ARC-NET-001",)),
    ]


def pause(site: Site, first: datetime, last: datetime) -> None:
    """Let himds write nothing for a while, and a heartbeat at the end of it."""
    site.silence(first, last, "pause")
    for text in lines.beat(site.machine, last):
        site.add(site.paths.himds, last, text)


def reboot(site: Site, part: float, minutes: int, mark: str) -> None:
    """Restart the machine: every unit stops, and is back some minutes later."""
    first = site.moment(part)
    back = first + (minutes - 1) * MINUTE
    site.silence(first, back, "gap")
    for unit in units(site):
        own = mark if unit == "himdsd" else "other"
        stop(site, unit, first + MINUTE, own)
    for text in lines.himds_start(site.machine, back + SECOND):
        site.add(site.paths.himds, back + SECOND, text)
    site.add("commands/journalctl-himdsd.txt", back, "-- Boot 4f9a8c1e7d6b4a0f --")
    for unit in units(site):
        start(site, unit, back, mark if unit == "himdsd" else "other")


@scenario("decoy", NEW, "linux", 0, never=(*HB, *SERVICES))
def planned_reboot(site: Site) -> list[Want]:
    reboot(site, 0.5, 8, "gap")
    return []


@scenario("decoy", MIDDLE, "linux", 4, never=("ARC-HB-001", *SERVICES))
def long_reboot(site: Site) -> list[Want]:
    """Twenty minutes without a heartbeat, and the journal says why."""
    reboot(site, 0.5, 21, "gap")
    return [medium("ARC-HB-003", "gap")]


@scenario("decoy", FIRST, "windows", 0, never=HB)
def pause_of_eight_minutes(site: Site) -> list[Want]:
    for number in (20, 50):
        beat = site.begin + 5 * MINUTE * number
        pause(site, beat + 5 * SECOND, beat + 8 * MINUTE)
    return []


@scenario("decoy", NEW, "windows", 0)
def error_on_success(site: Site) -> list[Want]:
    """The Azure Monitor agent for Windows writes its successes as ERROR."""
    path = f"ProgramData/GuestConfig/extension_logs/{WINDOWS_AGENT}/Extension.1.log"
    for text in (
        "[EnableCommand] ErrorCode:0 INFO: Extension is starting",
        "[EnableCommand] ErrorCode:0 ERROR: Enable command succeeded",
    ):
        own_log(site, path, text, "[%Y-%m-%d %H:%M:%S.000]  ", "ama")
    return []


@scenario("decoy", NEW, "windows", 0, never=("ARC-SVC-005", "ARC-SVC-004"))
def idle_proxy(site: Site) -> list[Want]:
    """Without a gateway arcproxy does not have to run."""
    site.states["proxy"] = "stopped"
    return [info("ARC-OK-002", "state proxy")]


def served(site: Site, at: datetime, code: int) -> None:
    """Write that himds answered a local caller. [layout] with invented words."""
    url = "http://localhost:40342/metadata/identity/oauth2/token?api-version=2020-06-01"
    line = lines.logrus(
        site.machine,
        at,
        "debug",
        "Request served",
        Status_Code=str(code),
        Request_URL=url,
    )
    site.add(site.paths.himds, at, line)


@scenario("decoy", NEW, "linux", 0, never=("ARC-NET-013", "ARC-NET-019"))
def token_challenge(site: Site) -> list[Want]:
    """Every request for a token is first answered with 401."""
    for part in (0.2, 0.4, 0.6):
        at = site.moment(part)
        served(site, at, 401)
        served(site, at, 200)
    return []


@scenario(
    "decoy", NEW, "windows", 0, never=("ARC-NET-019", "ARC-NET-020", "ARC-NET-021")
)
def answers_to_local_callers(site: Site) -> list[Want]:
    """What himds tells a program on the machine is not what Azure tells himds."""
    for code in (429, 421, 500, 503):
        served(site, site.moment(0.5), code)
    return []


@scenario("decoy", MIDDLE, "linux", 0, never=("ARC-NET-004",))
def probe_of_another_cloud(site: Site) -> list[Want]:
    """[invented] The agent asks whether it runs in another provider's cloud."""
    at = site.begin - timedelta(days=1)
    error = (
        'Get "http://metadata.google.internal/computeMetadata/v1/": dial tcp: lookup '
        "metadata.google.internal: no such host"
    )
    says(
        site, at, "debug", "Updating cloud provider. GCP not detected", "x", Error=error
    )
    return []


@scenario("decoy", FIRST, "linux", 0, never=("ARC-AZCM-001",))
def code_of_success(site: Site) -> list[Want]:
    says(site, site.moment(0.5), "info", "Exit Code:  AZCM0000: Success", "x")
    return []


@scenario("decoy", NEW, "linux", 0, never=HB)
def rotated_log(site: Site) -> list[Want]:
    """The older part of himds.log has another name; together there is no silence."""
    site.rotated = site.moment(0.5)
    return []


@scenario("decoy", NEW, "linux", 4, never=HB)
def extension_log_in_another_zone(site: Site) -> list[Want]:
    """An extension that writes UTC without saying so, on a machine far in the west."""
    site.machine.offset = -8
    path = "var/log/azure/Microsoft.Azure.KeyVault.KeyVaultForLinux/akvvm_service.log"
    text = (
        f"{site.end - 5 * MINUTE:%Y-%m-%d %H:%M:%S}: <error> [CertificateManagement"
        "Configuration] Failed to parse the configuration settings with:not an object."
    )
    site.add(path, site.end, text, "kv")
    return [medium("ARC-EXT-036", "kv", only=True)]
