"""`arcdiag rules test`: its formats, its times, and rules on the samples of others."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from tests.cli.test_content_commands import RULE, rule_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

ID = "MINE-TST-001"
OTHER = RULE.replace(ID, "MINE-TST-002").replace('"{word}"', '"nothing"')
OTHER = OTHER.replace("xyzzy", "nothing", 1).replace('msg="nothing"', 'msg="xyzzy"')


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Return a folder with a rule and another one that fires on its silent sample."""
    rule_file(tmp_path)
    (tmp_path / "other.yaml").write_text(OTHER, encoding="utf-8")
    return tmp_path


def words(rules: Path, *more: str) -> tuple[object, ...]:
    return ("rules", "test", ID, "MINE-TST-002", "--rules", rules, *more)


def test_rules_that_fire_on_samples_of_others_are_told(call: Call, rules: Path) -> None:
    done = call(*words(rules))
    assert done.code == Exit.USAGE
    assert (
        "FAILED  MINE-TST-002 fires on the silent sample 'the word is not there' of "
        f"{ID}; if it is right, write there: alsoFires: [MINE-TST-002]"
    ) in done.out
    assert "runs on silent samples of other rules fired" in done.out


def test_json_and_junit_say_the_same(call: Call, rules: Path) -> None:
    rule_file(rules, word="plugh")
    value = json.loads(call(*words(rules, "-j")).out)
    assert (value["tests"], value["failed"]) == (4, 1)
    assert value["results"][0] | {"seconds": 0} == {
        "rule": ID,
        "test": "the word is there",
        "ok": False,
        "todo": False,
        "message": "1 rows expected, 0 found",
        "seconds": 0,
    }
    assert [one["rule"] for one in value["fired_on_other_samples"]] == ["MINE-TST-002"]
    suite = ET.fromstring(call(*words(rules, "--format", "junit")).out)
    assert suite.attrib["tests"] == str(4 + len(value["fired_on_other_samples"]))
    failures = suite.findall("testcase/failure")
    assert len(failures) == 1 + len(value["fired_on_other_samples"])
    assert suite.attrib["failures"] == str(len(failures))


def test_names_cannot_break_out_of_the_xml(call: Call, tmp_path: Path) -> None:
    name = 'a \\"<b>\\" &amp; \\e[2J ]]>'
    text = RULE.replace("the word is there", f'"{name}"')
    rule_file(tmp_path, word="none", text=text)
    done = call("rules", "test", ID, "--rules", tmp_path, "--format", "junit")
    assert "\x1b" not in done.out
    names = {one.attrib["name"] for one in ET.fromstring(done.out)}
    assert any(one.startswith('a "<b>" &amp; ') for one in names)


def test_a_todo_is_counted_apart(call: Call, tmp_path: Path) -> None:
    text = RULE.replace("expectCount: 1", "expectCount: 1\n  todo: true")
    more = RULE[RULE.index("- name") : RULE.index("- name: the word is not")]
    text += more.replace("the word is there", "there again").replace("xyzzy", "{word}")
    rule_file(tmp_path, word="plugh", text=text)
    done = call("rules", "test", ID, "--rules", tmp_path, "-v")
    assert f"todo    {ID}  the word is there: 1 rows expected, 0 found" in done.out
    assert "2 of 2 tests passed, 1 todo, 1 rule" in done.out
    assert done.code == Exit.CLEAN
    rule_file(tmp_path, text=text)
    done = call("rules", "test", ID, "--rules", tmp_path)
    assert "the word is there: passes, although it is marked as todo" in done.out


def test_times_are_a_table(call: Call, rules: Path) -> None:
    done = call(*words(rules, "--profile"))
    assert done.code == Exit.CLEAN
    head, *lines = done.out.splitlines()
    assert head.split() == ["rule", "compile", "query", "evidence", "ms"]
    assert {line.split()[0] for line in lines} == {ID, "MINE-TST-002"}
    value = json.loads(call(*words(rules, "--profile", "-j")).out)
    assert {one["rule"] for one in value} == {ID, "MINE-TST-002"}
    assert value[0].keys() == {"rule", "compile_ms", "query_ms", "evidence_ms"}
    done = call(*words(rules, "--profile", "--format", "junit"))
    assert (done.code, done.out) == (Exit.USAGE, "")
