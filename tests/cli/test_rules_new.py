"""`arcdiag rules new`, `rules explain` and `rules schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from diag import engine, formats
from diag.analyze.ruledraft import draft_rule
from diag.analyze.trial import run_tests
from diag.cli.exits import Exit
from diag.engine.lint import lint
from diag.engine.load import rules_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

LINE = (
    'time="2026-03-10T11:00:00Z" level=error msg="Could not reach 10.0.0.1: the proxy '
    'refused the connection to host"'
)
FAMILIES = formats.load_families()


def drafted(line: str, log: str = "") -> str:
    """Draft a rule, look that it is right, and return its text."""
    draft = draft_rule("MINE-NET-001", line, log, FAMILIES)
    assert [(one.name, one.message) for one in draft.results] == [
        ("the line is there", ""),
        ("another line of the same log", ""),
    ]
    rules = rules_of([[("mine.yaml", draft.text)]])
    assert [str(one) for one in lint(rules, FAMILIES)] == []
    return draft.text


def test_a_draft_looks_for_the_words_of_a_line() -> None:
    text = drafted(LINE, "himds")
    assert 'Message has "the proxy refused the connection to host"' in text
    assert "asOf: 2026-03-10T12:00:00Z" in text
    assert f"      {LINE}\n" in text


@pytest.mark.parametrize(
    "line",
    [
        'time="2026-03-10T11:00:00Z" level=info msg="{{Computer}} \'q\' # words: x"',
        'time="2026-03-10T11:00:00Z" level=info msg="tab\there and \x1b[2J escapes"',
        'time="2026-03-10T11:00:00Z" level=info msg="no: - yaml & *alias | > words"  ',
    ],
)
def test_odd_lines_are_kept_as_they_are(line: str) -> None:
    drafted(line, "himds")


@pytest.mark.parametrize("log", ["himds", "gc_ext", "journal", "arcproxy"])
def test_a_log_alone_gives_a_sample(log: str) -> None:
    assert f"requiredLogs: [{log}]" in drafted("", log)


def test_the_file_is_written_once_and_its_tests_pass(
    call: Call, tmp_path: Path
) -> None:
    target = tmp_path / "new.yaml"
    words = ("rules", "new", "MINE-NET-001", "--from", LINE, "--log", "himds")
    done = call(*words, "-o", target)
    assert (done.code, done.out) == (Exit.CLEAN, f"wrote {target}\n")
    assert "arcdiag rules test MINE-NET-001 --rules" in done.err
    rules = engine.load_rules([target])
    [rule] = [one for one in rules if one.id == "MINE-NET-001"]
    assert all(one.ok for one in run_tests(rule, rules))
    assert call(*words).out == target.read_text(encoding="utf-8")
    done = call(*words, "-o", target)
    assert done.code == Exit.USAGE
    assert "the file exists already" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lower",), "'lower' can be no id of a rule"),
        (("MINE-NET-001",), "a line or a log is missing"),
        (("MINE-NET-001", "--log", "hinds"), "there is no log 'hinds'; did you mean"),
        (("MINE-NET-001", "--from", "no log says so"), "the log cannot be told"),
        (("MINE-NET-001", "--from", "x", "--log", "himds"), "this is no line of himds"),
        (
            (
                "MINE-NET-001",
                *("--log", "himds", "--from"),
                'time="2026-03-10T11:00:00Z" level=info msg="12 34"',
            ),
            "the message has no words to look for",
        ),
    ],
)
def test_what_cannot_be_drafted(call: Call, words: tuple[str, ...], said: str) -> None:
    done = call("rules", "new", *words)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert said in done.err


def test_a_line_of_several_logs_is_told(call: Call) -> None:
    done = call("rules", "new", "MINE-NET-001", "--from", LINE)
    assert done.code == Exit.CLEAN
    assert "look the same: --log says which it is" in done.err
    assert "himds" in done.err


def test_explain_shows_sql_values_and_plan(call: Call) -> None:
    done = call("rules", "explain", "ARC-HB-001")
    assert (done.code, done.err) == (Exit.CLEAN, "")
    for expected in (
        "-- ARC-HB-001: the query; columns: Computer: string, Unit: string, Start",
        "SELECT",
        "= 'himds'",
        "-- evidence, once for each finding",
        "-- counter-check, once for each finding",
        "-- the plan of the query",
        "\n    ",
    ):
        assert expected in done.out
    assert call("rules", "explain", "ARC-NONE-001").code == Exit.USAGE


def test_schemas_are_printed(call: Call) -> None:
    rule = json.loads(call("rules", "schema").out)
    assert rule["$defs"]["rule"]["properties"]["query"]
    assert json.loads(call("rules", "schema", "pack").out)["properties"]["functions"]
    assert call("rules", "schema", "other").code == Exit.USAGE
