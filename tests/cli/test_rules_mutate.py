"""`arcdiag rules test --mutate`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from tests.cli.test_content_commands import rule_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call


def test_survivors_are_listed_and_the_share_decides(call: Call, tmp_path: Path) -> None:
    path = rule_file(tmp_path)
    words = ("rules", "test", "--mutate", "MINE-TST-001", "--rules", tmp_path)
    done = call(*words)
    assert done.code == Exit.USAGE
    first, *left, last = done.out.splitlines()
    assert first.startswith("MINE-TST-001  ")
    assert f"  {path}:9: 'and' term left out: Log == \"himds\"" in left
    assert last.endswith(" %), 1 rule")
    assert call(*words, "--at-least", "10").code == Exit.CLEAN


def test_json_has_every_survivor(call: Call, tmp_path: Path) -> None:
    path = rule_file(tmp_path)
    words = ("rules", "test", "--mutate", "MINE-TST-001", "--rules", tmp_path, "-j")
    value = json.loads(call(*words).out)
    [rule] = value["rules"]
    assert (rule["rule"], rule["mutants"]) == ("MINE-TST-001", value["mutants"])
    assert rule["killed"] + len(rule["survivors"]) == rule["mutants"]
    assert value["killed"] == rule["killed"]
    assert value["score"] == rule["killed"] * 1000 // rule["mutants"] / 10
    assert {
        "place": f"{path}:9",
        "change": "'and' term left out",
        "before": 'Log == "himds"',
        "after": "",
    } in rule["survivors"]


def test_a_rule_with_a_failing_test_is_told(call: Call, tmp_path: Path) -> None:
    rule_file(tmp_path, word="other")
    done = call("rules", "test", "--mutate", "MINE-TST-001", "--rules", tmp_path)
    assert done.code == Exit.USAGE
    assert "the test 'the word is there' of MINE-TST-001 fails unchanged" in done.err


@pytest.mark.parametrize("text", ["x", "-1", "101", "nan"])
def test_a_share_is_a_percentage(call: Call, text: str) -> None:
    done = call("rules", "test", "--mutate", f"--at-least={text}")
    assert done.code == Exit.USAGE
    assert f"'{text}' is no number from 0 to 100" in done.err
