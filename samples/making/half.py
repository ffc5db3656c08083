"""`half-missing.zip`: a machine that is well, in a zip that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samples.making import healthy, lines
from samples.making.machine import Machine
from samples.making.zips import Damage, Packed, write

COLLECTED = datetime(2026, 3, 10, 13, 2, 11, tzinfo=UTC)


def build() -> bytes:
    """Return the zip: one whole log, three damaged ones, none of the others."""
    machine = Machine("file0006", "1.61.03319.859")
    start = datetime(2026, 3, 10, 9, 1, 40, tzinfo=UTC)
    beat = COLLECTED.replace(minute=0, second=0)
    first = start.replace(minute=5, second=0)
    himds = [*lines.himds_start(machine, start), *healthy.beats(machine, first, beat)]
    journal = []
    for day in range(20, 0, -1):
        journal += healthy.started(machine, start - timedelta(days=day), "arcproxyd")
    log = "var/opt/azcmagent/log"
    run = [
        *lines.run_start(machine, start - timedelta(days=3), "connect"),
        *lines.endpoints(machine, start - timedelta(days=3)),
        *lines.created(machine, start - timedelta(days=3)),
    ]
    contents = (
        (f"{log}/himds.log", himds, Damage.NONE),
        (f"{log}/azcmagent.log", run, Damage.CRC),
        (f"{log}/arcproxy.log", healthy.proxy(machine, start), Damage.ENCRYPTED),
        ("commands/journalctl-arcproxyd.txt", journal, Damage.CUT),
    )
    return write(
        [
            Packed(name, healthy.text(content), COLLECTED, damage)
            for name, content, damage in contents
        ]
    )
