"""A recording that is played ends with what a check says of it, line by line."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.amount import ALL
from tests.scenarios.catalogue import all_scenarios
from tests.scenarios.judge import packed, write
from tests.watch.playing import checked, replayed

if TYPE_CHECKING:
    from diag.engine import RuleSet
    from diag.watch.judging import Judge

SAMPLES = Path(__file__).parents[2] / "samples"
BUNDLES = sorted(
    path
    for path in SAMPLES.iterdir()
    if path.suffix == ".zip" or (path / "var").is_dir()
)
SCENARIOS = all_scenarios()
# Each costs two seconds or three; all of them with ARCDIAG_TESTS=all.
CHOSEN = list(SCENARIOS) if ALL else list(SCENARIOS)[3:4]
PART = [one for one in BUNDLES if ALL or one.name == "healthy-windows.zip"]


def test_there_are_samples() -> None:
    assert len(BUNDLES) >= 6


@pytest.mark.parametrize("source", PART, ids=lambda path: str(path.name))
def test_a_sample_ends_as_a_check(source: Path, rules: RuleSet, judge: Judge) -> None:
    found, _ = replayed(source, judge, most=1)
    assert found == checked(source, rules)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_scenario_ends_as_a_check(
    name: str, rules: RuleSet, judge: Judge, tmp_path: Path
) -> None:
    site, _, _ = write(SCENARIOS[name], 0, tmp_path / "bundle")
    source = tmp_path / "bundle"
    if len(name) % 2:
        source = packed(source, site.end, windows=site.windows)
    found, _ = replayed(source, judge, most=1)
    assert found == checked(source, rules)


def test_what_was_told_on_the_way_is_what_the_logs_say(
    rules: RuleSet, judge: Judge
) -> None:
    found, heard = replayed(SAMPLES / "heartbeat-lost", judge, most=5)
    assert found == checked(SAMPLES / "heartbeat-lost", rules)
    words = heard.words()
    overdue = words.index("raised ARC-HB-002")
    # An overdue heartbeat clears when one comes, and leaves the gap that it was.
    assert "cleared ARC-HB-002" in words[overdue:]
    assert "raised ARC-HB-001" in words[overdue:]
    open_ = {one.known.id for one in heard.events if one.what == "raised"}
    open_ -= {one.known.id for one in heard.events if one.what == "cleared"}
    assert len(open_) == sum(
        not one["benign"] and one["severity"] != "info" for one in found["findings"]
    )


def test_overdue_is_told_when_it_is_and_not_when_the_next_line_comes(
    judge: Judge, tmp_path: Path
) -> None:
    log = tmp_path / "himds.log"
    beat = 'time="2026-03-10T{}Z" level=info msg="Heartbeat sent"\n'
    log.write_text("".join(map(beat.format, ("10:00:00", "10:05:00", "11:00:00"))))
    _, heard = replayed(tmp_path, judge, most=4)
    raised = next(one for one in heard.events if one.known.rule == "ARC-HB-002")
    assert raised.at.isoformat() == "2026-03-10T10:20:00.001000+00:00"
    cleared = next(one for one in heard.events if one.what == "cleared")
    assert cleared.known.id == raised.known.id
    assert cleared.at.isoformat() == "2026-03-10T11:00:00+00:00"


def test_time_passes_as_fast_as_is_asked_for(judge: Judge, tmp_path: Path) -> None:
    log = tmp_path / "himds.log"
    beat = 'time="2026-03-10T{}Z" level=info msg="Heartbeat sent"\n'
    log.write_text("".join(map(beat.format, ("10:00:00", "11:00:00"))))
    begun = time.monotonic()
    _, heard = replayed(tmp_path, judge, speed=7200.0)
    assert time.monotonic() - begun >= 0.5  # an hour; it may take longer
    assert "raised ARC-HB-002" in heard.words()


def test_a_recording_without_times_is_only_judged(
    rules: RuleSet, judge: Judge, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("nothing of the agent\n")
    found, heard = replayed(tmp_path, judge)
    assert found == checked(tmp_path, rules)
    assert heard.events == []
