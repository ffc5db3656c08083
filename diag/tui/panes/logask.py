"""The line where one types for the log: it opens, tells, and closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from diag.errors import KqlError
from diag.tui.completing import Words
from diag.tui.door import inline, lines
from diag.tui.panes.logmarks import LogMarks
from diag.tui.typing import AskLine

if TYPE_CHECKING:
    from textual.timer import Timer

    from diag.errors import DiagError
    from diag.tui.door import Part

HINTS = {
    "filter": 'Level == "error" and Message has "timeout"; Tab completes; empty: all',
    "search": "a text, or /a regex/; empty: none",
    "time": "04:48, 2026-03-10T04:48, -2h (before the last line)",
}


class LogAsk(LogMarks):
    """The line, and what stands below it."""

    def _ask(self, what: str, text: str) -> None:
        self._asking = what
        line = self.query_one("#log-ask", AskLine)
        line.value = text
        line.cursor_position = len(line.value)
        # At once, not by a class: keys that are typed right behind belong here.
        self.query_one("#log-asking").display = True
        self.screen.set_focus(line)
        self._tell([[(HINTS[what], "")]])
        if what == "filter" and self._words is None:
            self.run_worker(self._learn, thread=True, group="words", exclusive=True)

    _words: Words | None = None
    _later: Timer | None = None

    def _learn(self) -> None:
        self._words = Words(self.case)

    def _tell(self, rows: list[list[Part | str]]) -> None:
        self.query_one("#log-hint", Static).update(lines(rows), layout=False)

    def close_asking(self) -> bool:
        """Close the line where one types; says whether it was open."""
        box = self.query_one("#log-asking")
        if not box.display:
            return False
        box.display = False
        self._asking = ""
        self.stop("count")
        if self._later is not None:
            self._later.stop()
        self.screen.set_focus(self.log_view)
        return True

    def stop(self, kind: str) -> None:
        """Stop a question that runs."""
        if (old := self.questions.pop(kind, None)) is not None:
            old.stop()

    def hint(self, error: DiagError) -> None:
        """Show an error below where one types, with a caret under its place."""
        text = str(error)
        line = self.query_one("#log-ask", AskLine)
        if isinstance(error, KqlError):
            before = inline(line.value[: max(error.column - 1, 0)])
            at = max(len(before) - int(line.scroll_offset.x), 0)
            self._tell(
                [[(" " * at + "^", "bold $text-error")], [(error.text, "$text-error")]]
            )
        else:
            self._tell([[(text, "$text-error")]])

    def ask_again(self, text: str, error: DiagError) -> None:
        """Open the line with a condition that was wrong, and say why."""
        self._ask("filter", text)
        self.call_after_refresh(self.hint, error)
