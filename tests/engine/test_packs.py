"""Packs that others wrote: locks, zips, functions, and what is left out of them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from diag import engine
from diag.analyze.trial import run_tests
from diag.engine.packfiles import MOST_FILES, lock_of
from diag.errors import RuleError, UsageError

ROOT = Path(__file__).parents[2]
PACK = "pack: mine\nversion: 1.2.3\nrules: ['rules/*.yaml']\n"
RULE = """\
id: MINE-TST-{number:03}
name: A word that never stands in a log
description: Only for a test.
severity: low
version: 1.0.0
requiredLogs: [himds]
query: |
  {query}
tests:
- name: the word is there
  asOf: 2026-03-10T12:00:00Z
  log:
    himds: |
      time="2026-03-10T11:00:00Z" level=info msg="the xyzzy word"
  expectCount: 1
- name: the word is not there
  asOf: 2026-03-10T12:00:00Z
  log:
    himds: |
      time="2026-03-10T11:00:00Z" level=info msg="nothing"
  expectCount: 0
"""
QUERY = (
    'Events | where Message has "xyzzy" | project Computer, TimeGenerated, File, Line'
)
SENTINEL = """\
id: 0a1b2c3d-1111-2222-3333-{number:012}
name: Something from a workspace
description: |
  'Taken over as it is.'
severity: Medium
status: Available
requiredDataConnectors:
  - connectorId: Syslog
    dataTypes: [Syslog]
queryFrequency: 1d
queryPeriod: 1d
triggerOperator: gt
triggerThreshold: 0
tactics: [Persistence]
relevantTechniques: [T1078]
query: |
  {query}
entityMappings:
  - entityType: Host
    fieldMappings:
      - identifier: HostName
        columnName: Computer
version: 1.0.4
kind: Scheduled
"""


def rule_text(number: int = 1, query: str = QUERY) -> str:
    return RULE.format(number=number, query=query)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a pack of one rule."""
    folder = tmp_path / "mine"
    (folder / "rules").mkdir(parents=True)
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "rules" / "a.yaml").write_text(rule_text(), encoding="utf-8")
    return folder


def zipped(pack: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(pack.rglob("*")):
            if path.is_file():
                out.write(path, path.relative_to(pack.parent).as_posix())
    return target


def mine(rules: engine.RuleSet) -> list[str]:
    return [one.id for one in rules if not one.id.startswith("ARC-")]


def errors_of(*paths: Path) -> str:
    with pytest.raises(RuleError) as caught:
        engine.load_rules(paths)
    return str(caught.value)


def test_a_locked_pack_is_read_as_it_was_locked(pack: Path) -> None:
    (pack / "pack.lock").write_text(lock_of(pack), encoding="utf-8")
    assert mine(engine.load_rules([pack])) == ["MINE-TST-001"]
    rule = pack / "rules" / "a.yaml"
    rule.write_bytes(rule.read_bytes().replace(b"\n", b"\r\n"))  # as under Windows
    assert mine(engine.load_rules([pack])) == ["MINE-TST-001"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rules/a.yaml", rule_text().replace("low", "high"), "was changed since"),
        ("rules/b.yaml", rule_text(2), "is not in the lock"),
        ("rules/a.yaml", None, "is missing"),
        ("pack.yaml", PACK + "license: none\n", "was changed since"),
    ],
)
def test_a_pack_that_is_not_as_locked_is_refused(
    pack: Path, name: str, text: str | None, said: str
) -> None:
    (pack / "pack.lock").write_text(lock_of(pack), encoding="utf-8")
    (pack / name).unlink(missing_ok=True)
    if text is not None:
        (pack / name).write_text(text, encoding="utf-8")
    assert f"{pack}/pack.lock:1: {name} {said}" in errors_of(pack)
    rules = engine.load_rules([pack], lenient=True)
    assert mine(rules) == []
    assert len(rules) == len(engine.load_rules())
    assert any(said in text for text in rules.errors)
    if text is not None:
        rules = engine.load_rules([pack], unlocked=True)
        assert mine(rules)[0] == "MINE-TST-001"
        assert any(f"{name} {said}" in text for text in rules.remarks)


