"""Changed rules: what their own tests notice, and what they do not."""

from __future__ import annotations

import pytest

from diag.analyze.mutation import Mutation, mutate
from diag.analyze.trial import Samples
from diag.engine.load import rules_of
from diag.errors import RuleError

LINE = 'time="2026-03-10T11:{minute:02}:00Z" level=error msg="{text}"'
RULE = """\
id: MINE-TST-001
name: A word within ten minutes
description: Only for a test.
severity: low
version: 1.0.0
parameters:
  window: {type: timespan, default: 10m}
query: |
  Events
  | where Log == "himds" and Message has "xyzzy"
  | where TimeGenerated > now() - window
  | extend Severity = iff(Level == "error", "high", "low")
  | project Computer, TimeGenerated, Severity, File, Line
finding: {severityFrom: Severity}
tests:
- name: the word is there
  asOf: 2026-03-10T12:00:00Z
  log:
    himds: |
      time="2026-03-10T11:55:00Z" level=error msg="the xyzzy word"
  expect: [{Severity: high}]
- name: the word is not there
  asOf: 2026-03-10T12:00:00Z
  log:
    himds: |
      time="2026-03-10T11:55:00Z" level=error msg="nothing"
  expect: []
"""
MORE = """\
- name: at the edge of the window, inside and outside
  asOf: 2026-03-10T12:00:00Z
  log:
    himds: |
      time="2026-03-10T11:50:00Z" level=info msg="the xyzzy word"
      time="2026-03-10T11:50:01Z" level=info msg="the xyzzy word"
    azcmagent: |
      time="2026-03-10T11:55:00Z" level=error msg="the xyzzy word"
  expect: [{Severity: low, Line: 2}]
"""


def mutation(text: str) -> Mutation:
    """Return how the changes of the only rule in a text fare."""
    rules = rules_of([[("mine.yaml", text)]])
    with Samples() as samples:
        return mutate(rules.rules[0], rules, samples)


def test_what_no_test_notices_is_named_with_its_line() -> None:
    found = mutation(RULE)
    left = {f"{one.place} {one.change}: {one.before}" for one in found.survivors}
    assert left >= {
        "mine.yaml:10 'and' term left out: Log == \"himds\"",
        "mine.yaml:11 where left out: TimeGenerated > now() - window",
        "mine.yaml:11 boundary moved: TimeGenerated > now() - window",
        "mine.yaml:7 timespan changed: window = 0:10:00",
        'mine.yaml:12 branch alone: iff(Level == "error", "high", "low")',
    }
    assert "mine.yaml:10 'and' term left out: Message has \"xyzzy\"" not in left
    assert 0 < found.killed == found.mutants - len(found.survivors)


def test_thorough_tests_notice_everything() -> None:
    found = mutation(RULE + MORE)
    assert found.survivors == ()
    assert found.killed == found.mutants > 15


def test_a_group_and_a_trigger_are_changed_too() -> None:
    text = RULE.replace(
        "finding:", "group: {by: [Computer]}\ntriggerThreshold: 1\nfinding:"
    )
    wanted = "expect: [{Severity: low, Line: 2}]"
    assert wanted in MORE
    found = mutation(text + MORE)
    left = {f"{one.change}: {one.before} -> {one.after}" for one in found.survivors}
    assert "left out of group: Computer -> " not in left  # rules lint sees to it
    assert "trigger changed: 1 -> 0" in left
    assert "trigger changed: gt -> lt" in left


def test_a_rule_whose_test_fails_is_not_changed() -> None:
    text = RULE.replace("expect: [{Severity: high}]", "expect: [{Severity: low}]")
    with pytest.raises(RuleError) as caught:
        mutation(text)
    assert "the test 'the word is there' of MINE-TST-001 fails unchanged" in str(
        caught.value
    )
    assert caught.value.where == "mine.yaml:1"
