"""Which files are parts of one log, so that a line torn between them is joined."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from diag.analyze.parts import adjoin
from tests.analyze.machines import HIMDS, folder, logrus, zipped
from tests.analyze.stored import snapshot

if TYPE_CHECKING:
    from pathlib import Path

TEXT = logrus(*(f"2026-03-10T1{hour}:00:00Z" for hour in range(4)))
ENTIRE = TEXT.splitlines(keepends=True)
HALF = "".join(ENTIRE[:2]) + ENTIRE[2][:40]
REST = ENTIRE[2][40:] + ENTIRE[3]


def problems(held: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str, str]]:
    return [
        (row["File"], row["Kind"], row["Text"])
        for row in held["Problems"]
        if row["Kind"] == "torn-line"
    ]


def test_the_rest_is_joined_and_told(tmp_path: Path) -> None:
    older = f"{HIMDS}.1"
    held = snapshot([folder(tmp_path / "m", {older: HALF, HIMDS: REST})])
    ((file, _, text),) = problems(held)
    assert file == HIMDS
    assert f"Line 3 of {older} has no end" in text
    assert "the first line of this file" in text
    assert len(held["Events"]) == 4
    assert all(row["Parsed"] for row in held["Events"])
    for row in held["Files"]:
        counted = row["Events"] + row["Continued"] + row["Blank"] + row["Unparsed"]
        assert row["Lines"] == counted


def test_packed_parts_are_joined_too(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        HIMDS: REST,
        f"{HIMDS}.1.gz": gzip.compress(HALF.encode()),
        "notes.txt": "between\n",
    }
    held = snapshot([zipped(tmp_path / "m.zip", files), folder(tmp_path / "n", files)])
    assert [file for file, _, _ in problems(held)] == [f"m.zip/{HIMDS}", f"n/{HIMDS}"]
    assert [row["Parsed"] for row in held["Events"]].count(True) == 8


def test_parts_of_other_logs_are_not_joined(tmp_path: Path) -> None:
    other = HIMDS.replace("himds", "azcmagent")
    held = snapshot([folder(tmp_path / "m", {f"{other}.1": HALF, HIMDS: REST})])
    assert problems(held) == []


ADJOIN = [
    ((0, -2), (0, -1)),
    ((0, -1), (2, 0)),
    ((1, 20260308), (1, 20260309)),
    ((1, 20260309), (2, 0)),
]
APART = [
    ((0, -3), (0, -1)),  # .2 is missing
    ((0, -2), (2, 0)),
    ((0, -1), (0, -1)),  # packed and as it is
    ((1, 20260309), (1, 20260308)),  # the times say otherwise than the names
    ((2, 0), (2, 0)),
    ((0, -1), (1, 20260309)),
]


@pytest.mark.parametrize(("older", "newer"), ADJOIN)
def test_parts_follow_by_their_numbers_and_days(
    older: tuple[int, int], newer: tuple[int, int]
) -> None:
    assert adjoin(older, newer)


@pytest.mark.parametrize(("older", "newer"), APART)
def test_a_missing_part_is_seen_by_its_number(
    older: tuple[int, int], newer: tuple[int, int]
) -> None:
    assert not adjoin(older, newer)
