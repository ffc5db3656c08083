"""Run every rule on the silent samples of all others, and on nothing at all.

A sample on which one rule must be silent is a good sample of what is normal: a rule of
another subject that fires there is probably wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.analyze.load import without_source
from diag.engine.presence import Presence
from diag.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from diag.analyze.trial import Samples
    from diag.engine import RuleSet
    from diag.engine.compiled import CompiledRule
    from diag.engine.rule import Rule, RuleTest
    from diag.store import Store


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired where it should not have; `owner` is whose sample it was."""

    rule: str
    owner: str
    test: str
    rows: int

    @property
    def text(self) -> str:
        """What happened, and what to do about it."""
        if not self.owner:
            return f"{self.rule} finds {self.rows} rows in an empty store"
        return (
            f"{self.rule} fires on the silent sample '{self.test}' of {self.owner}; "
            f"if it is right, write there: alsoFires: [{self.rule}]"
        )


def cross_check(
    rules: RuleSet,
    chosen: Sequence[Rule],
    samples: Samples,
    say: Callable[[str], None] = lambda _text: None,
    owners: Sequence[Rule] | None = None,
) -> tuple[list[Fired], int]:
    """Run rules on the silent samples of one another, and on an empty store.

    Args:
        rules: The set they belong to.
        chosen: The rules.
        samples: Gives the stores.
        say: Is told whose samples are asked.
        owners: Whose samples; those of the rules themselves when None.

    Returns:
        Where a rule fired that is not among the sample's `alsoFires`, and how many
        runs it took. A rule that needs logs which a sample lacks is not run there.

    Raises:
        RuleError: A rule's query is wrong.
    """
    compiled = rules.compile(chosen)
    whose = chosen if owners is None else owners
    found = list(_on_nothing([one for one in compiled if one.rule in whose]))
    count = len(compiled)
    for owner, test in silent_samples(whose):
        wanted = [
            one
            for one in compiled
            if one.rule.id != owner.id
            and one.rule.id not in test.also_fires
            and _can_judge(one.rule, test)
        ]
        if not wanted or samples.unknown(test):
            continue
        say(owner.id)
        count += len(wanted)
        with samples.open(test) as store:
            presence = Presence(store, [one.query.need for one in wanted])
            found += [
                Fired(one.rule.id, owner.id, test.name, rows)
                for one in wanted
                if _fires_on_nothing(one) or presence.possible(one.query.need)
                if (rows := _rows(store, one, test.as_of))
            ]
    return sorted(found, key=lambda one: (one.rule, one.owner, one.test)), count


def silent_samples(rules: Iterable[Rule]) -> Iterator[tuple[Rule, RuleTest]]:
    """Yield the tests in which a rule must say nothing, each with its rule."""
    for rule in rules:
        for test in rule.tests:
            if not (test.fires or test.todo or test.parameters):
                yield rule, test


def _on_nothing(compiled: Sequence[CompiledRule]) -> Iterator[Fired]:
    with without_source() as store:
        for one in compiled:
            # Any moment will do, as there is nothing that could be older.
            moment = one.rule.tests[0].as_of if one.rule.tests else None
            if moment and (rows := _rows(store, one, moment, fires=False)):
                yield Fired(one.rule.id, "", "", rows)


def _can_judge(rule: Rule, test: RuleTest) -> bool:
    logs = {*test.logs, *(str(row.get("Log", "")) for row in test.events)}
    some = not rule.required_any_log or not logs.isdisjoint(rule.required_any_log)
    return logs.issuperset(rule.required_logs) and some


def _fires_on_nothing(one: CompiledRule) -> bool:
    return one.rule.trigger.holds(0, one.rule.threshold)


def _rows(
    store: Store, one: CompiledRule, moment: datetime, *, fires: bool = True
) -> int:
    """Return how many rows a rule finds, 0 when they do not make it fire.

    A query that fails counts as one row: it would be told, and nobody helped.
    """
    sql, params = one.query.bind({}, moment)
    try:
        count = len(store.query(sql, params).rows)
    except StoreError:
        return 1
    return (
        count if not fires or one.rule.trigger.holds(count, one.rule.threshold) else 0
    )
