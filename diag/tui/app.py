"""The screens of the program, and the ways between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import ContentSwitcher

from diag.tui.beginning import SOON
from diag.tui.goals import Found, OneFile, Place, Screen
from diag.tui.keeping import Keeping
from diag.tui.kqltext import quoted
from diag.tui.panes.findings import FindingsPane
from diag.tui.shell import FIRST
from diag.tui.sorting import LATE
from diag.tui.waiting import Waiting

if TYPE_CHECKING:
    from diag.tui.goals import Goal
    from diag.tui.keys import Key


class TriageApp(Waiting, Keeping):
    """Triage of one case."""

    names: ClassVar[frozenset[str]] = frozenset({FIRST, *SOON, *LATE})

    def before_screens(self) -> None:
        """Read what was kept of the case."""
        self.open_session()

    def after_screens(self) -> None:
        """Sort the lines; their screens come then."""
        self.sort_lines()
        self.press_held()

    def closing(self) -> None:
        """Keep what was noted."""
        self.keep_session()

    def noted(self) -> None:
        """Show the note of a finding at once."""
        self.query_one(FindingsPane).on_option_list_option_highlighted()

    def action_show(self, name: str) -> None:
        """Show a screen."""
        if not self.is_open or self.not_yet(name):
            return
        switcher = self.query_one(ContentSwitcher)
        if switcher.current != name:
            self._back.append(switcher.current or FIRST)
            switcher.current = name
        self._came()

    def _came(self) -> None:
        self.draw_frame()
        self.pane.shown()
        self._focus()

    def follow(self, goal: Goal) -> None:
        """Go where a row of a list leads."""
        match goal:
            case Found(number):
                self.go_to_finding(number)
            case OneFile(file):
                self.show_only(f"File == {quoted(file)}")
            case Screen(name):
                self.action_show(name)
            case Place(file, line):
                self.go_to_place(file, line)

    def go_to_finding(self, number: int) -> None:
        """Show a finding, by its number in the diagnosis."""
        self.action_show("findings")
        self.query_one(FindingsPane).go_to(number)

    def action_help(self) -> None:
        """Show the keys of the screen; Enter does what the selected one does."""
        from diag.tui.helpscreen import HelpScreen

        if self.is_open and not isinstance(self.screen, HelpScreen):
            self.push_screen(
                HelpScreen(self.pane.id or FIRST, self.keys_here()), self.run_key
            )

    def run_key(self, key: Key | None) -> None:
        """Do what a key does, on the screen that is shown."""
        if key is not None:
            self._focus()
            place = self.pane.first if key.pane == "lists" else self.pane
            self.run_worker(self.run_action(key.action, place))

    async def action_back(self) -> None:
        """Close what is open, or go back to the screen before."""
        self.text_ended()
        if not self.is_open or self.pane.leave_asking():
            return
        if self._back:
            self.query_one(ContentSwitcher).current = self._back.pop()
            self._came()
            self.screen_stack[0].set_focus(self.pane.resting)

    async def action_leave(self) -> None:
        """Go back; from the first screen out of the program."""
        if not self.is_open or not self._back:
            self.exit()
            return
        await self.action_back()
