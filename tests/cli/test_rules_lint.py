"""`arcdiag rules lint`: codes, places and carets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from diag.cli.exits import Exit
from tests.amount import ALL
from tests.cli.test_content_commands import RULE, rule_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

ID = "MINE-TST-001"
COUNTER = """\
counterCheck:
  text: Is it so?
  query: Events | where Message contains "word"
  refuted: It is not.
  stands: It is.
"""


def mine(out: str, path: Path) -> list[str]:
    return [
        line.removeprefix(f"{path}:")
        for line in out.splitlines()
        if line.startswith(str(path))
    ]


# What is changed in a rule, and what is then said of it: `lint` compiles all rules that
# ship, too, so it is asked once for all of these.
WARNINGS = [
    ("has", "contains", "9:30: {}: warning KQL304 contains looks inside"),
    (
        "  | project",
        "  | take 5\n  | project",
        "10:5: {}: warning KQL303 take without an order",
    ),
    ("tests:", f"{COUNTER}tests:", "13:25: {}: warning KQL304 contains"),
    (
        "tests:",
        "group: {by: [File]}\ntests:",
        "11:1: {}: warning RUL012 without 'Computer' in 'by'",
    ),
    (
        "severity: low",
        "severity: high",
        "4:1: {}: warning RUL011 a rule of severity high should say what helps",
    ),
]


def test_a_warning_is_an_error_only_when_strict(call: Call, tmp_path: Path) -> None:
    for number, (old, new, _) in enumerate(WARNINGS):
        folder = tmp_path / str(number)
        folder.mkdir()
        text = RULE.replace(old, new, 1).replace(ID, f"MINE-TST-00{number}")
        rule_file(folder, text=text)
    done = call("rules", "lint", tmp_path)
    assert done.code == Exit.CLEAN
    for number, (_, _, said) in enumerate(WARNINGS):
        [line] = mine(done.out, tmp_path / str(number) / "mine.yaml")
        assert line.startswith(said.format(f"MINE-TST-00{number}"))
    assert done.out.endswith(f"no errors, {len(WARNINGS)} warnings\n")
    for number in range(len(WARNINGS) if ALL else 1):
        one = tmp_path / str(number) / "mine.yaml"
        assert call("rules", "lint", one, "--strict").code == Exit.USAGE


def test_a_caret_stands_under_the_place(call: Call, tmp_path: Path) -> None:
    path = rule_file(tmp_path, text=RULE.replace("has", "contains", 1))
    lines = call("rules", "lint", path).out.splitlines()
    place = next(n for n, line in enumerate(lines) if "KQL304" in line)
    source, caret = lines[place + 1 : place + 3]
    assert source[caret.index("^") :].startswith('Message contains "xyzzy"')


def test_an_unused_parameter_is_an_error(call: Call, tmp_path: Path) -> None:
    unused = RULE.replace(
        "query: |", "parameters:\n  most: {type: long, default: 3}\nquery: |"
    )
    # A word in a text or a comment is no use of it.
    hidden = unused.replace("| where", '| where "most" != "" // most\n    and')
    used = unused.replace("| where", "| where Line > most and")
    paths = []
    for number, text in enumerate((unused, hidden, used)):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths.append(rule_file(folder, text=text.replace(ID, f"MINE-TST-00{number}")))
    done = call("rules", "lint", tmp_path)
    assert done.code == Exit.USAGE
    assert [mine(done.out, path) for path in paths] == [
        ["8:3: MINE-TST-000: RUL003 the parameter 'most' is not used"],
        ["8:3: MINE-TST-001: RUL003 the parameter 'most' is not used"],
        [],
    ]


def test_a_rule_from_elsewhere_without_tests_is_warned_of(
    call: Call, tmp_path: Path
) -> None:
    text = RULE[: RULE.index("tests:")]
    text = text.replace(ID, "0a1b2c3d-1111-2222-3333-444444444444")
    done = call("rules", "lint", rule_file(tmp_path, text=text))
    assert done.code == Exit.CLEAN
    assert "warning RUL010 no firing and no silent test" in done.out


def test_json_has_the_same(call: Call, tmp_path: Path) -> None:
    text = RULE.replace("severity: low", "severity: bad")
    (tmp_path / "other.yaml").write_text(
        RULE.replace("has", "contains", 1)
        .replace(ID, "MINE-TST-002")
        .replace("{word}", "xyzzy"),
        encoding="utf-8",
    )
    path = rule_file(tmp_path, text=text)
    done = call("rules", "lint", tmp_path, "-j")
    assert done.code == Exit.USAGE
    found = [
        one for one in json.loads(done.out) if one["file"].startswith(str(tmp_path))
    ]
    assert [
        (one["file"], one["line"], one["code"], one["severity"]) for one in found
    ] == [
        (str(path), 4, "RUL001", "error"),
        (str(tmp_path / "other.yaml"), 9, "KQL304", "warning"),
    ]


def test_ours_have_no_warnings(call: Call) -> None:
    done = call("rules", "lint", "--strict")
    assert (done.code, done.err) == (Exit.CLEAN, ""), done.out
