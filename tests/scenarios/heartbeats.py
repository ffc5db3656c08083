"""Machines whose heartbeats stop, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from tests.scenarios.everyday import BEAT, STATUS, event, journal, subject
from tests.scenarios.generations import Age
from tests.scenarios.label import Want, critical, high, medium, scenario
from tests.scenarios.site import MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.scenarios.site import Site

NEW, MIDDLE, FIRST = Age.NEW, Age.MIDDLE, Age.FIRST


def beat_error(site: Site, error: str, **keys: str) -> Callable[[datetime], str]:
    """Return what writes a failed heartbeat whose reason stands in a key."""
    if error:
        keys["Error"] = error

    def make(at: datetime) -> str:
        text = "failed to send a heartbeat"
        return lines.logrus(site.machine, at, "error", text, **keys)

    return make


def outage(
    site: Site,
    make: Callable[[datetime], str],
    mark: str,
    cause: str,
    part: float = 0.6,
) -> list[Want]:
    """Let heartbeats fail until the end; return what follows from a cause."""
    site.fail(site.moment(part), site.end, make, mark)
    site.status = "Disconnected"
    return [
        high("ARC-HB-004", mark, because=(cause,)),
        high("ARC-HB-005", BEAT, because=(cause,)),
        high("ARC-SVC-006", STATUS, because=(cause,)),
    ]


def silent(site: Site, part: float, minutes: int, mark: str = "gap") -> datetime:
    """Let himds write nothing for a while; return when that begins."""
    first = site.moment(part)
    site.silence(first, first + minutes * MINUTE, mark)
    return first


@scenario("single", NEW, "linux", 3)
def silence(site: Site) -> list[Want]:
    """Himds hangs for a while and goes on; the rest of the machine goes on."""
    silent(site, 0.4, site.random.randrange(40, 90))
    return [high("ARC-HB-001", "gap", only=True)]


@scenario("single", FIRST, "windows", 3)
def silence_of_an_old_agent(site: Site) -> list[Want]:
    silent(site, 0.3, site.random.randrange(60, 180))
    return [high("ARC-HB-001", "gap", only=True)]


@scenario("single", MIDDLE, "windows", 4)
def short_silence(site: Site) -> list[Want]:
    """Twenty minutes: four heartbeats are missing, then all is well."""
    silent(site, 0.4, 19)
    return [medium("ARC-HB-001", "gap", only=True)]


@scenario("single", NEW, "windows", 3)
def silence_to_the_end(site: Site) -> list[Want]:
    """Himds wrote its last line an hour before the logs were collected."""
    first = site.end - site.random.randrange(45, 100) * MINUTE
    site.silence(first, site.end + MINUTE, "gap")
    site.status = "Disconnected"
    return [
        high("ARC-HB-002", "gap", only=True),
        high("ARC-HB-005", BEAT, because=("ARC-HB-002",)),
        high("ARC-SVC-006", STATUS, because=("ARC-HB-002",)),
    ]


def stop(site: Site, unit: str, at: datetime, mark: str) -> None:
    """Write that a unit was stopped, as systemd of the generation's time says it."""
    name, late = subject(site, unit), at + timedelta(seconds=1)
    journal(site, at, f"Stopping {name}...", mark)
    if site.age is NEW:
        journal(site, late, f"{unit}.service: Deactivated successfully.", mark)
    journal(site, late, f"Stopped {name}.", mark)


def start(site: Site, unit: str, at: datetime, mark: str) -> None:
    """Write that a unit was started."""
    name = subject(site, unit)
    journal(site, at, f"Starting {name}...", mark)
    journal(site, at, f"Started {name}.", mark)


def stopped(site: Site, part: float, minutes: int, mark: str = "gap") -> None:
    """Let himds be stopped and started again."""
    first = silent(site, part, minutes, mark)
    stop(site, "himdsd", first + MINUTE, mark)
    start(site, "himdsd", first + (minutes - 1) * MINUTE, mark)


@scenario("single", NEW, "linux", 4)
def silence_explained(site: Site) -> list[Want]:
    stopped(site, 0.4, site.random.randrange(35, 80))
    return [medium("ARC-HB-003", "gap")]


@scenario("single", MIDDLE, "linux", 4)
def silence_explained_in_older_words(site: Site) -> list[Want]:
    stopped(site, 0.4, site.random.randrange(35, 80))
    return [medium("ARC-HB-003", "gap")]


HIMDS = "The Azure Hybrid Instance Metadata Service service"


@scenario("single", NEW, "windows", 4)
def silence_explained_on_windows(site: Site) -> list[Want]:
    minutes = site.random.randrange(35, 80)
    first = silent(site, 0.4, minutes)
    event(site, first + MINUTE, 7036, f"{HIMDS} entered the stopped state.", "gap")
    back = first + (minutes - 1) * MINUTE
    event(site, back, 7036, f"{HIMDS} entered the running state.", "gap")
    return [medium("ARC-HB-003", "gap", only=True)]


@scenario("pair", NEW, "linux", 3)
def stopped_to_the_end(site: Site) -> list[Want]:
    """A person stopped himds; nobody started it again."""
    first = site.end - site.random.randrange(45, 120) * MINUTE
    site.silence(first, site.end + MINUTE, "gap")
    stop(site, "himdsd", first + MINUTE, "gap")
    site.states["himds"] = "inactive"
    site.status = "Disconnected"
    return [
        high("ARC-HB-003", "gap"),
        high("ARC-SVC-004", "state himds", only=True),
        high("ARC-HB-005", BEAT, because=("ARC-HB-003",)),
        high("ARC-SVC-006", STATUS, because=("ARC-SVC-004",)),
    ]


@scenario("single", NEW, "linux", 3)
def certificate_refused(site: Site) -> list[Want]:
    """The machine's certificate is refused: it cannot recover by itself."""
    refused = outage(site, lambda at: lines.beat_failed(site.machine, at)[0],
                     "refused", "ARC-ID-001")  # fmt: skip
    return [critical("ARC-ID-001", "refused", only=True), *refused]


@scenario("single", NEW, "windows", 3)
def identity_expired(site: Site) -> list[Want]:
    """Show says Expired. It knows no newer heartbeat."""
    outage(site, lambda at: lines.beat_failed(site.machine, at)[0], "refused", "")
    site.status = "Expired"
    return [
        critical("ARC-SVC-007", STATUS, only=True),
        critical("ARC-ID-001", "refused", because=("ARC-SVC-007",)),
        high("ARC-HB-004", "refused", because=("ARC-ID-001",)),
    ]
