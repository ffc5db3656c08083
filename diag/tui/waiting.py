"""Keys for a screen that is not there yet wait until it is, and are pressed then.

Else what somebody types behind `3` and `f` would be taken for keys of the screen that
is still shown.
"""

from __future__ import annotations

from textual import events
from textual.widgets import Input, Static, TextArea

from diag.tui.counting import Counting
from diag.tui.door import content
from diag.tui.keys import EVERYWHERE, keys_of
from diag.tui.sorting import LATE, Sorting

# They act whatever waits.
AT_ONCE = frozenset({"ctrl+q", "ctrl+c", "ctrl+p"})


class Waiting(Counting, Sorting):
    """What comes first of all between the keyboard and the screens."""

    _held: tuple[events.Key | events.Paste, ...] = ()

    async def on_event(self, event: events.Event) -> None:
        """Let keys wait while the screen that they are for is not there."""
        if not isinstance(event, events.Key | events.Paste) or not self._waits(event):
            await self._pass(event)
        elif isinstance(event, events.Key) and event.key == "escape":
            self.forget_keys()
        elif isinstance(event, events.Key) and event.key == "q" and not self._types:
            await self._pass(event)
        else:
            self.touched = True
            self._held = (*self._held, event)
            self._tell()

    async def _pass(self, event: events.Event) -> None:
        """Give on what was typed; what decides about later keys is done at once.

        A widget has keys in its turn: those behind `3` would be there before.
        """
        if isinstance(event, events.Key) and not event.is_forwarded and self._free:
            for key in self.keys_here():
                early = key.id.startswith("screen-") or key.action == "app.count"
                if early and event.key in key.keys.split(","):
                    self.touched = True
                    await self.run_action(key.action)
                    return
        await super().on_event(event)

    @property
    def _free(self) -> bool:
        """Whether keys are keys: nothing is typed, and no dialog is open."""
        return (
            self.is_open
            and len(self.screen_stack) == 1
            and self._digits is None
            and not isinstance(self.focused, Input | TextArea)
        )

    def _waits(self, event: events.Key | events.Paste) -> bool:
        """Return whether something that is typed now has to wait."""
        name = event.key if isinstance(event, events.Key) else ""
        if event.is_forwarded or name in AT_ONCE or self.failure is not None:
            return False
        if self._held or (self.due_screen and not self.is_sorted):
            return True
        if not self.is_open:
            return name in self._words(EVERYWHERE, "screen-")
        back = self.session.screen
        if self.is_sorted or self.touched or back not in LATE:
            return False
        # The case opens on the screen where it was left, and this key is of that one.
        here = {word for key in self.keys_here() for word in key.keys.split(",")}
        if name not in self._words(back) - here:
            return False
        self.not_yet(back)
        return True

    def _words(self, pane: str, of: str = "") -> set[str]:
        """Return the keys of a screen alone, as the user has them."""
        known = keys_of(pane, self._keymap_of_user)
        own = [key for key in known if key.pane == pane and key.id.startswith(of)]
        return {word.strip() for key in own for word in key.keys.split(",")}

    @property
    def _types(self) -> bool:
        """Whether one of the keys that wait begins a text."""
        first = set().union(*(self._words("log", of) for of in TYPING))
        return any(not isinstance(k, events.Key) or k.key in first for k in self._held)

    def _tell(self) -> None:
        many = f"{len(self._held)} keys wait" if len(self._held) > 1 else "a key waits"
        said = f" {many} for the {self.due_screen or 'screen'} …   Esc: forget"
        self.screen_stack[0].query_one("#foot", Static).update(content((said, "bold")))

    def draw_frame(self) -> None:
        """Draw header, tabs and footer, or there what waits."""
        super().draw_frame()
        if self._held:
            self._tell()

    def forget_keys(self) -> None:
        """Press none of the keys that wait, and stay on this screen."""
        self._held = ()
        self.forget_due()
        self.draw_frame()

    def press_held(self) -> None:
        """Press the keys that wait, as there is a screen for them now."""
        if self._held:
            self.set_timer(STEP, self._press)

    async def _press(self) -> None:
        """Press them one after the other; widgets get time for each that is no text."""
        while self._held:
            event, self._held = self._held[0], self._held[1:]
            await self._pass(event)
            if self.due_screen and not self.is_sorted:
                break
            if self._held and not isinstance(self.focused, Input | TextArea):
                self.set_timer(STEP, self._press)
                return
        self.draw_frame()


STEP = 0.02  # seconds
TYPING = ("search", "filter", "time")  # ids of keys that begin a text
