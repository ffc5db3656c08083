"""What a machine writes on a day on which nothing is wrong with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from samples.making import healthy, lines
from samples.making.machine import Shown, show
from tests.scenarios.generations import Age, services
from tests.scenarios.site import HOUR, MINUTE

if TYPE_CHECKING:
    from datetime import datetime

    from tests.scenarios.site import Site

FIVE = timedelta(minutes=5)
BEAT = "last heartbeat"
STATUS = "agent status"
# Lines of `azcmagent show` that agents before 1.46 or so did not print.
LATER = (
    "Upstream Proxy", "Gateway URL", "MSSQL Server", "MySQL Server", "PGSQL Server",
    "Disabled Features", "Agent Auto Upgrade", "Portal Page",
)  # fmt: skip
IDENTITY = (
    "Resource Name", "Resource Group Name", "Resource Namespace", "Resource Id",
    "Subscription ID", "Tenant ID", "VM ID", "Correlation ID", "Location", "Cloud ",
    "Portal Page", "Agent Last Heartbeat",
)  # fmt: skip


def fill(site: Site) -> None:
    """Write the normal life around what a scenario has written already.

    A bare machine has no agent; only its system writes something.
    """
    if site.windows:
        _events(site)
    if site.bare:
        return
    last = _himds(site)
    _azcmagent(site)
    _policy(site)
    _extensions(site)
    if site.age is Age.NEW:
        for text in healthy.proxy(site.machine, site.begin):
            site.add(site.paths.arcproxy, site.begin, text)
    if not site.windows:
        _journal(site)
    if site.shown:
        _show(site, last)
    _status(site)


def _himds(site: Site) -> datetime | None:
    """Write himds.log; returns the time of the last heartbeat that arrived."""
    log, machine = site.paths.himds, site.machine
    if site.rotated:
        log = log.replace(".log", f"-{site.rotated:%Y-%m-%dT%H-%M-%S}.117.log")
    for text in lines.himds_start(machine, site.begin):
        site.add(log, site.begin, text)
    good = None
    for at in healthy.times(machine, site.begin + FIVE, site.end - 2 * MINUTE):
        if site.quiet(at):
            continue
        if site.rotated and at >= site.rotated:
            log = site.paths.himds
        fault = next((f for f in site.failing if f.first <= at <= f.last), None)
        if fault:
            site.add(log, at, fault.make(at), fault.mark)
        elif site.registered:
            good = at
            for text in lines.beat(machine, at):
                site.add(log, at, text)
        else:
            waiting = "No agentconfig.json yet, waiting for the machine to be connected"
            site.add(log, at, lines.logrus(machine, at, "info", waiting))
    return good


def _azcmagent(site: Site) -> None:
    log, machine = site.paths.azcmagent, site.machine
    if site.registered:
        at = site.begin - timedelta(days=site.random.randrange(2, 9))
        for text in lines.run_start(machine, at, "connect"):
            site.add(log, at, text, "connect")
        late = at + timedelta(seconds=5)
        for text in lines.endpoints(machine, late):
            site.add(log, late, text)
        late = at + timedelta(seconds=13)
        for text in lines.created(machine, late):
            site.add(log, late, text)
    at = site.end - timedelta(seconds=20)
    for text in lines.run_start(machine, at, "show"):
        site.add(log, at, text)


def _policy(site: Site) -> None:
    pid = site.random.randrange(700, 9000)
    late = timedelta(seconds=41.288)
    for at in healthy.times(site.machine, site.begin, site.end - MINUTE):
        if (at - site.begin) // FIVE % 3 == 0:
            for text in lines.policy_round(site.machine, at + late, pid):
                site.add(site.paths.policy, at + late, text)


def _extensions(site: Site) -> None:
    name = healthy.WINDOWS_AGENT if site.windows else healthy.LINUX_AGENT
    pid = site.random.randrange(700, 9000)
    late = timedelta(seconds=17.53)
    first = max(site.begin, site.end - site.random.randrange(3, 7) * HOUR)
    for at in healthy.times(site.machine, first, site.end - MINUTE):
        for text in lines.extension_round(site.machine, at + late, pid, name):
            site.add(site.paths.ext, at + late, text)


def units(site: Site) -> dict[str, str]:
    """Return the units of a generation and their titles."""
    return {
        unit: title
        for unit, title in lines.UNITS.items()
        if unit != "arcproxyd" or site.age is Age.NEW
    }


def subject(site: Site, unit: str) -> str:
    """Return how systemd of the generation's time names a unit."""
    title = lines.UNITS[unit]
    return f"{unit}.service - {title}" if site.age is Age.NEW else title


