"""What the tests of rules may hold, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag.analyze.crosscheck import cross_check
from diag.analyze.timing import profile
from diag.analyze.trial import Samples, TestResult, run_tests
from diag.engine.load import rules_of
from diag.errors import RuleError

if TYPE_CHECKING:
    from diag.engine import RuleSet

RULE = """\
id: MINE-TST-{number:03}
name: A word again and again
description: Only for a test.
severity: low
version: 1.0.0
{more}
parameters:
  most: {{type: long, default: 3, min: 1}}
  window: {{type: timespan, default: 10m}}
query: |
  {query}
tests:
{tests}
"""
QUERY = """Events
  | where Log == "himds" and Message has "xyzzy" and TimeGenerated > now() - window
  | summarize StartTime = min(TimeGenerated), Lines = count() by Computer, Component
  | where Lines > most"""
AS_OF = "asOf: 2026-03-10T12:00:00Z"


def load(tests: str, *, query: str = QUERY, number: int = 1, more: str = "") -> RuleSet:
    text = RULE.format(tests=tests, query=query, number=number, more=more)
    return rules_of([[("mine.yaml", text)]])


def run(tests: str, **more: str) -> list[TestResult]:
    rules = load(tests, **more)  # type: ignore[arg-type]
    return run_tests(rules.rules[0], rules)


FIRES = f"""\
- name: fires
  {AS_OF}
  repeat:
    count: 4
    every: 1m
    from: -5m
    event: {{Computer: a, Log: himds, Component: c, Message: "the xyzzy word"}}
  expect: [{{Computer: a, Component: c, Lines: 4, StartTime: 2026-03-10T11:55:00Z}}]
  expectFinding: {{count: 1, computer: a}}
"""
SILENT = f"""\
- name: silent
  {AS_OF}
  events:
  - {{t: -5m, Computer: a, Log: himds, Message: xyzzy}}
  - {{t: -11m, Computer: a, Log: himds, Message: xyzzy}}
  - {{t: -5m, Computer: b, Log: himds, Message: xyzzy}}
  - {{t: -4m, Computer: a, Log: other, Message: xyzzy}}
  - {{t: -3m, Computer: a, Log: himds, Message: other}}
  expect: []
"""


def test_events_are_rows_with_times_before_the_tests() -> None:
    found = run(FIRES + SILENT)
    assert [(one.name, one.ok, one.message) for one in found] == [
        ("fires", True, ""),
        ("silent", True, ""),
    ]


def test_all_columns_of_events_can_be_written() -> None:
    tests = f"""\
- name: columns
  {AS_OF}
  events:
  - {{t: -1h, Log: l, Level: error, Code: C, Message: m, ActivityId: i, Pid: 5, Tid: 6,
     Fields: {{a: {{b: 7}}}}, Line: 8}}
  - {{t: "-00:00:01", Computer: two, Log: l}}
  expect:
  - {{Computer: machine, Level: error, Code: C, Message: m, ActivityId: i, Pid: 5,
     Tid: 6, A: "7", Line: 8, File: machine/l, TimeGenerated: 2026-03-10T11:00:00Z}}
  - {{Computer: two, Level: "", Line: 1, TimeGenerated: 2026-03-10T11:59:59Z}}
{SILENT}"""
    query = "Events | where Log == 'l' | extend A = tostring(Fields.a.b)"
    found = run(tests, query=query)
    assert [one.message for one in found] == ["", ""]


def test_facts_name_the_agents_version() -> None:
    tests = f"""\
- name: fires
  {AS_OF}
  os: linux
  facts:
  - {{Computer: a, Name: Agent Version, Value: "1.40.1"}}
  expect: [{{Computer: a, Os: linux, AgentVersion: 1.40.1, Value: 1.40.1}}]
- name: silent
  {AS_OF}
  facts: [{{Name: Other, Value: x}}]
  expect: []
