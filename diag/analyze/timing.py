"""How long a rule takes: to compile, to ask, and to tell what it found."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.analyze.trial import compiled_for
from diag.engine.expect import outcome_of

if TYPE_CHECKING:
    from diag.analyze.trial import Samples
    from diag.engine import RuleSet
    from diag.engine.rule import Rule


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one rule; of its tests the mean, as they are small.

    `query` is its query alone; `evidence` what a whole run takes beside it: findings,
    their evidence and their counter-checks.
    """

    rule: str
    compile: float
    query: float
    evidence: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.compile + self.query + self.evidence


def profile(rules: RuleSet, rule: Rule, samples: Samples) -> Timing:
    """Measure one rule on the samples of its tests.

    Args:
        rules: The set it belongs to.
        rule: The rule.
        samples: Gives the stores.

    Raises:
        RuleError: The rule's query is wrong.
    """
    began = time.perf_counter()
    [compiled] = rules.compile([rule])
    compiling = time.perf_counter() - began
    asked = whole = 0.0
    tests = [test for test in rule.tests if not samples.unknown(test)]
    for test in tests:
        fitting = compiled_for(compiled, rules, test)
        with samples.open(test) as store:
            sql, params = fitting.query.bind({}, test.as_of)
            store.query(sql, params)  # the first one reads the file
            began = time.perf_counter()
            store.query(sql, params)
            asked += time.perf_counter() - began
            began = time.perf_counter()
            outcome_of(store, fitting, test.as_of, rules)
            whole += time.perf_counter() - began
    count = len(tests) or 1
    query = asked / count
    rest = max(0.0, whole / count - query)
    return Timing(rule.id, *(part * 1000 for part in (compiling, query, rest)))
