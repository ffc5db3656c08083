"""What the collector wrote about its run is no line of a log of the machine."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from diag.analyze import diagnose, load
from diag.kql import compile_query
from tests.shipped import lenient

if TYPE_CHECKING:
    from pathlib import Path

    from diag.model import Diagnosis

NOW = datetime(2026, 3, 10, 12)  # noqa: DTZ001 - the store has naive times
# What rules look for in any log at all.
TEXTS = (
    "System has not been booted with systemd as init system (PID 1)",
    "InvalidGuestLogin",
    "Only one instance of an extension may be in progress at a time",
)
HIMDS = 'time="2026-03-10T11:59:00Z" level=info msg="{}"\n'


def judged(root: Path, *, told: bool, logged: bool) -> Diagnosis:
    """Judge a bundle whose manifest or whose log holds the texts."""
    logs = root / "var/opt/azcmagent/log"
    logs.mkdir(parents=True)
    lines = [HIMDS.format(text) for text in TEXTS] if logged else []
    (logs / "himds.log").write_text(
        HIMDS.format("Started") + "".join(lines), encoding="utf-8"
    )
    commands = [
        {"member": f"commands/{number}.txt", "status": 1, "detail": text}
        for number, text in enumerate(TEXTS if told else ())
    ]
    refused = {"path": "var/log/syslog", "reason": "denied"}
    manifest = {
        "format": "arcdiag bundle",
        "format_version": 1,
        "system": "linux",
        "commands": commands,
        "not_taken": [refused],
    }
    (root / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with load([root], cache=False) as loaded:
        found = loaded.store.query(
            *compile_query(
                'Events | where Log == "manifest" and Message has "InvalidGuestLogin"'
            ).bind({}, NOW)
        )
        assert bool(found.rows) is told  # a person's search finds it
        return diagnose(loaded, lenient(), NOW)


@pytest.mark.parametrize("told", [False, True])
def test_rules_do_not_read_the_manifest_as_a_log(tmp_path: Path, *, told: bool) -> None:
    found = judged(tmp_path / "quiet", told=told, logged=False)
    rules = {one.rule for one in found.findings}
    assert "ARC-COL-005" in rules
    assert not rules & {"ARC-INS-002", "ARC-ARM-011", "ARC-EXT-011"}


def test_the_same_texts_in_a_log_are_findings(tmp_path: Path) -> None:
    found = judged(tmp_path / "loud", told=False, logged=True)
    rules = {one.rule for one in found.findings}
    assert {"ARC-INS-002", "ARC-ARM-011", "ARC-EXT-011"} <= rules


def test_what_was_refused_is_proved_by_the_manifest(tmp_path: Path) -> None:
    found = judged(tmp_path / "quiet", told=False, logged=False)
    (refused,) = (one for one in found.findings if one.rule == "ARC-COL-005")
    assert [proof.file for proof in refused.evidence] == ["manifest.json"]
    assert "var/log/syslog" in refused.evidence[0].text