def test_the_lock_of_the_built_in_pack_is_current() -> None:
    lock = ROOT / "rules" / "arc" / "pack.lock"
    expected = lock_of(lock.parent)
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        lock.write_text(expected, encoding="utf-8", newline="\n")
    assert lock.read_text(encoding="utf-8") == expected


def test_the_codes_of_a_refused_pack_are_left_out(pack: Path) -> None:
    (pack / "data").mkdir()
    table = pack / "data" / "error-codes.yaml"
    table.write_text("- {code: M1, family: f, title: one}\n", encoding="utf-8")
    (pack / "pack.lock").write_text(lock_of(pack), encoding="utf-8")
    assert any("M1" in row for row in engine.load_error_codes([pack]))
    table.write_text("- {code: M1, family: f, title: two}\n", encoding="utf-8")
    assert not any("M1" in row for row in engine.load_error_codes([pack]))
    assert any("M1" in row for row in engine.load_error_codes([pack], unlocked=True))


def test_a_pack_in_a_zip_is_the_same_pack(pack: Path, tmp_path: Path) -> None:
    (pack / "pack.lock").write_text(lock_of(pack), encoding="utf-8")
    (pack / "README.md").write_text("not read", encoding="utf-8")
    archive = zipped(pack, tmp_path / "pack.zip")
    rules = engine.load_rules([archive])
    assert mine(rules) == ["MINE-TST-001"]
    [rule] = [one for one in rules if one.id == "MINE-TST-001"]
    assert (rule.pack, rule.pack_version) == ("mine", "1.2.3")
    assert rules.place(rule) == f"{archive}/mine/rules/a.yaml:1"
    assert [one.ok for one in run_tests(rule, rules)] == [True, True]
    assert sorted(tmp_path.iterdir()) == [pack, archive]


def test_a_zip_with_a_changed_file_is_refused(pack: Path, tmp_path: Path) -> None:
    (pack / "pack.lock").write_text(lock_of(pack), encoding="utf-8")
    (pack / "rules" / "a.yaml").write_text(rule_text(2), encoding="utf-8")
    archive = zipped(pack, tmp_path / "pack.zip")
    assert "rules/a.yaml was changed since" in errors_of(archive)


def bad_zip(kind: str, pack: Path, target: Path) -> Path:
    """Write a zip that nobody should trust."""
    zipped(pack, target)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as out:
        match kind:
            case "out":
                out.writestr("../../rules/evil.yaml", rule_text(2))
            case "twice":
                with pytest.warns(UserWarning, match="Duplicate name"):
                    out.writestr("mine/rules/a.yaml", rule_text(2))
            case "link":
                link = zipfile.ZipInfo("mine/rules/link.yaml")
                link.external_attr = 0o120777 << 16
                out.writestr(link, "/etc/passwd")
            case "large":
                out.writestr("mine/rules/b.yaml", "#" * 2_000_000)
            case "many":
                for number in range(MOST_FILES + 1):
                    out.writestr(f"mine/rules/{number}.yaml", "")
            case "bomb":
                out.writestr("mine/rules/b.yaml", "\n" * 300_000_000)
    if kind == "torn":
        target.write_bytes(target.read_bytes()[:-40])
    if kind == "none":
        target.write_bytes(b"no zip")
    if kind == "crc":
        data = bytearray(target.read_bytes())
        at = data.index(b"PK\x01\x02")
        data[at + 16] ^= 1
        target.write_bytes(data)
    return target


@pytest.mark.parametrize(
    "kind", ["out", "twice", "link", "large", "many", "bomb", "torn", "none", "crc"]
)
def test_a_zip_that_is_not_in_order_is_refused(
    pack: Path, tmp_path: Path, kind: str
) -> None:
    archive = bad_zip(kind, pack, tmp_path / "bad.zip")
    said = errors_of(archive)
    assert f"{archive}: " in said or f"{archive}/" in said
    assert "root:" not in said  # of the file that the link names
    assert mine(engine.load_rules([archive], lenient=True)) == []
    assert not (tmp_path.parent / "rules").exists()


