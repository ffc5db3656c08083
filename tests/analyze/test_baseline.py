"""What is new since an older report: known again by rule, machine and subject."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from diag.analyze.baseline import read_baseline, since
from diag.errors import UsageError
from diag.model import NotEvaluated, Severity
from diag.report.json import as_json
from tests.report.diagnoses import BUNDLE, CLEAN, FULL, LOWER, REFUSED, SILENT, at
from tests.report.test_json import validated

if TYPE_CHECKING:
    from pathlib import Path

    from diag.model import Diagnosis, Finding

RAN = {REFUSED.rule, SILENT.rule, LOWER.rule}


def compared(
    tmp_path: Path, old: tuple[Finding, ...], now: tuple[Finding, ...], **more: Any
) -> Diagnosis:
    """Return what is new, when the older report was written and read again."""
    path = tmp_path / "old.json"
    path.write_text(as_json(replace(CLEAN, findings=old)), encoding="utf-8")
    return since(replace(CLEAN, findings=now, **more), read_baseline(path), RAN)


def test_known_findings_are_known_though_counts_and_times_moved_on(
    tmp_path: Path,
) -> None:
    later = replace(REFUSED, count=99, last_seen=at(20), title="other", why="x")
    made = compared(tmp_path, (REFUSED, SILENT), (later, LOWER))
    assert made.findings == (LOWER,)
    assert made.since is not None
    assert (made.since.report, made.since.known) == ("old.json", 1)
    assert made.since.gone == ((SILENT.rule, "edge0001", SILENT.title, ""),)
    value = validated(as_json(made))
    assert value["baseline"]["known"] == 1
    assert value["baseline"]["gone"][0]["rule"] == SILENT.rule


def test_one_more_of_the_same_is_new_and_it_is_the_later_one(tmp_path: Path) -> None:
    second = replace(SILENT, first_seen=at(9), last_seen=at(10))
    third = replace(SILENT, first_seen=at(3, 30), last_seen=at(3, 57))
    assert compared(tmp_path, (SILENT,), (second, SILENT)).findings == (second,)
    assert compared(tmp_path, (SILENT,), (second, third)).findings == (second,)
    assert compared(tmp_path, (SILENT,), (second,)).findings == ()


def test_another_subject_or_machine_is_new(tmp_path: Path) -> None:
    for other in (replace(SILENT, subject="gcad"), replace(SILENT, computer="b")):
        made = compared(tmp_path, (SILENT,), (SILENT, other))
        assert made.findings == (other,)


def test_what_got_worse_is_new(tmp_path: Path) -> None:
    worse = replace(LOWER, severity=Severity.HIGH)
    assert compared(tmp_path, (LOWER,), (worse,)).findings == (worse,)
    assert compared(tmp_path, (worse,), (LOWER,)).findings == ()
    normal = replace(SILENT, benign=True)
    assert compared(tmp_path, (normal,), (SILENT,)).findings == (SILENT,)


def test_nothing_is_gone_that_could_not_be_looked_for(tmp_path: Path) -> None:
    unjudged = (NotEvaluated(SILENT.rule, ("himds",)),)
    old = (SILENT, replace(SILENT, rule="ARC-OTHER-001"), REFUSED)
    made = compared(tmp_path, old, (), not_evaluated=unjudged, suppressed=(REFUSED,))
    assert made.since is not None
    assert [(rule, why) for rule, _, _, why in made.since.gone] == [
        (SILENT.rule, "its rule could not be judged everywhere"),
        ("ARC-OTHER-001", "its rule did not run"),
    ]


def test_the_same_again_has_nothing_new(tmp_path: Path) -> None:
    made = compared(tmp_path, FULL.findings, FULL.findings)
    assert made.findings == ()
    assert made.since is not None
    assert (made.since.known, made.since.gone) == (5, ())


HEAD = '{"tool": "arcdiag 0.1.0", "schema_version": 1'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is no JSON"),
        ("[]", "it is no report of arcdiag"),
        ('{"version": "2.1.0", "runs": []}', "it is no report of arcdiag"),
        ('{"tool": "arcdiag 0.1.0", "schema_version": 2}', "schema version 2, not 1"),
        (
            '{"tool": "arcdiag 0.1.0", "schema_version": 1, "good": {}}',
            "another command",
        ),
        (
            HEAD + ', "bundles": [], "findings": [{}]}',
            "lacks what it is known again by",
        ),
        (
            HEAD + ', "bundles": [1], "findings": []}',
            "lacks what it is known again by",
        ),
    ],
)
def test_what_is_no_older_report_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=said) as raised:
        read_baseline(path)
    assert raised.value.exit_code == 2
    assert str(path) in raised.value.where


def test_an_older_version_a_partial_report_and_no_file_are_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.json"
    value = json.loads(as_json(FULL))
    del value["findings"][0]["subject"]
    path.write_text(json.dumps(value))
    with pytest.raises(UsageError, match="lacks what it is known again by"):
        read_baseline(path)
    path.write_text(as_json(compared(tmp_path, (SILENT,), FULL.findings)))
    with pytest.raises(UsageError, match="only what was new since another report"):
        read_baseline(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_baseline(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_baseline(tmp_path)


def test_a_report_about_another_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"about other machines \(edge0001\), not about b"
    ):
        compared(tmp_path, (), (), bundles=(replace(BUNDLE, computer="b"),))
