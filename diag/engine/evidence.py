"""The lines that prove a finding, and the question that would refute it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.engine.literals import EARLIEST
from diag.errors import StoreError
from diag.model import CounterCheck, Evidence

# Evidence by predicate and counter-checks cost a query for each finding.
MOST_QUERIED = 100

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from diag.engine.compiled import BoundQuery, CompiledRule
    from diag.engine.findings import Draft
    from diag.store import Store


def find_evidence(
    store: Store, compiled: CompiledRule, drafts: Sequence[Draft], now: datetime
) -> list[tuple[Evidence, ...]]:
    """Return the events that prove each finding of a rule.

    Args:
        store: The events.
        compiled: The rule.
        drafts: Its findings, worst first. Only the first hundred are asked for
            by the rule's predicate; the others show the lines of their rows.
        now: Naive UTC, for the predicate.

    Returns:
        For each draft at most as many events as the rule says, sorted by time,
        file and line.

    Raises:
        StoreError: A query failed or took too long.
    """
    limit = compiled.rule.evidence.limit
    places = [
        _asked(store, compiled.evidence, draft, now)
        if compiled.evidence and number < MOST_QUERIED
        else draft.places[:limit]
        for number, draft in enumerate(drafts)
    ]
    known = store.evidence([place for some in places for place in some])
    return [
        tuple(sorted((known[p] for p in some if p in known), key=_key))
        for some in places
    ]


def _asked(
    store: Store, query: BoundQuery, draft: Draft, now: datetime
) -> list[tuple[str, int]]:
    sql, params = query.bind(draft.row, now)
    return [(str(file), int(line)) for file, line in store.query(sql, params).rows]


def _key(item: Evidence) -> tuple[datetime, str, int]:
    return item.time or EARLIEST, item.file, item.line


def counter_check(
    store: Store, compiled: CompiledRule, draft: Draft, number: int, now: datetime
) -> CounterCheck | None:
    """Ask what would refute a finding.

    Args:
        store: The events.
        compiled: The rule.
        draft: The finding.
        number: How many findings of this rule came before; only the first
            hundred are checked, and the others say that they are not.
        now: Naive UTC.

    Returns:
        The question with its answer; None when the rule asks nothing. A query
        that fails says so as its answer: the finding stands unchecked.
    """
    spec = compiled.rule.counter_check
    if spec is None or compiled.counter is None:
        return None
    if number >= MOST_QUERIED:
        text = f"not checked: only the first {MOST_QUERIED} findings of a rule are"
        return CounterCheck(spec.text, text)
    sql, params = compiled.counter.bind(draft.row, now)
    try:
        rows = store.query(sql, params).rows
    except StoreError as error:
        return CounterCheck(spec.text, f"could not be checked: {error.text}")
    return CounterCheck(spec.text, spec.refuted if rows else spec.stands)