def test_an_empty_zip_holds_no_rules(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("readme.txt", "x")
    assert "there are no rules in this zip" in errors_of(tmp_path / "a.zip")
    with pytest.raises(UsageError):
        engine.load_rules([tmp_path / "none.zip"])


FUNCTIONS = """\
// What several rules ask for.
let word = "xyzzy";
let lines = (text: string) { Events | where Message has text };
let unused = Events | where Line > 5;
"""


def test_functions_of_a_pack_stand_in_front_of_queries(pack: Path) -> None:
    (pack / "lib").mkdir()
    (pack / "lib" / "a.kql").write_text(FUNCTIONS, encoding="utf-8")
    with (pack / "pack.yaml").open("a", encoding="utf-8") as stream:
        stream.write("functions: [lib/*.kql]\n")
    query = "lines(word) | project Computer, TimeGenerated, File, Line"
    (pack / "rules" / "a.yaml").write_text(rule_text(query=query), encoding="utf-8")
    own = f"let word = 'other'; {query}"
    (pack / "rules" / "b.yaml").write_text(rule_text(2, own), encoding="utf-8")
    (pack / "rules" / "c.yaml").write_text(rule_text(3), encoding="utf-8")
    rules = engine.load_rules([pack])
    one, two, three = (rule for rule in rules if rule.pack == "mine")
    assert one.library.splitlines() == FUNCTIONS.splitlines()[1:3]
    assert two.library.splitlines() == FUNCTIONS.splitlines()[2:3]
    assert three.library == ""
    assert [done.ok for done in run_tests(one, rules)] == [True, True]
    assert [done.ok for done in run_tests(two, rules)] == [False, True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("let a = ;", "lib/a.kql:1:9: KQL004"),
        ("Events | take 1", "lib/a.kql:"),
        ("let a = 1; Events", "lib/a.kql:"),
        ("let a = 1;\nlet a = 2;", "lib/a.kql:1: 'a' has a meaning already"),
    ],
)
def test_functions_that_are_none_are_an_error(pack: Path, text: str, said: str) -> None:
    (pack / "lib").mkdir()
    (pack / "lib" / "a.kql").write_text(text, encoding="utf-8")
    with (pack / "pack.yaml").open("a", encoding="utf-8") as stream:
        stream.write("functions: [lib/*.kql]\n")
    assert said in errors_of(pack)


def test_an_error_behind_functions_has_its_own_line(pack: Path) -> None:
    (pack / "lib").mkdir()
    (pack / "lib" / "a.kql").write_text(FUNCTIONS, encoding="utf-8")
    with (pack / "pack.yaml").open("a", encoding="utf-8") as stream:
        stream.write("functions: [lib/*.kql]\n")
    query = "lines(word)\n  | projct Line"
    (pack / "rules" / "a.yaml").write_text(rule_text(query=query), encoding="utf-8")
    rules = engine.load_rules([pack])
    found: list[str] = []
    assert rules.compile([r for r in rules if r.pack == "mine"], found) == []
    assert "KQL005 unknown operator 'projct'" in found[0]
    assert "(line 2, column 3 of the query)" in found[0]


