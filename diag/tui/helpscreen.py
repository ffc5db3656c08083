"""Help: the keys of the screen; they can be searched and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from diag.tui.door import content
from diag.tui.keys import EVERYWHERE, LISTS, SCREENS, Key, shown
from diag.tui.sheet import Row, Sheet
from diag.tui.typing import Typing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import ClassVar

    from textual.app import ComposeResult
    from textual.binding import BindingType

NAME = 14
TITLES = {EVERYWHERE: "Everywhere", LISTS: "Lists", **dict(SCREENS)}


class HelpScreen(ModalScreen[Key | None]):
    """Letters narrow the list, Enter does what the selected key does."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen Vertical {
      width: 90%; max-width: 90; height: 90%; border: round $panel-lighten-2;
      background: $surface;
    }
    HelpScreen Static { height: 1; }
    HelpScreen Input { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("enter", "run", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
    ]

    def __init__(self, pane: str, keys: Sequence[Key]) -> None:
        """Show keys.

        Args:
            pane: Of the screen.
            keys: Those that work there, as the user has them.
        """
        super().__init__()
        self._pane = pane
        self._keys = keys
        self._found: list[Key | None] = []

    def compose(self) -> ComposeResult:
        """Make the line to search in, and the list."""
        with Vertical():
            title = TITLES.get(self._pane, self._pane)
            said = f" Keys of {title}: type to search, Enter does it, Esc closes"
            yield Static(content((said, "bold")))
            yield Typing(compact=True, placeholder="search")
            yield Sheet(id="help-list")

    def on_mount(self) -> None:
        """List all keys."""
        self.query_one(Sheet).can_focus = False
        self.set_focus(self.query_one(Input))
        self._list("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """List those that match."""
        self._list(event.value)

    def _list(self, text: str) -> None:
        words = text.lower().split()
        rows: list[Row] = []
        self._found = []
        place = ""
        for key in self._keys:
            names = shown(key.keys)
            said = f"{names} {key.about} {key.foot} {key.id}".lower()
            if not all(word in said for word in words):
                continue
            if key.pane != place:
                place = key.pane
                rows.append(Row(((TITLES.get(place, place), "head"),), still=True))
                self._found.append(None)
            rows.append(Row(((f"  {names:<{NAME}} ", "bold"), (key.about, ""))))
            self._found.append(key)
        if not rows:
            rows = [Row((("no key does that", "quiet"),), still=True)]
            self._found = [None]
        self.query_one(Sheet).show(rows)

    def action_move(self, rows: int) -> None:
        """Select another key."""
        self.query_one(Sheet).action_move(rows)

    def action_page(self, pages: int) -> None:
        """Move by screens."""
        self.query_one(Sheet).action_page(pages)

    def action_run(self) -> None:
        """Close the help, and do what the key does."""
        self.dismiss(self._found[self.query_one(Sheet).cursor])

    def action_leave(self) -> None:
        """Close the help."""
        self.dismiss(None)

    def on_sheet_chosen(self) -> None:
        """A key was double clicked."""
        self.action_run()
