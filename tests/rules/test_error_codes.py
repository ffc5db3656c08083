"""The shipped meanings of codes: complete, in words, and one per agent version."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from diag import content, engine
from diag.engine.pack import is_reference
from diag.schema import TABLES

DATA = Path(__file__).parent.parent / "data"
COLUMNS = tuple(TABLES["ErrorCodes"])
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in engine.load_error_codes()]
CODES = sorted({(row["Family"], row["Code"]) for row in ROWS})
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
    "azcmagent-exit-68",
    "azcmagent-exit-101",
    "azcmagent-exit-105",
)
FIRST, LAST = "00000.00000", "99999.99999"


def meanings(code: str) -> list[dict[str, str]]:
    return sorted(
        (row for row in ROWS if row["Code"] == code), key=lambda row: row["MinVersion"]
    )


def test_every_code_of_the_reference_is_there() -> None:
    lines = (DATA / "error-codes.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 267
    assert sorted(tuple(line.split(" ")) for line in lines) == CODES


def test_no_row_hides_another() -> None:
    texts = [text for name, text in content.yaml_files("rules") if is_reference(name)]
    assert sum(text.count("\n- code: ") for text in texts) == len(ROWS)


def test_a_code_names_its_family() -> None:
    # A bare number would be joined with the exit code of any program.
    assert len({code for _, code in CODES}) == len(CODES)
    assert not any(code.lstrip("-").isdigit() for _, code in CODES)


@pytest.mark.parametrize(("family", "code"), CODES)
def test_a_code_has_texts_and_a_source(family: str, code: str) -> None:
    for row in meanings(code):
        assert row["Family"] == family
        assert row["Title"]
        assert not row["Title"].endswith(".")
        assert row["Cause"].endswith(".")
        assert row["Remedy"].endswith(".")
        assert row["Os"] in {"any", "linux", "windows"}
        assert row["Reference"].startswith(
            ("https://learn.microsoft.com/", "https://github.com/")
        )


@pytest.mark.parametrize(("_family", "code"), CODES)
def test_one_version_has_one_meaning(_family: str, code: str) -> None:
    rows = meanings(code)
    for earlier, later in pairwise(rows):
        assert (earlier["MaxVersion"] or LAST) < (later["MinVersion"] or FIRST)


@pytest.mark.parametrize("code", REUSED)
def test_a_reused_number_has_several_meanings(code: str) -> None:
    rows = meanings(code)
    assert len(rows) > 1
    assert rows[-1]["MaxVersion"] == ""
    assert len({(row["Title"], row["Cause"]) for row in rows}) == len(rows)


def test_a_number_means_something_else_for_each_extension() -> None:
    for number in ("51", "52", "53"):
        titles = [
            meanings(f"{who}-{number}")[0]["Title"] for who in ("ama-exit", "cse-linux")
        ]
        assert len(set(titles)) == 2
