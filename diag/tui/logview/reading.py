"""Reading the lines of a window at once, and those beside it when there is time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from textual import work
from textual.scroll_view import ScrollView

from diag.errors import DiagError

if TYPE_CHECKING:
    from textual.timer import Timer

    from diag.tui.logview.pages import Pages
    from diag.tui.logview.places import View
    from diag.tui.logview.spacing import Spacing

SOON = 0.06  # seconds after a jump; another key may come first


class Reading(ScrollView):
    """A window that knows where its lines are read."""

    pages: Pages
    view: View
    spacing: Spacing
    _soon: Timer | None = None

    def read_window(self) -> None:
        """Read all lines of the window in one query, and those beside it soon."""
        spot, height = self.spacing.spot(self.scroll_offset.y), self.size.height
        if spot and self.pages.window(self.view, spot.place, height):
            if self._soon is not None:
                self._soon.stop()
            first = spot.place
            self._soon = self.set_timer(SOON, lambda: self._beside(first, height))

    @work(thread=True, exclusive=True, group="ahead")
    def _beside(self, first: int, height: int) -> None:
        """Read what is beside the window, so that paging finds it."""
        with suppress(DiagError):  # it is read, and told, when it is shown
            found = self.pages.read(self.pages.beside(self.view, first, height))
            self.app.call_from_thread(self.pages.keep, found)
