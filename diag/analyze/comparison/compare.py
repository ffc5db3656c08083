"""Compare a machine that is well with one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.analyze.comparison.findings import findings_differ
from diag.analyze.comparison.messages import messages_differ
from diag.analyze.comparison.states import states_differ
from diag.model import Comparison

if TYPE_CHECKING:
    from diag.analyze.load import Loaded
    from diag.model import Diagnosis, Difference

# What a reader meets first when two differences surprise alike.
KINDS = (
    *("finding", "service", "endpoint", "extension", "setting", "version"),
    "message",
)


def compare(
    good: tuple[Loaded, Diagnosis], bad: tuple[Loaded, Diagnosis]
) -> Comparison:
    """Compare two sources.

    Args:
        good: The one that works: its store, and what the rules said of it.
        bad: The one that does not.

    Returns:
        All differences, most surprising first; equal input gives equal output.
        Logs that only one of them has are not compared, and named.
    """
    stores = good[0].store, bad[0].store
    messages, uncompared = messages_differ(*stores)
    found = [
        *findings_differ(good[1], bad[1]),
        *states_differ(*stores),
        *messages,
    ]
    return Comparison(
        good=good[1],
        bad=bad[1],
        differences=tuple(sorted(found, key=_order)),
        uncompared=uncompared,
    )


def _order(one: Difference) -> tuple[float, int, str, str, str]:
    return (-one.surprise, KINDS.index(one.kind), one.log, one.text, one.bad)
