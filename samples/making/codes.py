"""The zip with error codes: four attempts to connect, none of which works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samples.making import healthy, lines
from samples.making.machine import Machine
from samples.making.zips import Packed, write

# As `azcmagent logs` names its zips: azcmagent-logs-yyMMddTHHmm-HOST.zip.
NAME = "azcmagent-logs-260310T1021-web0004.zip"
COLLECTED = datetime(2026, 3, 10, 10, 21, 30, tzinfo=UTC)
FIRST = datetime(2026, 3, 9, 15, 2, 9, tzinfo=UTC)
REFUSED = "pas.windows.net"
# [corpus] azcmagent_cli/linux-2021-connect-missing-subscription-registration.txt
NOT_REGISTERED = (
    "Message: The subscription is not registered to use namespace "
    "'Microsoft.HybridCompute'. See https://aka.ms/rps-not-found for how to register "
    "subscriptions. Code: MissingSubscriptionRegistration httpStatusCode:409 "
)


def log(machine: Machine) -> list[str]:
    """Return azcmagent.log with its four runs."""
    hour = timedelta(hours=1)
    runs = (_network, _system, _aborted, _unregistered)
    starts = (FIRST, FIRST + hour, FIRST + 18 * hour, FIRST + 19 * hour)
    return [
        line for run, at in zip(runs, starts, strict=True) for line in run(machine, at)
    ]


def _exit(machine: Machine, at: datetime, words: str) -> str:
    """Return the line with the code.

    [layout] That codes stand in info lines after `Exit Code:` and two blanks is
    known, `AZCM0026: Network Error` is [corpus] (azcmagent_cli/windows-1.55-connect-
    azcm0026-private-endpoint.txt); the words of other codes are assumed.
    """
    return lines.logrus(machine, at, "info", f"Exit Code:  {words}")


def _network(machine: Machine, at: datetime) -> list[str]:
    """Return a run that ends in AZCM0026, which has one meaning for all agents."""
    return [
        *lines.run_start(machine, at, "connect"),
        *lines.endpoints(machine, at + timedelta(seconds=5), without=REFUSED),
        _exit(machine, at + timedelta(seconds=20), "AZCM0026: Network Error"),
    ]


def _system(machine: Machine, at: datetime) -> list[str]:
    """Return a run that ends in AZCM0104.

    The number has been given away twice; this agent, 1.21, means by it that it
    could not read the system's data. The error line before it is [corpus]
    (azcmagent_log/windows-2020-failed-os-discovery.log) with another path.
    """
    cause = "fork/exec /usr/bin/lsb_release: permission denied"
    message = "Failed to discover OS information for onboarding"
    later = at + timedelta(seconds=3)
    return [
        *lines.run_start(machine, at, "connect"),
        lines.logrus(machine, later, "error", message, Error=cause),
        _exit(machine, later, "AZCM0104: Failed To Read System Information"),
    ]


def _aborted(machine: Machine, at: datetime) -> list[str]:
    """Return a run that is aborted.

    [fragment] `level=fatal` with the list of endpoints and `remote error: tls:
    handshake failure` is verbatim from a public issue (Azure-Sentinel 13955).
    """
    text = (
        f"required endpoints unavailable: https://{REFUSED}/ (error: "
        f'Get "https://{REFUSED}": remote error: tls: handshake failure)'
    )
    return [
        *lines.run_start(machine, at, "connect"),
        *lines.endpoints(machine, at + timedelta(seconds=5), without=REFUSED),
        lines.logrus(machine, at + timedelta(seconds=9), "fatal", text),
    ]


def _unregistered(machine: Machine, at: datetime) -> list[str]:
    """Return a run that Azure refuses, and its code among info lines."""
    error = f"RequestCorrelationId:{machine.guid()} {NOT_REGISTERED}"
    message = "Failed to AzcmagentConnect ARM resource"
    later = at + timedelta(seconds=12)
    return [
        *lines.run_start(machine, at, "connect"),
        *lines.endpoints(machine, at + timedelta(seconds=5)),
        lines.logrus(machine, later, "error", message, Error=error),
        _exit(machine, later, "AZCM0042: Failed To Create Resource"),
    ]


def console(machine: Machine) -> list[str]:
    """Return what the last run printed.

    [corpus] layout with seconds since the start and the ERROR line:
    azcmagent_cli/linux-2021-connect-missing-subscription-registration.txt; the
    other words: azcmagent_cli/linux-connect-device-code-start.txt.
    """
    text = "Connecting machine to Azure... This might take a few minutes."
    sign_in = (
        "To sign in, use a web browser to open the page "
        "https://microsoft.com/devicelogin and enter the code XXXXXXXXX to "
        "authenticate."
    )
    error = f"RequestCorrelationId:{machine.guid()} {NOT_REGISTERED}"
    return [
        f"INFO[0000] {text}",
        "INFO[0000] Cloud: AzureCloud",
        sign_in,
        f'ERROR[0012] Failed to AzcmagentConnect ARM resource       Error="{error}"',
        "INFO[0012] Exit Code:  AZCM0042: Failed To Create Resource",
    ]


def waiting(machine: Machine) -> list[str]:
    """Return himds.log of a machine that is not connected.

    [invented] The path of the missing file is that of a public issue.
    """
    text = "No agentconfig.json yet, waiting for the machine to be connected"
    moments = healthy.times(machine, FIRST - timedelta(minutes=2), COLLECTED)
    return [
        *lines.himds_start(machine, FIRST - timedelta(minutes=3)),
        *(lines.logrus(machine, at, "info", text) for at in moments),
    ]


def build() -> bytes:
    """Return the zip."""
    machine = Machine("web0004", "1.21.02043.347")
    contents = {
        "var/opt/azcmagent/log/himds.log": waiting(machine),
        "var/opt/azcmagent/log/azcmagent.log": log(machine),
        "commands/azcmagent-connect.txt": console(machine),
    }
    return write(
        [
            Packed(name, healthy.text(content), COLLECTED)
            for name, content in contents.items()
        ]
    )
