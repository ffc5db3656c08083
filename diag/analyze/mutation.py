"""How many small changes of rules their own tests notice."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.engine.expect import differences_of
from diag.engine.mutate import mutants
from diag.engine.presence import Presence
from diag.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.analyze.trial import Samples
    from diag.engine import RuleSet
    from diag.engine.mutate import Mutant
    from diag.engine.rule import Rule, RuleTest
    from diag.store import Store


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no test noticed."""

    place: str
    change: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Mutation:
    """How many changes of a rule were tried, and which ones nobody noticed."""

    rule: str
    mutants: int
    survivors: tuple[Survivor, ...]

    @property
    def killed(self) -> int:
        """How many changes a test noticed."""
        return self.mutants - len(self.survivors)


def mutate(
    rule: Rule,
    rules: RuleSet,
    samples: Samples,
    say: Callable[[int], None] = lambda _number: None,
) -> Mutation:
    """Change a rule in every small way and run its tests on each.

    Args:
        rule: The rule; its tests pass as it is.
        rules: The set it belongs to.
        samples: Gives the stores of its tests, built once for all changes.
        say: Is told how many changes were tried so far.

    Returns:
        The changes that no test noticed.

    Raises:
        RuleError: A test fails without any change: then all changes would seem
            to be noticed.
    """
    with ExitStack() as stack:
        stores = [
            (stack.enter_context(samples.open(test)), test)
            for test in rule.tests
            # Of these the query is another one, or may say anything.
            if not (samples.unknown(test) or test.parameters or test.todo)
        ]
        _check_whole(rule, rules, stores)
        # What fires notices most, so it comes first.
        stores.sort(key=lambda pair: not pair[1].fires)
        changed = list(mutants(rules, rule))
        needs = [mutant.compiled.query.need for mutant in changed]
        cases = [_Case(store, test, Presence(store, needs)) for store, test in stores]
        left = []
        for number, mutant in enumerate(changed, start=1):
            say(number)
            if not any(case.notices(mutant, rules) for case in cases):
                left.append(
                    Survivor(mutant.place, mutant.change, mutant.before, mutant.after)
                )
    return Mutation(rule.id, len(changed), tuple(left))


@dataclass(frozen=True, slots=True)
class _Case:
    """A test, its store, and what the store can answer."""

    store: Store
    test: RuleTest
    presence: Presence

    def notices(self, mutant: Mutant, rules: RuleSet) -> bool:
        """Return whether the test ends otherwise than for the rule itself."""
        silent = not self.presence.possible(mutant.compiled.query.need)
        return bool(
            differences_of(
                self.store,
                mutant.compiled,
                self.test,
                rules,
                judged=False,
                silent=silent,
            )
        )


def _check_whole(
    rule: Rule, rules: RuleSet, stores: list[tuple[Store, RuleTest]]
) -> None:
    [compiled] = rules.compile([rule])
    for store, test in stores:
        if wrong := differences_of(store, compiled, test, rules):
            raise RuleError(
                f"the test '{test.name}' of {rule.id} fails unchanged: {wrong[0]}",
                where=rules.place(rule),
                hint=f"arcdiag rules test {rule.id}",
            )
