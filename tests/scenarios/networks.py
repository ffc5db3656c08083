"""Machines that do not reach Azure, or reach it and are turned away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from tests.scenarios.generations import Age
from tests.scenarios.heartbeats import beat_error, outage
from tests.scenarios.label import Want, high, medium, scenario

if TYPE_CHECKING:
    from datetime import datetime

    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST
SECOND = timedelta(seconds=1)
NO_HOST = "no such host"


def run(site: Site, at: datetime, *, without: str = "") -> None:
    """Write how a run of connect begins, on a machine that is not connected."""
    log = site.paths.azcmagent
    for text in lines.run_start(site.machine, at, "connect"):
        site.add(log, at, text)
    late = at + 5 * SECOND
    for text in lines.endpoints(site.machine, late, without=without):
        site.add(log, late, text)


def says(
    site: Site, at: datetime, level: str, text: str, mark: str, **keys: str
) -> None:
    """Write a marked line into azcmagent.log."""
    line = lines.logrus(site.machine, at, level, text, **keys)
    site.add(site.paths.azcmagent, at, line, mark)


def newcomer(site: Site, part: float = 0.5) -> datetime:
    """Make a machine that was never connected; return when it tries to."""
    site.registered = site.shown = False
    at = site.moment(part)
    run(site, at)
    return at + 9 * SECOND


def his(site: Site) -> str:
    """Return the host that takes the heartbeats."""
    return f"{site.machine.shard}.his.arc.azure.com"


def lookup(site: Site) -> str:
    """Return the error of a name that is not resolved."""
    return f'Post "https://{his(site)}": dial tcp: lookup {his(site)}: {NO_HOST}'


@scenario("single", NEW, "linux", 3)
def dns(site: Site) -> list[Want]:
    lost = outage(site, beat_error(site, lookup(site)), "dns", "ARC-NET-004")
    return [high("ARC-NET-004", "dns", only=True, says=his(site)), *lost]


@scenario("single", MIDDLE, "windows", 3)
def dns_on_windows(site: Site) -> list[Want]:
    lost = outage(site, beat_error(site, lookup(site)), "dns", "ARC-NET-004", 0.3)
    return [high("ARC-NET-004", "dns", only=True, says=his(site)), *lost]


UNKNOWN = "x509: certificate signed by unknown authority"


@scenario("single", MIDDLE, "linux", 3)
def inspected_tls(site: Site) -> list[Want]:
    """A proxy that opens TLS has a certificate that the machine does not trust."""
    error = f'Post "https://{his(site)}": {UNKNOWN}'
    lost = outage(site, beat_error(site, error), "x509", "ARC-NET-003")
    return [high("ARC-NET-003", "x509", only=True), *lost]


@scenario("single", FIRST, "windows", 3)
def unknown_authority_of_2020(site: Site) -> list[Want]:
    """[corpus] words of linux-windows-2020-onboarding and of a public issue."""
    at = newcomer(site)
    host = "agentserviceapi.guestconfiguration.azure.com"
    says(site, at, "error", f"{UNKNOWN}. Failed to Tls dialing {host}", "x509")
    failed = "Failed to AzcmagentConnect ARM resource"
    error = "Get Resource Failed with Status Code: 403"
    says(site, at + SECOND, "error", failed, "arm", Error=error)
    return [
        high("ARC-NET-003", "x509", only=True, says=host),
        high("ARC-ARM-003", "arm", because=("ARC-NET-003",)),
    ]


# [fragment] verbatim from a public issue (Azure-Sentinel 13955).
HANDSHAKE = (
    "required endpoints unavailable: https://gbl.his.arc.azure.com/ (error: Get "
    '"https://gbl.his.arc.azure.com/connectivitytest": remote error: tls: handshake '
    'failure), https://pas.windows.net/ (error: Get "https://pas.windows.net": EOF)'
)
CUT = (
    "required endpoints unavailable: https://management.azure.com/ (error: Get "
    '"https://management.azure.com": read tcp 172.21.112.60:49577->4.150.241.10:443: '
    "wsarecv: An existing connection was forcibly closed by the remote host.)"
)


def refused_connect(site: Site, text: str, cause: str) -> list[Want]:
    """Let a connect be aborted because endpoints cannot be reached."""
    at = newcomer(site)
    says(site, at, "fatal", text, "fatal")
    return [
        high(cause, "fatal", only=True),
        high("ARC-NET-001", "fatal", because=(cause,)),
        high("ARC-AZCM-003", "fatal", because=("ARC-NET-001",)),
    ]


@scenario("single", NEW, "windows", 3)
def tls_handshake(site: Site) -> list[Want]:
    return refused_connect(site, HANDSHAKE, "ARC-NET-002")


@scenario("single", MIDDLE, "linux", 3)
def tls_handshake_on_linux(site: Site) -> list[Want]:
    return refused_connect(site, HANDSHAKE, "ARC-NET-002")


@scenario("single", NEW, "windows", 3)
def connection_cut(site: Site) -> list[Want]:
    return refused_connect(site, CUT, "ARC-NET-006")


@scenario("single", FIRST, "linux", 3)
def no_route(site: Site) -> list[Want]:
    """[fragment] a public issue's text of the sign-in by device code."""
    at = newcomer(site)
    error = (
        "Error occurred while sending request for Device Authorization Code: Post "
        f"https://login.windows.net/{site.machine.tenant}/oauth2/devicecode"
        "?api-version=1.0:  dial tcp 40.126.9.7:443: connect: network is unreachable."
    )
    flow = "Failed to acquire authorization token device flow"
    says(site, at, "error", flow, "route", Error=error)
    return [high("ARC-NET-007", "route", only=True, says="40.126.9.7:443")]


