"""Overview: whose logs these are, what is wrong, and how the machine stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.tui.overviewrows import overview_rows
from diag.tui.panes.pane import Pane
from diag.tui.sheet import Sheet

if TYPE_CHECKING:
    from textual.app import ComposeResult


class OverviewPane(Pane):
    """One fact in each row; Enter goes to where it stands."""

    def compose(self) -> ComposeResult:
        """Make the list."""
        yield Sheet(id="overview-list")

    def on_mount(self) -> None:
        """List the facts."""
        self.first.show(overview_rows(self.case))

    @property
    def first(self) -> Sheet:
        """The list."""
        return self.query_one(Sheet)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Go to where a fact stands."""
        if event.goal is None:
            self.triage.say("this fact stands in no line of a log")
        else:
            self.triage.follow(event.goal)