JOURNAL = "commands/journalctl-himdsd.txt"
EVENTS = "commands/eventlog-system.csv"
COLUMNS = (
    '"TimeCreated","Id","LevelDisplayName","ProviderName","ProcessId","ThreadId",'
    '"MachineName","LogName","Message"'
)


def journal(site: Site, at: datetime, text: str, *marks: str) -> None:
    """Write a line of systemd into the journal."""
    site.add(JOURNAL, at, lines.journal(site.machine, at, text), *marks)


def _journal(site: Site) -> None:
    boot = site.begin - timedelta(seconds=3)
    for unit in units(site):
        name = subject(site, unit)
        journal(site, boot, f"Starting {name}...")
        journal(site, boot, f"Started {name}.")


def event(site: Site, at: datetime, number: int, text: str, *marks: str) -> None:
    """Write a line of the event log, as Export-Csv of PowerShell does."""
    local = at.astimezone(site.machine.zone)
    half = "AM" if local.hour < 12 else "PM"
    stamp = f"{local.month}/{local.day}/{local.year} {local.hour % 12 or 12}"
    stamp += f":{local:%M:%S} {half}"
    level = "Information" if number == 7036 else "Error"
    cells = (
        stamp, str(number), level, "Service Control Manager", "712", "2140",
        site.machine.host, "System", text,
    )  # fmt: skip
    site.add(EVENTS, at, ",".join(f'"{cell}"' for cell in cells), *marks)


def _events(site: Site) -> None:
    site.add(EVENTS, site.begin - timedelta(days=1), COLUMNS)
    for title in ("Windows Update", "Background Intelligent Transfer Service"):
        at = site.moment(0.3)
        event(site, at, 7036, f"The {title} service entered the running state.")


def _show(site: Site, beat: datetime | None) -> None:
    """Write the output of `azcmagent show`, as the generation prints it."""
    states = ("", "", "", "")
    text = [
        line
        for line in show(site.machine, Shown(site.status, beat, states))
        if not line.startswith("  ")
        and not (site.age is not Age.NEW and line.startswith(LATER))
    ]
    text = [_changed(site, line) for line in text]
    below = text.index("Dependent Service Status") + 1
    rows = [
        f"{f'  {title} ({name})':<40}: {site.states.get(role, usual)}"
        for role, title, name, usual in services(site.age, windows=site.windows)
    ]
    text[below:below] = rows
    marks = [("state " + role, f"({name})") for role, _, name, _ in
             services(site.age, windows=site.windows)]  # fmt: skip
    marks += [(BEAT, "Agent Last Heartbeat "), (STATUS, "Agent Status ")]
    marks += [("version", "Agent Version "), ("error", "Agent Error Code ")]
    marks += [("proxy", "Using HTTPS Proxy ")]
    site.page("commands/azcmagent-show.txt", "\n".join(text), *marks)


def _changed(site: Site, line: str) -> str:
    key = line[:40].rstrip()
    if not site.registered and line.startswith(IDENTITY):
        return f"{key:<40}:"
    if key in site.facts:
        return f"{key:<40}: {site.facts[key]}"
    return line


def _status(site: Site) -> None:
    """Write a status file of an extension that works, and its report."""
    name = healthy.WINDOWS_AGENT if site.windows else healthy.LINUX_AGENT
    where = f"{name}/1.33.1" if site.windows else f"{name}-1.33.1"
    site.page(
        f"{site.paths.plugins}/{where}/status/0.status",
        status(name, site.begin, "Enable", "success", 0, "Enable succeeded"),
    )


def status(
    name: str, at: datetime, operation: str, word: str, code: int, text: str
) -> str:
    """Return a status file, as extensions write it (agent-facts, section 1.5)."""
    stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'[{{"version": "1.0", "timestampUTC": "{stamp}", '
        f'"status": {{"name": "{name}", '
        f'"operation": "{operation}", "status": "{word}", "code": {code}, '
        f'"formattedMessage": {{"lang": "en-US", "message": "{text}"}}}}}}]'
    )
