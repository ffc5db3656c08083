"""What stands on the screen before a case is open, and when it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.errors import ContentError
from diag.tui.door import lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.content import Content

    from diag.errors import DiagError
    from diag.tui.door import Part

MOST = 8  # sources that are named


def opening_content(sources: Sequence[Path], doing: str) -> Content:
    """Return what is being opened, and what is done at the moment.

    Args:
        sources: What was given.
        doing: In a word or two.
    """
    rows: list[list[Part | str]] = [[("Opening", "bold")]]
    rows += [[f"  {path}"] for path in sources[:MOST]]
    if len(sources) > MOST:
        rows.append([f"  and {len(sources) - MOST} more"])
    return lines([*rows, [""], [f"{doing} …"], [""], [("q leaves.", "$text-muted")]])


def failure_content(error: DiagError) -> Content:
    """Return what is wrong, where, and what to do next.

    Args:
        error: Why a case cannot be opened.
    """
    rows: list[list[Part | str]] = [
        [("This cannot be opened.", "bold $text-error")],
        [""],
    ]
    if error.where:
        rows.append([f"{error.where}"])
    rows += [[line] for line in error.text.split("\n")]
    if isinstance(error, ContentError):
        rows += [[line] for line in error.excerpt]
    if error.hint:
        rows += [[""], [error.hint]]
    return lines([*rows, [""], [("q leaves.", "$text-muted")]])
