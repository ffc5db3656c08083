"""Keys that come as one packet, as over a slow line: each acts in its turn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal", allow_module_level=True)

from tests.tui.opened import LOST, stored
from tests.tui.test_terminal import Screen

UNDO, DELETE, HOME, LEFT, RUN = "\x15", "\x7f", "\x01", "\x1b[D", "\x12"


def drawn(screen: Screen, keys: str) -> str:
    """Return what is drawn once the keys are pressed."""
    before = len(screen.seen)
    screen.press(keys)
    return screen.seen[before:].decode("utf-8", "replace")


def test_what_edits_a_line_does_so_before_what_is_typed_behind_it(
    tmp_path: Path,
) -> None:
    screen = Screen(stored(LOST), tmp_path, (100, 30))
    screen.read(wanted=b"Findings")
    screen.press("3")
    screen.read(0.5)
    screen.press("f")
    screen.press(f'Nonsense{UNDO}evel == "errox{DELETE}r"{HOME}L\r')
    screen.read(0.5)
    screen.press("2")
    assert 'f> Level == "error"' in drawn(screen, "3")
    screen.press(f"f{UNDO}\r")
    screen.press("2")
    assert "f> Level" not in drawn(screen, "3")
    assert screen.end() == 0


def test_what_edits_a_query_does_so_before_what_is_typed_behind_it(
    tmp_path: Path,
) -> None:
    screen = Screen(stored(LOST), tmp_path, (100, 30))
    screen.read(wanted=b"Findings")
    screen.press("6")
    screen.read(0.5)
    query = f"| extend Sum = 4000 + 3{DELETE}25{LEFT}{DELETE}"
    screen.press(f"{UNDO}{query}")
    before = len(screen.seen)
    screen.press(RUN)
    screen.read(0.5)
    assert b"4005" in screen.seen[before:]
    assert screen.end() == 0
