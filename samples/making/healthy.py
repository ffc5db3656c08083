"""Two machines with nothing wrong: folder and zip, Linux and Windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from samples.making import lines
from samples.making.machine import Machine, Shown, show
from samples.making.zips import Packed, write

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTED = datetime(2026, 3, 10, 11, 4, 30, tzinfo=UTC)
FIVE = timedelta(minutes=5)
LINUX_AGENT = "Microsoft.Azure.Monitor.AzureMonitorLinuxAgent"
WINDOWS_AGENT = "Microsoft.Azure.Monitor.AzureMonitorWindowsAgent"


def text(parts: list[str], end: str = "\n") -> bytes:
    """Return lines as a file's bytes; line ends inside a line are `end`, too."""
    return "".join(f"{part}\n" for part in parts).replace("\n", end).encode()


def times(machine: Machine, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the times of heartbeats, each a few seconds late or not."""
    at = first
    while at <= last:
        yield at + timedelta(seconds=machine.number(0, 3))
        at += FIVE


def beats(machine: Machine, first: datetime, last: datetime) -> list[str]:
    """Return what himds writes from one time to another."""
    return [
        part for at in times(machine, first, last) for part in lines.beat(machine, at)
    ]


def policy(machine: Machine, first: datetime, last: datetime, pid: int) -> list[str]:
    """Return rounds of gc_agent.log, one every fifteen minutes."""
    return [
        part
        for number, at in enumerate(times(machine, first, last))
        if number % 3 == 0
        for part in lines.policy_round(machine, at + timedelta(seconds=41.288), pid)
    ]


def extensions(
    machine: Machine, first: datetime, last: datetime, pid: int
) -> list[str]:
    """Return rounds of gc_ext.log, one every five minutes."""
    name = WINDOWS_AGENT if machine.windows else LINUX_AGENT
    late = timedelta(seconds=17.53)
    return [
        part
        for at in times(machine, first, last)
        for part in lines.extension_round(machine, at + late, pid, name)
    ]


def proxy(machine: Machine, at: datetime) -> list[str]:
    """Return arcproxy.log of a machine without a gateway.

    [invented] No real line of arcproxy.log is known.
    """
    idle = "No gateway is configured, staying idle"
    return [
        lines.logrus(machine, at, "info", f"Agent Version: {machine.version}"),
        lines.logrus(machine, at, "info", idle, Connection_Type="direct"),
    ]


def connect(machine: Machine, at: datetime) -> list[str]:
    """Return a connect that works, and a later show, in azcmagent.log."""
    later = COLLECTED - timedelta(seconds=20)
    return [
        *lines.run_start(machine, at, "connect"),
        *lines.endpoints(machine, at + timedelta(seconds=5)),
        *lines.created(machine, at + timedelta(seconds=13)),
        *lines.run_start(machine, later, "show"),
    ]


def started(machine: Machine, at: datetime, unit: str) -> list[str]:
    """Return the start of a unit in the journal, in systemd's wording of today."""
    name = f"{unit}.service - {lines.UNITS[unit]}"
    return [
        lines.journal(machine, at, f"Starting {name}..."),
        lines.journal(machine, at, f"Started {name}."),
    ]


def linux() -> dict[str, bytes]:
    """Return the folder `healthy-linux`."""
    machine = Machine("edge0001", "1.61.03319.859", offset=1)
    boot = datetime(2026, 3, 9, 21, 40, 12, tzinfo=UTC)
    first = datetime(2026, 3, 9, 21, 45, tzinfo=UTC)
    turn = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
    log, guest = "var/opt/azcmagent/log", "var/lib/GuestConfig"
    old = [*lines.himds_start(machine, boot), *beats(machine, first, turn - FIVE)]
    beat = COLLECTED.replace(minute=0, second=0)
    ext = turn + timedelta(hours=3)
    shown = Shown("Connected", beat, ("active", "active", "active", "active"))
    journal = [f"-- Boot {machine.guid().replace('-', '')} --"]
    for unit in lines.UNITS:
        journal += started(machine, boot, unit)
    return {
        f"{log}/himds-2026-03-10T04-00-00.117.log": text(old),
        f"{log}/himds.log": text(beats(machine, turn, beat)),
        f"{log}/azcmagent.log": text(connect(machine, boot - timedelta(days=20))),
        f"{log}/arcproxy.log": text(proxy(machine, boot)),
        f"{guest}/arc_policy_logs/gc_agent.log": text(
            policy(machine, first, beat, 1187)
        ),
        f"{guest}/ext_mgr_logs/gc_ext.1.log": text(
            extensions(machine, turn, ext - FIVE, 1201)
        ),
        f"{guest}/ext_mgr_logs/gc_ext.log": text(extensions(machine, ext, beat, 1201)),
        "commands/azcmagent-show.txt": text(show(machine, shown)),
        "commands/journalctl-himdsd.txt": text(journal),
    }


def windows() -> bytes:
    r"""Return the zip `healthy-windows.zip`.

    Names with `\`, line ends CRLF; the output of show is what Windows PowerShell
    makes of `azcmagent show > file`: UTF-16LE with a BOM.
    """
    machine = Machine(
        "WEB-0002", "1.55.03134.2489", offset=-5, windows=True, region="eastus",
        shard="eus",
    )  # fmt: skip
    first = datetime(2026, 3, 10, 2, 15, tzinfo=UTC)
    beat = COLLECTED.replace(minute=0, second=0)
    start = first - timedelta(minutes=4)
    log = "ProgramData\\AzureConnectedMachineAgent\\Log"
    guest = "ProgramData\\GuestConfig"
    himds = [*lines.himds_start(machine, start), *beats(machine, first, beat)]
    shown = Shown("Connected", beat, ("running", "stopped", "running", "running"))
    page = "".join(f"{line}\r\n" for line in show(machine, shown))
    connected = connect(machine, start - timedelta(days=41))
    contents = {
        f"{log}\\himds.log": text(himds, "\r\n"),
        f"{log}\\azcmagent.log": text(connected, "\r\n"),
        f"{log}\\arcproxy.log": text(proxy(machine, start), "\r\n"),
        f"{guest}\\arc_policy_logs\\gc_agent.log": text(
            policy(machine, first, beat, 4820), "\r\n"
        ),
        f"{guest}\\ext_mgr_logs\\gc_ext.log": text(
            extensions(machine, first + timedelta(hours=4), beat, 5316), "\r\n"
        ),
        "commands\\azcmagent-show.txt": b"\xff\xfe" + page.encode("utf-16-le"),
    }
    written = dict.fromkeys(contents, beat + timedelta(seconds=20))
    written["commands\\azcmagent-show.txt"] = COLLECTED
    return write([Packed(name, data, written[name]) for name, data in contents.items()])
