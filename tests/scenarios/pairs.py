"""Machines with two stories: independent ones, and a cause and what follows from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from samples.making.codes import NOT_REGISTERED
from samples.making.healthy import LINUX_AGENT
from tests.scenarios.everyday import BEAT, STATUS, journal, status, subject
from tests.scenarios.generations import Age
from tests.scenarios.heartbeats import beat_error, outage, silent, start
from tests.scenarios.identities import CONNECT
from tests.scenarios.label import Want, critical, high, medium, scenario
from tests.scenarios.networks import (
    HANDSHAKE,
    lookup,
    newcomer,
    policy_error,
    run,
    says,
)
from tests.scenarios.plugins import SCRIPT, ends
from tests.scenarios.servicing import failure, loop, loop_wants
from tests.scenarios.site import MINUTE
from tests.scenarios.upkeep import AGENT, INSTALLATION, msi

if TYPE_CHECKING:
    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST
EXTENSION_SERVICE = "Guest Configuration Extension service"
WORDS = ("failed", "again", "start", "started")


@scenario("pair", NEW, "linux", 3)
def silence_and_an_extension(site: Site) -> list[Want]:
    silent(site, 0.2, 50)
    ends(site, site.moment(0.85), LINUX_AGENT, "Install", 52, "exit")
    return [
        high("ARC-HB-001", "gap", only=True),
        high("ARC-EXT-001", "exit", only=True),
    ]


@scenario("pair", NEW, "linux", 3)
def silence_while_another_service_fails(site: Site) -> list[Want]:
    """The machine configuration service fails; himds hangs for reasons of its own."""
    first = silent(site, 0.3, 60)
    failure(site, "gcad", first + 20 * MINUTE)
    return [
        high("ARC-HB-001", "gap", only=True),
        high("ARC-SVC-003", "failed gcad", only=True),
    ]


@scenario("pair", NEW, "linux", 3)
def outage_that_ended_and_a_loop(site: Site) -> list[Want]:
    first = site.moment(0.15)
    make = beat_error(site, lookup(site))
    site.fail(first, first + 50 * MINUTE, make, "dns")
    loop(site, "extd", site.moment(0.8), 6)
    return [
        medium("ARC-NET-004", "dns", only=True),
        high("ARC-HB-004", "dns", because=("ARC-NET-004",)),
        *loop_wants(site, "extd"),
    ]


@scenario("pair", NEW, "linux", 4)
def loop_of_himds_and_its_silence(site: Site) -> list[Want]:
    """Himds fails again and again; an hour later a person repairs it."""
    first = silent(site, 0.3, 60)
    loop(site, "himdsd", first + MINUTE, 6)
    start(site, "himdsd", first + 59 * MINUTE, "gap")
    cause = ("ARC-SVC-001",)
    around = ("gap", *(f"{word} himdsd" for word in WORDS))
    return [
        medium("ARC-SVC-001", "again himdsd", only=True),
        medium("ARC-SVC-002", "start himdsd", because=cause),
        medium("ARC-SVC-003", "failed himdsd", because=cause),
        medium("ARC-HB-003", *around, because=cause),
    ]


@scenario("pair", NEW, "linux", 3)
def certificate_and_an_extension(site: Site) -> list[Want]:
    make = lines.beat_failed
    lost = outage(site, lambda at: make(site.machine, at)[0], "refused", "ARC-ID-001")
    ends(site, site.moment(0.2), SCRIPT, "Enable", 1, "exit")
    return [
        critical("ARC-ID-001", "refused", only=True),
        *lost,
        high("ARC-EXT-001", "exit", only=True),
    ]


@scenario("pair", NEW, "windows", 3)
def old_outage_and_refused_certificate(site: Site) -> list[Want]:
    """What healed hours ago is not why the machine is cut off now."""
    first = site.moment(0.1)
    make = beat_error(site, lookup(site))
    site.fail(first, first + 40 * MINUTE, make, "dns")
    cause = ("ARC-ID-001",)
    refused = lines.beat_failed
    site.fail(
        site.moment(0.7), site.end, lambda at: refused(site.machine, at)[0], "cert"
    )
    site.status = "Disconnected"
    return [
        medium("ARC-NET-004", "dns", only=True),
        high("ARC-HB-004", "dns", because=("ARC-NET-004",), only=True),
        critical("ARC-ID-001", "cert", only=True),
        high("ARC-HB-004", "cert", because=cause, only=True),
        high("ARC-HB-005", BEAT, because=(*cause, "ARC-HB-004")),
        high("ARC-SVC-006", STATUS, because=cause, only=True),
    ]


@scenario("pair", MIDDLE, "windows", 3)
def two_attempts_two_reasons(site: Site) -> list[Want]:
    """The first attempt meets the network, the second one Azure."""
    at = newcomer(site, 0.3)
    says(site, at, "fatal", HANDSHAKE, "fatal")
    later = site.moment(0.6)
    run(site, later)
    error = f"RequestCorrelationId:{site.machine.guid()} {NOT_REGISTERED}"
    says(site, later + 9 * timedelta(seconds=1), "error", CONNECT, "arm", Error=error)
    return [
        high("ARC-NET-002", "fatal", only=True),
        high("ARC-NET-001", "fatal", because=("ARC-NET-002",)),
        high("ARC-AZCM-003", "fatal", because=("ARC-NET-001",)),
        high("ARC-ARM-001", "arm", only=True),
        high("ARC-ARM-003", "arm", because=("ARC-ARM-001",)),
    ]


@scenario("pair", MIDDLE, "linux", 3)
def silence_and_assignments(site: Site) -> list[Want]:
    silent(site, 0.2, 45)
    policy_error(site, site.moment(0.6), "Failed to get regional end_point info.", "gc")
    return [
        high("ARC-HB-001", "gap", only=True),
        medium("ARC-GC-001", "gc", only=True),
    ]


@scenario("pair", NEW, "linux", 3)
def extension_says_why(site: Site) -> list[Want]:
    """The status file of the extension has the reason of its exit code."""
    at = site.moment(0.85)
    ends(site, at, SCRIPT, "Enable", 1, "exit")
    text = "Enable failed: failed to execute command: command terminated with exit 1"
    page = status(SCRIPT, at + timedelta(seconds=7), "Enable", "error", 1, text)
    path = f"{site.paths.plugins}/{SCRIPT}-2.1.6/status/3.status"
    site.page(path, page, ("status", "status"))
    return [
        high("ARC-EXT-022", "status", only=True),
        high("ARC-EXT-001", "exit", because=("ARC-EXT-022",), says="Command failed"),
    ]


@scenario("pair", FIRST, "windows", 3)
def installation_without_a_service(site: Site) -> list[Want]:
    """[fragment] the lines of WixQuietExec64 are a public issue's."""
    site.bare = True
    msi(site, 1603, INSTALLATION, AGENT, "msi")
    rows = site.files[INSTALLATION]
    last = rows.pop()
    wix = "WixQuietExec64:  "
    texts = (
        f"{wix}WARNING: Service '{EXTENSION_SERVICE} (ExtensionService)' ",
        f"{wix}cannot be started due to the following error: Cannot start service ",
        f"{wix}ExtensionService on computer '.'.",
    )
    for number, text in enumerate(texts):
        at = last.at + timedelta(microseconds=number)
        site.add(INSTALLATION, at, text, *(["wix"] if number == len(texts) - 1 else []))
    last.at += timedelta(microseconds=len(texts))
    rows.append(last)
    return [
        high("ARC-INS-004", "wix", only=True),
        high("ARC-INS-005", "msi", because=("ARC-INS-004",)),
    ]


@scenario("pair", FIRST, "windows", 3)
def silence_of_an_outdated_agent(site: Site) -> list[Want]:
    site.move(timedelta(days=500))
    silent(site, 0.4, 70)
    return [
        high("ARC-HB-001", "gap", only=True),
        medium("ARC-VER-001", "version", only=True),
    ]


@scenario("pair", NEW, "linux", 3)
def two_units(site: Site) -> list[Want]:
    """Extd loops; himds is stopped and started by a person at the same time."""
    first = silent(site, 0.5, 40)
    name = subject(site, "himdsd")
    journal(site, first + MINUTE, f"Stopping {name}...", "gap")
    journal(site, first + MINUTE, f"Stopped {name}.", "gap")
    start(site, "himdsd", first + 39 * MINUTE, "gap")
    loop(site, "extd", first + 5 * MINUTE, 6)
    return [medium("ARC-HB-003", "gap", only=True), *loop_wants(site, "extd")]
