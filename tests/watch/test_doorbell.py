"""The bell rings for what is written, and not for our own reading."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from diag.watch.clocks import Bell
from diag.watch.doorbell import MOST_FOLDERS, Doorbell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 30.0


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def doorbell(bell: Bell) -> Iterator[Doorbell]:
    made = Doorbell(bell)
    yield made
    made.close()


def test_it_rings_for_lines_and_not_for_reading(
    tmp_path: Path, bell: Bell, doorbell: Doorbell
) -> None:
    log = tmp_path / "himds.log"
    log.write_text("a\n")
    doorbell.at([tmp_path])
    time.sleep(0.2)
    bell.wait(0.0)
    log.read_text()
    assert not bell.wait(0.5)
    with log.open("a") as stream:
        stream.write("b\n")
    assert bell.wait(PATIENCE)


def test_it_rings_in_a_folder_that_was_made_anew(
    tmp_path: Path, bell: Bell, doorbell: Doorbell
) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    doorbell.at([folder])
    folder.rename(tmp_path / "old")
    folder.mkdir()
    doorbell.at([folder])
    time.sleep(0.2)
    while bell.wait(0.2):
        continue
    (folder / "himds.log").write_text("a\n")
    assert bell.wait(PATIENCE)


def test_missing_and_too_many_folders(tmp_path: Path, doorbell: Doorbell) -> None:
    assert doorbell.at([tmp_path / "none"]) == 0
    folders = [tmp_path / f"{n:03}" for n in range(MOST_FOLDERS + 3)]
    for one in folders:
        one.mkdir()
    assert doorbell.at(folders) == 3
    assert doorbell.at([]) == 0
