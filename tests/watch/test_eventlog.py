"""What the event log of Windows is given, and what it would do to it otherwise.

The calls are those of the system's library. On Windows (and Wine) it is asked itself;
elsewhere something stands in for it that takes what it would.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from diag.errors import UsageError
from diag.watch.eventlog import LONGEST, EventLogWay, text_of
from diag.watch.ledger import What
from tests.watch.happenings import happened

if TYPE_CHECKING:
    from collections.abc import Callable


class System:
    """Takes the calls as Windows does; `refuses` says how many reports fail first."""

    def __init__(self, refuses: int = 0, *, there: bool = True) -> None:
        self.refuses = refuses
        self.there = there
        self.open: set[int] = set()
        self.opened = 0
        self.events: list[tuple[int, int, str]] = []

    def RegisterEventSourceW(self, server: None, source: str) -> int | None:  # noqa: N802
        assert (server, source) == (None, "arcdiag")
        if not self.there:
            return None
        self.opened += 1
        self.open.add(self.opened)
        return self.opened

    def DeregisterEventSource(self, log: int) -> int:  # noqa: N802
        self.open.remove(log)
        return 1

    def ReportEventW(  # noqa: N802, PLR0913, PLR0917 - as the system has it
        self, log: int, kind: int, category: int, number: int, user: None,
        count: int, size: int, texts: Any, data: None,
    ) -> int:  # fmt: skip
        assert log in self.open
        assert (category, user, count, size, data) == (0, None, 1, 0, None)
        if self.refuses:
            self.refuses -= 1
            return 0
        self.events.append((kind, number, texts[0]))
        return 1


@pytest.mark.parametrize(
    ("what", "severity", "kind", "number"),
    [
        (What.OPEN, "critical", 4, 100),
        (What.RAISED, "critical", 1, 101),
        (What.RAISED, "high", 1, 101),
        (What.WORSE, "medium", 2, 102),
        (What.EASED, "low", 4, 103),
        (What.CLEARED, "critical", 4, 104),
    ],
)
def test_each_event_has_its_kind_and_number(
    what: What, severity: str, kind: int, number: int
) -> None:
    system = System()
    EventLogWay(system).put(happened(what, severity, text="no such host"))
    [(got, id_, text)] = system.events
    assert (got, id_) == (kind, number)
    head, proof = text.split("\r\n")
    assert head.startswith(f"2026-03-10T12:00:00Z {what}")
    assert "ARC-X-001 web01: something broke" in head
    assert proof == "himds.log:7: no such host"


def test_what_acts_on_who_reads_is_made_visible() -> None:
    text = text_of(happened(text="\x1b[31m\r\nfake line\x00 \u202e \ud800"))
    assert text.count("\r\n") == 1
    assert not any(c in text for c in "\x1b\x00\u202e\ud800")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fe80::1%1", "fe80::1% 1"),
        ("%%1234", "% % 1234"),
        ("%{S-1-5-18} 100% of it", "% {S-1-5-18} 100% of it"),
        ("https://x/a%20b", "https://x/a% 20b"),
    ],
)
def test_nothing_is_put_in_place_of_a_text(text: str, shown: str) -> None:
    assert text_of(happened(text=text)).endswith(f": {shown}")


@pytest.mark.parametrize("letter", ["x", "\u00fc", "\U0001f600", "%1"])
def test_a_text_is_no_longer_than_the_log_takes(letter: str) -> None:
    text = text_of(happened(text=letter * 40_000))
    size = len(text.encode("utf-16-le")) // 2
    assert LONGEST - 1 <= size <= LONGEST == 31_839


def test_a_log_that_was_started_anew_is_opened_anew() -> None:
    system = System(refuses=1)
    way = EventLogWay(system)
    way.put(happened())
    assert (len(system.events), system.opened, system.open) == (1, 2, {2})
    way.close()
    assert not system.open


def refused() -> None:
    EventLogWay(System(refuses=2)).put(happened())


def missing() -> None:
    EventLogWay(System(there=False))


@pytest.mark.parametrize(("way", "error"), [(refused, OSError), (missing, UsageError)])
def test_what_cannot_be_written_is_told(
    way: Callable[[], None], error: type[Exception]
) -> None:
    with pytest.raises(error):
        way()


def test_the_system_itself() -> None:
    if sys.platform == "win32":
        way = EventLogWay()
        way.put(happened(text="%1 \U0001f600"))
        way.close()
    else:
        with pytest.raises(UsageError, match="no event log of Windows"):
            EventLogWay()