"""
    query = """Facts | where Name == 'Agent Version'
  | join kind=inner Bundles on Computer | project Computer, Os, AgentVersion, Value"""
    assert [one.message for one in run(tests, query=query)] == ["", ""]


def test_a_test_may_have_other_parameters() -> None:
    tests = FIRES.replace("  expect:", "  parameters: {most: 4}\n  expect:", 1)
    [first, _] = run(tests + SILENT)
    assert not first.ok
    tests = FIRES + SILENT.replace("expect: []", "parameters: {most: 1}\n  expect: []")
    assert all(one.ok for one in run(tests))
    wider = SILENT.replace(
        "expect: []", "parameters: {most: 1, window: 12m}\n  expectCount: 1"
    )
    assert all(one.ok for one in run(FIRES + SILENT + wider.replace("silent", "wide")))


def test_a_todo_may_fail_and_tells_when_it_passes() -> None:
    todo = SILENT.replace("silent", "known").replace("expect: []", "expectCount: 1")
    known, passing = run(
        f"{FIRES}{SILENT}{todo}  todo: true\n".replace("- name: fires", "- name: fires")
    )[1:]
    assert (known.ok, known.todo, passing.ok, passing.todo) == (True, False, True, True)
    assert not passing.passes
    assert passing.message == "1 rows expected, 0 found"
    [_, _, good] = run(
        f"{FIRES}{SILENT}{SILENT.replace('silent', 'good')}  todo: true\n"
    )
    assert (good.ok, good.passes) == (True, True)
    assert good.message == "passes, although it is marked as todo"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("t: -5m, ", "", "mine.yaml:19: 't' is missing, a timespan such as -5m"),
        ("t: -5m", "t: soon", "'t': 'soon' is no timespan"),
        ("Log: other", "Lag: other", "unknown field 'Lag'; did you mean 'Log'?"),
        ("expect: []", "parameters: {no: 1}\n  expect: []", "unknown field 'no'"),
        ("expect: []", "parameters: {most: x}\n  expect: []", "'x' is no long"),
        ("expect: []", "facts: [{Value: x}]\n  expect: []", "a fact needs 'Name'"),
        ("expect: []", "todo: maybe\n  expect: []", "'todo' must be true or false"),
        ("expect: []", "alsoFires: [X-1]\n  expect: []", "unknown rule 'X-1'"),
        (
            "expect: []",
            "repeat: {count: 20001, every: 1s, from: -1h, event: {}}\n  expect: []",
            "'count' is 20001; allowed are 1 to 20000",
        ),
    ],
)
def test_what_a_test_cannot_hold(old: str, new: str, said: str) -> None:
    assert old in SILENT
    with pytest.raises(RuleError) as caught:
        load(SILENT.replace(old, new, 1) + FIRES)
    assert said in str(caught.value)


def pair(more: str = "") -> RuleSet:
    """Return two rules, of which the second fires on the first one's silent sample."""
    texts = [
        RULE.format(tests=FIRES + SILENT + more, query=QUERY, number=1, more=""),
        RULE.format(
            tests=FIRES.replace(", Lines: 4, StartTime: 2026-03-10T11:55:00Z", "")
            + SILENT.replace("xyzzy", "other"),
            query="Events | where Message has 'xyzzy' | distinct Computer, Component",
            number=2,
            more="requiredLogs: [himds]",
        ),
    ]
    return rules_of([[(f"{n}.yaml", text) for n, text in enumerate(texts)]])


def test_a_rule_is_silent_on_the_silent_samples_of_others() -> None:
    rules = pair()
    with Samples() as samples:
        fired, runs = cross_check(rules, list(rules), samples)
        assert [(one.rule, one.owner, one.test, one.rows) for one in fired] == [
            ("MINE-TST-002", "MINE-TST-001", "silent", 2)
        ]
        assert "alsoFires: [MINE-TST-002]" in fired[0].text
        assert runs == 4  # two on nothing, and each on the sample of the other
        allowed = pair("  alsoFires: [MINE-TST-002]\n")
        assert cross_check(allowed, list(allowed), samples) == ([], 3)


def test_a_rule_that_fires_on_nothing_is_told() -> None:
    rules = load(
        FIRES + SILENT,
        query="print Computer = 'a', Component = 'b', Lines = 1, StartTime = now()",
    )
    with Samples() as samples:
        [fired] = cross_check(rules, list(rules), samples)[0]
    assert fired.text == "MINE-TST-001 finds 1 rows in an empty store"


def test_times_are_of_every_part() -> None:
    rules = load(FIRES + SILENT)
    with Samples() as samples:
        found = profile(rules, rules.rules[0], samples)
    assert found.rule == "MINE-TST-001"
    assert min(found.compile, found.query) > 0
    assert found.total == found.compile + found.query + found.evidence
