"""Reading the lines of a window at once, and those beside it when there is time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from textual import work
from textual.scroll_view import ScrollView

from diag.errors import DiagError
from diag.tui.logview.pages import AHEAD

if TYPE_CHECKING:
    from textual.timer import Timer

    from diag.tui.logview.pages import Pages
    from diag.tui.logview.places import View
    from diag.tui.logview.spacing import Spacing

SOON = 0.06  # seconds after a jump; another key may come first
AT_ONCE = 0.02  # seconds; what is pasted has come by then


class Reading(ScrollView):
    """A window that knows where its lines are read."""

    pages: Pages
    view: View
    spacing: Spacing
    _soon: Timer | None = None
    _next: Timer | None = None

    def read_window(self) -> None:
        """Read all lines of the window in one query, and those beside it soon."""
        spot, height = self.spacing.spot(self.scroll_offset.y), self.size.height
        if spot and self.pages.window(self.view, spot.place, height):
            first, last = spot.place - AHEAD * height, spot.place + (AHEAD + 1) * height
            self._soon = self._later(self._soon, SOON, first, last)

    def foresee(self, place: int, wait: float = SOON) -> None:
        """Read the lines around a place to which the next key may lead.

        Args:
            place: The line.
            wait: For how many seconds other keys may come first.
        """
        height = self.size.height
        whole = self.view.row(place) if 0 <= place < len(self.view) else None
        self._next = self._later(
            self._next, wait, place - height, place + height, whole
        )

    def _later(
        self,
        other: Timer | None,
        wait: float,
        first: int,
        last: int,
        whole: int | None = None,
    ) -> Timer:
        """Read some lines after a while, and no others that wait for the same."""
        if other is not None:
            other.stop()
        view = self.view
        return self.set_timer(wait, lambda: self._read(view, first, last, whole))

    @work(thread=True, description="lines ahead")
    def _read(self, view: View, first: int, last: int, whole: int | None) -> None:
        """Read lines that are not shown yet, and all of one of them."""
        with suppress(DiagError):  # it is read, and told, when it is shown
            found = self.pages.read(self.pages.missing(view, first, last), whole)
            self.app.call_from_thread(self.pages.keep, found)
