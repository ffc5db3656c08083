"""The shipped meanings of AZCM codes: complete, and one per agent version."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from diag import engine
from diag.schema import TABLES

DATA = Path(__file__).parent.parent / "data"
COLUMNS = tuple(TABLES["ErrorCodes"])
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in engine.load_error_codes()]
CODES = sorted({row["Code"] for row in ROWS})
# Numbers that were given another meaning in the course of time.
REUSED = (
    "AZCM0068",
    "AZCM0101",
    "AZCM0104",
    "AZCM0105",
    "AZCM0147",
    "AZCM0153",
    "AZCM0154",
    "AZCM0156",
    "AZCM0157",
)
FIRST, LAST = "00000.00000", "99999.99999"


def meanings(code: str) -> list[dict[str, str]]:
    return sorted(
        (row for row in ROWS if row["Code"] == code), key=lambda row: row["MinVersion"]
    )


def test_every_code_of_the_reference_is_there() -> None:
    wanted = (DATA / "azcm-codes.txt").read_text(encoding="utf-8").split()
    assert sorted(wanted) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_texts_and_a_source(code: str) -> None:
    for row in meanings(code):
        assert row["Family"] == "azcmagent"
        assert row["Title"]
        assert row["Cause"].endswith(".")
        assert row["Remedy"].endswith(".")
        assert row["Reference"].startswith("https://learn.microsoft.com/")


@pytest.mark.parametrize("code", CODES)
def test_one_version_has_one_meaning(code: str) -> None:
    rows = meanings(code)
    for earlier, later in pairwise(rows):
        assert (earlier["MaxVersion"] or LAST) < (later["MinVersion"] or FIRST)


@pytest.mark.parametrize("code", REUSED)
def test_a_reused_number_has_several_meanings(code: str) -> None:
    rows = meanings(code)
    assert len(rows) > 1
    assert rows[-1]["MaxVersion"] == ""
    assert len({(row["Title"], row["Cause"]) for row in rows}) == len(rows)
