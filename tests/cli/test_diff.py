"""`arcdiag diff` as users call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]

from diag.cli.exits import Exit
from tests.cli.calling import ROOT, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

SCHEMA = ROOT / "diag" / "report" / "diff-1.schema.json"
GOOD, BAD = SAMPLES / "healthy-linux", SAMPLES / "heartbeat-lost"


def validated(text: str) -> Any:
    """Return the comparison in a text, which has to be as the schema says."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    value = json.loads(text)
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)
    return value


def test_the_text_begins_with_the_two_machines_and_the_cause(call: Call) -> None:
    done = call("diff", GOOD, BAD)
    assert done.code == Exit.ALARM  # what is found in BAD decides
    assert done.err == ""
    rows = done.out.splitlines()
    assert rows[0].split()[:2] == ["GOOD", "edge0001"]
    assert rows[3].split()[:2] == ["BAD", "db0003"]
    assert rows[7].startswith("finding   ARC-ID-001")
    assert "setting   Agent Status (azcmagent_show)" in rows
    assert "          Connected → Disconnected" in rows
    assert "arcproxy: only GOOD has this log" in done.out


def test_the_json_is_as_its_schema_says_and_always_the_same(call: Call) -> None:
    first, second = (call("diff", GOOD, BAD, "-j") for _ in range(2))
    assert first.out == second.out
    value = validated(first.out)
    assert value["differences"][0]["text"].startswith("ARC-ID-001")
    assert {one["kind"] for one in value["differences"]} >= {"finding", "setting"}
    assert {"log": "gc_ext", "only_in": "good"} in value["not_compared"]


def test_a_healthy_machine_in_the_place_of_the_sick_one_is_clean(call: Call) -> None:
    done = call("diff", BAD, GOOD, "-j")
    assert done.code == Exit.CLEAN
    gone = [one for one in validated(done.out)["differences"] if one["good"] != "empty"]
    assert any(one["bad"] == "not found" for one in gone)


def test_no_more_is_shown_than_asked_for_and_the_rest_is_told(call: Call) -> None:
    done = call("diff", GOOD, BAD, "--most", "2", "-q")
    shown = [row for row in done.out.splitlines() if row.startswith("finding")]
    assert len(shown) == 2
    assert "less surprising differences are not shown" in done.out
    every = call("diff", GOOD, BAD, "--most", "0", "-q")
    assert "not shown" not in every.out


def test_a_wrong_source_is_named(call: Call, tmp_path: Path) -> None:
    done = call("diff", GOOD, tmp_path / "none.zip")
    assert done.code == Exit.USAGE
    assert "none.zip" in done.err
    assert call("diff", GOOD).code == Exit.USAGE


def test_nothing_of_a_log_acts_on_the_terminal(call: Call, tmp_path: Path) -> None:
    for name, word in (("good", "tick"), ("bad", "\x1b]0;owned\x07\u202e[bold]x")):
        log = tmp_path / name / "var" / "opt" / "azcmagent" / "log" / "himds.log"
        log.parent.mkdir(parents=True)
        line = f'time="2026-03-10T10:00:00Z" level=error msg="{word}"\n'
        log.write_text(line, encoding="utf-8")
    text = call("diff", tmp_path / "good", tmp_path / "bad").out
    assert "[bold]x" in text
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
    raw = call("diff", tmp_path / "good", tmp_path / "bad", "-j").out
    assert "owned" in raw
    assert not set(raw) & {"\x1b", "\x07", "\u202e"}


def test_it_can_be_written_to_a_file_but_not_over_a_source(
    call: Call, tmp_path: Path
) -> None:
    target = tmp_path / "diff.json"
    assert call("diff", GOOD, BAD, "-j", "-o", target).out == ""
    validated(target.read_text(encoding="utf-8"))
    log = tmp_path / "himds.log"
    log.write_text("x\n", encoding="utf-8")
    done = call("diff", GOOD, log, "-o", log)
    assert done.code == Exit.USAGE
    assert log.read_text(encoding="utf-8") == "x\n"
