"""Machines whose services fail, stop, or start again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.scenarios.everyday import BEAT, STATUS, event, journal, subject
from tests.scenarios.generations import Age
from tests.scenarios.heartbeats import beat_error
from tests.scenarios.label import Want, critical, high, low, scenario
from tests.scenarios.site import MINUTE

if TYPE_CHECKING:
    from datetime import datetime

    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST
TEN = timedelta(seconds=10)


def failure(site: Site, unit: str, at: datetime) -> None:
    """Write that a unit's process failed. [corpus] both wordings: systemd/*.log."""
    modern = (
        f"{unit}.service: Main process exited, code=exited, status=1/FAILURE",
        f"{unit}.service: Failed with result 'exit-code'.",
    )
    older = (
        f"{unit}.service: main process exited, code=exited, status=1/FAILURE",
        f"Unit {unit}.service entered failed state.",
        f"{unit}.service failed.",
    )
    for text in modern if site.age is NEW else older:
        journal(site, at, text, f"failed {unit}")


def again(site: Site, unit: str, at: datetime, count: int) -> None:
    """Write that systemd starts a unit again."""
    modern = f"{unit}.service: Scheduled restart job, restart counter is at {count}."
    older = f"{unit}.service holdoff time over, scheduling restart."
    text = modern if site.age is NEW else older
    journal(site, at, text, f"again {unit}")


def loop(site: Site, unit: str, begin: datetime, rounds: int) -> datetime:
    """Write a unit that fails `rounds` times; return when systemd gives up."""
    at = begin
    name = subject(site, unit)
    for count in range(1, rounds + 1):
        failure(site, unit, at)
        at += TEN
        again(site, unit, at, count)
        if count < rounds:
            journal(site, at, f"Started {name}.", f"started {unit}")
            at += timedelta(seconds=site.random.randrange(1, 4))
    tired = f"{unit}.service: Start request repeated too quickly."
    if site.age is not NEW:
        tired = f"start request repeated too quickly for {unit}.service"
    journal(site, at, tired, f"again {unit}")
    if site.age is NEW:
        late = f"{unit}.service: Failed with result 'exit-code'."
        journal(site, at, late, f"failed {unit}")
    journal(site, at, f"Failed to start {name}.", f"start {unit}")
    return at


ROLES = {"himdsd": "himds", "extd": "ext", "gcad": "gc"}


def loop_wants(site: Site, unit: str) -> list[Want]:
    """Let show say that the unit is down; return what such a loop has to give."""
    cause, role = ("ARC-SVC-001",), ROLES[unit]
    site.states[role] = "inactive" if site.age is NEW else "stopped"
    return [
        high("ARC-SVC-004", f"state {role}", because=cause),
        high("ARC-SVC-001", f"again {unit}", only=True, says=unit),
        high("ARC-SVC-002", f"start {unit}", because=cause, says=unit),
        high("ARC-SVC-003", f"failed {unit}", because=cause, says=unit),
    ]


@scenario("single", NEW, "linux", 3)
def restart_loop(site: Site) -> list[Want]:
    loop(site, "extd", site.moment(0.6), site.random.randrange(5, 8))
    return loop_wants(site, "extd")


@scenario("single", MIDDLE, "linux", 3)
def restart_loop_in_older_words(site: Site) -> list[Want]:
    loop(site, "gcad", site.moment(0.5), site.random.randrange(5, 8))
    return loop_wants(site, "gcad")


@scenario("single", NEW, "linux", 4)
def failed_once(site: Site) -> list[Want]:
    """One failure, and systemd starts the unit again."""
    at = site.moment(0.5)
    failure(site, "gcad", at)
    again(site, "gcad", at + TEN, 1)
    journal(site, at + TEN, f"Started {subject(site, 'gcad')}.")
    return [low("ARC-SVC-003", "failed gcad", only=True)]


@scenario("single", MIDDLE, "linux", 3)
def not_started(site: Site) -> list[Want]:
    at = site.moment(0.7)
    text = f"Failed to start {subject(site, 'extd')}."
    journal(site, at, text, "start")
    return [high("ARC-SVC-002", "start", only=True)]


@scenario("single", NEW, "linux", 3)
def stopped_says_systemctl(site: Site) -> list[Want]:
    page = (
        "○ gcad.service - GC Arc Service\n"
        "     Loaded: loaded (/lib/systemd/system/gcad.service; disabled)\n"
        "     Active: inactive (dead)"
    )
    marks = (("unit", "gcad.service -"), ("unit", "Active:"))
    site.page("commands/systemctl-status.txt", page, *marks)
    return [high("ARC-SVC-004", "unit", only=True, says="gcad")]


@scenario("single", FIRST, "windows", 3)
def stopped_says_show(site: Site) -> list[Want]:
    site.states["ext"] = "stopped"
    return [high("ARC-SVC-004", "state ext", only=True, says="extensionservice")]


@scenario("single", MIDDLE, "windows", 3)
def stopped_says_sc(site: Site) -> list[Want]:
    page = (
        "SERVICE_NAME: GCArcService\n"
        "DISPLAY_NAME: Guest Configuration Arc Service\n"
        "        TYPE               : 10  WIN32_OWN_PROCESS\n"
        "        STATE              : 1  STOPPED"
    )
    marks = (("sc", "SERVICE_NAME"), ("sc", "STATE"))
    site.page("commands/sc-query.txt", page, *marks)
    return [high("ARC-SVC-004", "sc", only=True, says="GCArcService")]


@scenario("pair", NEW, "windows", 3)
def logon_right_missing(site: Site) -> list[Want]:
    """After a restart himds may not log on as a service: it never comes back."""
    first = site.moment(0.6)
    site.silence(first, site.end + MINUTE, "gap")
    text = (
        r"The himds service was unable to log on as NT SERVICE\himds with the "
        "currently configured password due to the following error: Logon "
        "failure: the user has not been granted the requested logon type at this "
        "computer."
    )
    event(site, first + 2 * MINUTE, 7041, text, "7041")
    site.states["himds"] = "stopped"
    site.status = "Disconnected"
    cause = ("ARC-SVC-010",)
    return [
        critical("ARC-SVC-010", "7041", only=True),
        high("ARC-SVC-004", "state himds", because=cause),
        high("ARC-HB-002", "gap", because=cause),
        high("ARC-HB-005", BEAT, because=cause),
        high("ARC-SVC-006", STATUS, because=cause),
    ]


@scenario("pair", NEW, "windows", 3)
def gateway_without_proxy(site: Site) -> list[Want]:
    """The gateway is set, arcproxy is stopped, and no heartbeat gets through."""
    site.facts["Gateway URL"] = "https://example.gw.arc.azure.com"
    site.facts["Using HTTPS Proxy"] = "http://localhost:40343"
    site.states["proxy"] = "stopped"
    site.status = "Disconnected"
    error = (
        "proxyconnect tcp: dial tcp 127.0.0.1:40343: connectex: No connection could be "
        "made because the target machine actively refused it."
    )
    site.fail(site.moment(0.6), site.end, beat_error(site, error), "beats")
    cause = ("ARC-SVC-005",)
    return [
        high("ARC-SVC-005", "state proxy", only=True),
        high("ARC-HB-004", "beats", because=cause),
        high("ARC-HB-005", BEAT, because=cause),
        high("ARC-SVC-006", STATUS, because=cause),
    ]
