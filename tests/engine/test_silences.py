"""Suppressions: who silenced what, why, until when, and what comes after the end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from diag.engine import load_suppressions
from diag.engine.silences import EXPIRED, silence
from diag.errors import RuleError, UsageError
from diag.model import Finding, Severity

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 10, 12)  # noqa: DTZ001 - naive UTC, as in the store
GOOD = """\
- rule: ARC-VER-001
  computer: WEB*
  reason: is updated with the next image
  until: 2026-04-01
  by: the platform team
- rule: ARC-HB-001
  reason: the lab is switched off at night
  until: 2026-03-10T12:00:01Z
- rule: ARC-NET-004
  reason: was for the move
  until: 2026-03-10T12:00:00Z
"""


def finding(rule: str, computer: str) -> Finding:
    return Finding(
        rule, (), Severity.HIGH, benign=False, title=f"{rule} on {computer}", why="",
        computer=computer, first_seen=None, last_seen=None, count=1, evidence=(),
        remedy=(), references=(),
    )  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "known.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_suppressed_says_by_whom_why_and_until_when(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    found = [
        finding("ARC-VER-001", "web01"),
        finding("ARC-VER-001", "db01"),
        finding("ARC-HB-001", "db01"),
    ]
    kept, silenced, _ = silence(found, load_suppressions([path]), NOW)
    assert [one.computer for one in kept] == ["db01"]
    assert [one.rule for one in silenced] == ["ARC-VER-001", "ARC-HB-001"]
    said = [one.silence for one in silenced if one.silence]
    assert [one.by for one in said] == [f"the platform team ({path}:1)", f"{path}:6"]
    assert said[0].reason == "is updated with the next image"
    assert said[0].until == datetime(2026, 4, 1)  # noqa: DTZ001


def test_a_suppression_that_has_run_out_is_a_finding(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    alarm = finding("ARC-NET-004", "web01")
    kept, silenced, over = silence([alarm], load_suppressions([path]), NOW)
    assert kept == [alarm]
    assert silenced == []
    [one] = over
    assert (one.rule, one.severity) == (EXPIRED, Severity.LOW)
    assert "was for the move" in one.why
    assert "1 of its findings" in one.why
    assert [(line.file, line.line) for line in one.evidence] == [(str(path), 9)]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("- rule: ARC-HB-001\n  until: 2026-04-01\n", 1, "'reason'"),
        ("- rule: ARC-HB-001\n  reason: x\n", 1, "'until'"),
        ("- rule: A\n  reason: x\n  until: soon\n", 3, "until"),
        ("- rule: A\n  reason: x\n  until: 2026-04-01\n  host: b\n", 4, "'host'"),
        ("rule: A\n", 1, "a list"),
        ("- A\n", 1, "mapping"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(RuleError) as caught:
        load_suppressions([path])
    assert f"{path}:{line}" in str(caught.value)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.yaml"):
        load_suppressions([tmp_path / "gone.yaml"])
