"""The Rust modules stay small, as the Python ones do, and can be read by all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "core" / "src"
MODULES = sorted(SOURCE.rglob("*.rs"))
START = re.compile(r"(?P<indent> *)(?:pub(?:\([a-z]+\))? )?(?:const )?fn (?P<name>\w+)")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    for number, line in enumerate(lines):
        found = START.match(line)
        if found and not line.endswith(("}", ";")):
            end = lines.index(found["indent"] + "}", number)
            body = next(at for at in range(number, end) if lines[at].endswith("{"))
            assert end - body - 1 <= 40, f"{found['name']} has {end - body - 1} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_module_says_what_it_is_for_and_none_is_unsafe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("//! ") or path.name == "tests.rs"
    assert not re.search(r"\bunsafe\b", text)
    assert path.stem not in {"util", "utils", "helpers", "common", "manager", "misc"}
