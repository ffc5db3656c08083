"""Rule files and packs: what loads, and what is said about what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag import content
from diag.engine import load_rules
from diag.engine.load import rules_of
from diag.engine.rule import Status, Trigger, When
from diag.errors import RuleError, UsageError
from diag.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diag.engine import RuleSet

RULE = """\
id: ARC-TEST-{number:03}
name: A heartbeat failed
description: The service could not be told that the machine lives.
severity: {severity}
version: 1.0.0
query: Events | where Log == "himds" | project Computer, TimeGenerated, File, Line
{more}
tests:
- name: fires
  asOf: 2026-03-10T12:00:00Z
  log: {{himds: "x"}}
  expect: [{{Line: 1}}]
- name: silent
  asOf: 2026-03-10T12:00:00Z
  log: {{himds: ""}}
  expect: []
"""


def rule_text(more: str = "", *, number: int = 1, severity: str = "high") -> str:
    return RULE.format(more=more, number=number, severity=severity)


def load(*roots: Path, only: Sequence[str] = ()) -> RuleSet:
    """Load folders without the built-in rules."""
    return rules_of(
        [
            [
                f
                for f in content.yaml_files("rules", [root])
                if f[0].startswith(str(root))
            ]
            for root in roots
        ],
        only,
    )


def errors_of(path: Path) -> list[str]:
    with pytest.raises(RuleError) as caught:
        load(path)
    return [line.removeprefix(f"{path}:") for line in caught.value.text.split("\n")[1:]]


def test_a_file_without_a_pack_holds_rules(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule_text(severity="Informational"))
    rules = load(tmp_path, only=["ARC-TEST-001"])
    [rule] = rules
    assert rule.severity is Severity.INFO
    assert rule.status is Status.STABLE
    assert rule.trigger is Trigger.MORE
    assert [test.fires for test in rule.tests] == [True, False]
    assert rules.place(rule, "query") == f"{tmp_path}/a.yaml:6"


def test_all_fields_are_read(tmp_path: Path) -> None:
    more = """\
status: experimental
basis: a line in a public issue
kind: Scheduled
triggerOperator: lt
triggerThreshold: 3
tags: [area:heartbeat]
covers: [HEARTBEAT-GAP]
benign: true
requiredLogs: [himds]
requiredAnyLog: [azcmagent, journal]
appliesTo: {os: [linux], agentVersion: ">=1.40 <1.45"}
parameters: {longest: {type: timespan, default: 10m, min: 1m, max: 1d}}
finding: {title: "{{Computer}}", host: Computer}
evidence: {where: Level == "error", limit: 3}
group: {by: [Computer]}
explains: [ARC-TEST-002]
suppress: [{rule: ARC-TEST-002, when: overlap}]
counterCheck: {text: a, query: Events, refuted: b, stands: c}
remedy:
  summary: Restart it.
  steps:
  - text: Restart
    changes: state
    needs: admin
    command: {linux: systemctl restart himdsd, windows: Restart-Service himds}
    reference: https://learn.microsoft.com/a
