"""Which findings are open: what a judgement says is compared with what was told.

A finding is the same as one before when it is of the same rule and subject, and at the
same time or with the same title: its count and its age may change meanwhile, and the
name of the machine when more of its files come.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from diag.clock import iso
from diag.model import Severity
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from diag.model import Finding

MOST_OPEN = 2_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class What(StrEnum):
    """What became of a finding."""

    OPEN = "open"  # it was there when the watch began
    RAISED = "raised"
    WORSE = "worse"
    EASED = "eased"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that is open, as far as it is needed to know it again and to tell it.

    `last` is when something of it was seen last (empty: no time). `old` says that it
    was cleared because nothing of it came for long; the logs still hold it.
    """

    id: str
    rule: str
    severity: str
    computer: str
    subject: str
    title: str
    first: str
    last: str
    since: str
    old: bool = False
    value: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell. `value` is the finding as `check` writes it in JSON."""

    what: What
    at: datetime
    known: Known
    reason: str = ""


class Ledger:
    """The open findings."""

    def __init__(
        self, value_of: Callable[[Finding], dict[str, Any]], forget: timedelta
    ) -> None:
        """Begin without any.

        Args:
            value_of: Returns a finding as JSON data.
            forget: A finding of which nothing came for so long is over.
        """
        self.open: dict[str, Known] = {}
        self._value_of = value_of
        self._forget = forget

    def shown(self) -> list[Known]:
        """Return the findings that are open, the worst first."""
        found = [one for one in self.open.values() if not one.old]
        return sorted(found, key=lambda one: (Severity(one.severity).rank, one.id))

    def take(
        self,
        findings: Iterable[Finding],
        asked: Callable[[str], bool],
        now: datetime,
        first: What = What.RAISED,
    ) -> list[Event]:
        """Take a judgement; return what is to be told.

        Args:
            findings: Of the rules that were asked.
            asked: Says of a rule id whether it was asked and could be judged: only
                findings of those can be over.
            now: Aware time.
            first: What a finding is called that was not there before.
        """
        alarms = [one for one in findings if _is_alarm(one)][:MOST_OPEN]
        left = {id_: one for id_, one in self.open.items() if asked(one.rule)}
        pairs: list[tuple[Finding, Known | None]] = []
        for test in (_same_title, _same_time, _meets):
            matched = {id(finding) for finding, known in pairs if known}
            for one in alarms:
                if id(one) in matched:
                    continue
                found = next((k for k in left.values() if test(one, k)), None)
                if found is not None:
                    del left[found.id]
                    pairs.append((one, found))
        matched = {id(finding) for finding, _ in pairs}
        pairs += [(one, None) for one in alarms if id(one) not in matched]
        order = {id(one): place for place, one in enumerate(alarms)}
        pairs.sort(key=lambda pair: order[id(pair[0])])
        events = [self._close(one, now) for one in left.values()]
        events += [self._note(one, known, now, first) for one, known in pairs]
        return [event for event in events if event is not None]

    def _close(self, known: Known, now: datetime) -> Event | None:
        del self.open[known.id]
        if known.old:
            return None
        return Event(What.CLEARED, now, known, "it is no longer there")

    def _note(
        self, one: Finding, known: Known | None, now: datetime, first: What
    ) -> Event | None:
        """Keep a finding; return what is to be told of it."""
        new = replace(self._known(one, known, now), old=self._is_old(one, now))
        self.open[new.id] = new
        was_open = known is not None and not known.old
        if new.old:
            why = f"nothing of it since {new.last}"
            return Event(What.CLEARED, now, new, why) if was_open else None
        if known is None or not was_open:
            return Event(first, now, new)
        before, after = Severity(known.severity).rank, one.severity.rank
        if before == after:
            return None
        what = What.WORSE if after < before else What.EASED
        return Event(what, now, new, f"it was {known.severity}")

    def _known(self, one: Finding, known: Known | None, now: datetime) -> Known:
        made = Known(
            id=known.id if known else self._id(one),
            rule=one.rule,
            severity=str(one.severity),
            computer=one.computer,
            subject=one.subject,
            title=one.title,
            first=iso(one.first_seen),
            last=iso(one.last_seen),
            since=known.since if known and not known.old else iso(now),
        )
        return replace(made, value=self._value_of(one))

    def _id(self, one: Finding) -> str:
        """Return a short name by which a raised finding is known when it clears."""
        parts = (one.rule, one.computer, one.subject, iso(one.first_seen))
        for count in range(MOST_OPEN):
            text = "\0".join((*parts, str(count)))
            name = f"{one.rule}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
            if name not in self.open:
                return name
        return one.rule

    def _is_old(self, one: Finding, now: datetime) -> bool:
        """Say whether nothing came of a finding for so long that it is over."""
        last = one.last_seen
        if last is None or not self._forget:
            return False
        return now - last.replace(tzinfo=UTC) > self._forget


def _is_alarm(one: Finding) -> bool:
    return not one.benign and one.severity is not Severity.INFO


def _alike(one: Finding, known: Known) -> bool:
    return (one.rule, one.subject) == (known.rule, known.subject)


def _same_title(one: Finding, known: Known) -> bool:
    same = one.title == known.title and iso(one.first_seen) == known.first
    return same and _alike(one, known)


def _same_time(one: Finding, known: Known) -> bool:
    return _alike(one, known) and iso(one.first_seen) == known.first


def _meets(one: Finding, known: Known) -> bool:
    """Say whether a finding goes on where one was: their times overlap."""
    if not _alike(one, known) or not known.first or one.first_seen is None:
        return _alike(one, known) and one.title == known.title
    last = iso(one.last_seen) or iso(one.first_seen)
    return iso(one.first_seen) <= (known.last or known.first) and known.first <= last


def line_of(event: Event) -> str:
    """Return an event as one line of text, safe for a terminal."""
    known = event.known
    reason = f" ({event.reason})" if event.reason else ""
    head = f"{iso(event.at.replace(microsecond=0))} {event.what:<7} {known.severity:<8}"
    about = known.title
    if known.computer and known.computer not in about:
        about = f"{known.computer}: {about}"
    return show(f"{head} {known.rule} {about}{reason}")


def proof_of(event: Event) -> str:
    """Return the first line of evidence of an event as text; empty without any."""
    lines: Sequence[Mapping[str, Any]] = event.known.value.get("evidence", ())
    if not lines:
        return ""
    first = lines[0]
    return show(f"{first['file']}:{first['line']}: {first['text']}")
