"""Where findings are told: every way for itself, and none stops the watch."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

from diag.clock import iso
from diag.errors import DiagError
from diag.watch.ledger import line_of, proof_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from diag.watch.ledger import Event, Known, Ledger
    from diag.watch.state import StateFile
    from diag.watch.tail import Last

SCHEMA_VERSION = 1
AGAIN = "perhaps told before"
INDENT = "    "


class Way(Protocol):
    """A way to tell of a finding."""

    def put(self, event: Event) -> None:
        """Tell of one.

        Raises:
            OSError: It could not be told.
        """


class TextWay:
    """Lines for people: what, how bad, where, and the first line of the proof."""

    def __init__(self, write: Callable[[Iterable[str]], None], width: int = 0) -> None:
        """Take what writes lines that hold any text.

        Args:
            write: Writes lines.
            width: Of the terminal, in columns; 0 neither breaks nor cuts lines.
        """
        self._write = write
        self._width = width

    def put(self, event: Event) -> None:
        """Write one or two lines, or what they are broken into."""
        proof = proof_of(event)
        lines = [line_of(event)]
        if self._width:
            lines = textwrap.wrap(lines[0], self._width, subsequent_indent=INDENT)
            room = self._width - len(INDENT)
            proof = proof if len(proof) <= room else f"{proof[: room - 1]}\u2026"
        self._write([*lines, *([f"{INDENT}{proof}"] if proof else [])])


class JsonWay:
    """One JSON object for each event, as `event-1.schema.json` says."""

    def __init__(
        self,
        write: Callable[[str], None],
        encode: Callable[[Mapping[str, Any]], str],
    ) -> None:
        """Take what writes a text, and what makes one line of JSON data."""
        self._write = write
        self._encode = encode

    def put(self, event: Event) -> None:
        """Write one line."""
        self._write(self._encode(value_of(event)))


def value_of(event: Event) -> dict[str, Any]:
    """Return an event as JSON data."""
    known = event.known
    return {
        "schema_version": SCHEMA_VERSION,
        "event": str(event.what),
        "at": iso(event.at),
        "id": known.id,
        "since": known.since,
        "reason": event.reason,
        "severity": known.severity,
        "rule": known.rule,
        "computer": known.computer,
        "title": known.title,
        "finding": dict(known.value),
    }


def status_of(
    open_: Sequence[Known], now: str, last_beat: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the status file says.

    Args:
        open_: The open findings, the worst first.
        now: ISO 8601.
        last_beat: When the agent wrote last, likewise; empty if never.
        more: What else is to stand there.
    """
    counts = Counter(one.severity for one in open_)
    names = ("critical", "high", "medium", "low")
    return {
        "schema_version": SCHEMA_VERSION,
        "at": now,
        **more,
        "last_heartbeat": last_beat or None,
        "worst": open_[0].severity if open_ else None,
        "open": {name: counts[name] for name in names},
        "findings": [
            {
                "id": one.id,
                "rule": one.rule,
                "severity": one.severity,
                "computer": one.computer,
                "title": one.title,
                "since": one.since,
            }
            for one in open_
        ],
    }


class Telling:
    """Tells events in all ways, and keeps what is open in the state file."""

    def __init__(
        self,
        ways: Sequence[Way],
        say: Callable[[str], None],
        state: StateFile | None = None,
    ) -> None:
        """Take the ways, what says something about the watch, and the state."""
        self.ways = list(ways)
        self.say = say
        self.ledger: Ledger | None = None
        self.last: Callable[[], Iterable[Last]] = tuple
        self._state = state
        self._failed: set[int] = set()
        self._unkept = False

    def tell(self, events: Sequence[Event]) -> None:
        """Tell events; they stand in the state as untold until they were told."""
        if not events:
            return
        self.keep(events)
        for event in events:
            for way in self.ways:
                self._put(way, event)
        self.keep(())

    def keep(self, untold: Sequence[Event]) -> None:
        """Write the state, if there is a file for it; it is told if that fails."""
        if self._state is None or self.ledger is None:
            return
        try:
            self._state.write(self.ledger.open.values(), untold, self.last())
            self._unkept = False
        except DiagError as error:
            if not self._unkept:
                self.say(f"what is open is not kept for the next start: {error}")
            self._unkept = True

    def _put(self, way: Way, event: Event) -> None:
        try:
            way.put(event)
            self._failed.discard(id(way))
        except OSError as error:
            if id(way) not in self._failed:
                why = error.strerror or str(error)
                self.say(f"{type(way).__name__}: a finding was not told: {why}")
            self._failed.add(id(way))
