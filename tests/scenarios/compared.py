"""Pairs of a machine that is well and the same machine with one fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag import analyze
from diag.analyze.comparison import compare
from tests.scenarios.catalogue import all_scenarios
from tests.scenarios.everyday import fill
from tests.scenarios.judge import write
from tests.scenarios.site import Site
from tests.scenarios.sound import sound

if TYPE_CHECKING:
    from pathlib import Path

    from diag.engine import RuleSet
    from diag.model import Comparison, Difference
    from tests.scenarios.label import Scenario, Want

PAIRS = 40


def faults() -> list[Scenario]:
    """Return scenarios with one fault of high severity or above, evenly chosen."""
    single = [
        one
        for one in all_scenarios().values()
        if one.kind == "single" and one.exit == 3
    ]
    step = len(single) / PAIRS
    return [single[int(number * step)] for number in range(PAIRS)]


def pair(
    scenario: Scenario, seed: int, top: Path, rules: RuleSet
) -> tuple[Comparison, list[Difference], list[Difference]]:
    """Write a pair and compare it.

    Returns:
        The comparison; the differences that show the injected cause: findings of the
        rule that is to find it, and whatever is proved by a line of the fault; and
        those of them that no rule has told.
    """
    well = Site(scenario.name, seed, scenario.age, windows=scenario.windows)
    sound(well)
    fill(well)
    well.write(top / "good")
    _, wants, places = write(scenario, seed, top / "bad")
    cause = _cause(wants)
    lines = {spot for mark in cause.marks for spot in places[mark]}
    with (
        analyze.load([top / "good"], cache=False) as good,
        analyze.load([top / "bad"], cache=False) as bad,
    ):
        found = compare(
            (good, analyze.diagnose(good, rules)), (bad, analyze.diagnose(bad, rules))
        )
    told = [one for one in found.differences if one.text.startswith(cause.rule)]
    seen = [
        one
        for one in found.differences
        if one.kind != "finding"
        and any((proof.file, proof.line) in lines for proof in one.evidence)
    ]
    return found, [*told, *seen], seen


def _cause(wants: list[Want]) -> Want:
    """Return what is the cause of the rest: the worst that nothing explains."""
    return min((w for w in wants if not w.because), key=lambda want: want.severity.rank)


def rank(of: list[Difference], among: list[Difference]) -> int:
    """Return the best place, from 1, of some differences among others; 0 for none."""
    places = [among.index(one) + 1 for one in of if one in among]
    return min(places, default=0)
