"""`arcdiag rules ...` and `arcdiag formats ...`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from diag import formats
from diag.cli.exits import Exit
from tests.amount import ALL
from tests.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

RULE = """\
id: MINE-TST-001
name: A word that never stands in a log
description: Only for a test.
severity: low
version: 1.0.0
requiredLogs: [himds]
query: |
  Events
  | where Log == "himds" and Message has "{word}"
  | project Computer, TimeGenerated, File, Line
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
FAMILY = """\
id: mine
title: My log
kind: log
basis: invented
system: {any: [mine.log]}
recognised: path
record: {fold: false, layouts: ['[{time}] [{level:level}] {message}']}
time: {codec: ymd, zone: utc}
levels: {INFO: info}
samples:
  - from: invented
    text: |
      [2026-03-10 12:00:00] [INFO] hello
    expect:
      - {Level: info, Message: WORD}
"""


def rule_file(folder: Path, word: str = "xyzzy", text: str = RULE) -> Path:
    """Write a rule into a folder and return the file."""
    path = folder / "mine.yaml"
    path.write_text(text.replace("{word}", word), encoding="utf-8")
    return path


def family_file(folder: Path, word: str = "hello", text: str = FAMILY) -> Path:
    """Write a definition into a folder and return the file."""
    path = folder / "mine.yaml"
    path.write_text(text.replace("WORD", word), encoding="utf-8")
    return path


def test_rules_list_has_every_rule(call: Call) -> None:
    ids = [rule.id for rule in shipped()]
    done = call("rules", "list")
    assert done.code == Exit.CLEAN
    assert [line.split()[0] for line in done.out.splitlines()] == ids
    value = json.loads(call("rules", "list", "-j").out)
    assert [one["id"] for one in value] == ids
    assert value[0].keys() >= {"name", "severity", "status", "covers", "file"}


def test_rules_list_has_the_users_rules_too(call: Call, tmp_path: Path) -> None:
    rule_file(tmp_path)
    done = call("rules", "list", "--rules", tmp_path, "--format", "json")
    mine = [one for one in json.loads(done.out) if one["id"] == "MINE-TST-001"]
    assert [one["severity"] for one in mine] == ["low"]


def test_rules_show_is_readable(call: Call) -> None:
    done = call("rules", "show", "ARC-HB-001")
    assert done.code == Exit.CLEAN
    words = " ".join(done.out.split())
    for expected in (
        "ARC-HB-001 No line from himds for more than fifteen minutes",
        "severity high, stable",
        "covers HEARTBEAT-GAP",
        "needs himds",
        "quiet = 0:15:00 (at least 0:06:00): longest silence",
        "| join kind=leftanti explained on Computer, StartTime",
        "Do the other logs of the machine go on during the silence?",
        "linux: journalctl --list-boots",
        "https://learn.microsoft.com/azure/azure-arc/servers/agent-overview",
        "fires: 20 minutes and one hour of silence",
        "silent: exactly fifteen minutes are normal",
    ):
        assert expected in words
    assert "rules/arc/heartbeat/silence.yaml:1\n" in done.out


def test_every_rule_and_format_can_be_shown(call: Call) -> None:
    for rule in list(shipped())[:: 1 if ALL else 6]:
        done = call("rules", "show", rule.id)
        assert (done.code, done.err) == (Exit.CLEAN, "")
        assert done.out.startswith(f"{rule.id}  ")
    for name in list(formats.load_families())[:: 1 if ALL else 6]:
        done = call("formats", "show", name)
        assert (done.code, done.err) == (Exit.CLEAN, "")
        assert done.out.startswith(f"{name}  ")


def test_rules_lint_accepts_ours(call: Call) -> None:
    done = call("rules", "lint")
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert done.out.endswith(f"{len(shipped())} rules, no errors\n")


def test_rules_lint_names_every_error_with_its_line(call: Call, tmp_path: Path) -> None:
    text = RULE.replace("severity: low", "severity: bad").replace("1.0.0", "one")
    path = rule_file(tmp_path, text=text)
    done = call("rules", "lint", tmp_path)
    assert done.code == Exit.USAGE
    assert f"{path}:4: " in done.out
    assert f"{path}:5: " in done.out
    assert done.out.endswith("\n2 errors\n")


def test_rules_lint_compiles_the_queries_and_knows_the_logs(
    call: Call, tmp_path: Path
) -> None:
    text = RULE.replace("| project", "| projct").replace("[himds]", "[hinds]")
    path = rule_file(tmp_path, text=text)
    done = call("rules", "lint", path)
    assert done.code == Exit.USAGE
    said = "RUL002 there is no log 'hinds'; did you mean 'himds'?"
    assert f"{path}:6:1: MINE-TST-001: {said}" in done.out
    said = "KQL005 unknown operator 'projct'; did you mean 'project'?"
    assert f"{path}:10:5: MINE-TST-001: {said}" in done.out
    assert "    | projct Computer, TimeGenerated, File, Line\n      ^\n" in done.out
    assert done.out.endswith("\n2 errors\n")


