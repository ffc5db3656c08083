"""The lines that prove a finding, and the question that would refute it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from diag.engine.literals import EARLIEST
from diag.errors import StoreError
from diag.model import CounterCheck, Evidence

# Findings of one rule that evidence by predicate and counter-checks are asked for.
MOST_QUERIED = 100
FEWEST_AT_ONCE = 8
AT_ONCE_SECONDS = 1.0

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from diag.engine.compiled import BoundQuery, CompiledRule
    from diag.engine.findings import Draft
    from diag.engine.rule import Rule
    from diag.store import Store

    Place = tuple[str, int]
    Known = Mapping[Place, Evidence]


def find_places(
    store: Store, compiled: CompiledRule, drafts: Sequence[Draft], now: datetime
) -> list[list[Place]]:
    """Return where the events are that prove each finding of a rule.

    Args:
        store: The events.
        compiled: The rule.
        drafts: Its findings, worst first. Only the first hundred are asked for
            by the rule's predicate; the others show the lines of their rows.
        now: Naive UTC, for the predicate.

    Returns:
        For each draft at most as many places as the rule says.

    Raises:
        StoreError: A query failed or took too long.
    """
    limit = compiled.rule.evidence.limit
    places = [draft.places[:limit] for draft in drafts]
    if compiled.evidence:
        asked = drafts[:MOST_QUERIED]
        found = _ask(store, compiled.evidence, asked, now)
        places[: len(asked)] = [
            [(str(file), int(line)) for file, line in rows] for rows in found
        ]
    return places


def read_evidence(
    store: Store, rule: Rule, places: Sequence[Sequence[Place]], known: Known
) -> list[tuple[Evidence, ...]]:
    """Return the events at the places of each finding of a rule.

    Args:
        store: The events.
        rule: Says how many neighbours of an event are shown with it.
        places: For each finding.
        known: The events that were found at them.

    Returns:
        For each finding its events, sorted by time, file and line.

    Raises:
        StoreError: A query failed or took too long.
    """
    spec, around = rule.evidence, {}
    if spec.before or spec.after:
        listed = dict.fromkeys(place for some in places for place in some)
        for place in [one for one in listed if one in known][:MOST_QUERIED]:
            before, after = store.neighbours(*place, spec.before, spec.after)
            around[place] = replace(known[place], before=before, after=after)
    own = {**known, **around}
    return [
        tuple(sorted((own[p] for p in some if p in own), key=_key)) for some in places
    ]


def _key(item: Evidence) -> tuple[datetime, str, int]:
    return item.time or EARLIEST, item.file, item.line


def _ask(
    store: Store,
    query: BoundQuery,
    drafts: Sequence[Draft],
    now: datetime,
    *,
    asked: bool = False,
) -> list[list[tuple[Any, ...]]]:
    """Return the rows of a query for each finding; one query for many, if it can be.

    Planning is most of the work, but what is asked for all at once cannot use what
    is constant for one, and may find no end: then they are asked one by one.
    """
    rows = [draft.row for draft in drafts]
    if len(rows) >= FEWEST_AT_ONCE:
        found: list[list[tuple[Any, ...]]] = [[] for _ in rows]
        sql, params = query.bind_all(rows, now, asked=asked)
        try:
            for number, *row in store.query(sql, params, seconds=AT_ONCE_SECONDS).rows:
                found[number].append(tuple(row))
        except StoreError:
            pass  # what is wrong with it shows below, finding by finding
        else:
            return found
    bound = [query.bind(row, now) for row in rows]
    if asked:
        bound = [(f"SELECT 1 FROM ({sql}) LIMIT 1", params) for sql, params in bound]  # noqa: S608 - ours
    return [store.query(sql, params).rows for sql, params in bound]


def counter_checks(
    store: Store, compiled: CompiledRule, drafts: Sequence[Draft], now: datetime
) -> list[CounterCheck | None]:
    """Ask what would refute the findings of a rule.

    Args:
        store: The events.
        compiled: The rule.
        drafts: Its findings. Only the first hundred are checked, and the others
            say that they are not.
        now: Naive UTC.

    Returns:
        For each finding the question with its answer; None when the rule asks
        nothing. A query that fails says so as its answer: the finding stands
        unchecked.
    """
    spec = compiled.rule.counter_check
    if spec is None or compiled.counter is None:
        return [None] * len(drafts)
    asked = drafts[:MOST_QUERIED]
    try:
        found = _ask(store, compiled.counter, asked, now, asked=True)
        results = [spec.refuted if rows else spec.stands for rows in found]
    except StoreError as error:
        results = [f"could not be checked: {error.text}"] * len(asked)
    unasked = f"not checked: only the first {MOST_QUERIED} findings of a rule are"
    results += [unasked] * (len(drafts) - len(asked))
    return [CounterCheck(spec.text, result) for result in results]
