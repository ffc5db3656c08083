"""`arcdiag formats test`: which line stopped, and where; carets in definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli.exits import Exit
from tests.cli.test_content_commands import FAMILY, RULE, family_file, rule_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call


def test_a_sample_that_does_not_parse_shows_where_its_line_stopped(
    call: Call, tmp_path: Path
) -> None:
    family_file(tmp_path, text=FAMILY.replace("[INFO] hello", "[INFO hello"))
    done = call("formats", "test", "mine", "--parsers", tmp_path)
    assert done.code == Exit.USAGE
    first, *others = done.out.splitlines()
    assert first == "FAILED  mine: sample 1, record 1: Parsed: expected True, got False"
    assert others[-4:] == [
        "  line 1 of the sample did not parse:",
        "    [2026-03-10 12:00:00] [INFO hello",
        "                           ^ expected {level} and '] ' after it",
        "0 of 1 samples passed, 1 format",
    ]


def test_a_definition_is_tried_on_a_file(call: Call, tmp_path: Path) -> None:
    parsers = tmp_path / "parsers"
    parsers.mkdir()
    family_file(parsers)
    log = tmp_path / "mine.log"
    line = b"[2026-03-10 12:00:00] [INFO] one\r\n"
    log.write_bytes(line + b"\r\n" + line.replace(b"[INFO", b"(INFO"))
    for words in (["mine"], []):  # by its id, or as what the file is recognised
        done = call("formats", "test", *words, "--file", log, "--parsers", parsers)
        assert (done.code, done.err) == (Exit.USAGE, "")
        assert done.out.splitlines() == [
            (
                "mine: 1 of 2 lines explained (50%): 1 record, 0 lines that go on "
                "with one; 1 unparsed, 1 blank"
            ),
            "  line 3 did not parse:",
            "    [2026-03-10 12:00:00] (INFO] one",
            "                          ^ expected '['",
        ]
    log.write_bytes(line)
    done = call("formats", "test", "mine", "--file", log, "--parsers", parsers)
    assert done.code == Exit.CLEAN


def test_a_document_is_tried_as_json(call: Call, tmp_path: Path) -> None:
    document = tmp_path / "agentconfig.json"
    document.write_text('{"a": 1,\n "b": 2\n "c": 3}', encoding="utf-8")
    done = call("formats", "test", "--file", document)
    assert done.code == Exit.USAGE
    assert done.out.splitlines() == [
        "agentconfig: read as JSON, rows: 2 of Facts",
        "  line 3: A comma or colon is missing.",
        '     "c": 3}',
    ]


def test_a_file_that_cannot_be_tried(call: Call, tmp_path: Path) -> None:
    for name, data, said in (
        ("empty.log", b" \n", "nothing stands in the file"),
        ("binary.log", bytes(range(256)) * 20, "the file is no text"),
        ("prose.txt", b"just words here\nand there\n", "no format recognises"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        done = call("formats", "test", "--file", path)
        assert (done.code, done.out) == (Exit.USAGE, "")
        assert said in done.err
    done = call("formats", "test", "--file", tmp_path / "missing")
    assert "there is no such file" in done.err


def test_errors_in_a_definition_have_a_caret(call: Call, tmp_path: Path) -> None:
    path = family_file(tmp_path, text=FAMILY.replace("{level:level}", "{level:levle}"))
    said = f"{path}:7:51: layout, column 18: unknown kind 'levle'"
    shown = [
        "  record: {fold: false, layouts: ['[{time}] [{level:levle}] {message}']}",
        f"  {' ' * 50}^",
    ]
    hint = "did you mean 'level'?"
    done = call("formats", "lint", tmp_path)
    assert done.out.splitlines() == [f"{said} ({hint})", *shown, "1 error"]
    done = call("formats", "list", "--parsers", tmp_path)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert done.err.splitlines() == [f"arcdiag: {said}", f"  {hint}", *shown]


def test_errors_in_a_rule_look_alike(call: Call, tmp_path: Path) -> None:
    text = RULE.replace("severity: low", "severity: bad").replace(
        "| project", "| projct"
    )
    path = rule_file(tmp_path, text=text)
    done = call("rules", "lint", tmp_path)
    assert done.code == Exit.USAGE
    lines = done.out.splitlines()
    assert lines[0].startswith(f"{path}:4: RUL001 'severity' is 'bad'")
    assert lines[1:] == ["  severity: bad", "  ^", "1 error"]
    path = rule_file(tmp_path, text=text.replace("severity: bad", "severity: low"))
    lines = call("rules", "lint", tmp_path).out.splitlines()
    assert lines[0].startswith(f"{path}:10:5: MINE-TST-001: KQL005 unknown operator")
    assert lines[2] == "      ^"


def test_a_mistake_in_yaml_looks_alike_in_rules(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("id: a\n  b: c\n", encoding="utf-8")
    lines = call("rules", "lint", tmp_path).out.splitlines()
    assert lines[0].startswith(f"{path}:2:4: RUL001 not valid YAML")
    assert lines[1:] == ["    b: c", "     ^", "1 error"]
    lines = call("formats", "lint", tmp_path).out.splitlines()
    assert lines[1:] == ["    b: c", "     ^", "1 error"]
