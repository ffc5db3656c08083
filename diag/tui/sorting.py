"""The screens of lines come a moment later: findings come before lines are sorted."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from textual import work
from textual.widgets import ContentSwitcher

from diag.errors import DiagError
from diag.tui.beginning import Beginning

if TYPE_CHECKING:
    from diag.tui.logview.order import Order
    from diag.tui.panes.log import LogPane
    from diag.tui.panes.timeline import TimelinePane
    from diag.tui.session import Session

# Modules and classes; numpy, the compiler and the like are loaded beside the first
# screen.
LATE = {
    "compare": ("diag.tui.panes.compare", "ComparePane"),
    "query": ("diag.tui.panes.query", "QueryPane"),
    "log": ("diag.tui.panes.log", "LogPane"),
    "timeline": ("diag.tui.panes.timeline", "TimelinePane"),
}


class Sorting(Beginning):
    """What waits until the lines are sorted."""

    session: Session
    is_sorted = False
    _due: tuple[str, int | None] = ("", None)
    _due_filter = ""
    _due_place: tuple[str, int] | None = None

    @work(thread=True, group="sort")
    def sort_lines(self) -> None:
        """Open the store and sort the lines in a thread, then make their screens."""
        from diag.tui.caseopening import open_store

        try:
            if not open_store(self.case):
                self.call_from_thread(self.reopen)
                return
        except DiagError as error:
            self.call_from_thread(self.reopen, error)
            return
        try:
            order = self.case.sort()
        except DiagError as error:
            self.call_from_thread(self._no_lines, error)
            return
        for module, _ in LATE.values():
            import_module(module)
        self.call_from_thread(self._sorted, order)
        self.case.prepare()

    def _no_lines(self, error: DiagError) -> None:
        self.forget_keys()
        self.say(f"there is no log: {error}")

    def _sorted(self, order: Order) -> None:
        self.case.sorted = order
        self.run_worker(self._mount_late())

    async def _mount_late(self) -> None:
        await self.add_screens(LATE)
        self.is_sorted = True
        self.log_pane.restore(self.session)
        name, row = self._due
        if not name and not self.touched:
            name = self.session.screen
        if row is not None:
            self.go_to_line(row)
        elif name:
            self.action_show(name)
        if self._due_place is not None:
            self.go_to_place(*self._due_place)
        if self._due_filter:
            self.log_pane.filter_by(self._due_filter)
        self.press_held()

    def press_held(self) -> None:
        """Press the keys that wait for a screen."""

    def forget_keys(self) -> None:
        """Press none of the keys that wait."""

    @property
    def due_screen(self) -> str:
        """The screen that is shown once it is there; empty if none is waited for."""
        return self._due[0]

    def forget_due(self) -> None:
        """Stay on the screen that is shown."""
        self._due, self._due_filter, self._due_place = ("", None), "", None

    @property
    def log_pane(self) -> LogPane:
        """The log."""
        from diag.tui.panes.log import LogPane

        return self.query_one(LogPane)

    @property
    def timeline(self) -> TimelinePane:
        """The timeline."""
        from diag.tui.panes.timeline import TimelinePane

        return self.query_one(TimelinePane)

    def not_yet(self, name: str) -> bool:
        """Say whether a screen is not there; one that comes is shown then."""
        if name in LATE and not self.is_sorted:
            self._due = name, None
            self.say("the lines are being sorted: a moment")
            return True
        switcher = self.query_one(ContentSwitcher)
        return not any(child.id == name for child in switcher.children)

    def go_to_line(self, row: int) -> None:
        """Show an event in the log."""
        self.action_show("log")
        if self.is_sorted:
            self.log_pane.go_to(row)
        else:
            self._due = "log", row

    def go_to_place(self, file: str, line: int) -> None:
        """Show a line of a file in the log; once the lines are sorted, if need be."""
        if not self.case.storing.is_open:
            self.action_show("log")
            self._due_place = file, line
            return
        try:
            row = self.case.row_at(file, line)
        except DiagError as error:
            self.say(str(error))
            return
        if row is None:
            self.say(f"{file}:{line} is not in the log")
        else:
            self.go_to_line(row)

    def go_to_time(self, moment: int) -> None:
        """Show the log at a time in microseconds since 1970."""
        self.action_show("log")
        self.log_pane.go_to_time(moment)

    def filter_log(self, condition: str) -> None:
        """Show the log filtered by a condition in KQL."""
        self.action_show("log")
        self.log_pane.add_condition(condition)

    def show_only(self, condition: str) -> None:
        """Show the log with only the lines that meet a condition in KQL."""
        self.action_show("log")
        if self.is_sorted:
            self.log_pane.filter_by(condition)
        else:
            self._due_filter = condition

    def go_to_moment(self, moment: int) -> None:
        """Show the timeline at a time in microseconds since 1970."""
        self.action_show("timeline")
        self.timeline.go_to(moment)

    def note_place(self) -> None:
        """Put into the session where one is."""
        if self.is_sorted and self.query(ContentSwitcher):
            self.session.screen = self.query_one(ContentSwitcher).current or ""
            self.log_pane.note(self.session)
