"""Keys for a screen that is not there yet wait until it is, and are pressed then.

Else what somebody types behind `3` and `f` would be taken for keys of the screen that
is still shown, and what is typed behind Enter for more of the text.
"""

from __future__ import annotations

from textual import events
from textual.widgets import Static

from diag.tui.counting import Counting
from diag.tui.door import content
from diag.tui.keys import EVERYWHERE, keys_of
from diag.tui.sorting import LATE, Sorting
from diag.tui.typing import AskLine

# They act whatever waits.
AT_ONCE = frozenset({"ctrl+q", "ctrl+c", "ctrl+p"})


class Waiting(Counting, Sorting):
    """What comes first of all between the keyboard and the screens."""

    _held: tuple[events.Key | events.Paste, ...] = ()
    _ending = False  # Enter or Esc is on its way to a line where one types

    async def on_event(self, event: events.Event) -> None:
        """Let keys wait while the screen that they are for is not there."""
        if not isinstance(event, events.Key | events.Paste) or not self._waits(event):
            await self._pass(event)
        elif self._awaited and _name(event) == "escape":
            self.forget_keys()
        elif self._awaited and _name(event) == "q" and not self._types:
            await self._pass(event)
        else:
            self.touched = True
            self._held = (*self._held, event)
            self._tell()

    async def _pass(self, event: events.Event) -> None:
        """Give on what was typed; what decides about later keys is done at once.

        A widget has keys in its turn: those behind `3` would be there before.
        """
        if isinstance(event, events.Key) and not event.is_forwarded:
            for key in self.keys_here() if self._free else ():
                early = key.id.startswith("screen-") or key.action == "app.count"
                if early and event.key in key.keys.split(","):
                    self.touched = True
                    await self.run_action(key.action)
                    return
            if event.key in ENDS and isinstance(self.focused, AskLine):
                self._ending = True
                self.set_timer(LATEST, self.text_ended)
        await super().on_event(event)

    def text_ended(self) -> None:
        """Press what was typed behind a text; the screen has seen its end now."""
        self._ending = False
        self.press_held()

    @property
    def _awaited(self) -> bool:
        """Whether a screen is waited for."""
        return not self.is_open or bool(self.due_screen and not self.is_sorted)

    @property
    def _free(self) -> bool:
        """Whether keys are keys: nothing is typed, and no dialog is open."""
        return (
            self.is_open
            and len(self.screen_stack) == 1
            and self._digits is None
            and not self._in_text
        )

    @property
    def _in_text(self) -> bool:
        """Whether a letter would become part of a text."""
        return self.focused is not None and self.focused.check_consume_key("j", "j")

    def _waits(self, event: events.Key | events.Paste) -> bool:
        """Return whether something that is typed now has to wait."""
        name = _name(event)
        if event.is_forwarded or name in AT_ONCE or self.failure is not None:
            return False
        if self._held or self._ending or (self.is_open and self._awaited):
            return True
        if not self.is_whole:
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
        if not self._awaited:
            return
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
        if self._held and not self._ending:
            self.set_timer(STEP, self._press)

    async def _press(self) -> None:
        """Press them one after the other; widgets get time for each that is no text."""
        while self._held and self.screen_stack:
            event, self._held = self._held[0], self._held[1:]
            await self._pass(event)
            if self._ending or self._awaited:
                break
            if self._held and not self._in_text:
                self.set_timer(STEP, self._press)
                return
        if self.screen_stack:
            self.draw_frame()


STEP = 0.02  # seconds
LATEST = 2.0  # seconds; keys never wait longer for the end of a text
ENDS = ("enter", "escape")
TYPING = ("search", "filter", "time")  # ids of keys that begin a text


def _name(event: events.Key | events.Paste) -> str:
    return event.key if isinstance(event, events.Key) else ""
