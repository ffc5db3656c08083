"""When to ask whether what was raised is over: calm lines that came after it.

That a machine recovered stands in ordinary lines, which start no judgement by
themselves. So after a finding was raised, its rule is asked once more for each kind of
calm line in the logs that it reads: as often as there are kinds, and then no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.watch.ledger import What

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diag.watch.gate import Gate
    from diag.watch.ledger import Event
    from diag.watch.tail import Record


class Healing:
    """The rules whose findings were raised, and what came since."""

    def __init__(self, gate: Gate) -> None:
        """Begin without any."""
        self._gate = gate
        self._since: dict[str, set[int]] = {}

    def note(self, events: Iterable[Event]) -> None:
        """Take what was told of findings."""
        for event in events:
            if event.what is What.CLEARED:
                self._since.pop(event.known.rule, None)
            elif event.what is not What.EASED:
                self._since[event.known.rule] = set()

    def asked(self, records: Sequence[Record]) -> set[str]:
        """Return the rules to ask again, as calm lines came of a kind that is new.

        Args:
            records: What came.
        """
        if not self._since:
            return set()
        found = set()
        for log, kind in self._gate.calm(records):
            for rule, kinds in self._since.items():
                if kind not in kinds and self._gate.reads(rule, log):
                    kinds.add(kind)
                    found.add(rule)
        return found
