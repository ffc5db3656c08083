"""Which new records a rule could look at: most lines of a log start no judgement.

The need of a rule's query (diag/kql/need.py) says what there must be for it to have a
row. A record that brings something of it is a reason to ask the rule. Some rules need
no more than that a log has lines: they are asked when a line is of a kind that was not
there before, when a silence ends, and when one has lasted as long as the rule allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import arcdiag_core

from diag.kql.need import SEARCHED, WIDELY, Rows
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import timedelta

    from diag.engine.compiled import CompiledRule
    from diag.kql.need import Need
    from diag.watch.tail import Record

# Numbers, ids and times do not make a kind; an HTTP status does.
STATUS = re.compile(r'(?<=[ =:"])[1-5][0-9]{2}(?=[ ,."]|$)')
NUMBERS = re.compile(r"[\w./:+-]*[0-9][\w./:+-]*")
LONGEST = 400  # characters of a message, and of fields, by which a kind is known
MOST_KINDS = 20_000
MOST_PAIRS = 50_000
CALM = frozenset({"trace", "debug", "info", ""})
TEXTS = frozenset({SEARCHED, WIDELY})
SHORTEST = 60.0  # seconds: a shorter time in a rule is no silence


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that fires when a log has had no line for more than some seconds."""

    rule: str
    log: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Want:
    """What one rule looks for in a record. An empty set means any."""

    rule: str
    logs: frozenset[str]
    levels: frozenset[str]
    texts: tuple[tuple[str, frozenset[str]], ...]

    def meets(self, record: Record, held: dict[str, set[str]]) -> bool:
        """Say whether a record of one of the logs is looked for."""
        right = not self.levels or record.level.lower() in self.levels
        return right and all(
            not texts.isdisjoint(held[column]) for column, texts in self.texts
        )


@dataclass(slots=True)
class Asked:
    """What records give reason to ask: at once, and if they end a silence."""

    rules: set[str] = field(default_factory=set)
    loosely: set[str] = field(default_factory=set)
    novel: bool = False


class Gate:
    """Knows what rules look for, and which kinds of records were there before."""

    def __init__(self, compiled: Iterable[CompiledRule]) -> None:
        """Take the rules that will be asked."""
        rules = list(compiled)
        self._wants = [want for one in rules for want in _wants(one)]
        self._texts = sorted(
            {text for w in self._wants for _, texts in w.texts for text in texts}
        )
        self._by_log: dict[str, list[_Want]] = {}
        self._kinds: set[int] = set()
        self._waiting: dict[str, set[int]] = {}
        self._harmless: set[tuple[str, int]] = set()
        self.silences = tuple(one for rule in rules for one in _silences(rule))
        self.of_tables = frozenset(
            one.rule.id for one in rules if not _only_events(one.query.need)
        )

    def silent(self, rules: Iterable[str]) -> None:
        """Take that rules were asked and found nothing.

        Calm records of the kinds that came until then are no reason to ask them again:
        every heartbeat names a status, of which some rules look for a bad one.
        """
        for rule in rules:
            for kind in self._waiting.pop(rule, ()):
                if len(self._harmless) < MOST_PAIRS:
                    self._harmless.add((rule, kind))

    def asked(self, records: Sequence[Record]) -> Asked:
        """Return what new records give reason to ask."""
        found = Asked()
        for record, held in zip(records, self._held(records), strict=True):
            kind = _kind(record)
            novel = self._is_novel(kind)
            found.novel |= novel
            calm = record.level.lower() in CALM
            for want in self._of_log(record.log.lower()):
                if not want.meets(record, held):
                    continue
                if not (want.texts or novel):
                    found.loosely.add(want.rule)
                elif not calm:
                    found.rules.add(want.rule)
                elif (want.rule, kind) not in self._harmless:
                    found.rules.add(want.rule)
                    self._waiting.setdefault(want.rule, set()).add(kind)
        return found

    def calm(self, records: Iterable[Record]) -> set[tuple[str, int]]:
        """Return the logs and kinds of records that tell of nothing bad."""
        return {
            (record.log.lower(), _kind(record))
            for record in records
            if record.level.lower() in CALM
        }

    def reads(self, rule: str, log: str) -> bool:
        """Say whether a rule looks at a log."""
        return any(want.rule == rule for want in self._of_log(log))

    def readers(self, rules: Iterable[str], logs: Iterable[str]) -> set[str]:
        """Return those of some rules that look at one of some logs."""
        read = {log.lower() for log in logs}
        return {rule for rule in rules if any(self.reads(rule, log) for log in read)}

    def _of_log(self, log: str) -> list[_Want]:
        """Return what is looked for in a log."""
        if log not in self._by_log:
            wants = self._wants
            self._by_log[log] = [w for w in wants if not w.logs or log in w.logs]
        return self._by_log[log]

    def _held(self, records: Sequence[Record]) -> list[dict[str, set[str]]]:
        """Return for each record which of the texts it holds, and where."""
        held: list[dict[str, set[str]]] = [
            {SEARCHED: set(), WIDELY: set()} for _ in records
        ]
        if not self._texts or not records:
            return held
        count = len(records)
        messages = [folded(one.message) for one in records]
        fields = [folded(one.fields) for one in records]
        found = arcdiag_core.find_texts(self._texts, messages + fields)
        for text, places in zip(self._texts, found, strict=True):
            for place in places:
                held[place % count][WIDELY].add(text)
                if place < count:
                    held[place][SEARCHED].add(text)
        return held

    def _is_novel(self, kind: int) -> bool:
        if kind in self._kinds or len(self._kinds) >= MOST_KINDS:
            return False
        self._kinds.add(kind)
        return True


def _kind(record: Record) -> int:
    """Return what records have in common that say the same, with other numbers."""
    texts = (record.message[:LONGEST], record.fields[:LONGEST])
    status = (*STATUS.findall(texts[0]), *STATUS.findall(texts[1]))
    masked = (NUMBERS.sub("#", text) for text in texts)
    return hash((record.log, record.level, *masked, *status))


def folded(text: str) -> str:
    """Return a text as needs are written: lower case, and one s."""
    return text.lower().replace("\u017f", "s")


def _rows(need: Need) -> Iterator[Rows]:
    if isinstance(need, Rows):
        yield need
        return
    for one in need.needs:
        yield from _rows(one)


def _only_events(need: Need) -> bool:
    rows = list(_rows(need))
    return bool(rows) and all(one.table == "Events" for one in rows)


def _wants(one: CompiledRule) -> Iterator[_Want]:
    for rows in _rows(one.query.need):
        if rows.table != "Events":
            continue
        logs: frozenset[str] = frozenset()
        levels: frozenset[str] = frozenset()
        texts = []
        for column, values in rows.tests:
            if column in TEXTS:
                texts.append((column, values))
            elif column == "Log":
                logs = logs & values if logs else values
            elif column == "Level":
                levels = levels & values if levels else values
        yield _Want(one.rule.id, logs, levels, tuple(texts))


def _silences(one: CompiledRule) -> Iterator[Silence]:
    """Yield when a rule about the age of a log's last line may begin to fire."""
    if not one.query.timed:
        return
    spans: list[timedelta] = [
        p.default for p in one.rule.parameters if p.kind is Type.TIMESPAN
    ]
    for want in _wants(one):
        if want.texts or want.levels:
            continue
        for log in sorted(want.logs):
            for span in spans:
                if span.total_seconds() >= SHORTEST:
                    yield Silence(one.rule.id, log, span.total_seconds())