@scenario("single", NEW, "linux", 3)
def proxy_wants_a_password(site: Site) -> list[Want]:
    error = f'Post "https://{his(site)}": Proxy Authentication Required'
    lost = outage(site, beat_error(site, error), "407", "ARC-NET-013")
    return [high("ARC-NET-013", "407", only=True, says="himds"), *lost]


def policy_error(site: Site, at: datetime, reason: str, *marks: str) -> None:
    """Write that assignments were not fetched: two lines, as the real log has.

    [corpus] gc_agent/windows-2019-dsc-uri-must-contain-hostname.log.
    """
    who = (site.random.randrange(600, 9000), site.random.randrange(600, 9000))
    guid = site.machine.guid()
    sources = (
        "/__w/1/s/src/dsc/gc_pullclient/dsc_pull_client.cpp:363",
        "/__w/1/s/src/dsc/dsc_timer/dsc_timer_manager.cpp:308",
    )
    texts = (
        f"Failed to update assignments Error : {reason}",
        f"Failed to Run Pull Refresh for 'dsc_refresh_timer' Error : {reason}",
    )
    modules = ("Pull Client", "Timer Manager")
    for module, source, text in zip(modules, sources, texts, strict=True):
        line = lines.bracket(site.machine, at, who, module, text, guid, source)
        site.add(site.paths.policy, at, line, *marks)


@scenario("single", NEW, "windows", 3)
def proxy_wants_a_password_of_machine_configuration(site: Site) -> list[Want]:
    for part in (0.3, 0.5, 0.7):
        policy_error(
            site, site.moment(part), "407 Proxy Authentication Required", "407"
        )
    return [
        high("ARC-NET-013", "407", only=True, says="gc_agent"),
        medium("ARC-GC-001", "407", because=("ARC-NET-013",)),
    ]


@scenario("single", FIRST, "linux", 4)
def proxy_without_a_host(site: Site) -> list[Want]:
    policy_error(site, site.moment(0.5), "URI must contain a hostname.", "uri")
    return [
        medium("ARC-NET-005", "uri", only=True),
        medium("ARC-GC-001", "uri", because=("ARC-NET-005",)),
    ]


@scenario("single", MIDDLE, "windows", 4)
def assignments_not_fetched(site: Site) -> list[Want]:
    reason = "Failed to get regional end_point info. Status Code '404'."
    policy_error(site, site.moment(0.5), reason, "gc")
    return [medium("ARC-GC-001", "gc", only=True)]


@scenario("single", MIDDLE, "linux", 3)
def too_many_requests(site: Site) -> list[Want]:
    lost = outage(site, beat_error(site, "", Status_Code="429"), "429", "ARC-NET-019")
    return [high("ARC-NET-019", "429", only=True), *lost]


@scenario("single", NEW, "windows", 3)
def server_errors(site: Site) -> list[Want]:
    code = site.random.choice(("500", "502", "503"))
    lost = outage(site, beat_error(site, "", Status_Code=code), "5xx", "ARC-NET-021")
    return [medium("ARC-NET-021", "5xx", only=True, says=code), *lost]


@scenario("single", NEW, "linux", 3)
def wrong_region(site: Site) -> list[Want]:
    lost = outage(site, beat_error(site, "", Status_Code="421"), "421", "ARC-NET-020")
    return [medium("ARC-NET-020", "421", only=True), *lost]


@scenario("single", NEW, "windows", 4)
def http_layer(site: Site) -> list[Want]:
    """[fragment] a public issue's line of gc_ext.log."""
    text = (
        "Failed to stop and clean up tcp socket connected to host "
        f"{site.machine.region}-gas.guestconfiguration.azure.com boost::system::"
        "system_error Exception cancel: The file handle supplied is not valid. "
        "[system:10009]"
    )
    at = site.moment(0.5)
    who = (49720, 43280)
    line = lines.bracket(site.machine, at, who, "BOOST_BEAST_WRAPPER", text)
    site.add(site.paths.ext, at, line.replace("[INFO]", "[ERROR]"), "http")
    return [medium("ARC-NET-014", "http", only=True)]


@scenario("single", NEW, "windows", 3)
def private_endpoint_unasked(site: Site) -> list[Want]:
    """[corpus] azcmagent_cli/windows-1.55-connect-azcm0026-private-endpoint.txt."""
    newcomer(site)
    page = (
        "No indication of Private Link Scope but found private endpoint "
        "agentserviceapi.guestconfiguration.azure.com: *.*.*.* \n"
        "INFO    AZCM0026: Network Error"
    )
    marks = (("pls", "private endpoint"), ("code", "AZCM0026"))
    site.page("commands/azcmagent-connect.txt", page, *marks)
    return [
        medium("ARC-NET-026", "pls", only=True),
        high("ARC-AZCM-001", "code", because=("ARC-NET-026",), says="AZCM0026"),
    ]


@scenario("single", NEW, "linux", 4)
def gateway_not_used(site: Site) -> list[Want]:
    page = "Local Configuration Settings\n  connection.type    : gateway"
    site.page("commands/azcmagent-config-list.txt", page)
    site.facts["Gateway URL"] = "https://example.gw.arc.azure.com"
    return [medium("ARC-NET-027", "proxy", only=True)]
