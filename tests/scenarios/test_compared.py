"""What is injected into a machine is among the first things that differ."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.compared import PAIRS, faults, pair, rank
from tests.scenarios.judge import load_rules
from tests.shipped import kept

if TYPE_CHECKING:
    from pathlib import Path

    from diag.engine import RuleSet
    from tests.scenarios.label import Scenario

FIRST = 3
# Every pair on request; by default a part, as a scenario takes half a second.
STEP = 1 if os.environ.get("ARCDIAG_TESTS") == "all" else 6
ALL = faults()


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(kept())


def test_there_are_forty_pairs_with_different_faults() -> None:
    assert len({one.name for one in ALL}) == PAIRS


@pytest.mark.parametrize("scenario", ALL[::STEP], ids=lambda one: str(one.name))
def test_the_cause_is_among_the_first_three(
    scenario: Scenario, rules: RuleSet, tmp_path: Path
) -> None:
    found, cause, _ = pair(scenario, 0, tmp_path, rules)
    assert 1 <= rank(cause, list(found.differences)) <= FIRST


def test_without_rules_most_causes_are_seen_in_states_and_messages(
    rules: RuleSet, tmp_path: Path
) -> None:
    ranks = []
    for number, scenario in enumerate(ALL[:: 2 * STEP]):
        found, _, seen = pair(scenario, 1, tmp_path / str(number), rules)
        bare = [one for one in found.differences if one.kind != "finding"]
        ranks.append(rank(seen, bare))
    assert sum(1 <= place <= FIRST for place in ranks) > len(ranks) / 2
