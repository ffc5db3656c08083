"""The way that live and recorded logs go: look, ask the rules if need be, tell.

A judgement reads the logs anew, as `check` does, so nothing depends on whether the
watch saw a line come. That decides only when to judge, and which rules to ask at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from diag.watch.clocks import Steps
from diag.watch.healing import Healing
from diag.watch.judging import moved
from diag.watch.ledger import What
from diag.watch.memory import give_back
from diag.watch.pace import Reason

if TYPE_CHECKING:
    from diag.model import Diagnosis, Finding
    from diag.watch.clocks import Clock
    from diag.watch.follow import Follower, News
    from diag.watch.judging import Judge
    from diag.watch.ledger import Event, Ledger
    from diag.watch.pace import Pace
    from diag.watch.tail import Last, Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEATS = "himds"  # the log that has a line every few minutes while the machine is well
PULSE = 300.0  # seconds after which all rules are asked if anything came
LONGEST = 3600.0  # and after which they are asked anyway
SETTLED = 2.0  # seconds without a line, after which what came is complete
APART = 5.0  # seconds between two judgements by all rules
LISTED = 10.0  # seconds after which new files are looked for
MOST_AHEAD = timedelta(hours=25)  # of lines before the clock, when it was set back
OVER = timedelta(milliseconds=1)  # a silence is longer than its limit, not as long

Judged = Callable[[datetime, "frozenset[str] | None"], "Diagnosis"]


class Teller(Protocol):
    """Where events go, and what is said beside them."""

    def tell(self, events: Sequence[Event]) -> None:
        """Tell of findings."""

    def say(self, text: str) -> None:
        """Say something about the watch itself."""


@dataclass(slots=True)
class _Pending:
    """What is to be asked."""

    rules: set[str] = field(default_factory=set)
    reason: Reason = Reason.ROUTINE
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.rules) or self.everything


class Watch:
    """One watch over some logs."""

    def __init__(
        self,
        clock: Clock,
        follower: Follower,
        judge: Judge,
        ledger: Ledger,
        pace: Pace,
        teller: Teller,
    ) -> None:
        """Take the parts; nothing is looked at yet."""
        self.clock = clock
        self.follower = follower
        self.judge = judge
        self.ledger = ledger
        self.pace = pace
        self.teller = teller
        self.judged: Judged = self._judge_material
        self.unjudged: frozenset[str] = frozenset()
        self._pending = _Pending()
        self._steps = Steps(clock)
        self._healing = Healing(judge.gate)
        self._arrived: dict[str, float] = {}
        self._judged_silences: set[tuple[str, int]] = set()
        self._dirty = False
        self._last_line = self._last_full = self._last_list = clock.elapsed()

    def begin(self, first: What) -> None:
        """Take what is there; findings that are true already are told as `first`."""
        self.follower.sink = self._learn
        self._say(self.follower.begin(self._reference()))
        self.follower.sink = self._receive
        self.follower.needed = frozenset(one.log for one in self.judge.gate.silences)
        now = self.clock.now()
        for log, last in self.follower.kept.items():
            age = now - EPOCH - timedelta(microseconds=last.time)
            since = max(0.0, age.total_seconds())
            self._arrived[log] = self.clock.elapsed() - since
        if self.follower.logs:
            give_back()  # what the start needed
            self._ask_all(first)
        give_back()

    def _learn(self, records: list[Record]) -> None:
        """Take the kinds of records that are old news."""
        if records:
            self.judge.gate.asked(records)

    def now(self) -> datetime:
        """Return the time to judge at.

        The system's, but when its clock was set back and lines of the agent are ahead
        of it: then the time of the newest, and as long as it was silent since.
        """
        now = self.clock.now()
        newest = self.follower.newest(BEATS)
        if not newest or BEATS not in self._arrived:
            return now
        last = EPOCH + timedelta(microseconds=newest)
        if not now < last <= now + MOST_AHEAD:
            return now
        silent = self.clock.elapsed() - self._arrived[BEATS]
        return last + timedelta(seconds=silent)

    def step(self, *, anew: bool = True) -> None:
        """Look once, and judge if there is reason to.

        Args:
            anew: Look for new files, too; else only from time to time.
        """
        self._note_step()
        elapsed = self.clock.elapsed()
        anew = anew or elapsed - self._last_list >= LISTED
        if anew:
            self._last_list = elapsed
        self._note_changes(self.follower.look(self._reference(), anew=anew))
        self._note_silences()
        self._judge()

    @property
    def waits(self) -> bool:
        """Whether something came that was not judged yet."""
        return bool(self._pending)

    def next_deadline(self) -> datetime | None:
        """Return when the first silence that was not judged yet is too long."""
        times = [at for _, _, at in self._silences()]
        return min(times, default=None)

    def _reference(self) -> int:
        return round(self.clock.now().timestamp() * 1_000_000)

    def _say(self, news: News) -> None:
        for note in news.notes:
            self.teller.say(note)

    def _note_step(self) -> None:
        step = self._steps.since_last()
        if step:
            way = "back" if step < timedelta(0) else "forward"
            seconds = abs(step.total_seconds())
            self.teller.say(f"the clock was set {way} by {seconds:,.0f} s")
            self._judged_silences.clear()
            self._pending.everything = True

    def _receive(self, records: list[Record]) -> None:
        """Take records that are new, and note whom to ask about them."""
        if not records:
            return
        elapsed = self._note_news()
        asked = self.judge.gate.asked(records)
        pending = self._pending
        pending.rules |= asked.rules
        again = {rule for rule in asked.loosely if self._is_open(rule)}
        for log in {record.log for record in records}:
            if elapsed - self._arrived.get(log, elapsed) > self._shortest:
                again |= asked.loosely  # a silence ended
            self._arrived[log] = elapsed
        again |= self._healing.asked(records)
        pending.rules |= again
        if asked.novel or again:
            pending.reason = Reason.NEWS

    def _note_changes(self, news: News) -> None:
        self._say(news)
        self._dirty |= news.stirred
        if news.changed:
            self._note_news()
            self._pending.rules |= self.judge.gate.of_tables
            self._pending.everything = True
        if news.shorter:  # what stood on lines that are gone is over
            self._note_news()
            rules = {one.rule for one in self.ledger.open.values()}
            self._pending.rules |= self.judge.gate.readers(rules, news.shorter)

    def _note_news(self) -> float:
        self._dirty = True
        self._last_line = self.clock.elapsed()
        return self._last_line

    @property
    def _shortest(self) -> float:
        """The shortest time that is a silence for some rule, in seconds."""
        return min((one.seconds for one in self.judge.gate.silences), default=900.0) / 2

    def _is_open(self, rule: str) -> bool:
        return any(one.rule == rule for one in self.ledger.open.values() if not one.old)

    def _silences(self) -> Iterable[tuple[str, int, datetime]]:
        for one in self.judge.gate.silences:
            newest = self.follower.newest(one.log)
            if newest and (one.rule, newest) not in self._judged_silences:
                last = EPOCH + timedelta(microseconds=newest)
                yield one.rule, newest, last + timedelta(seconds=one.seconds) + OVER

    def _note_silences(self) -> None:
        """Ask the rules about the age of a log whose time has come."""
        now = self.now()
        for rule, newest, at in list(self._silences()):
            if now >= at:
                self._judged_silences.add((rule, newest))
                self._pending.rules.add(rule)
                self._pending.reason = Reason.SILENCE
        if len(self._judged_silences) > 1_000:  # noqa: PLR2004 - any bound will do
            self._judged_silences.clear()

    def _judge(self) -> None:
        elapsed = self.clock.elapsed()
        settled = elapsed - self._last_line >= SETTLED
        pending = self._pending
        since = elapsed - self._last_full
        if since >= (PULSE if self._dirty else LONGEST):
            pending.everything = True
        if settled and pending.reason is Reason.ROUTINE:
            pending.reason = Reason.NEWS
        if pending.rules and self.pace.may(pending.reason):
            self._ask(frozenset(pending.rules))
            pending.rules, pending.reason = set(), Reason.ROUTINE
        due = pending.everything and settled and since >= APART
        if due and self.pace.may(Reason.NEWS if since >= LONGEST else Reason.PULSE):
            self._ask_all(What.RAISED)

    def _ask(self, rules: frozenset[str]) -> None:
        found = self._judgement(rules)
        bad = {one.rule for one in found.not_evaluated}
        self.judge.gate.silent(rules - _found(found))
        self.take(found.findings, lambda rule: rule in rules and rule not in bad)

    def _ask_all(self, first: What) -> None:
        found = self._judgement(None)
        self._dirty = False
        self._pending = _Pending()
        self._last_full = self.clock.elapsed()
        self.unjudged = frozenset(one.rule for one in found.not_evaluated)
        self.judge.gate.silent(self.judge.ids - _found(found))
        self.take(found.findings, lambda rule: rule not in self.unjudged, first)

    def _judgement(self, only: frozenset[str] | None) -> Diagnosis:
        before = self.clock.busy()
        try:
            return self.judged(self.now(), only)
        finally:
            self.pace.spent(self.clock.busy() - before)

    def _judge_material(self, now: datetime, only: frozenset[str] | None) -> Diagnosis:
        with self.follower.material() as material:
            found = self.judge.judge(material.members, now, only)
        return moved(found, material.before)

    def take(
        self,
        findings: Iterable[Finding],
        asked: Callable[[str], bool],
        first: What = What.RAISED,
    ) -> None:
        """Take findings, and tell what became of those that are open.

        Args:
            findings: Of a judgement.
            asked: As in `Ledger.take`.
            first: What a finding is called that was not there before.
        """
        events = self.ledger.take(findings, asked, self.clock.now(), first)
        self._healing.note(events)
        self.teller.tell(events)

    def kept(self) -> Iterable[Last]:
        """Return the newest record of each log."""
        return self.follower.kept.values()


def _found(found: Diagnosis) -> frozenset[str]:
    """Return the rules that found something, also what is suppressed."""
    return frozenset(one.rule for one in (*found.findings, *found.suppressed))
