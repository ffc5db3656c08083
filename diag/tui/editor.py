"""Where one types several lines: what is pasted cannot act on the terminal either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import TextArea

from diag.tui.door import plain
from diag.tui.typing import edit_in_order

if TYPE_CHECKING:
    from textual import events


class Editor(TextArea):
    """Lines of text without control characters, whatever is pasted."""

    def load_text(self, text: str) -> None:
        """Put in a text instead of the one there is."""
        super().load_text(plain(text))

    def on_paste(self, event: events.Paste) -> None:
        """Make what is pasted visible; the editor itself puts it in then."""
        event.text = plain(event.text)

    async def _on_key(self, event: events.Key) -> None:
        """Edit; letters are left to the editor itself."""
        await edit_in_order(self, event)
