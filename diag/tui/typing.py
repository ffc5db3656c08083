"""The line where one types: what is pasted cannot act on the terminal either."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from diag.tui.door import inline

if TYPE_CHECKING:
    from textual import events
    from textual.widget import Widget


async def edit_in_order(line: Widget, event: events.Key) -> None:
    """Do what a key does in a line where one types, before the next one is looked at.

    Textual puts a letter in at once, but sends any other key up to the program, which
    comes back with what it does: Ctrl-U and a text that come as one packet would be
    the text and then Ctrl-U.

    Args:
        line: Where one types; it has the binding.
        event: The key.
    """
    for binding in line._bindings.key_to_bindings.get(event.key, ()):  # noqa: SLF001 - as Textual does
        if not binding.priority and await line.app.run_action(binding.action, line):
            event.stop()
            event.prevent_default()
            return


class Typing(Input):
    """An input line whose value holds no control characters."""

    def validate_value(self, value: str) -> str:
        """Return what may stand in the line."""
        return inline(value)

    async def _on_key(self, event: events.Key) -> None:
        """Edit; letters are left to the input line itself."""
        await edit_in_order(self, event)


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
