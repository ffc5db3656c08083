"""Log: all files merged by time; what is shown of them, and what is searched for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Input

from diag.errors import DiagError
from diag.tui.asking import Asked, filter_rows, hits_of, moment_of
from diag.tui.logview.order import step
from diag.tui.panes.logjumps import LogJumps

if TYPE_CHECKING:
    from diag.store.browse import Rows


class LogPane(LogJumps):
    """The merged log."""

    def go_to(self, row: int) -> None:
        """Show an event; filters are suspended if they hide it."""
        view = self.log_view
        place = view.view.nearest(row)
        if not len(view.view) or int(view.view.rows[place]) != row:
            self._off = True
            self._set_view(None, row)
            place = view.view.nearest(row)
        view.move_to(place, centre=True)

    def filter_by(self, condition: str) -> None:
        """Show only the lines that meet a condition.

        Args:
            condition: In KQL; instead of the filter there was.
        """
        self.leave_asking()
        self._filter, self._off = condition, False
        self._apply()

    def action_search(self) -> None:
        """Ask what to search for."""
        self._ask("search", "/ text, or /a regex/", "")

    def action_filter(self) -> None:
        """Ask for a condition."""
        hint = 'Level == "error" and Message has "timeout"; empty: all lines'
        self._ask("filter", hint, self._filter)

    def action_time(self) -> None:
        """Ask for a time."""
        self._ask("time", "04:48, 2026-03-10T04:48, -2h (before the last line)", "")

    def _ask(self, what: str, hint: str, text: str) -> None:
        self._asking = what
        line = self.query_one("#log-ask", Input)
        line.placeholder = hint
        line.value = text
        line.cursor_position = len(text)
        # At once, not by a class: keys that are typed right behind belong here.
        line.display = True
        self.screen.set_focus(line)

    def leave_asking(self) -> bool:
        """Close the line where one types; says whether it was open."""
        line = self.query_one("#log-ask", Input)
        if not line.display:
            return False
        line.display = False
        self.screen.set_focus(self.log_view)
        return True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what was typed."""
        event.stop()
        text = event.value.strip()
        self.leave_asking()
        if self._asking == "filter":
            self._filter, self._off = text, False
            self._apply()
        elif self._asking == "search":
            self._search(text)
        elif self._asking == "time":
            self._go_to_time(text)

    def _go_to_time(self, text: str) -> None:
        try:
            moment = moment_of(text, self.log_view.line, self.case)
        except DiagError as error:
            self.triage.say(str(error))
            return
        self.log_view.move_to(self.log_view.view.at_time(moment), centre=True)

    def action_suspend(self) -> None:
        """Switch the filter off, or on again."""
        if self._filter:
            self._off = not self._off
            self._apply()
        else:
            self.triage.say("there is no filter: f")

    def action_value(self, keep: bool) -> None:  # noqa: FBT001 - Textual's call
        """Keep only lines of the log under the cursor, or hide them."""
        line = self.log_view.line
        if line is not None:
            name, value = ("Log", line.log) if line.log else ("File", line.file)
            self._add(f"{name} {'==' if keep else '!='} {quoted(value)}")

    def action_alike(self, keep: bool) -> None:  # noqa: FBT001 - Textual's call
        """Hide lines that differ from this one only by numbers and ids."""
        line = self.log_view.line
        if line is not None:
            number = self.case.template_of(line.row)
            self._add(f"TemplateId {'==' if keep else '!='} {number}")

    def _add(self, condition: str) -> None:
        joined = f"{self._filter} and {condition}" if self._filter else condition
        self._filter, self._off = joined, False
        self._apply()

    def _apply(self) -> None:
        """Filter in a thread of its own; the view is changed in one step."""
        if not self._filter or self._off:
            self._set_view(None, self.log_view.row)
            return
        try:
            asked = filter_rows(self._filter, self.case)
        except DiagError as error:
            self.triage.say(str(error))
            self._ask("filter", "", self._filter)
            return
        self._run_filter(asked)

    @work(thread=True, exclusive=True, group="filter")
    def _run_filter(self, asked: Asked) -> None:
        self._finish(asked, self._filtered)

    @work(thread=True, exclusive=True, group="search")
    def _run_search(self, asked: Asked) -> None:
        self._finish(asked, self._found)

    def _finish(self, asked: Asked, then: object) -> None:
        try:
            rows = asked.run()
        except DiagError as error:
            self.app.call_from_thread(self.triage.say, str(error))
            return
        if not asked.stopped:
            self.app.call_from_thread(then, rows)  # type: ignore[arg-type]

    def _filtered(self, rows: Rows) -> None:
        self._set_view(rows, self.log_view.row)

    def _set_view(self, rows: Rows | None, keep: int | None) -> None:
        order = self.case.order
        view = order.whole() if rows is None else order.only(rows)
        self._severe = {}
        self.log_view.show(view, keep=keep)
        if self._text:
            self._search(self._text)
        self._bar()

    def _search(self, text: str) -> None:
        self._text, self._hits = text, None
        if not text:
            self.log_view.hit = None
            self.log_view.refresh()
            self._bar()
            return
        try:
            pattern, asked = hits_of(text, self.case)
        except DiagError as error:
            self.triage.say(str(error))
            return
        self.log_view.hit = pattern
        self.log_view.refresh()
        self._run_search(asked)

    def _found(self, rows: Rows) -> None:
        self._hits = self.log_view.view.of(rows)
        self._bar()
        line = self.log_view.line
        hit = self.log_view.hit
        if not len(self._hits) or (line and hit and hit.search(line.text)):
            return
        below = step(self._hits, self.log_view.cursor, forward=True)
        at = int(self._hits[-1]) if below is None else below
        self.log_view.move_to(at, centre=True)


def quoted(value: str) -> str:
    """Return a text as KQL writes it."""
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
