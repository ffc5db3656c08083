"""`crash-loop`: two services that fail again and again until systemd gives up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samples.making import healthy, lines
from samples.making.machine import Machine, Shown, show

BEGIN = datetime(2026, 3, 10, 9, 0, 3, tzinfo=UTC)
TEN = timedelta(seconds=10)
ROUNDS = 6
# `failed` is what systemd calls it; what show prints then is not known.
STATES = ("active", "active", "failed", "failed")


def modern(machine: Machine, unit: str, begin: datetime) -> list[str]:
    """Return a loop in systemd's wording of today.

    [corpus] systemd/standin-modern-systemd-restart-loop.log, with a unit of the
    agent; how it gives up is systemd's wording, but in no excerpt.
    """
    name = f"{unit}.service - {lines.UNITS[unit]}"
    found = healthy.started(machine, begin, unit)
    at = begin
    for count in range(1, ROUNDS + 1):
        at += timedelta(seconds=2)
        texts = [
            f"{unit}.service: Main process exited, code=exited, status=1/FAILURE",
            f"{unit}.service: Failed with result 'exit-code'.",
            f"{unit}.service: Consumed 1.{count}27s CPU time.",
        ]
        found += [lines.journal(machine, at, text) for text in texts]
        at += TEN
        again = f"{unit}.service: Scheduled restart job, restart counter is at {count}."
        found += [
            lines.journal(machine, at, again),
            lines.journal(machine, at, f"Stopped {name}."),
        ]
        if count < ROUNDS:
            found.append(lines.journal(machine, at, f"Started {name}."))
    texts = [
        f"{unit}.service: Start request repeated too quickly.",
        f"{unit}.service: Failed with result 'exit-code'.",
        f"Failed to start {name}.",
    ]
    return found + [lines.journal(machine, at, text) for text in texts]


def old(machine: Machine, unit: str, begin: datetime) -> list[str]:
    """Return a loop in the wording of older systemd.

    [corpus] systemd/standin-rhel7-mdsd-failed.log, with the prefix that the poster
    cut off and with the explanations of `journalctl -x`. No machine writes both
    wordings; here they stand side by side so that one bundle shows them.
    """
    title = lines.UNITS[unit]
    found = [lines.journal(machine, begin, f"Started {title}.")]
    at = begin
    for count in range(1, ROUNDS + 1):
        at += timedelta(seconds=2)
        texts = [
            f"{unit}.service: main process exited, code=exited, status=1/FAILURE",
            f"Unit {unit}.service entered failed state.",
            f"{unit}.service failed.",
        ]
        found += [lines.journal(machine, at, text) for text in texts]
        at += TEN
        again = f"{unit}.service holdoff time over, scheduling restart."
        found.append(lines.journal(machine, at, again))
        if count < ROUNDS:
            found.append(lines.journal(machine, at, f"Started {title}."))
    texts = [
        f"start request repeated too quickly for {unit}.service",
        f"Failed to start {title}.",
    ]
    found += [lines.journal(machine, at, text) for text in texts]
    return [
        *found,
        f"-- Subject: Unit {unit}.service has failed",
        "-- Defined-By: systemd",
        "-- Support: http://lists.freedesktop.org/mailman/listinfo/systemd-devel",
    ]


def starts(machine: Machine) -> list[str]:
    """Return gc_ext.log: nothing but starts.

    [invented] in the layout of gc_agent.log; no real line of gc_ext.log is kept.
    """
    pids = (machine.number(2000, 9000) for _ in range(ROUNDS))
    return [
        lines.bracket(machine, BEGIN + number * (TEN + timedelta(seconds=2)),
                      (pid, pid + 1), "EXTMGR", "Starting the extension service")
        for number, pid in enumerate(pids)
    ]  # fmt: skip


def build() -> dict[str, bytes]:
    """Return the folder `crash-loop`."""
    machine = Machine("app0005", "1.60.03293.809", offset=1)
    log, ext = "var/opt/azcmagent/log", "var/lib/GuestConfig/ext_mgr_logs"
    first, beat = (
        BEGIN - timedelta(hours=2, seconds=3),
        BEGIN.replace(hour=10, second=0),
    )
    shown = Shown("Connected", beat, STATES)
    himds = [
        *lines.himds_start(machine, first),
        *healthy.beats(machine, first + healthy.FIVE, beat),
    ]
    return {
        f"{log}/himds.log": healthy.text(himds),
        f"{log}/azcmagent.log": healthy.text(
            lines.run_start(machine, beat + timedelta(minutes=1), "show")
        ),
        f"{ext}/gc_ext.log": healthy.text(starts(machine)),
        "commands/azcmagent-show.txt": healthy.text(show(machine, shown)),
        "commands/journalctl-extd.txt": healthy.text(modern(machine, "extd", BEGIN)),
        "commands/journalctl-gcad.txt": healthy.text(
            old(machine, "gcad", BEGIN + timedelta(minutes=20))
        ),
    }
