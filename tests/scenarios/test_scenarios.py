"""Every labelled scenario: all faults found, no false alarm, the right lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.catalogue import all_scenarios
from tests.scenarios.generations import Age
from tests.scenarios.judge import judge, load_rules
from tests.shipped import kept, shipped

if TYPE_CHECKING:
    from diag.engine import RuleSet

SCENARIOS = all_scenarios()
# Each costs a second. Every eighth here; `python -m tests.scenarios` runs all, and so
# does this with ARCDIAG_TESTS=all.
CHOSEN = list(SCENARIOS)[:: 1 if os.environ.get("ARCDIAG_TESTS") == "all" else 8]


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return load_rules(kept())


@pytest.mark.parametrize("name", CHOSEN)
def test_the_scenario_is_judged_as_labelled(name: str, rules: RuleSet) -> None:
    verdict = judge(SCENARIOS[name], 0, rules)
    assert verdict.missed == []
    assert verdict.alarms == []
    assert verdict.evidence == []
    assert verdict.causes == []
    assert verdict.exit == verdict.expected_exit


def test_all_generations_systems_and_kinds_are_there() -> None:
    assert len(SCENARIOS) >= 40
    for age in Age:
        for windows in (False, True):
            kinds = {
                one.kind
                for one in SCENARIOS.values()
                if one.age is age and one.windows == windows
            }
            assert {"healthy", "single"} <= kinds
    assert {"pair", "decoy"} <= {one.kind for one in SCENARIOS.values()}


def test_what_must_never_fire_is_a_rule() -> None:
    known = {one.id for one in shipped()}
    for one in SCENARIOS.values():
        assert set(one.never) <= known, one.name
