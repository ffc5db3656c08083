"""Rule files that were read before are read from what was kept, and give the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diag import engine
from diag.engine.keptfiles import KeptFiles
from diag.engine.load import read_file

if TYPE_CHECKING:
    from pathlib import Path


def test_kept_files_give_the_same_rules(tmp_path: Path) -> None:
    plain = engine.load_rules()
    first = engine.load_rules(kept=tmp_path)
    [kept] = tmp_path.glob("rules-*-files.json")
    again = engine.load_rules(kept=tmp_path)
    assert plain.rules == first.rules
    assert all(rule.tests for rule in first.rules)
    # Their tests were right before, and only tests need them.
    assert again.rules == tuple(replace(rule, tests=()) for rule in plain.rules)
    assert (plain.texts, plain.remarks) == (again.texts, again.remarks)
    assert kept.stat().st_mode & 0o777 == 0o600


def test_what_was_kept_is_used_and_another_text_is_not_it(tmp_path: Path) -> None:
    one = KeptFiles(tmp_path, ["a: 1\n"], read_file)
    assert one.load("a: 1\n", "x") == {"a": 1}
    one.close(silent=False)
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b"1}", b"7}"))
    assert KeptFiles(tmp_path, ["a: 1\n"], read_file).load("a: 1\n", "x") == {"a": 7}
    assert KeptFiles(tmp_path, ["a: 2\n"], read_file).load("a: 2\n", "x") == {"a": 2}


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b"\xff\xfe"])
def test_damage_is_read_over(tmp_path: Path, damage: bytes) -> None:
    one = KeptFiles(tmp_path, ["a: 1\n"], read_file)
    one.load("a: 1\n", "x")
    one.close(silent=True)
    [path] = tmp_path.iterdir()
    path.write_bytes(damage)
    assert not KeptFiles(tmp_path, ["a: 1\n"], read_file).silent
    assert KeptFiles(tmp_path, ["a: 1\n"], read_file).load("a: 1\n", "x") == {"a": 1}


def rule(number: int, test: str) -> str:
    return f"""\
id: MY-ABC-{number:03}
name: A rule
description: One.
severity: low
version: 1.0.0
query: Events | where Message has "x" | project Computer, File, Line
tests:
- {{name: fires, asOf: 2026-03-10, log: {{himds: x}}, expectCount: 1}}
- {{name: silent, asOf: 2026-03-10, log: {{himds: y}}, {test}}}
"""


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("expect: x", "must be a list of rows"),
        ("expect: [], alsoFires: [MY-ABC-999]", "unknown rule 'MY-ABC-999'"),
        ("expect: [], nonsense: 1", "unknown field 'nonsense'"),
    ],
)
def test_what_is_wrong_with_a_test_is_said_every_time(
    tmp_path: Path, test: str, said: str
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.yaml").write_text(rule(1, test), encoding="utf-8")
    for _ in range(3):
        found = engine.load_rules([folder], kept=tmp_path / "kept", lenient=True)
        assert said in "".join(found.errors)


def test_a_remark_is_made_every_time(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    text = rule(1, "expect: []") + "queryFrequency: 5m\n"
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    for _ in range(3):
        found = engine.load_rules([folder], kept=tmp_path / "kept")
        assert "'queryFrequency' is ignored" in "".join(found.remarks)


def test_functions_are_kept_as_rules_are(tmp_path: Path) -> None:
    text = "// Why.\nlet a = 1; let b = (x: long) { print a + x };\n"
    one = KeptFiles(tmp_path, [text], read_file)
    found = one.load(text, "lib/a.kql")
    assert isinstance(found, list)
    assert [item[:2] for item in found] == [
        ["a", "let a = 1;"],
        ["b", "let b = (x: long) { print a + x };"],
    ]
    one.close(silent=True)
    again = KeptFiles(tmp_path, [text], _unread)
    assert again.load(text, "lib/a.kql") == found


def _unread(text: str, name: str) -> object:
    raise AssertionError((text, name))
