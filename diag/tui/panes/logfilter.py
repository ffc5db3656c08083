"""Filters and searches of the log: run in threads, and shown in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from diag.errors import DiagError, KqlError
from diag.tui.asking import Asked, filter_rows, hits_of
from diag.tui.logview.places import step
from diag.tui.panes.logchoose import LogChoose

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.store.browse import Rows


class LogFilter(LogChoose):
    """What is shown, and what is searched for."""

    def start(self, kind: str, asked: Asked, then: Callable[[Rows], None]) -> None:
        """Ask the store in a thread; an older question of the kind is stopped.

        Args:
            kind: `filter`, `search` or `count`.
            asked: The question.
            then: Gets the rows, in the thread of the screen.
        """
        self.stop(kind)
        self.questions[kind] = asked
        self._ask_store(asked, then)

    def stop(self, kind: str) -> None:
        """Stop a question that runs."""
        if (old := self.questions.pop(kind, None)) is not None:
            old.stop()

    @work(thread=True)
    def _ask_store(self, asked: Asked, then: Callable[[Rows], None]) -> None:
        try:
            rows = asked.run()
        except DiagError as error:
            if not asked.stopped:
                self.app.call_from_thread(self.refused, asked, error)
            return
        if not asked.stopped:
            self.app.call_from_thread(self._answered, asked, then, rows)

    def _answered(self, asked: Asked, then: Callable[[Rows], None], rows: Rows) -> None:
        if not asked.stopped:
            then(rows)

    def refused(self, asked: Asked, error: DiagError) -> None:
        """Say why there is no answer; a wrong filter can be mended."""
        if self.questions.get("count") is asked:
            self.hint(error)
            return
        self.showing.running = False
        self.bar()
        if isinstance(error, KqlError) and self.questions.get("filter") is asked:
            self.ask_again(error)
        else:
            self.triage.say(str(error))

    _good: tuple[str, Rows | None] = ("", None)
    _tried = ""

    def hint(self, error: DiagError) -> None:
        """Show an error below the line where one types."""
        raise NotImplementedError

    def ask_again(self, error: DiagError) -> None:
        """Open the line with the text that was wrong."""
        raise NotImplementedError

    def add_condition(self, condition: str) -> None:
        """Narrow the filter by a condition."""
        old = "" if self.showing.off else self.showing.filter
        if not old:
            self.filter_by(condition)
        elif "|" in old or " or " in old:
            wrapped = f"{old} | where {condition}" if "|" in old else None
            self.filter_by(wrapped or f"({old}) and {condition}")
        else:
            self.filter_by(f"{old} and {condition}")

    def filter_by(self, condition: str) -> None:
        """Show only the lines that meet a condition.

        Args:
            condition: In KQL; instead of the filter there was. Empty for all lines.
        """
        self.leave_asking()
        showing = self.showing
        showing.off = False
        if not condition:
            self.stop("filter")
            showing.filter, showing.matched = "", None
            self._good = "", None
            self.apply_showing()
            return
        self._good = showing.filter, showing.matched
        self._tried = condition
        showing.running = True
        self.bar()
        self.start("filter", filter_rows(condition, self.case), self._filtered)

    def _filtered(self, rows: Rows) -> None:
        showing = self.showing
        showing.filter, showing.running = self._tried, False
        showing.matched = self.case.order.indexes(rows)
        self._good = showing.filter, showing.matched
        self.apply_showing()

    def apply_showing(self) -> None:
        """Show what is wanted now, near to the line that was under the cursor."""
        order, showing = self.case.order, self.showing
        if showing.off:
            view = order.whole(untimed=showing.untimed)
        else:
            hidden = [
                number
                for number, name in self._file_names.items()
                if name in showing.hidden
            ]
            wanted = {"level": showing.level, "hidden": hidden}
            view = order.choose(showing.matched, untimed=showing.untimed, **wanted)  # type: ignore[arg-type]
            if not len(view) and order.untimed and showing.matched is not None:
                # All that meets the filter is of documents.
                view = order.choose(showing.matched, untimed=True, **wanted)  # type: ignore[arg-type]
        self._severe = {}
        old = self.log_view
        if len(old.view):
            self.last_index = old.view.index(old.cursor)
        old.show(view, keep=self.last_index)
        self.bar()

    @property
    def _file_names(self) -> dict[int, str]:
        """What the files are called in the list of logs, by their id."""
        return {n: log or file for n, (log, file) in self.case.file_names.items()}

    def action_suspend(self) -> None:
        """Switch all filters off, or on again."""
        if self.showing.any:
            self.showing.off = not self.showing.off
            self.apply_showing()
        else:
            self.triage.say("there is no filter: f")

    def search_for(self, text: str, *, stay: bool = False) -> None:
        """Look for a text, and go to its first hit from the cursor on.

        Args:
            text: What `hits_of` takes; empty ends the search.
            stay: Only mark the hits.
        """
        self.stop("search")
        self._text, self._hits = text, None
        view = self.log_view
        if not text:
            view.hit = None
            view.ticks.hits = None
            view.mark()
            self.bar()
            return
        try:
            view.hit, asked = hits_of(text, self.case)
        except DiagError as error:
            self._text = ""
            self.triage.say(str(error))
            return
        view.refresh()
        self.bar()
        self.start("search", asked, self._marked_hits if stay else self._found)

    def _marked_hits(self, rows: Rows) -> None:
        self._hits = self.case.order.indexes(rows)
        self.log_view.mark(hits=self._hits)
        self.bar()

    def _found(self, rows: Rows) -> None:
        self._marked_hits(rows)
        view = self.log_view
        places = self._hit_places
        if places is None or not len(places):
            self.triage.say(f"no hit of {self._text} in what is shown")
            return
        at = step(places, view.cursor - 1, forward=True)
        if at is None:
            self.triage.say("behind the last hit: this is the first one again")
            at = int(places[0])
        view.move_to(at, centre=True)
