"""Moving in the log: by lines, to errors, silences, hits, evidence, an activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.tui.asking import same_activity
from diag.tui.logview.order import step
from diag.tui.panes.logframe import LogFrame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from diag.store.browse import Line

    Places = NDArray[np.int64]


class LogJumps(LogFrame):
    """The keys that move, open a record or copy it."""

    def on_log_view_chosen(self) -> None:
        """Open the record."""
        self.action_unfold()

    def action_move(self, lines: int) -> None:
        """Move by lines."""
        self.log_view.move_by(lines)

    def action_page(self, pages: float) -> None:
        """Move by screens."""
        self.log_view.page(pages)

    def action_top(self) -> None:
        """Go to the first line."""
        self.log_view.move_to(0)

    def action_bottom(self) -> None:
        """Go to the last line."""
        self.log_view.move_to(len(self.log_view.view) - 1)

    def action_sideways(self, columns: int) -> None:
        """Scroll the texts."""
        self.log_view.sideways(columns)

    def action_unfold(self) -> None:
        """Open or close the record under the cursor."""
        line = self.log_view.line
        if line is not None:
            self.log_view.unfold(self.case.whole_text(line.row))

    def action_details(self) -> None:
        """Show or hide the details."""
        self.query_one("#log-details").toggle_class("away")

    def _jump(self, places: Places, what: str, *, forward: bool) -> None:
        view = self.log_view
        found = step(places, view.cursor, forward=forward)
        if found is None:
            where = "below" if forward else "above"
            self.triage.say(f"no {what} {where}")
        else:
            view.move_to(found, centre=True)

    def action_severe(self, errors: bool, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last error or warning."""
        if errors not in self._severe:
            self._severe[errors] = self.log_view.view.severe(errors=errors)
        word = "error" if errors else "warning"
        self._jump(self._severe[errors], word, forward=forward)

    def action_silence(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last silence."""
        self._jump(self.log_view.view.silences(), "silence", forward=forward)

    def action_proof(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last line that proves a finding."""
        places = self.log_view.view.of(self.case.proofs)
        self._jump(places, "line of evidence", forward=forward)

    def action_hit(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last hit of the search."""
        if self._hits is None:
            self.triage.say(
                "nothing was searched for: /" if not self._text else "searching"
            )
        else:
            self._jump(self._hits, "hit", forward=forward)

    def action_same(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last line of the same activity."""
        line = self.log_view.line
        rows = same_activity(self.case, line.row) if line else None
        if rows is None:
            self.triage.say("this line has no activity id")
        else:
            self._jump(self.log_view.view.of(rows), "line of it", forward=forward)

    def action_copy(self, whole: bool) -> None:  # noqa: FBT001 - Textual's call
        """Copy the line."""
        line: Line | None = self.log_view.line
        if line is not None:
            text = self.case.whole_text(line.row) if whole else line.text.split("\n")[0]
            self.triage.copy(text, "the record" if whole else "the line")
