"""The reference table of error codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag.engine import load_error_codes, load_rules
from diag.errors import RuleError
from diag.schema import TABLES

if TYPE_CHECKING:
    from pathlib import Path


def table(tmp_path: Path, text: str) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "error-codes.yaml").write_text(text)
    return tmp_path


def test_the_built_in_codes_load() -> None:
    rows = load_error_codes()
    columns = list(TABLES["ErrorCodes"])
    codes = [dict(zip(columns, row, strict=True)) for row in rows]
    assert len(codes) >= 280
    assert all(code["Title"] and code["Cause"] for code in codes)
    assert all(code["Reference"].startswith("https://") for code in codes)
    # Number 0065 was given a new meaning with agent 1.23 (October 2022).
    [before] = [c for c in codes if c["Code"] == "AZCM0065" and c["MaxVersion"]]
    assert before["MaxVersion"] == "00001.00022"


def test_a_users_row_replaces_the_built_in_one(tmp_path: Path) -> None:
    text = "- {code: AZCM0000, family: azcmagent, os: any, title: Mine}\n"
    built_in = load_error_codes()
    rows = load_error_codes([table(tmp_path, text)])
    assert len(rows) == len(built_in)
    assert [row[5] for row in rows if row[0] == "AZCM0000"] == ["Mine"]


def test_a_folder_of_tables_is_read_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "error-codes"
    folder.mkdir(parents=True)
    for name in ("one", "two"):
        row = f"- {{code: {name}, family: f, os: any, title: t}}\n"
        (folder / f"{name}.yaml").write_text(row)
    deeper = folder / "deeper"
    deeper.mkdir()
    (deeper / "three.yaml").write_text("- {code: three, family: f, title: t}\n")
    codes = {row[0] for row in load_error_codes([tmp_path]) if row[1] == "f"}
    assert codes == {"one", "two"}


def test_all_errors_are_told_with_their_lines(tmp_path: Path) -> None:
    text = """\
- {code: A1, family: f, os: any, title: t, min_version: 1.40}
- {code: A2, family: f, os: macos, title: t}
- {code: A3, family: f, titel: t}
- {code: A4, family: f, title: t, min_version: '1.9', max_version: '1.8'}
- {code: A5, family: f, title: t, reference: ftp://x}
- {code: A6, family: f, title: t}
- {code: A6, family: f, title: t, max_version: new}
- {code: A6, family: f, title: again}
- text
"""
    with pytest.raises(RuleError) as caught:
        load_error_codes([table(tmp_path, text)])
    found = [
        line.split("error-codes.yaml:")[-1] for line in caught.value.text.split("\n")
    ]
    assert found[1:] == [
        "1: 'min_version': write the version in quotes",
        "2: 'os' is 'macos'; one of any, linux, windows",
        "3: 'title' is missing",
        "3: unknown field 'titel'; did you mean 'title'?",
        "4: 'min_version' is after 'max_version'",
        "5: 'reference': only https addresses, found 'ftp://x'",
        "7: 'max_version': 'new' is no version such as 1.40",
        "7: A6 stands twice for these systems and versions",
        "8: A6 stands twice for these systems and versions",
        "9: expected a mapping with 'code' and 'title'",
    ]


def test_a_table_must_be_a_list(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="expected a list of codes"):
        load_error_codes([table(tmp_path, "code: A1\n")])


def test_a_wrong_table_is_told_with_the_rules_and_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "error-codes"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("- {code: A1, family: f, title: good}\n")
    (folder / "b.yaml").write_text("- {code: B1, family: f, title: t}\n- text\n")
    (folder / "c.yaml").write_text("- {code: C1\n")
    rows = load_error_codes([tmp_path], lenient=True)
    assert [row[0] for row in rows if row[1] == "f"] == ["A1"]
    errors = load_rules([tmp_path], lenient=True).errors
    assert [
        error.partition("error-codes/")[2].partition(": ")[0] for error in errors
    ] == [
        "b.yaml:2",
        "c.yaml:2:1",
    ]
    with pytest.raises(RuleError, match=r"b\.yaml:2"):
        load_error_codes([tmp_path])
