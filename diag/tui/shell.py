"""The program without its screens: what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.widgets import ContentSwitcher, Static

from diag.tui.door import content, inline
from diag.tui.frame import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    foot_content,
    tabs_content,
    who_content,
)
from diag.tui.keys import EVERYWHERE, KEYS, bindings, keys_of
from diag.tui.palette import Everything
from diag.tui.panes.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.binding import BindingType

    from diag.tui.case import Case, Wanted
    from diag.tui.keys import Key

FIRST = "findings"
# What needs a case.
LATER = frozenset(key.action.partition("(")[0].removeprefix("app.") for key in KEYS) - {
    "leave",
    "command_palette",
}


class Shell(App[None]):
    """Header, tabs, footer; `names` are those of the screens."""

    CSS = """
    #who, #tabs, #foot { height: 1; }
    #who { background: $panel; text-style: bold; }
    #tabs { color: $text-muted; }
    #foot { background: $panel; }
    #opening { height: 1fr; padding: 1 2; }
    #small { display: none; }
    Screen.small > * { display: none; }
    Screen.small > #small { display: block; }
    ContentSwitcher { height: 1fr; }
    CommandPalette SearchIcon { display: none; }
    OptionList, OptionList:focus { border: none; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EVERYWHERE)]
    COMMANDS: ClassVar = {Everything}
    TITLE = "arcdiag"
    names: ClassVar[frozenset[str]] = frozenset()
    ENABLE_COMMAND_PALETTE = True
    touched = False  # whether somebody pressed a key

    def __init__(self, wanted: Wanted, keymap: Mapping[str, str] | None = None) -> None:
        """Prepare to open a case.

        Args:
            wanted: What to open.
            keymap: The user's keys, checked by `keys.checked`.
        """
        super().__init__()
        self.wanted = wanted
        self._keymap_of_user = dict(keymap or {})
        self._case: Case | None = None
        self._back: list[str] = []
        self._width = 0
        self._left = False
        self.failure: Exception | None = None

    @property
    def case(self) -> Case:
        """What is looked at; only once it is open."""
        assert self._case is not None  # noqa: S101 - screens are made when it is
        return self._case

    @property
    def is_open(self) -> bool:
        """Whether the screens are there."""
        return self._case is not None and bool(self.query(ContentSwitcher))

    def leave_at_once(self) -> None:
        """End, because nobody can look any more."""
        self._left = True
        self.exit()

    def before_screens(self) -> None:
        """Do what is due before there are screens."""

    def after_screens(self) -> None:
        """Do what is due once there are screens."""

    def action_show(self, name: str) -> None:
        """Show a screen."""

    def note_place(self) -> None:
        """Put into the session where one is."""

    def closing(self) -> None:
        """Do what is due before the case is closed."""

    @property
    def pane(self) -> Pane:
        """The screen that is shown."""
        name = self.query_one(ContentSwitcher).current or FIRST
        return self.query_one(f"#{name}", Pane)

    def keys_here(self) -> list[Key]:
        """The keys that work on the screen that is shown, as the user has them."""
        return keys_of(self.pane.id or FIRST, self._keymap_of_user)

    def _focus(self) -> None:
        """Give the screen the focus at once, so that keys typed ahead reach it."""
        self.screen_stack[0].set_focus(self.pane.first)

    def draw_frame(self) -> None:
        """Draw header, tabs and footer."""
        if not self.is_open:
            return
        width = self._width or self.size.width
        counts = {
            "findings": f" {sum(not f.benign for f in self.case.diagnosis.findings)}",
            "log": f" {self.case.line_count:,}",
            "files": f" {len(self.case.diagnosis.files)}",
        }
        base = self.screen_stack[0]
        base.query_one("#who", Static).update(who_content(self.case, width))
        tabs = tabs_content(self.pane.id or FIRST, self.names, counts, width)
        base.query_one("#tabs", Static).update(tabs)
        base.query_one("#foot", Static).update(foot_content(self.keys_here(), width))

    def on_resize(self, event: events.Resize) -> None:
        """Say when there is no room; else draw what fits."""
        width, height = event.size
        self._width = width
        small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        base = self.screen_stack[0]
        base.set_class(small, "small")
        said = f"{width}x{height} is too small: {LEAST_WIDTH}x{LEAST_HEIGHT} at least"
        base.query_one("#small", Static).update(content(said))
        self.draw_frame()

    def say(self, text: str) -> None:
        """Tell something in a corner of the screen."""
        self.notify(inline(text), markup=False, timeout=4)

    def copy(self, text: str, what: str) -> None:
        """Put a text on the clipboard, and say so."""
        if not text:
            self.say("there is nothing to copy")
            return
        self.copy_to_clipboard(text)
        self.say(f"copied {what}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Until a case is open there is nothing to do but wait, or leave."""
        del parameters
        return self.is_open or action not in LATER

    def exit(
        self, result: None = None, return_code: int = 0, message: object = None
    ) -> None:
        """Leave; what threads still find is of no use then."""
        del message  # whoever runs the program says what there is to say
        self._left = True
        super().exit(result, return_code)

    def _handle_exception(self, error: Exception) -> None:
        """Leave the screen; whoever ran the program says why, without a traceback."""
        if self._left:
            return
        self.failure = self.failure or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave without Textual's own traceback."""
        self.bell()
        self._close_messages_no_wait()

    def on_exit_app(self) -> None:
        """Keep what is to be kept while the screens are there."""
        if self.is_open:
            self.closing()

    def on_unmount(self) -> None:
        """Close the case."""
        if self._case is not None:
            self._case.close()
