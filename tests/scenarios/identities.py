"""Machines and accounts that Azure does not let in, and codes of azcmagent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from samples.making.codes import NOT_REGISTERED
from tests.scenarios.everyday import STATUS
from tests.scenarios.generations import Age
from tests.scenarios.label import Want, high, low, medium, scenario
from tests.scenarios.networks import SECOND, newcomer, says

if TYPE_CHECKING:
    from datetime import datetime

    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST
CONNECT = "Failed to AzcmagentConnect ARM resource"
SPN = "Failed to acquire authorization token from SPN"


def ends(site: Site, at: datetime, words: str, mark: str = "code") -> None:
    """Write the code that a run ends with; it stands in a line of level info."""
    says(site, at, "info", f"Exit Code:  {words}", mark)


def _signing_in(site: Site, error: str, rule: str) -> list[Want]:
    at = newcomer(site)
    says(site, at, "error", SPN, "spn", Error=error)
    ends(site, at + SECOND, "AZCM0041: No Access Token")
    return [
        high(rule, "spn", only=True),
        high("ARC-AZCM-001", "code", because=(rule,), says="AZCM0041"),
    ]


@scenario("single", FIRST, "linux", 3)
def wrong_secret(site: Site) -> list[Want]:
    return _signing_in(site, "Invalid client secret is provided", "ARC-ID-002")


@scenario("single", NEW, "windows", 3)
def expired_secret(site: Site) -> list[Want]:
    error = "AADSTS7000222: The provided client secret keys are expired."
    return _signing_in(site, error, "ARC-ID-002")


@scenario("single", MIDDLE, "windows", 3)
def unknown_application(site: Site) -> list[Want]:
    error = (
        f"Application with identifier '{site.machine.guid()}' wasn't found in the "
        f"directory '{site.machine.tenant}'. This can happen if the application has "
        "not been installed by the administrator of the tenant"
    )
    return _signing_in(site, error, "ARC-ID-003")


@scenario("single", MIDDLE, "linux", 3)
def unknown_tenant(site: Site) -> list[Want]:
    error = f"AADSTS90002: Tenant '{site.machine.tenant}' not found."
    return _signing_in(site, error, "ARC-CODE-004")


def refused(site: Site, error: str, rule: str) -> list[Want]:
    """Let Azure refuse to create the resource, and azcmagent end with AZCM0042."""
    at = newcomer(site)
    says(site, at, "error", CONNECT, "arm", Error=error)
    ends(site, at + SECOND, "AZCM0042: Failed To Create Resource")
    return [
        high(rule, "arm", only=True),
        high("ARC-ARM-003", "arm", because=(rule,)),
        high("ARC-AZCM-001", "code", because=(rule,), says="AZCM0042"),
    ]


@scenario("single", FIRST, "linux", 3)
def provider_not_registered(site: Site) -> list[Want]:
    error = f"RequestCorrelationId:{site.machine.guid()} {NOT_REGISTERED}"
    return refused(site, error, "ARC-ARM-001")


@scenario("single", NEW, "windows", 3)
def provider_not_registered_of_a_new_agent(site: Site) -> list[Want]:
    """The same with the output of show: the machine was never connected."""
    error = f"RequestCorrelationId:{site.machine.guid()} {NOT_REGISTERED}"
    wants = refused(site, error, "ARC-ARM-001")
    site.shown, site.status = True, "Disconnected"
    return [*wants, high("ARC-SVC-006", STATUS, says="never connected")]


@scenario("single", MIDDLE, "linux", 3)
def account_without_a_role(site: Site) -> list[Want]:
    who = site.machine.guid()
    error = (
        f"The client '{who}' with object id '{who}' does not have authorization to "
        "perform action 'Microsoft.HybridCompute/machines/read' over scope "
        f"'{site.machine.resource}' or the scope is invalid."
    )
    return refused(site, error, "ARC-ARM-002")


def _code(site: Site, words: str, title: str) -> list[Want]:
    ends(site, newcomer(site), words)
    return [high("ARC-AZCM-001", "code", only=True, says=title)]


@scenario("single", FIRST, "linux", 3)
def reused_number_when_it_was_old(site: Site) -> list[Want]:
    """AZCM0104 of an agent before 1.23."""
    return _code(site, "AZCM0104: Failed To Read System Information", "information")


@scenario("single", NEW, "linux", 3)
def reused_number_of_today(site: Site) -> list[Want]:
    """AZCM0104 of an agent since 1.23."""
    return _code(site, "AZCM0104: Failed To Read Private Key", "Private key")


@scenario("single", FIRST, "windows", 3)
def other_reused_number_when_it_was_old(site: Site) -> list[Want]:
    return _code(site, "AZCM0068: Internal Error While Disconnecting", "disconnecting")


@scenario("single", MIDDLE, "windows", 3)
def other_reused_number_later(site: Site) -> list[Want]:
    return _code(site, "AZCM0068: Could Not Resolve Subscription", "Subscription")


@scenario("single", NEW, "windows", 3)
def no_local_config(site: Site) -> list[Want]:
    ends(site, newcomer(site), "AZCM0070: Unable To Obtain Local Config")
    return [
        high("ARC-ID-011", "code", only=True),
        high("ARC-AZCM-001", "code", because=("ARC-ID-011",), says="AZCM0070"),
    ]


@scenario("single", FIRST, "windows", 4)
def system_not_read(site: Site) -> list[Want]:
    """[corpus] azcmagent_log/windows-2020-failed-os-discovery.log."""
    error = r"fork/exec C:\Python37\Lib\cmd.py: %1 is not a valid Win32 application."
    text = "Failed to discover OS information for onboarding"
    says(site, newcomer(site), "error", text, "os", Error=error)
    return [low("ARC-AZCM-004", "os")]


@scenario("single", NEW, "linux", 4)
def remembered_error(site: Site) -> list[Want]:
    """Show names an error that a fresh heartbeat has not outlived."""
    at = site.end - timedelta(seconds=50)
    site.facts["Agent Error Code"] = "AZCM0026"
    site.facts["Agent Error Details"] = "Network Error"
    site.facts["Agent Error Timestamp"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return [medium("ARC-AZCM-002", "error")]


@scenario("single", NEW, "linux", 4)
def registration_missing(site: Site) -> list[Want]:
    """Himds does not find its registration for a moment, and then does."""
    text = "open /var/opt/azcmagent/agentconfig.json: no such file or directory"
    at = site.moment(0.4)
    line = lines.logrus(site.machine, at, "error", text)
    site.add(site.paths.himds, at, line, "config")
    return [medium("ARC-ID-012", "config", only=True)]


MDSD = "var/opt/microsoft/azuremonitoragent/log/mdsd.err"


@scenario("single", NEW, "linux", 3)
def monitor_agent_without_token(site: Site) -> list[Want]:
    at = site.moment(0.7)
    for _ in range(4):
        at += timedelta(minutes=3)
        text = (
            f"{at:%Y-%m-%dT%H:%M:%S}.{site.random.randrange(10**7):07d}Z: "
            "Failed to get MSI token from IMDS endpoint: http://169.254.169.254 "
            "ErrorCode:-2146041343"
        )
        site.add(MDSD, at, text, "token")
    return [high("ARC-ID-015", "token", only=True)]
