"""A number before a motion: `020j` moves by twenty lines, `05e` to the fifth error.

It begins with 0, as 1 to 7 are the screens.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Static

from diag.tui.door import content
from diag.tui.shell import Shell

if TYPE_CHECKING:
    from diag.tui.keys import Key

# Actions that take how far to go, and those that are done so many times.
FAR = re.compile(r"(move|page|sideways|lane)\((-?[0-9.]+)\)")
OFTEN = re.compile(r"(severe|hit|silence|rate|marked|proof)\(.*\)")
MOST_DIGITS = 8
MOST_OFTEN = 1_000


class Counting(Shell):
    """What comes between the keyboard and the screens."""

    _digits: str | None = None

    def action_count(self) -> None:
        """Begin a number."""
        self._digits = ""
        self._tell_count()

    def _tell_count(self) -> None:
        said = f" {self._digits or 'a number'} … and a motion   Esc: none"
        foot = self.screen_stack[0].query_one("#foot", Static)
        foot.update(content((said, "bold")))

    async def on_event(self, event: events.Event) -> None:
        """Take the digits of a number, and the motion behind it."""
        if isinstance(event, events.Key | events.MouseDown):
            self.touched = True
        if self._digits is None or not isinstance(event, events.Key):
            await super().on_event(event)
            return
        if event.key.isdigit():
            self._digits = (self._digits + event.key)[:MOST_DIGITS]
            self._tell_count()
            return
        count, self._digits = int(self._digits or "0"), None
        self.draw_frame()
        key = self._key_of(event.key)
        if event.key == "escape":
            return
        if key is not None and count:
            await self._do(key, count)
        else:
            await super().on_event(event)

    def _key_of(self, name: str) -> Key | None:
        for key in self.keys_here():
            if name in key.keys.split(","):
                return key
        return None

    async def _do(self, key: Key, count: int) -> None:
        place = self.pane.first if key.pane == "lists" else self.pane
        if key.id == "end":  # as in vi: to the line of this number
            await self.run_action(f"line({count})", place)
        elif found := FAR.fullmatch(key.action):
            far = float(found[2]) * count
            whole = int(far) if far.is_integer() else far
            await self.run_action(f"{found[1]}({whole})", place)
        elif OFTEN.fullmatch(key.action):
            for _ in range(min(count, MOST_OFTEN)):
                before = self.pane.spot
                await self.run_action(key.action, place)
                if before is not None and self.pane.spot == before:
                    return
        else:
            await self.run_action(key.action, place)
