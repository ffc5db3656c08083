"""Lines by row number, read a page at a time and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.store.browse import Browser, Line
    from diag.tui.logview.places import View

KEPT = 8_192  # lines; a screen has 60, and paging goes back and forth


class Pages:
    """The lines that were shown last. Belongs to the thread of the screen."""

    def __init__(self, browser: Browser) -> None:
        """Read by a cursor of its own."""
        self._browser = browser
        self._lines: OrderedDict[int, Line] = OrderedDict()

    def fetch(self, rows: Sequence[int]) -> None:
        """Read those of some lines that are not kept yet, in one query.

        Args:
            rows: Row numbers, such as those of a screen.

        Raises:
            StoreError: The store cannot be read.
        """
        missing = [row for row in rows if row not in self._lines]
        if missing:
            self._lines.update(self._browser.lines(missing))
            while len(self._lines) > KEPT:
                self._lines.popitem(last=False)

    def window(self, view: View, first: int, height: int) -> None:
        """Read the lines of a window, and a page either way if one is missing.

        Args:
            view: What is shown.
            first: The first line of the window.
            height: How many lines it has.

        Raises:
            StoreError: The store cannot be read.
        """
        shown = view.rows(first, first + height).tolist()
        if not all(row in self._lines for row in shown):
            more = view.rows(max(first - height, 0), first + 2 * height)
            self.fetch(more.tolist())

    def get(self, row: int) -> Line | None:
        """Return a line; None when there is no such event."""
        if row not in self._lines:
            self.fetch([row])
        return self._lines.get(row)
