"""The line where one types: what is pasted cannot act on the terminal either."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, TextArea

from diag.tui.door import inline, plain

if TYPE_CHECKING:
    from textual import events


class Typing(Input):
    """An input line whose value holds no control characters."""

    def validate_value(self, value: str) -> str:
        """Return what may stand in the line."""
        return inline(value)


class AskLine(Typing):
    """A line where Tab completes and the arrows go through what was typed before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False),
        Binding("up", "earlier(-1)", show=False),
        Binding("down", "earlier(1)", show=False),
    ]

    class Completed(Message):
        """Tab was pressed."""

    class Earlier(Message):
        """What was typed before is wanted, or after that."""

        def __init__(self, steps: int) -> None:
            """Keep in which direction."""
            super().__init__()
            self.steps = steps

    def action_complete(self) -> None:
        """Tell that a word is to be completed."""
        self.post_message(self.Completed())

    def action_earlier(self, steps: int) -> None:
        """Tell that another text is wanted."""
        self.post_message(self.Earlier(steps))


class Editor(TextArea):
    """Lines of text without control characters, whatever is pasted."""

    def load_text(self, text: str) -> None:
        """Put in a text instead of the one there is."""
        super().load_text(plain(text))

    def on_paste(self, event: events.Paste) -> None:
        """Make what is pasted visible; the editor itself puts it in then."""
        event.text = plain(event.text)