def test_rules_test_runs_the_tests(call: Call, tmp_path: Path) -> None:
    rule_file(tmp_path)
    done = call("rules", "test", "MINE-TST-001", "--rules", tmp_path)
    assert (done.code, done.out) == (Exit.CLEAN, "2 of 2 tests passed, 1 rule\n")
    done = call("rules", "test", "MINE-TST-001", "--rules", tmp_path, "-v")
    assert "ok  MINE-TST-001  the word is there\n" in done.out


def test_a_failing_rule_test_has_a_line_and_a_code(call: Call, tmp_path: Path) -> None:
    rule_file(tmp_path, word="plugh")
    done = call("rules", "test", "MINE-TST-001", "--rules", tmp_path)
    assert done.code == Exit.USAGE
    first, last = done.out.splitlines()
    assert first.startswith("FAILED  MINE-TST-001  the word is there: 1 rows expected")
    assert last == "1 of 2 tests passed, 1 rule"


def test_a_rule_test_of_one_system_may_use_what_lies_anywhere(
    call: Call, tmp_path: Path
) -> None:
    show = "    azcmagent_show: 'Agent Version : 1.60.0.0'\n    himds: |"
    text = RULE.replace("  log:\n", "  os: windows\n  log:\n").replace(
        "    himds: |", show
    )
    rule_file(tmp_path, text=text)
    done = call("rules", "test", "MINE-TST-001", "--rules", tmp_path)
    assert (done.code, done.out) == (Exit.CLEAN, "2 of 2 tests passed, 1 rule\n")


def test_formats_list_has_every_family(call: Call, tmp_path: Path) -> None:
    ids = list(formats.load_families())
    done = call("formats", "list")
    assert done.code == Exit.CLEAN
    assert [line.split()[0] for line in done.out.splitlines()] == ids
    family_file(tmp_path)
    value = json.loads(call("formats", "list", "-j", "--parsers", tmp_path).out)
    assert [one["id"] for one in value] == [*ids, "mine"]


def test_formats_show_is_readable(call: Call, tmp_path: Path) -> None:
    family_file(tmp_path)
    words = " ".join(call("formats", "show", "mine", "--parsers", tmp_path).out.split())
    for expected in (
        "mine My log",
        "any mine.log",
        "layouts [{time}] [{level}] {message",
        "time ymd, zone utc",
        "levels INFO = info",
        "[2026-03-10 12:00:00] [INFO] hello",
    ):
        assert expected in words


def test_formats_lint(call: Call, tmp_path: Path) -> None:
    count = len(formats.load_families())
    assert call("formats", "lint").out == f"{count} definitions, no errors\n"
    path = family_file(tmp_path, text=FAMILY.replace("codec: ymd", "codec: ymdd"))
    other = tmp_path / "other.yaml"
    other.write_text("id: [", encoding="utf-8")
    done = call("formats", "lint", tmp_path)
    assert done.code == Exit.USAGE
    assert f"{path}:8" in done.out
    assert f"{other}:" in done.out
    assert done.out.endswith("\n2 errors\n")


def test_formats_test(call: Call, tmp_path: Path) -> None:
    family_file(tmp_path)
    done = call("formats", "test", "mine", "--parsers", tmp_path)
    assert (done.code, done.out) == (Exit.CLEAN, "1 of 1 samples passed, 1 format\n")
    family_file(tmp_path, word="goodbye")
    done = call("formats", "test", "mine", "--parsers", tmp_path)
    assert done.code == Exit.USAGE
    assert done.out.splitlines() == [
        "FAILED  mine: sample 1, record 1: Message: expected 'goodbye', got 'hello'",
        "0 of 1 samples passed, 1 format",
    ]


def test_all_formats_pass(call: Call) -> None:
    done = call("formats", "test")
    assert (done.code, done.err) == (Exit.CLEAN, "")


def test_hostile_rules_and_definitions_act_on_nothing(
    call: Call, tmp_path: Path
) -> None:
    bad = '"\\e]0;x\\a\\x9b2J\\u202e[red]x[/red]"'
    text = RULE.replace("Only for a test.", bad).replace(
        "A word that never stands in a log", bad
    )
    rules = rule_file(tmp_path, text=text)
    family = FAMILY.replace("My log", bad).replace("basis: invented", f"basis: {bad}")
    parsers = tmp_path / "parsers"
    parsers.mkdir()
    family_file(parsers, text=family)
    for words in (
        ["rules", "list", "--rules", rules],
        ["rules", "list", "-j", "--rules", rules],
        ["rules", "show", "MINE-TST-001", "--rules", rules],
        ["formats", "list", "--parsers", parsers],
        ["formats", "list", "-j", "--parsers", parsers],
        ["formats", "show", "mine", "--parsers", parsers],
    ):
        done = call(*words)
        assert done.code == Exit.CLEAN, done.err
        assert not set(done.out) & set("\x1b\x07\x9b\u202e")
        assert "[red]x[/red]" in done.out
