"""What a store says about itself, and the evidence for lines of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from diag.analyze import load
from diag.model import BundleSummary, Evidence, FileSummary
from tests.store.made import FILES, machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diag.store import Store

CONSOLE = "commands/azcmagent-connect.txt"
HIMDS = "var/opt/azcmagent/log/himds.log"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("answers")
    bars = "INFO    Connecting machine to Azure...\n  20% [==>            ]\n"
    files = {**FILES, CONSOLE: bars, "var/opt/azcmagent/log/arcproxy.log": "odd\n"}
    with load([machine(folder / "m", files)], cache=False) as loaded:
        yield loaded.store


def test_evidence_is_message_and_fields_of_the_record(store: Store) -> None:
    keys = [(HIMDS, 1), (HIMDS, 3), (CONSOLE, 2), ("notes.txt", 2)]
    found = store.evidence(keys)
    assert list(found) == keys
    moment = datetime.fromisoformat("2026-03-10T12:00:00")
    assert found[HIMDS, 1] == Evidence(
        HIMDS, 1, moment, "Starting service Version=1.58"
    )
    # A line inside a record is the record.
    assert found[HIMDS, 3].text == (
        "AZCM0042: no\n  at the second line of this record Status Code=500"
    )
    # A field that is a number, and one that the message holds already.
    assert found[CONSOLE, 2].text == "  20% [==>            ]"
    assert found["notes.txt", 2] == Evidence("notes.txt", 2, None, "else")


def test_there_is_no_evidence_for_what_is_not_there(store: Store) -> None:
    assert store.evidence([]) == {}
    assert store.evidence([(HIMDS, 99), ("missing", 1), (HIMDS, 0)]) == {}


def test_summaries(store: Store) -> None:
    (bundle,) = store.bundles()
    assert bundle == BundleSummary("web-1", "linux", "1.58.03228.700", bundle.source)
    assert store.os() == "linux"
    assert store.files()[:2] == (
        FileSummary(CONSOLE, "azcmagent_console", 2, 2, 0),
        FileSummary("commands/azcmagent-show.txt", "azcmagent_show", 6, 5, 1),
    )
    assert store.problems() == ()


def test_a_log_without_an_event_is_not_there(store: Store) -> None:
    assert store.logs() == {"himds", "azcmagent_show", "azcmagent_console", "journal"}


def test_machines_of_two_systems_have_none_in_common(tmp_path: Path) -> None:
    windows = {"ProgramData/AzureConnectedMachineAgent/Log/himds.log": "x\n"}
    sources = [machine(tmp_path / "a"), machine(tmp_path / "b", windows)]
    with load(sources, cache=False) as loaded:
        assert [bundle.os for bundle in loaded.store.bundles()] == ["linux", "windows"]
        assert loaded.store.os() == ""


def test_problems_are_in_a_fixed_order(tmp_path: Path) -> None:
    files = {f"{name}.txt": "a\x00\n\x00" for name in "cab"}
    with load([machine(tmp_path, files)], cache=False) as loaded:
        told = [(p.file, p.line, p.kind) for p in loaded.store.problems()]
    assert told == [
        (str(tmp_path), 0, "no-known-log"),
        ("a.txt", 1, "nul-bytes"),
        ("b.txt", 1, "nul-bytes"),
        ("c.txt", 1, "nul-bytes"),
    ]
