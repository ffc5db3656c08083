"""`heartbeat-lost`: a hang, a logged stop, and at last a refused certificate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samples.making import healthy, lines
from samples.making.machine import Machine, Shown, show


def at(hour: int, minute: int, second: int = 0) -> datetime:
    """Return a time of 2026-03-10."""
    return datetime(2026, 3, 10, hour, minute, second, tzinfo=UTC)


# himds hangs for 47 minutes and goes on by itself; nothing in the journal tells why.
HANG, HEALED = at(3, 10), at(3, 57)
# A person stops the service and starts it again 31 minutes later.
STOPPED, RESTARTED = at(8, 1, 12), at(8, 32, 40)
# From here on Azure refuses the certificate, until the logs are collected.
LAST_BEAT, REFUSED = at(10, 45), at(10, 50)
COLLECTED = at(11, 42)


def himds(machine: Machine) -> list[str]:
    """Return himds.log: three spans of beats, then failures."""
    failures = [
        line
        for moment in healthy.times(machine, REFUSED, at(11, 40))
        for line in lines.beat_failed(machine, moment)
    ]
    return [
        *healthy.beats(machine, at(0, 0), HANG),
        *healthy.beats(machine, HEALED, at(8, 0)),
        *lines.himds_start(machine, RESTARTED),
        *healthy.beats(machine, at(8, 35), LAST_BEAT),
        *failures,
    ]


def journal(machine: Machine) -> list[str]:
    """Return the journal of himdsd.

    [corpus] wording of systemd of today, systemd/standin-modern-systemd-restart-loop
    (`Deactivated successfully` is systemd's, but in no excerpt).
    """
    name = f"himdsd.service - {lines.UNITS['himdsd']}"
    over = STOPPED + timedelta(seconds=1)
    stop = [
        lines.journal(machine, STOPPED, f"Stopping {name}..."),
        lines.journal(machine, over, "himdsd.service: Deactivated successfully."),
        lines.journal(machine, over, f"Stopped {name}."),
    ]
    return [
        *healthy.started(machine, at(0, 0) - timedelta(days=12), "himdsd"),
        *stop,
        *healthy.started(machine, RESTARTED - timedelta(seconds=1), "himdsd"),
    ]


def build() -> dict[str, bytes]:
    """Return the folder `heartbeat-lost`."""
    machine = Machine("db0003", "1.60.03293.809", region="northeurope", shard="neu")
    log, guest = "var/opt/azcmagent/log", "var/lib/GuestConfig"
    shown = Shown("Disconnected", LAST_BEAT, ("active", "active", "active", "active"))
    return {
        f"{log}/himds.log": healthy.text(himds(machine)),
        f"{log}/azcmagent.log": healthy.text(
            lines.run_start(machine, COLLECTED, "show")
        ),
        f"{guest}/arc_policy_logs/gc_agent.log": healthy.text(
            healthy.policy(machine, at(0, 0), at(11, 40), 944)
        ),
        "commands/azcmagent-show.txt": healthy.text(show(machine, shown)),
        "commands/journalctl-himdsd.txt": healthy.text(journal(machine)),
    }
