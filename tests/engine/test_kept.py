"""Compiled queries are kept between runs, and never mistaken for others."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from diag import engine
from diag.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diag.engine import RuleSet
    from diag.engine.compiled import CompiledRule

NAMES = ["ARC-HB-001", "ARC-AZCM-001", "ARC-SVC-002"]


def queries_in(folder: Path) -> Iterator[Path]:
    """Return the files with compiled queries, beside those with rule files."""
    return (path for path in folder.iterdir() if "-files" not in path.name)


def compiled(rules: RuleSet) -> list[CompiledRule]:
    return rules.compile(rules)


def test_kept_queries_are_the_compiled_ones(tmp_path: Path) -> None:
    rules = engine.load_rules(only=NAMES, kept=tmp_path)
    first = compiled(rules)
    [file] = queries_in(tmp_path)
    written = file.read_bytes()
    assert compiled(rules) == first
    assert compiled(replace(rules, kept=None)) == first
    assert file.read_bytes() == written
    assert file.stat().st_mode & 0o077 == 0


def test_a_run_on_kept_queries_loads_no_parser(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from diag import engine\n"
        f"rules = engine.load_rules(only={NAMES!r}, kept=Path({str(tmp_path)!r}))\n"
        "rules.compile(rules)\n"
        "print('pyparsing' in sys.modules)"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert answers == ["True", "False"]


def test_another_parameter_is_another_query(tmp_path: Path) -> None:
    rules = engine.load_rules(only=NAMES[:1], kept=tmp_path)
    [before] = compiled(rules)
    [rule] = rules
    parameter = replace(rule.parameters[0], default=rule.parameters[0].default * 2)
    changed = replace(rule, parameters=(parameter, *rule.parameters[1:]))
    [after] = replace(rules, rules=(changed,)).compile([changed])
    assert after.query != before.query
    assert len(list(queries_in(tmp_path))) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"x": 1}', b"\xff" * 9])
def test_a_damaged_file_is_compiled_anew(tmp_path: Path, content: bytes) -> None:
    rules = engine.load_rules(only=NAMES[:1], kept=tmp_path)
    first = compiled(rules)
    [file] = queries_in(tmp_path)
    file.write_bytes(content)
    assert compiled(rules) == first
    assert file.read_bytes() != content


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    rules = engine.load_rules(only=NAMES[:1], kept=tmp_path / "missing")
    assert compiled(rules)


def test_a_wrong_query_names_its_line_in_the_file(tmp_path: Path) -> None:
    rules = engine.load_rules(only=NAMES[:1], kept=tmp_path)
    [rule] = rules
    wrong = replace(rule, query="Events\n| whre x")
    place = r"silence\.yaml:\d+:\d+: ARC-HB-001: KQL005 .*whre"
    with pytest.raises(RuleError, match=place):
        replace(rules, rules=(wrong,)).compile([wrong])
    assert list(queries_in(tmp_path)) == []
