"""Moving in the log: by lines, to errors, silences, hits, evidence, an activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual import work

from diag.errors import DiagError
from diag.tui.asking import activity_of
from diag.tui.logview.places import step
from diag.tui.logview.rates import changes
from diag.tui.panes.logframe import LogFrame

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from diag.store.browse import Line
    from diag.tui.logview.order import Indexes
    from diag.tui.looking import Asked

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

    def action_line(self, number: int) -> None:
        """Go to a line by its number among those shown."""
        self.log_view.move_to(number - 1, centre=True)

    @property
    def spot(self) -> int:
        """The line of the cursor."""
        return self.log_view.cursor

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
        self.on_log_view_moved()

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.log_view.toggle_wrap()
        on = self.log_view.folding.wrap
        self.triage.say("long lines are wrapped" if on else "long lines are cut")

    def action_zone(self) -> None:
        """Show times in the next zone."""
        self._zone = (self._zone + 1) % len(self._zones)
        self.log_view.show_times_in(self._zones[self._zone].of)
        self.on_log_view_moved()

    def _jump(self, places: Places, what: str, *, forward: bool) -> None:
        self._leap(lambda at: step(places, at, forward=forward), what, forward=forward)

    def _leap(
        self, find: Callable[[int], int | None], what: str, *, forward: bool
    ) -> None:
        """Go to what is found from the cursor on, and read what follows it there."""
        found = find(self.spot)
        if found is None:
            where = "below" if forward else "above"
            self.triage.say(f"no {what} {where}")
            return
        self.log_view.move_to(found, centre=True)
        after = find(found)
        if after is not None:
            self.log_view.foresee(after)

    def action_severe(self, errors: bool, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last error or warning."""
        severe = self.log_view.view.severe
        self._leap(
            lambda at: severe(at, errors=errors, forward=forward),
            "error" if errors else "warning",
            forward=forward,
        )

    def action_silence(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last silence."""
        self._jump(self.log_view.view.silences(), "silence", forward=forward)

    def action_rate(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to where the rate of lines departs from what went before."""
        view = self.log_view
        found = {one.place: one for one in changes(view.view)}
        places = np.array(sorted(found), dtype=np.int64)
        self._jump(places, "change of rate", forward=forward)
        if view.cursor in found:
            self.triage.say(found[view.cursor].words)

    def action_proof(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last line that proves a finding."""
        view = self.log_view
        places = view.view.of(view.findings)
        self._jump(places, "line of evidence", forward=forward)

    def action_hit(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last hit of the search; behind the end from the top."""
        places = self._hit_places
        if places is None:
            none = "nothing was searched for: /" if not self._text else "searching"
            self.triage.say(none)
        elif not len(places):
            self.triage.say(f"no hit of {self._text} in what is shown")
        elif step(places, self.log_view.cursor, forward=forward) is None:
            end, other = ("last", "first") if forward else ("first", "last")
            self.triage.say(f"behind the {end} hit: this is the {other} one again")
            at = places[0] if forward else places[-1]
            self.log_view.move_to(int(at), centre=True)
        else:
            self._jump(places, "hit", forward=forward)

    def action_same(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last line of the same activity."""
        row = self.log_view.row
        if row is not None:
            self._run_same(activity_of(row, self.case), forward)

    @work(thread=True, exclusive=True, group="same")
    def _run_same(self, asked: Asked, forward: bool) -> None:  # noqa: FBT001 - a thread's call
        try:
            found = asked.run()
        except DiagError as error:
            self.app.call_from_thread(self.triage.say, str(error))
        else:
            self.app.call_from_thread(self._go_to_same, found, forward)

    def _go_to_same(self, found: Indexes, forward: bool) -> None:  # noqa: FBT001 - a thread's call
        if len(found):
            self._jump(self.log_view.view.places(found), "line of it", forward=forward)
        else:
            self.triage.say("this line has no activity id")

    def action_copy(self, whole: bool) -> None:  # noqa: FBT001 - Textual's call
        """Copy the line."""
        line: Line | None = self.log_view.line
        if line is not None:
            text = self.case.whole_text(line.row) if whole else line.text.split("\n")[0]
            self.triage.copy(text, "the record" if whole else "the line")
