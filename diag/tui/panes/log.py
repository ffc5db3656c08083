"""Log: all files merged by time; what is shown of them, and what is searched for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from diag.errors import DiagError
from diag.store.browse import LEVELS
from diag.tui.asking import filter_rows, moment_of
from diag.tui.logview.reading import AT_ONCE
from diag.tui.panes.logchoose import LogChoose
from diag.tui.typing import AskLine

if TYPE_CHECKING:
    from textual.widgets import Input

    from diag.tui.logview.order import Indexes
    from diag.tui.session import Session

PAUSE = 0.15  # seconds without a key before a filter is tried


class LogPane(LogChoose):
    """The merged log."""

    _at = 0

    def go_to(self, row: int) -> None:
        """Show an event; filters are suspended if they hide it."""
        view = self.log_view
        if not view.view.has(row):
            order = self.case.order
            timed = order.whole(untimed=False).has(row)
            self.showing.untimed = self.showing.untimed or not timed
            self.showing.off = self.showing.any
            self.apply_showing()
        view.move_to(view.view.nearest(row), centre=True)

    def go_to_time(self, moment: int) -> None:
        """Show the first line at or after a time in microseconds."""
        self.log_view.move_to(self.log_view.view.at_time(moment), centre=True)

    def action_search(self) -> None:
        """Ask what to search for."""
        self._ask("search", "")

    def action_filter(self) -> None:
        """Ask for a condition."""
        self._ask("filter", self._good[0])

    def action_time(self) -> None:
        """Ask for a time."""
        self._ask("time", "")

    def leave_asking(self) -> bool:
        """Close the line where one types, or stop what runs; says whether."""
        return self.close_asking() or self.stop_looking()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer words at once, and try what was typed before Enter comes."""
        event.stop()
        if self._asking == "time":
            self._foresee(event.value.strip())
        if self._asking != "filter":
            return
        self._offer()
        if self._later is not None:
            self._later.stop()
        self.stop("count")
        self._later = self.set_timer(PAUSE, self._try)

    def _offer(self) -> None:
        line = self.query_one("#log-ask", AskLine)
        if self._words is None:
            return
        _, words = self._words.at(line.value[: line.cursor_position])
        told = self._words.help(words[0]) if len(words) == 1 else ""
        self._tell(
            [[""], [("Tab ", "bold"), "  ".join(words), f"  {told}"] if words else [""]]
        )

    def _try(self) -> None:
        text = self.query_one("#log-ask", AskLine).value.strip()
        if text and self._asking == "filter":
            self.start("count", filter_rows(text, self.case), self._counted)

    def _counted(self, found: Indexes) -> None:
        total = len(self.case.order)
        self._tell([[(f"{len(found):,} of {total:,} lines", "bold")], [""]])

    def on_ask_line_completed(self) -> None:
        """Put in the first word that is offered."""
        line = self.query_one("#log-ask", AskLine)
        if self._asking != "filter" or self._words is None:
            return
        at = line.cursor_position
        replaced, words = self._words.at(line.value[:at])
        if words:
            line.value = line.value[: at - replaced] + words[0] + line.value[at:]
            line.cursor_position = at - replaced + len(words[0])

    def on_ask_line_earlier(self, event: AskLine.Earlier) -> None:
        """Put in what was typed before."""
        past = self.triage.session.past.get(self._asking, [])
        if past:
            self._at = max(-len(past), min(self._at + event.steps, -1))
            line = self.query_one("#log-ask", AskLine)
            line.value = past[self._at]
            line.cursor_position = len(line.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what was typed."""
        event.stop()
        text, what = event.value.strip(), self._asking
        self.triage.text_ended()
        if what == "time":
            self._submit_time(text)
            return
        self._at = 0
        self.triage.session.remember(what, text)
        self.close_asking()
        if what == "filter":
            self.filter_by(text)
        elif what == "search":
            self.search_for(text)

    def _foresee(self, text: str) -> None:
        with suppress(DiagError):  # there is more of it to come
            view = self.log_view
            view.foresee(view.view.at_time(self._moment_of(text)), AT_ONCE)

    def _moment_of(self, text: str) -> int:
        zone = self._zones[self._zone].of
        return moment_of(text, self.log_view.line, self.case, zone)

    def _submit_time(self, text: str) -> None:
        try:
            moment = self._moment_of(text)
        except DiagError as error:
            self.hint(error)
            return
        self.close_asking()
        self.go_to_time(moment)

    def action_timeline(self) -> None:
        """Show the timeline at the time of the line."""
        view = self.log_view
        if len(view.view):
            self.triage.go_to_moment(view.view.time_at(view.cursor))

    def note(self, session: Session) -> None:
        """Put into the session what is shown and where one is."""
        showing, line = self.showing, self.log_view.line
        session.filter, session.level = self._good[0], showing.level
        session.hidden, session.untimed = sorted(showing.hidden), showing.untimed
        session.zone, session.search = self._zone, self._text
        session.at = (line.file, line.line) if line else None

    def restore(self, session: Session) -> None:
        """Show what was shown when the case was left."""
        showing = self.showing
        showing.level = session.level if 0 <= session.level < len(LEVELS) else 0
        showing.hidden = set(session.hidden)
        showing.untimed = showing.untimed or session.untimed
        if 0 < session.zone < len(self._zones):
            self._zone = session.zone
            self.log_view.show_times_in(self._zones[self._zone].of)
        self.draw_bookmarks()
        row = self.case.rows_at([session.at]).get(session.at) if session.at else None
        if showing.level or showing.hidden or session.untimed:
            self.apply_showing()
        if row is not None:
            self.log_view.move_to(self.log_view.view.nearest(row), centre=True)
        if session.filter:
            self.filter_by(session.filter)
        if session.search:
            self._text = ""
            self.search_for(session.search, stay=True)
