"""Rule files that were read before are read from what was kept, and give the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag import engine
from diag.engine.keptfiles import KeptFiles

if TYPE_CHECKING:
    from pathlib import Path


def test_kept_files_give_the_same_rules(tmp_path: Path) -> None:
    plain = engine.load_rules()
    first = engine.load_rules(kept=tmp_path)
    [kept] = tmp_path.glob("rules-*-files.json")
    again = engine.load_rules(kept=tmp_path)
    assert plain.rules == first.rules == again.rules
    assert plain.texts == again.texts
    assert kept.stat().st_mode & 0o777 == 0o600


def test_what_was_kept_is_used_and_another_text_is_not_it(tmp_path: Path) -> None:
    one = KeptFiles(tmp_path, ["a: 1\n"])
    assert one.load("a: 1\n", "x") == {"a": 1}
    one.close()
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b"1}", b"7}"))
    assert KeptFiles(tmp_path, ["a: 1\n"]).load("a: 1\n", "x") == {"a": 7}
    assert KeptFiles(tmp_path, ["a: 2\n"]).load("a: 2\n", "x") == {"a": 2}


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b"\xff\xfe"])
def test_damage_is_read_over(tmp_path: Path, damage: bytes) -> None:
    one = KeptFiles(tmp_path, ["a: 1\n"])
    one.load("a: 1\n", "x")
    one.close()
    [path] = tmp_path.iterdir()
    path.write_bytes(damage)
    assert KeptFiles(tmp_path, ["a: 1\n"]).load("a: 1\n", "x") == {"a": 1}
