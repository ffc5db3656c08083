"""The column at the right: where in the whole view errors, hits and bookmarks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.store.browse import ERROR, WARNING
from diag.tui.door import segment
from diag.tui.logview.draw import NONE
from diag.tui.logview.places import part_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.segment import Segment

    from diag.store.browse import Rows
    from diag.tui.logview.draw import Look
    from diag.tui.logview.places import View


class Ticks:
    """Letters for the parts of a view; counted once for each height of the window."""

    def __init__(
        self, view: View, hits: Rows | None = None, bookmarks: Collection[int] = ()
    ) -> None:
        """Keep what is to be marked.

        Args:
            view: What is shown.
            hits: Indexes of the events that were searched for.
            bookmarks: Row numbers of the events with a bookmark.
        """
        self._view = view
        self.hits = hits
        self._bookmarks = bookmarks
        self._letters: list[str] = []

    def segment(self, y: int, height: int, look: Look) -> Segment:
        """Return the mark of a row of the window.

        Args:
            y: The row.
            height: Of the window.
            look: The styles.
        """
        if len(self._letters) != height:
            self._letters = self._count(height)
        letter = self._letters[y] if y < height else " "
        style = {
            "E": look.levels["error"],
            "W": look.levels["warning"],
            "m": look.mark,
            "/": look.hit,
        }.get(letter, NONE)
        return segment(letter, style)

    def _count(self, height: int) -> list[str]:
        worst = self._view.worst(height)
        letters = [
            "E" if level >= ERROR else "W" if level == WARNING else " "
            for level in worst
        ]
        count = len(self._view)
        if self.hits is not None:
            places = self._view.places(self.hits)
            for part in part_of(places, height, count):
                letters[part] = "/"
        for part in part_of(self._view.of(self._bookmarks), height, count):
            letters[part] = "m"
        return letters
