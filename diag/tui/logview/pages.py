"""Lines by row number, read a page at a time and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from diag.store.browse import FIELDS
from diag.tui.background import aside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.store.browse import Browser, Line
    from diag.tui.logview.places import View

AHEAD = 3  # windows either way that are read when there is time
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
            self.keep(self._browser.lines(missing))

    def window(self, view: View, first: int, height: int) -> bool:
        """Read the lines of a window; says whether there was something to read.

        Args:
            view: What is shown.
            first: The first line of the window.
            height: How many lines it has.

        Raises:
            StoreError: The store cannot be read.
        """
        missing = self.missing(view, first, first + height)
        self.fetch(missing)
        return bool(missing)

    def missing(self, view: View, first: int, last: int) -> list[int]:
        """Return the rows of lines, from one to before another, that are not kept."""
        rows = view.rows(max(first, 0), last).tolist()
        return [row for row in rows if row not in self._lines]

    def read(self, rows: Sequence[int], whole: int | None = None) -> dict[int, Line]:
        """Return lines, in a thread of its own; `keep` is for that of the screen.

        Args:
            rows: Row numbers.
            whole: That of a line whose fields are read, too.

        Raises:
            StoreError: The store cannot be read.
        """
        browser = self._browser.another()
        try:
            found = aside(lambda: browser.lines(rows))
            line = None if whole is None else found.get(whole, self._lines.get(whole))
            if line is not None and line.fields is None:
                [[fields]] = aside(lambda: browser.rows(FIELDS, {"row": line.row}))
                found[line.row] = replace(line, fields=fields)
            return found
        finally:
            browser.close()

    def keep(self, lines: dict[int, Line]) -> None:
        """Keep lines for a while."""
        self._lines.update(lines)
        while len(self._lines) > KEPT:
            self._lines.popitem(last=False)

    def get(self, row: int) -> Line | None:
        """Return a line; None when there is no such event."""
        if row not in self._lines:
            self.fetch([row])
        return self._lines.get(row)
