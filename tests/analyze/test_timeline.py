"""The times of a case as a report draws them, from real samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from diag import analyze
from diag.analyze.load import Options
from diag.analyze.timeline import timeline
from tests.report.diagnoses import CLEAN
from tests.report.judged import SAMPLES, judged, sample

if TYPE_CHECKING:
    from pathlib import Path

    from diag.dossier import Timeline

DAY = datetime.fromisoformat("2026-03-10T00:00:00")


def drawn(folder: Path, *lines: tuple[datetime, str]) -> Timeline:
    """Return the timeline of a himds log."""
    log = folder / "var/opt/azcmagent/log/himds.log"
    log.parent.mkdir(parents=True)
    rows = [f'time="{at.isoformat()}Z" level={level} msg="x"\n' for at, level in lines]
    log.write_text("".join(rows))
    with analyze.load([folder], Options(), cache=False) as loaded:
        now = max(at for at, _ in lines)
        made = timeline(loaded.store, replace(CLEAN, now=now))
    assert made is not None
    return made


def test_silences_are_those_that_the_rules_find() -> None:
    _, dossier = sample("heartbeat-lost")
    assert dossier.timeline is not None
    [beat] = dossier.timeline.beats
    assert beat.computer == "db0003"
    minutes = [(o.end - o.begin) // timedelta(minutes=1) for o in beat.gaps]
    assert minutes == [46, 35]
    services = {lane.name: lane for lane in dossier.timeline.lanes}["services"]
    assert [mark.sign for mark in services.marks] == ["down", "up"]


def test_the_counts_are_all_errors_of_the_time(tmp_path: Path) -> None:
    lines = [(DAY + timedelta(minutes=5 * n), "error") for n in range(30)]
    lines += [(DAY + timedelta(hours=20, minutes=n), "warning") for n in range(7)]
    made = drawn(tmp_path, *lines)
    errors, warnings = made.counts
    assert made.step == 3_600
    assert (errors.counts[:4], sum(errors.counts)) == ((12, 12, 6, 0), 30)
    assert (warnings.counts[20], sum(warnings.counts)) == (7, 7)
    assert len(errors.counts) == 21


def test_a_clock_that_was_wrong_once_does_not_squeeze_the_rest(tmp_path: Path) -> None:
    usual = [(DAY + timedelta(minutes=n), "info") for n in range(200)]
    stray = [(datetime.fromisoformat("1999-01-01T00:00:00"), "info")]
    made = drawn(tmp_path, *stray, *usual)
    assert made.begin == DAY
    assert made.outside == 1
    assert made.end - made.begin < timedelta(hours=4)


def test_a_store_without_times_has_no_timeline(tmp_path: Path) -> None:
    (tmp_path / "himds.log").write_text("no line of a log\n")
    with analyze.load([tmp_path], cache=False) as loaded:
        assert timeline(loaded.store, CLEAN) is None


def test_a_machine_is_not_silent_after_its_own_logs_were_collected() -> None:
    _, dossier = judged(SAMPLES / "heartbeat-lost", SAMPLES / "crash-loop")
    assert dossier.timeline is not None
    beats = {one.computer: one for one in dossier.timeline.beats}
    assert list(beats) == ["db0003", "app0005"]
    assert beats["app0005"].gaps == ()
    versions = {lane.name: lane for lane in dossier.timeline.lanes}["agent version"]
    assert all(mark.text.startswith("agent ") for mark in versions.marks)
