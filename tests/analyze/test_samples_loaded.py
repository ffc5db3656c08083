"""The shipped samples as loaded: whose they are, when, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.clock import iso
from tests.analyze.stored import snapshot

SAMPLES = Path(__file__).parents[2] / "samples"
# Computer, Os, agent, zone, collected and how, lines, kinds of problems.
EXPECTED = {
    "healthy-linux": (
        "linux", "1.61", "machine: +01:00 seen in ", "newest event", [],
    ),
    "healthy-windows.zip": (
        "windows", "1.55", "machine: -05:00 seen in ", "newest zip member", [],
    ),
    "heartbeat-lost": ("linux", "1.60", "machine: UTC assumed", "newest event", []),
    "azcmagent-logs-260310T1021-web0004.zip": (
        "linux", "1.21", "machine: ", "newest zip member", [],
    ),
    "crash-loop": ("linux", "1.60", "machine: +01:00 seen in ", "newest event", []),
    "half-missing.zip": (
        "linux", "1.61", "machine: UTC assumed", "newest zip member",
        ["bad-crc", "encrypted", "inflate-failed"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample(name: str) -> None:
    system, version, zone, how, kinds = EXPECTED[name]
    held = snapshot([SAMPLES / name])
    (bundle,) = held["Bundles"]
    assert bundle["Os"] == system
    assert bundle["AgentVersion"].startswith(f"{version}.")
    assert bundle["TimeZone"].startswith(zone)
    said = {row["Name"]: row["Value"] for row in held["Meta"] if row["BundleId"]}
    assert said == {"CollectedAt": how}
    assert sorted(row["Kind"] for row in held["Problems"]) == kinds
    assert all(row["Log"] for row in held["Files"])
    assert {row["Unparsed"] for row in held["Files"]} == {0}
    assert iso(bundle["CollectedAt"]) > "2026-03-10T09"
    assert bundle["Computer"] not in {"", name}


def test_the_name_in_the_name_of_the_zip() -> None:
    held = snapshot([SAMPLES / "azcmagent-logs-260310T1021-web0004.zip"])
    assert held["Bundles"][0]["Computer"] == "web0004"
    codes = {row["Code"] for row in held["Events"]}
    assert codes == {"", "AZCM0026", "AZCM0042", "AZCM0104"}


def test_records_over_several_lines_are_one_event() -> None:
    held = snapshot([SAMPLES / "healthy-windows.zip"])
    (row,) = [row for row in held["Files"] if row["Log"] == "gc_ext"]
    assert (row["Lines"], row["Events"], row["Continued"]) == (348, 174, 174)
