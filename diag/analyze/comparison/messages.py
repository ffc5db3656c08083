"""Messages that one machine writes and the other does not, or far more often.

Messages are compared by their templates, in which ids and numbers are masked, and
within one log: what counts is its share of the log's events. Documents, such as what
`azcmagent show` prints, are compared as states.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.model import Difference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diag.model import Evidence
    from diag.store import Store

KINDS = """
SELECT f.Log, e.Level, t.Template, count(*), min(e.EventId)
FROM EventRows e JOIN Files f USING (FileId) JOIN Templates t USING (TemplateId)
WHERE f.Log <> '' AND f.File NOT IN (
  SELECT File FROM Facts UNION SELECT File FROM Services
  UNION SELECT File FROM Extensions UNION SELECT File FROM Endpoints)
GROUP BY ALL"""
PLACES = """
SELECT EventId, File, Line FROM Events WHERE EventId IN ({})"""
MOST_KINDS = 300_000
# A level says by itself how unlikely a line is on a machine that is well.
LEVELS = {"critical": 12.0, "error": 9.0, "warning": 4.0, "debug": -3.0, "trace": -3.0}
# Beyond this no count makes a message more surprising: a finding says more.
MOST_BITS = 12.0
# Chi-squared with one degree of freedom, at 0.001: less may be chance.
CHANCE = 10.83
SHOWN = 60  # of the most surprising ones the lines are looked up

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a message stands in a log, and the first event that has it."""

    events: int
    first: int


def messages_differ(
    good: Store, bad: Store
) -> tuple[list[Difference], tuple[tuple[str, str], ...]]:
    """Return messages whose share differs more than by chance.

    Args:
        good: The store of the machine that is well.
        bad: That of the other.

    Returns:
        The differences, and logs that only one has, each with `good` or `bad`. Of
        a log that only the sick machine has, warnings and errors are differences.
    """
    before, after = _counted(good), _counted(bad)
    sizes = _sizes(before), _sizes(after)
    both = sizes[0].keys() & sizes[1].keys()
    found = []
    for key in sorted({*before, *after}):
        if key[0] not in both:
            # Nothing tells what is normal there; errors are worth a look all the same.
            alone = LEVELS.get(key[1], 0.0) if key in after else 0.0
            if alone > 0:
                found.append((alone, key))
            continue
        a, b = (side[key].events if key in side else 0 for side in (after, before))
        bits = surprise_of(a, b, sizes[1][key[0]], sizes[0][key[0]], key[1])
        if bits > 0:
            found.append((bits, key))
    found.sort(key=lambda one: (-one[0], one[1]))
    shown = [key for _, key in found[:SHOWN]]
    lines = _lines(bad, (after[key].first for key in shown if key in after))
    lacking = [(log, "good") for log in sizes[0].keys() - both]
    lacking += [(log, "bad") for log in sizes[1].keys() - both]
    return (
        [_difference(bits, key, before, after, lines) for bits, key in found],
        tuple(sorted(lacking)),
    )


def surprise_of(a: int, b: int, total_a: int, total_b: int, level: str) -> float:
    """Return how surprising counts are, in bits; 0 for what may be chance.

    Args:
        a: Events with the message in the sick machine's log.
        b: Events with it in the other's.
        total_a: All events of the first log.
        total_b: All events of the second.
        level: Of the message.
    """
    expected = b * total_a / total_b
    ratio = math.log2((a + 0.5) / (expected + 0.5))
    if not b:
        # What never came in so many events came now.
        return max(min(math.log2(1 + total_b), MOST_BITS) + LEVELS.get(level, 0.0), 0)
    if _g(a, b, total_a, total_b) < CHANCE:
        return 0.0
    if not a:
        return min(expected * math.log2(math.e), MOST_BITS) / 2
    more = LEVELS.get(level, 0.0) if ratio > 0 else 0.0
    return max(min(abs(ratio), MOST_BITS) + more, 0.0)


def _g(a: int, b: int, total_a: int, total_b: int) -> float:
    """Return twice the log-likelihood ratio of two shares being one (Dunning)."""
    share = (a + b) / (total_a + total_b)
    parts = (
        *((a, total_a * share), (total_a - a, total_a * (1 - share))),
        *((b, total_b * share), (total_b - b, total_b * (1 - share))),
    )
    return 2 * sum(seen * math.log(seen / due) for seen, due in parts if seen and due)


def _counted(store: Store) -> dict[Key, Counted]:
    rows = store.query(KINDS, limit=MOST_KINDS).rows
    return {(log, level, text): Counted(n, at) for log, level, text, n, at in rows}


def _sizes(counted: dict[Key, Counted]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (log, _, _), one in counted.items():
        found[log] = found.get(log, 0) + one.events
    return found


def _lines(store: Store, events: Iterable[int]) -> dict[int, Evidence]:
    """Return the lines of some events."""
    listed = ", ".join(str(int(number)) for number in events)
    if not listed:
        return {}
    rows = store.query(PLACES.format(listed)).rows
    known = store.evidence([(file, line) for _, file, line in rows])
    return {n: known[file, line] for n, file, line in rows if (file, line) in known}


def _difference(
    bits: float,
    key: Key,
    before: dict[Key, Counted],
    after: dict[Key, Counted],
    lines: dict[int, Evidence],
) -> Difference:
    log, level, text = key
    first = lines.get(after[key].first) if key in after else None
    return Difference(
        kind="message",
        text=f"{level}: {text}" if level else text,
        good=_often(before.get(key)),
        bad=_often(after.get(key)),
        surprise=bits,
        log=log,
        evidence=(first,) if first else (),
    )


def _often(counted: Counted | None) -> str:
    count = counted.events if counted else 0
    return "never" if not count else "once" if count == 1 else f"{count:,} times"
