"""What becomes of rules: findings, silence, no judgement; groups and neighbours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from diag.analyze import load
from diag.engine import run_rules
from diag.engine.load import rules_of
from diag.model import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diag.engine import Outcome
    from diag.store import Store

NOW = datetime(2026, 3, 10, 12)  # noqa: DTZ001 - naive UTC, as in the store
MINUTES = (0, 5, 6, 40, 41, 300)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    root: Path = tmp_path_factory.mktemp("outcomes")
    logs = root / "var/opt/azcmagent/log"
    logs.mkdir(parents=True)
    lines = [
        f'time="2026-03-10T{1 + minute // 60:02}:{minute % 60:02}:{second:02}Z" '
        f'level=info msg="{text}"\n'
        for minute in MINUTES
        for second, text in ((0, "begin"), (1, "it failed"), (2, "goes on"))
    ]
    (logs / "himds.log").write_text("".join(lines), encoding="utf-8")
    with load([root], cache=False) as loaded:
        yield loaded.store


# The loader wants both; they are not run here.
TESTS = (
    "tests:\n- {name: a, asOf: 2026-03-10, log: {himds: x}, expectCount: 1}\n"
    "- {name: b, asOf: 2026-03-10, log: {himds: x}, expect: []}\n"
)


def rule(number: int, query: str, more: str = "") -> str:
    return TESTS + (
        f"id: ARC-X-{number:03}\nname: x\ndescription: x\nseverity: low\n"
        f"version: 1.0.0\nquery: '{query}'\n{more}"
    )


FAILED = 'Events | where Message has "it failed" | sort by TimeGenerated asc'


def outcome(store: Store, *texts: str, lenient: bool = True) -> Outcome:
    files = [(f"{number}.yaml", text) for number, text in enumerate(texts)]
    return run_rules(store, rules_of([files], lenient=lenient), NOW)


def test_every_rule_has_one_outcome(store: Store) -> None:
    slow = (
        "Events | extend k = 1 | join kind=inner (Events | extend k = 1) on k "
        "| join kind=inner (Events | extend k = 1) on k "
        "| join kind=inner (Events | extend k = 1) on k "
        "| join kind=inner (Events | extend k = 1) on k | project Message"
    )
    found = outcome(
        store,
        rule(1, FAILED, "group: {by: [Computer]}\n"),
        rule(2, 'Events | where Message has "elsewhere"'),
        rule(3, FAILED, "requiredLogs: [gc_ext]\n"),
        rule(4, FAILED, "appliesTo: {os: [windows]}\n"),
        rule(5, slow),
        rule(6, FAILED, "status: experimental\nbasis: nothing\n"),
        rule(7, "Events | whre x"),
    )
    assert found.coverage == Coverage(
        rules=6, fired=1, clean=1, not_evaluated=2, stopped=1, not_applicable=1
    )
    assert {one.rule for one in found.findings} == {"ARC-X-001"}
    reasons = {one.rule: one.reason for one in found.not_evaluated}
    assert "stopped" in reasons["ARC-X-005"]
    assert [text for text in found.errors if "ARC-X-007" in text and "whre" in text]


@pytest.mark.parametrize(
    ("window", "sizes"),
    [
        ("", [6]),
        (", window: 1m", [1, 2, 2, 1]),
        (", window: 5m", [3, 2, 1]),
        (", window: 299s", [1, 2, 2, 1]),
        (", window: 34m", [5, 1]),
        (", window: 1d", [6]),
    ],
)
def test_a_window_parts_a_group(store: Store, window: str, sizes: list[int]) -> None:
    text = rule(1, FAILED, f"group: {{by: [Computer]{window}}}\n")
    found = outcome(store, text).findings
    assert [one.count for one in found] == sizes


def test_evidence_shows_its_neighbours(store: Store) -> None:
    more = "evidence: {before: 1, after: 2}\ngroup: {by: [Computer]}\n"
    [found] = outcome(store, rule(1, FAILED, more)).findings
    first, last = found.evidence[0], found.evidence[-1]
    assert [(one.line, one.text) for one in first.before] == [(1, "begin")]
    assert [(one.line, one.text) for one in first.after] == [
        (3, "goes on"),
        (4, "begin"),
    ]
    assert len(found.evidence) == 5
    assert [one.line for one in last.before] == [last.line - 1]


def test_a_rule_that_wants_rows_fires_without_them(store: Store) -> None:
    nothing = 'Events | where Message has "elsewhere"'
    more = "triggerOperator: lt\ntriggerThreshold: 1\n"
    assert len(outcome(store, rule(1, nothing, more)).findings) == 1
