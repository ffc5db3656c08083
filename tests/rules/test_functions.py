"""The functions of the shipped pack find what the plain query finds."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from diag.analyze import load
from diag.kql import compile_query
from tests.amount import examples

HIMDS = Path("rules/arc/functions/himds.kql").read_text(encoding="utf-8")
START = datetime(2026, 3, 10, tzinfo=UTC)
PLAIN = 'Events | where Log == "himds" and isnotnull(TimeGenerated)'
PAUSES = """
| sort by Computer asc, TimeGenerated asc, EventId asc
| extend StartTime = prev(TimeGenerated), StartLine = prev(Line)
| where TimeGenerated - StartTime > {slot}s
| project StartTime, StartLine, TimeGenerated, Line
| sort by TimeGenerated asc
"""
STEPS = (0, 1, 30, 59, 60, 61, 119, 120, 121, 899, 900, 901)


@settings(max_examples=examples(60), deadline=None)
@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=30),
    seed=st.integers(0, 1000),
    slot=st.sampled_from([60, 120, 900]),
)
def test_edges_of_slots_show_every_pause(
    steps: list[int], seed: int, slot: int
) -> None:
    times = [START + timedelta(seconds=sum(steps[:n])) for n in range(len(steps) + 1)]
    random.Random(seed).shuffle(times)
    lines = [f'time="{t.isoformat()}" level=info msg="Heartbeat sent"\n' for t in times]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "himds.log"
        path.write_text("".join(lines), encoding="utf-8")
        with load([path], cache=False) as loaded:
            found = []
            for rows in (PLAIN, f"{HIMDS}\nhimdsEdges({slot}s)"):
                query = compile_query(rows + PAUSES.format(slot=slot))
                asked = query.bind({}, START.replace(tzinfo=None))
                found.append(loaded.store.query(*asked).rows)
    assert len(found[0]) == sum(step > slot for step in steps)
    assert found[1] == found[0]
