"""How a case is opened: at once if it was open before, else while that is told."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING

from textual import work
from textual.widgets import ContentSwitcher, Static

from diag.errors import DiagError
from diag.tui.door import content
from diag.tui.firstcase import first_case
from diag.tui.opening import failure_content, opening_content
from diag.tui.panes.findings import FindingsPane
from diag.tui.shell import FIRST, Shell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from diag.tui.case import Case


# Modules and classes of screens that show no line of a log.
SOON = {
    "overview": ("diag.tui.panes.overview", "OverviewPane"),
    "files": ("diag.tui.panes.files", "FilesPane"),
}


def collect_again() -> None:
    """Let garbage be looked for, if it was not while the program started.

    What is there by then stays, and is not looked at again and again.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


class Beginning(Shell):
    """What happens until there are screens; `is_whole` when they are."""

    is_whole = False

    def compose(self) -> ComposeResult:
        """Make the frame; a case that was open before has its screens at once."""
        yield Static(id="who")
        yield Static(id="tabs")
        self._case = first_case(self.wanted)
        if self._case is None:
            yield Static(id="opening")
        else:
            self.before_screens()
            yield self._first_screen()
        yield Static(id="foot")
        yield Static(id="small")

    def on_mount(self) -> None:
        """Begin to open the case."""
        self.animation_level = "none"
        if self._keymap_of_user:
            self.set_keymap(self._keymap_of_user)
        if self.is_open:
            self._show_screens()
        else:
            self._begin()

    def _begin(self) -> None:
        """Say what is to be opened."""
        collect_again()
        names = ", ".join(path.name for path in self.wanted.sources)
        self.query_one("#who", Static).update(content(f" arcdiag  {names}"))
        self._opening("opening")
        self._open()

    @work(thread=True, group="open")
    def _open(self) -> None:
        from diag.tui.caseopening import open_case

        def say(text: str) -> None:
            if self._left:
                raise DiagError("nobody waits for it any more")
            self.call_from_thread(self._opening, text)

        try:
            case = open_case(self.wanted, say)
        except DiagError as error:
            if not self._left:
                self.call_from_thread(self._failed, error)
            return
        if self._left:
            case.close()
        else:
            self.call_from_thread(self._opened, case)

    def _opening(self, text: str) -> None:
        made = opening_content(self.wanted.sources, text)
        self.query_one("#opening", Static).update(made)

    def _failed(self, error: DiagError) -> None:
        """Say on the screen what is wrong, and what to do."""
        self.failure = error
        self.query_one("#opening", Static).update(failure_content(error))

    def _opened(self, case: Case) -> None:
        """Show the screens."""
        self.run_worker(self._mount_screens(case), exclusive=True)

    async def _mount_screens(self, case: Case) -> None:
        self._case = case
        self.before_screens()
        await self.query_one("#opening").remove()
        await self.mount(self._first_screen(), before="#foot")
        self._show_screens()

    def _first_screen(self) -> ContentSwitcher:
        return ContentSwitcher(FindingsPane(id=FIRST), initial=FIRST, id="screens")

    def _show_screens(self) -> None:
        self.draw_frame()
        self._focus()
        # What comes now takes the processor; what is there has to be drawn before.
        self.call_after_refresh(self.run_worker, self._go_on)

    async def _go_on(self) -> None:
        """Make the screens that need no lines, then go on behind them."""
        collect_again()
        await self.add_screens(SOON)
        self.is_whole = True
        self.after_screens()

    async def add_screens(self, some: Mapping[str, tuple[str, str]]) -> None:
        """Make screens that are not shown yet.

        Args:
            some: Module and class, by the name of the screen.
        """
        switcher = self.query_one(ContentSwitcher)
        for name, (module, kind) in some.items():
            pane = getattr(import_module(module), kind)(id=name)
            pane.display = False
            await switcher.mount(pane)

    def reopen(self, error: DiagError | None = None) -> None:
        """Take the screens away, and read the case anew.

        Args:
            error: Why it cannot be read; it is told instead.
        """
        if self.is_open and not self._left:
            self.run_worker(self._reopen(error), exclusive=True)

    async def _reopen(self, error: DiagError | None) -> None:
        self.closing()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.case.close()
        self._case, self.is_whole = None, False
        self._back.clear()
        await self.query_one("#screens").remove()
        await self.mount(Static(id="opening"), before="#foot")
        for name in ("#tabs", "#foot"):
            self.query_one(name, Static).update("")
        if error is None:
            self._begin()
        else:
            self._failed(error)