references: [https://learn.microsoft.com/b]
falsePositives: [a planned stop]
queryFrequency: 1h
x-note: mine
"""
    (tmp_path / "a.yaml").write_text(rule_text(more))
    (tmp_path / "b.yaml").write_text(rule_text(number=2))
    rules = load(tmp_path)
    [rule] = [rule for rule in rules if rule.id == "ARC-TEST-001"]
    assert rule.status is Status.EXPERIMENTAL
    assert rule.benign
    assert (rule.trigger, rule.threshold) == (Trigger.LESS, 3)
    assert rule.required_any_log == ("azcmagent", "journal")
    assert rule.applies_to.systems == ("linux",)
    assert rule.parameters[0].name == "longest"
    assert (rule.evidence.where, rule.evidence.limit) == ('Level == "error"', 3)
    assert rule.suppress[0].when is When.OVERLAP
    assert rule.remedy[0].windows == "Restart-Service himds"
    assert rule.counter_check is not None
    assert any("'queryFrequency' is ignored" in text for text in rules.remarks)
    assert any("'longest' is not used" in text for text in rules.remarks)


def test_a_sentinel_file_loads_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "sentinel.yaml").write_text("""\
id: 2b7d1f5c-3a0e-4c55-9d0f-7d1b1c0f2a11
name: Failed logons
description: |
  Many failures.
severity: Medium
status: Available
requiredDataConnectors:
- connectorId: Syslog
  dataTypes: [Syslog]
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
tactics: [CredentialAccess]
relevantTechniques: [T1110]
query: |
  Events | where Level == "error" | summarize n = count() by HostName = Computer
entityMappings:
- entityType: Host
  fieldMappings:
  - identifier: FullName
    columnName: HostName
alertDetailsOverride:
  alertDisplayNameFormat: "{{HostName}} failed {{n}} times"
version: 1.0.1
kind: Scheduled
""")
    [rule] = load(tmp_path, only=["2b7d1f5c-3a0e-4c55-9d0f-7d1b1c0f2a11"])
    assert rule.finding.title == "{{HostName}} failed {{n}} times"
    assert rule.finding.host == "HostName"
    assert rule.status is Status.STABLE


def test_all_errors_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("""\
- id: ARC-HB-1
  name: Gap.
  version: 1.0
  severty: High
  description: what it means
  query: Events
  parameters: {n: {type: timespn, default: 10m}}
  finding:
    titel: x
    host: a b
  references: [http://example.com]
  tests:
  - {name: a, asOf: yesterday, log: {himds: "x"}, expect: [{Computer: a}]}
- 3
""")
    (tmp_path / "b.yaml").write_text(rule_text("kind: NRT\nstatus: experimental"))
    (tmp_path / "c.yaml").write_text("id: [\n")
    found = errors_of(tmp_path)
    places = [line.removeprefix(f"{tmp_path}/").split(": ")[0] for line in found]
    assert places == sorted(places, key=lambda p: (p != "c.yaml:2:1", p.split(":")[0]))
    text = "\n".join(found)
    for wanted in (
        "a.yaml:1: 'severity' is missing",
        "a.yaml:1: 'id' is 'ARC-HB-1'; expected such as ARC-HB-001",
        "a.yaml:1: no firing and no silent test",
        "a.yaml:2: 'name' ends in a period",
        "a.yaml:3: 'version' is '1.0'; expected such as 1.0.0",
        "a.yaml:4: unknown field 'severty'; did you mean 'severity'?",
        "did you mean 'timespan'?",
        "a.yaml:9: unknown field 'titel'; did you mean 'title'?",
        "a.yaml:10: 'host' must be the name of one result column",
        "a.yaml:11: 'references': only https addresses, found 'http://example.com'",
        "a.yaml:13: 'asOf': 'yesterday' is no time",
        "a.yaml:14: expected a rule, found a number",
        "b.yaml:7: 'kind' is 'NRT'; only Scheduled rules can be run",
        "b.yaml:1: an experimental rule needs 'basis'",
        "c.yaml:2:1: not valid YAML",
    ):
        assert wanted in text


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("tags: {a: b}", "'tags' must be a list of texts"),
        ("benign: 1", "'benign' must be true or false, found a number"),
        ("triggerThreshold: -1", "'triggerThreshold' is -1; allowed are 0 to"),
        (
            "triggerThreshold: x",
            "'triggerThreshold' must be a whole number, found text",
        ),
        ("status: stabel", "did you mean 'stable'?"),
        ("requiredLogs: [HIMDS.log]", "'HIMDS.log' is no name of a log"),
        ("appliesTo: {os: [macos]}", "'os' is 'macos'; one of linux, windows"),
        ("appliesTo: {agentVersion: new}", "'new' is no version range"),
        ("appliesTo: linux", "expected a mapping, found text"),
        ("parameters: {n: {type: long}}", "parameter 'n' needs a default"),
        ("parameters: {n: {type: long, default: x}}", "'x' is no long"),
        (
            "parameters: {n: {type: long, default: 1, min: 2}}",
            "outside 'min' and 'max'",
        ),
        ("parameters: {n: {type: bool, default: true, min: 2}}", "'2' is no bool"),
        ("evidence: {limit: 0}", "'limit' is 0; allowed are 1 to 50"),
        ("group: {by: [Computer], size: 5m}", "unknown field 'size'"),
        ("group: {}", "'group' needs 'by'"),
        ("explains: [ARC-TEST-001]", "cannot explain or suppress itself"),
        ("explains: [ARC-TEST-009]", "unknown rule 'ARC-TEST-009'"),
        ("suppress: [{rule: ARC-TEST-001}]", "'when' is missing"),
        ("suppress: [{rule: ARC-TEST-001, when: always}]", "one of sameHost, overlap"),
        ("counterCheck: {text: a}", "'query' is missing"),
        ("remedy: {steps: [{text: a, changes: all}]}", "'changes' is 'all'"),
        ("remedy: {steps: [{command: a}]}", "'text' is missing"),
        ("remedy: {steps: a}", "'steps' must be a list, found text"),
        ("query2: a", "unknown field 'query2'; did you mean 'query'?"),
    ],
)
def test_a_wrong_field_is_an_error(tmp_path: Path, more: str, wanted: str) -> None:
    (tmp_path / "a.yaml").write_text(rule_text(more))
    found = errors_of(tmp_path)
    assert any(wanted in line for line in found), found
    assert all(line.startswith(f"{tmp_path}/a.yaml:") for line in found)


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("{name: a, asOf: 2026-03-10}", "needs 'expect', 'expectCount' or"),
        ("{name: a, asOf: 2026-03-10, expect: x}", "'expect' must be a list of rows"),
        ("{name: a, asOf: 2026-03-10, log: {himds: 3}, expect: []}", "raw log text"),
        ("{name: fires, asOf: 2026-03-10, expect: []}", "two tests are called 'fires'"),
        (
            "{name: a, asOf: 2026-03-10, expectFinding: {tite: x}}",
            "did you mean 'title'?",
        ),
        ("{name: a, asOf: 2026-03-10, os: bsd, expect: []}", "one of linux, windows"),
        ("{asOf: 2026-03-10, expect: []}", "'name' is missing"),
    ],
)
def test_a_wrong_test_is_an_error(tmp_path: Path, test: str, wanted: str) -> None:
    (tmp_path / "a.yaml").write_text(f"{rule_text()}- {test}\n")
    found = errors_of(tmp_path)
    assert any(wanted in line for line in found), found


def test_rules_must_not_explain_each_other_in_a_circle(tmp_path: Path) -> None:
    for number, other in ((1, 2), (2, 3), (3, 1)):
        text = rule_text(f"explains: [ARC-TEST-{other:03}]", number=number)
        (tmp_path / f"{number}.yaml").write_text(text)
    [text] = errors_of(tmp_path)
    assert "'explains' runs in a circle" in text
    assert text.count("ARC-TEST-") == 4


def test_an_id_may_stand_once_in_a_root(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(rule_text())
    [text] = errors_of(tmp_path)
    assert "b.yaml:1: the id ARC-TEST-001 stands in" in text


def test_the_rule_of_a_later_folder_replaces_the_one_before(tmp_path: Path) -> None:
    for name, severity in (("a", "low"), ("b", "critical")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rule.yaml").write_text(rule_text(severity=severity))
    roots = [tmp_path / "a", tmp_path / "b"]
    [rule] = load(*roots, only=["ARC-TEST-001"])
    assert rule.severity is Severity.CRITICAL


def test_a_pack_says_which_of_its_files_are_rules(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "pack.yaml").write_text(
        'pack: mine\nversion: 1.2.3\nrules: ["deep/**/*.yaml"]\n'
    )
    (tmp_path / "data" / "other.yaml").write_text("just: data\n")
    (tmp_path / "deep" / "a.yaml").write_text(rule_text())
    (tmp_path / "deep" / "er" / "b.yaml").write_text(rule_text(number=2))
    rules = load(tmp_path, only=["ARC-TEST-001", "ARC-TEST-002"])
    assert {rule.pack for rule in rules} == {"mine"}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("rules: [none.yaml]", "pack.yaml:1: no file matches 'none.yaml'"),
        ("rules: [../a.yaml]", "'../a.yaml' leads out of the pack"),
        ("rules: [a.yaml]\nengine: '>=2'", "needs engine >=2; this is engine 1.0"),
        ("rules: [a.yaml]\nlanguage: sql", "'language' is 'sql'; this engine reads"),
        ("rules: [a.yaml]\nfunctions: [x]", "pack.yaml:1: no file matches 'x'"),
        ("rules: [a.yaml]\nfunctions: [../x.kql]", "'../x.kql' leads out of the pack"),
        ("rules: [a.yaml]\nfuncs: [x]", "unknown field 'funcs'"),
        ("maintainers: [me]", "'rules' is missing"),
    ],
)
def test_a_wrong_pack_is_an_error(tmp_path: Path, line: str, wanted: str) -> None:
    (tmp_path / "pack.yaml").write_text(f"pack: mine\nversion: 1.2.3\n{line}\n")
    (tmp_path / "a.yaml").write_text(rule_text())
    found = errors_of(tmp_path)
    assert any(wanted in text for text in found), found


def test_an_unknown_id_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule_text())
    with pytest.raises(UsageError, match="did you mean 'ARC-TEST-001'"):
        load(tmp_path, only=["ARC-TEST-01"])


def test_the_users_rules_join_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule_text())
    ids = [rule.id for rule in load_rules([tmp_path])]
    assert "ARC-TEST-001" in ids
    assert len(ids) > 1
    assert ids == sorted(ids)
