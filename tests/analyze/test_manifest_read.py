"""A bundle of ours says itself whose it is and when it was collected."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from diag.analyze import load
from diag.analyze.load import Options
from diag.packing import BundleWriter
from tests.analyze.machines import GC_AGENT, HIMDS, JOURNAL, bracket, logrus, syslog
from tests.analyze.stored import snapshot, table

if TYPE_CHECKING:
    from pathlib import Path

HEAD = {
    "machine": "edge0001",
    "system": "linux",
    "zone": "America/New_York",
    "agent_version": "1.61.03319.737",
    "collector_version": "0.1.0",
}


def written(path: Path, head: dict[str, Any], created: str) -> Path:
    files = {
        HIMDS: logrus("2026-03-10T12:00:00Z"),
        JOURNAL: syslog("Mar 10 12:00:00", host="other"),
        GC_AGENT: bracket("2026-03-10 08:00:00.000"),
    }
    with BundleWriter(str(path), created=created) as writer:
        for name, text in files.items():
            writer.member(name, [text.encode()], mtime=1_773_144_000, facts={})
        writer.left_out("var/opt/azcmagent/certs", "deny-list")
        writer.finish(head)
    return path


def test_what_the_manifest_says_counts(tmp_path: Path) -> None:
    source = written(tmp_path / "b.zip", HEAD, "2026-03-10T12:30:00Z")
    (row,) = snapshot([source])["Bundles"]
    assert (row["Computer"], row["Os"]) == ("edge0001", "linux")
    assert row["AgentVersion"] == "1.61.03319.737"
    assert row["TimeZone"] == "machine: America/New_York in manifest.json"
    with load([source], Options(), cache=False) as loaded:
        moment, how = loaded.store.collected()
    assert (moment, how) == (datetime(2026, 3, 10, 12, 30), "manifest")  # noqa: DTZ001


def test_an_unpacked_bundle_says_the_same(tmp_path: Path) -> None:
    source = written(tmp_path / "b.zip", HEAD, "2026-03-10T12:30:00Z")
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(source) as archive:
        archive.extractall(folder)
    (row,) = snapshot([folder])["Bundles"]
    assert (row["Computer"], row["AgentVersion"]) == ("edge0001", "1.61.03319.737")


def test_local_times_are_read_in_the_zone_of_the_manifest(tmp_path: Path) -> None:
    source = written(tmp_path / "b.zip", HEAD, "2026-03-10T12:30:00Z")
    with load([source], Options(), cache=False) as loaded:
        rows = table(loaded.store, "Events")
    times = {row["TimeGenerated"] for row in rows if row["Log"] == "gc_agent"}
    assert {str(one)[:16] for one in times} == {"2026-03-10 12:00"}


def test_a_copy_of_what_others_collected_is_as_old_as_that(tmp_path: Path) -> None:
    from tests.cli.calling import SAMPLES, arcdiag

    for name in ("healthy-linux", "healthy-windows.zip"):
        source, copy = SAMPLES / name, tmp_path / f"{name}.zip"
        assert arcdiag("redact", source, "-o", copy).returncode == 0
        times = []
        for one in (source, copy):
            with load([one], Options(), cache=False) as loaded:
                times.append(loaded.store.collected())
        assert times[0] == times[1]


@pytest.mark.parametrize(
    ("options", "moment", "how"),
    [
        ({"root": True, "now": None}, "2026-03-10 16:00", "newest event"),
        ({"root": True, "now": "2026-06-01T00:00:00Z"}, "2026-06-01 00:00", "manifest"),
        ({"root": False, "now": None}, "2026-06-01 00:00", "manifest"),
    ],
)
def test_the_time_of_a_run_says_nothing_about_a_disk(
    options: dict[str, Any], moment: str, how: str, tmp_path: Path
) -> None:
    head = {**HEAD, "options": options}
    source = written(tmp_path / "b.zip", head, "2026-06-01T00:00:00Z")
    with load([source], Options(), cache=False) as loaded:
        found, found_how = loaded.store.collected()
    assert str(found).startswith(moment)
    assert found_how.startswith(how)


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[" * 100_000,
        b'{"machine": "evil"}',
        b'{"format": "other", "machine": "evil", "created": "2099-01-01T00:00:00Z"}',
        json.dumps(
            {
                "format": "arcdiag bundle",
                "machine": ["evil"],
                "system": "plan9",
                "created": "soon",
                "agent_version": 7,
            }
        ).encode(),
    ],
)
def test_what_is_no_manifest_of_ours_says_nothing(
    manifest: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "case-17.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr(HIMDS, logrus("2026-03-10T12:00:00Z"))
        archive.writestr("manifest.json", manifest)
    (row,) = snapshot([source])["Bundles"]
    assert (row["Computer"], row["Os"]) == ("case-17", "linux")
    assert str(row["CollectedAt"]).startswith("2026-03-10")