def test_what_is_wrong_is_left_out_and_the_rest_runs(pack: Path) -> None:
    rules_folder = pack / "rules"
    (rules_folder / "b.yaml").write_text("id: [", encoding="utf-8")
    (rules_folder / "c.yaml").write_text(
        rule_text(3).replace("severity: low", "severity: awful"), encoding="utf-8"
    )
    (rules_folder / "d.yaml").write_text(
        rule_text(4) + "explains: [MINE-TST-003]\n", encoding="utf-8"
    )
    (rules_folder / "e.yaml").write_text(
        rule_text(5) + "explains: [MINE-TST-999]\n", encoding="utf-8"
    )
    for number, other in ((6, 7), (7, 6)):
        (rules_folder / f"{number}.yaml").write_text(
            rule_text(number) + f"explains: [MINE-TST-{other:03}]\n", encoding="utf-8"
        )
    (rules_folder / "z.yaml").write_text(rule_text(8, "Evnts"), encoding="utf-8")
    rules = engine.load_rules([pack], lenient=True)
    assert mine(rules) == ["MINE-TST-001", "MINE-TST-004", "MINE-TST-008"]
    told = "\n".join(rules.errors)
    for said in (
        "b.yaml:2:1: not valid YAML",
        "c.yaml:4: 'severity' is 'awful'",
        "unknown rule 'MINE-TST-999'",
        "'explains' runs in a circle: MINE-TST-00",
    ):
        assert said in told
    broken: list[str] = []
    assert len(rules.compile(list(rules), broken)) == len(rules) - 1
    assert "unknown table 'Evnts'" in broken[0]
    with pytest.raises(RuleError):
        engine.load_rules([pack])


def test_a_built_in_rule_stays_when_what_replaces_it_is_broken(tmp_path: Path) -> None:
    text = rule_text().replace("MINE-TST-001", "ARC-HB-001")
    (tmp_path / "a.yaml").write_text(text + "explains: [NO-SUCH-001]\n")
    rules = engine.load_rules([tmp_path], lenient=True)
    [rule] = [one for one in rules if one.id == "ARC-HB-001"]
    assert rule.file.startswith("rules/arc/")
    assert len(rules.errors) == 1


def test_a_rule_that_is_asked_for_may_be_broken(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule_text().replace("low", "awful"))
    rules = engine.load_rules([tmp_path], ["MINE-TST-001"], lenient=True)
    assert (len(rules), len(rules.errors)) == (0, 1)
    with pytest.raises(UsageError, match="no rule 'MINE-TST-002'"):
        engine.load_rules([tmp_path], ["MINE-TST-002"], lenient=True)


def test_a_pack_for_another_engine_does_not_run(pack: Path) -> None:
    with (pack / "pack.yaml").open("a", encoding="utf-8") as stream:
        stream.write("engine: '>=2'\n")
    rules = engine.load_rules([pack], lenient=True)
    assert mine(rules) == []
    assert "needs engine >=2" in rules.errors[0]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (QUERY, ""),
        ("Events | evaluate bag_unpack(Fields)", "'evaluate' is not supported"),
        ("SecurityEvent | take 1", "unknown table 'SecurityEvent'"),
        ("Events | where Message in (_GetWatchlist('x'))", "_GetWatchlist"),
        ("Events | where ingestion_time() > ago(1h)", "ingestion_time"),
    ],
)
def test_a_sentinel_rule_runs_or_is_told_why_not(
    tmp_path: Path, query: str, said: str
) -> None:
    (tmp_path / "a.yaml").write_text(SENTINEL.format(number=1, query=query))
    rules = engine.load_rules([tmp_path], lenient=True)
    assert rules.errors == ()
    broken: list[str] = []
    compiled = rules.compile(list(rules), broken)
    if said:
        assert len(compiled) == len(rules) - 1
        [text] = broken
        assert said in text
        assert f"{tmp_path}/a.yaml:16: 0a1b2c3d" in text
    else:
        assert (len(compiled), broken) == (len(rules), [])
        [rule] = [one.roles for one in compiled if one.rule.id.startswith("0a1b")]
        assert rule.host == "Computer"


def test_a_link_out_of_a_pack_is_refused(pack: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret: [", encoding="utf-8")
    (pack / "rules" / "link.yaml").symlink_to(secret)
    said = errors_of(pack)
    assert "rules/link.yaml: a link that leads out of the folder" in said
    assert "secret: [" not in said
    (pack / "rules" / "link.yaml").unlink()
    (pack / "rules" / "more").symlink_to(tmp_path)
    assert "a link that leads out of the folder" in errors_of(pack)
