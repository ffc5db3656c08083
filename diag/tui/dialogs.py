"""Small windows above a screen: choose, tick, type a text, read a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from diag.tui.door import content, inline, lines
from diag.tui.typing import Typing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from diag.tui.door import Part

    Row = tuple[str, Sequence[Part | str]]

LEAVE = Binding("escape", "leave", "close", show=False)


class Dialog(ModalScreen[object]):
    """What all of them have in common."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
      width: 90%; max-width: 110; height: auto; max-height: 90%;
      border: round $panel-lighten-2; background: $panel; padding: 0 1;
    }
    Dialog .dialog-title { height: auto; text-style: bold; }
    Dialog .dialog-hint { height: auto; color: $text-muted; }
    Dialog OptionList { height: auto; max-height: 60vh; background: $panel; }
    Dialog VerticalScroll { height: auto; max-height: 70vh; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [LEAVE]

    def action_leave(self) -> None:
        """Close it without an answer."""
        self.dismiss(None)


class Chooser(Dialog):
    """Choose one of some rows; the answer is its name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        Binding("q", "leave", show=False),
    ]

    def __init__(self, title: str, rows: Sequence[Row], hint: str = "") -> None:
        """Prepare to show rows.

        Args:
            title: What is to be chosen.
            rows: Their names and texts; a row without a name is a heading.
            hint: What can be done.
        """
        super().__init__()
        self._title, self._rows = title, list(rows)
        self._hint = hint or "Enter chooses, Esc closes"

    def compose(self) -> ComposeResult:
        """Make title, rows and hint."""
        with Vertical():
            yield Static(content(self._title), classes="dialog-title")
            yield OptionList(id="choices")
            yield Static(content(self._hint), classes="dialog-hint")

    def on_mount(self) -> None:
        """Fill in the rows."""
        options = self.query_one(OptionList)
        for name, row in self._rows:
            made = content(self.mark(name), *row)
            options.add_option(Option(made, id=name or None, disabled=not name))
        options.highlighted = next((n for n, r in enumerate(self._rows) if r[0]), None)
        self.set_focus(options)

    def mark(self, name: str) -> str:
        """Return what stands in front of a row."""
        del name
        return ""

    def answer(self, name: str | None) -> object:
        """Return the answer when a row was chosen."""
        return name

    def action_down(self) -> None:
        """Go to the next row."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Go to the row before."""
        self.query_one(OptionList).action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        event.stop()
        self.dismiss(self.answer(event.option.id))


class Ticker(Chooser):
    """Tick some of several rows; the answer is the set of those ticked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", show=False, priority=True),
        Binding("a", "all", show=False),
    ]

    def __init__(
        self, title: str, rows: Sequence[Row], ticked: Collection[str]
    ) -> None:
        """Prepare to show rows.

        Args:
            title: What is to be ticked.
            rows: As for `Chooser`.
            ticked: Names of those that are at first.
        """
        super().__init__(
            title, rows, "space ticks, a all or none, Enter does it, Esc closes"
        )
        self._ticked = set(ticked)

    def mark(self, name: str) -> str:
        """Return the tick of a row."""
        return "[x] " if name in self._ticked else "[ ] "

    def answer(self, name: str | None) -> object:
        """Return the names of the rows that are ticked."""
        del name
        return frozenset(self._ticked)

    def _draw(self) -> None:
        options = self.query_one(OptionList)
        for number, (name, row) in enumerate(self._rows):
            made = content(self.mark(name), *row)
            options.replace_option_prompt_at_index(number, made)

    def action_tick(self) -> None:
        """Tick the row, or take its tick away."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._ticked ^= {self._rows[at][0]}
            self._draw()

    def action_all(self) -> None:
        """Tick all rows, or none."""
        names = {name for name, _ in self._rows}
        self._ticked = set() if self._ticked >= names else names
        self._draw()


class Prompt(Dialog):
    """Type a text; the answer is it."""

    def __init__(self, title: str, text: str = "", hint: str = "") -> None:
        """Prepare to ask.

        Args:
            title: What for.
            text: What stands there at first.
            hint: What may be typed.
        """
        super().__init__()
        self._title, self._text, self._hint = title, text, hint

    def compose(self) -> ComposeResult:
        """Make title and line."""
        with Vertical():
            yield Static(content(self._title), classes="dialog-title")
            yield Typing(inline(self._text), compact=True, select_on_focus=False)
            yield Static(content(self._hint), classes="dialog-hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        event.stop()
        self.dismiss(event.value.strip())


class Reader(Dialog):
    """Read what may be long."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,P,p,enter", "leave", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, rows: Sequence[Sequence[Part | str]]) -> None:
        """Prepare to show rows."""
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """Make the text."""
        with Vertical():
            with VerticalScroll():
                yield Static(lines(self._rows))
            yield Static(content("Esc closes"), classes="dialog-hint")

    def action_move(self, rows: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
