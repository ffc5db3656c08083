"""What all screens have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

if TYPE_CHECKING:
    from textual.widget import Widget

    from diag.tui.app import TriageApp
    from diag.tui.case import Case


class Pane(Vertical):
    """A screen between the header and the footer. `id` is its name in `SCREENS`."""

    @property
    def triage(self) -> TriageApp:
        """The program."""
        from diag.tui.app import TriageApp

        assert isinstance(self.app, TriageApp)  # noqa: S101 - for the type checker
        return self.app

    @property
    def case(self) -> Case:
        """What is looked at."""
        return self.triage.case

    @property
    def first(self) -> Widget:
        """What gets the focus when the screen is shown."""
        return self

    @property
    def resting(self) -> Widget:
        """What gets the focus when one comes back, so that the next key can leave."""
        return self.first

    @property
    def spot(self) -> int | None:
        """Where one is; None where a motion never comes to an end."""
        return None

    def shown(self) -> None:
        """Do what is due whenever the screen is shown."""

    def leave_asking(self) -> bool:
        """Close what is open on the screen; says whether something was."""
        return False
