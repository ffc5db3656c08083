"""Records that are open, and lines that are wrapped: the rows below the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import chop_cells

from diag.tui.door import inline
from diag.tui.logview.draw import first_line, head_width

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.tui.logview.pages import Pages
    from diag.tui.logview.places import View

MOST_UNFOLDED = 200  # rows of one record
LEAD = 6  # columns before a row of an open record


class Folding:
    """What stands below the first row of lines. `wrap`: long lines are wrapped."""

    def __init__(self, pages: Pages) -> None:
        """Begin with nothing open.

        Args:
            pages: Where lines are read.
        """
        self._pages = pages
        self._open: dict[int, list[str]] = {}
        self._wrapped: dict[int, list[str]] = {}
        self.wrap = False

    def forget(self) -> None:
        """Close all: another view is shown."""
        self._open, self._wrapped = {}, {}

    def toggle(self, place: int, rows: list[str]) -> Mapping[int, int]:
        """Open a record or close it; returns the new heights."""
        if place in self._open:
            del self._open[place]
            return {place: len(self._wrapped.get(place, ()))}
        self._open[place] = rows
        return {place: len(rows)}

    def near(self, view: View, place: int, height: int, width: int) -> dict[int, int]:
        """Wrap the lines around a place and no others; returns the new heights.

        Args:
            view: What is shown.
            place: The line under the cursor.
            height: Of the window, in rows.
            width: Of the window, in columns.
        """
        first = max(place - height, 0)
        rows = view.rows(first, place + height).tolist()
        self._pages.fetch(rows)
        before, self._wrapped = self._wrapped, {}
        for at, row in enumerate(rows, first):
            line = self._pages.get(row)
            text = inline(first_line(line.text, 0)) if line else ""
            room = max(width - 1 - head_width(width - 1), 1)
            shown = chop_cells(text, room)[:1]
            rest = text[len(shown[0]) :] if shown else ""
            if rest:
                self._wrapped[at] = chop_cells(rest, max(width - LEAD, 20))
        heights = dict.fromkeys(before, 0)
        heights.update({at: len(rows) for at, rows in self._wrapped.items()})
        heights.update({at: len(rows) for at, rows in self._open.items()})
        return heights

    def unwrap(self) -> dict[int, int]:
        """Cut long lines again; returns the new heights."""
        self.wrap = False
        heights = dict.fromkeys(self._wrapped, 0)
        self._wrapped = {}
        return {**heights, **{at: len(rows) for at, rows in self._open.items()}}

    def text(self, place: int, part: int) -> str:
        """Return a row below the first one of a line, from 1."""
        rows = self._open.get(place) or self._wrapped.get(place, [])
        return rows[part - 1] if part <= len(rows) else ""


def chopped(text: str, width: int) -> list[str]:
    """Return a record as rows of a window.

    Args:
        text: All of it.
        width: Of the window, in columns.
    """
    room = max(width - LEAD, 20)
    rows: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        rows += chop_cells(inline(line), room) or [""]
        if len(rows) > MOST_UNFOLDED:
            more = "… and more rows (C copies all)"
            return [*rows[:MOST_UNFOLDED], more]
    return rows
