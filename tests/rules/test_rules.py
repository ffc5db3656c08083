"""Every rule is judged by the tests that stand in its own file, on raw log text."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag import formats
from diag.analyze.crosscheck import cross_check
from diag.analyze.trial import Samples, run_test
from diag.model import Severity
from tests.shipped import shipped

if TYPE_CHECKING:
    from diag.engine.compiled import CompiledRule

DATA = Path(__file__).parent.parent / "data"
RULES = shipped()
BY_ID = {rule.id: rule for rule in RULES}
CASES = [(rule.id, test.name) for rule in RULES for test in rule.tests]
LOGS = set(formats.load_families())
# Text of which nobody knows where it ends up, such as saved output of a client.
ANY_LOG = "area:any-log"
# All samples take a minute; `arcdiag rules test` has them all, and so has this with
# ARCDIAG_TESTS=all.
EACH = 1 if os.environ.get("ARCDIAG_TESTS") == "all" else 8
# Rules about decoding and about the collection itself stand for no single pattern.
NO_PATTERN = ("ARC-CODE-", "ARC-COL-")


def listed(name: str) -> set[str]:
    return set((DATA / name).read_text(encoding="utf-8").split())


@cache
def samples() -> Samples:
    return Samples()


@cache
def compiled(rule_id: str) -> CompiledRule:
    [found] = RULES.compile([BY_ID[rule_id]])
    return found


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("rule_id", "name"), CASES)
def test_rule_does_what_its_test_says(rule_id: str, name: str) -> None:
    # One at a time: the tests of a rule may be shared out among processes.
    [test] = (one for one in BY_ID[rule_id].tests if one.name == name)
    result = run_test(compiled(rule_id), RULES, test, samples())
    assert result.ok, result.message


@pytest.mark.parametrize(
    "folder", sorted({rule.file.rsplit("/", 2)[1] for rule in RULES})
)
def test_rules_are_silent_on_the_silent_samples_of_others(folder: str) -> None:
    near = [rule for rule in RULES if f"/{folder}/" in rule.file][::EACH]
    fired, _ = cross_check(RULES, list(RULES), samples(), owners=near)
    assert [one.text for one in fired] == []


@pytest.mark.parametrize("rule_id", BY_ID)
def test_rule_has_a_firing_and_a_silent_test(rule_id: str) -> None:
    fires = {test.fires for test in BY_ID[rule_id].tests}
    assert fires == {True, False}


@pytest.mark.parametrize("rule_id", BY_ID)
def test_rule_tests_are_raw_text_of_known_logs(rule_id: str) -> None:
    rule = BY_ID[rule_id]
    needed = {*rule.required_logs, *rule.required_any_log}
    assert bool(needed) != (ANY_LOG in rule.tags)
    assert needed <= LOGS
    for test in rule.tests:
        assert test.logs or test.events
        assert set(test.logs) <= LOGS
    # Rows alone would not notice when a log reads otherwise.
    assert {test.fires for test in rule.tests if test.logs} == {True, False}


@pytest.mark.parametrize("rule_id", BY_ID)
def test_rule_covers_known_failure_patterns(rule_id: str) -> None:
    rule = BY_ID[rule_id]
    assert set(rule.covers) <= listed("failure-pattern-ids.txt")
    assert rule.covers or rule.benign or rule.id.startswith(NO_PATTERN)


@pytest.mark.parametrize("rule_id", BY_ID)
def test_rule_says_what_to_do_and_where_it_is_from(rule_id: str) -> None:
    rule = BY_ID[rule_id]
    assert rule.references
    assert rule.counter_check
    assert rule.finding.title
    assert rule.remedy_summary
    if rule.benign:
        assert rule.severity is Severity.INFO
    else:
        assert rule.remedy
        assert rule.false_positives


def test_commands_that_change_the_machine_say_so() -> None:
    verbs = (" restart ", " start ", " disconnect ", " connect ", " set ", " remount")
    for rule in RULES:
        for step in rule.remedy:
            for command in (step.linux, step.windows):
                if any(verb in f" {command} " for verb in verbs):
                    assert (rule.id, step.text, step.changes) == (
                        rule.id,
                        step.text,
                        "state",
                    )
