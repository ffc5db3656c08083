"""Filters and searches of the log: run in threads, and shown in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from diag.errors import DiagError, KqlError
from diag.tui.asking import filter_rows, hits_of
from diag.tui.logview.nearby import Near
from diag.tui.logview.places import step
from diag.tui.panes.logask import LogAsk

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.tui.logview.order import Indexes, Wanted
    from diag.tui.logview.places import View
    from diag.tui.looking import Asked

    # Where to look first, and what gets the indexes of what is found there.
    First = tuple[Near, Callable[[Indexes], None]]


class LogFilter(LogAsk):
    """What is shown, and what is searched for."""

    def start(
        self,
        kind: str,
        asked: Asked,
        then: Callable[[Indexes], None],
        first: First | None = None,
    ) -> None:
        """Ask the store in a thread; an older question of the kind is stopped.

        Args:
            kind: `filter`, `search` or `count`.
            asked: The question.
            then: Gets the indexes, in the thread of the screen.
            first: Where to look first, and what gets the indexes of what is there:
                none, or more of them each time.
        """
        self.stop(kind)
        self.questions[kind] = asked
        self._ask_store(asked, then, first)

    @work(thread=True)
    def _ask_store(
        self, asked: Asked, then: Callable[[Indexes], None], first: First | None
    ) -> None:
        tell = self.app.call_from_thread
        try:
            if first is not None:
                near, soon = first
                for some in asked.soon(near):
                    tell(self._answered, asked, soon, some)
            found = asked.run(lambda: tell(self.bar))
            if self.questions.get("filter") is asked:
                self._view_of(found).silences()
        except DiagError as error:
            if not asked.stopped:
                tell(self.refused, asked, error)
            return
        tell(self._answered, asked, then, found)

    def _answered(
        self, asked: Asked, then: Callable[[Indexes], None], found: Indexes
    ) -> None:
        if not asked.stopped:
            then(found)

    def refused(self, asked: Asked, error: DiagError) -> None:
        """Say why there is no answer; a wrong filter can be mended."""
        if self.questions.get("count") is asked:
            self.hint(error)
            return
        filtering = self.questions.get("filter") is asked
        if filtering:
            self._stop_filter()
        elif self.questions.get("search") is asked:
            self.search_for("")
        if isinstance(error, KqlError) and filtering:
            self.ask_again(self._tried, error)
        else:
            self.triage.say(str(error))

    _good: tuple[str, Indexes | None] = ("", None)
    _tried = ""

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
        self.close_asking()
        showing = self.showing
        showing.off = False
        if not condition:
            self._good = "", None
            self._stop_filter(shown=True)
            return
        self._tried = condition
        showing.running = True
        self.bar()
        first = self._near(forward=False), self._filtered_partly
        asked = filter_rows(condition, self.case)
        self.start("filter", asked, self._filtered, first)

    def _near(self, *, forward: bool) -> Near:
        """Return where one looks: near to the cursor, among what can be shown."""
        view, order, wanted = self.log_view, self.case.order, self._wanted
        at = view.view.index(view.cursor) if len(view.view) else self.last_index or 0
        if forward:
            return Near(lambda: view.view, at, 1, forward=True)
        enough = 2 * max(view.size.height, 1)
        return Near(lambda: order.choose(None, **wanted), at, enough)

    def _filtered_partly(self, found: Indexes) -> None:
        showing = self.showing
        showing.filter, showing.matched, showing.partly = self._tried, found, True
        self.apply_showing()

    def _filtered(self, found: Indexes) -> None:
        showing = self.showing
        showing.filter, showing.matched = self._tried, found
        showing.running = showing.partly = False
        self._good = showing.filter, showing.matched
        self.apply_showing()

    def _stop_filter(self, *, shown: bool = False) -> None:
        """Go back to the filter there was, if another one is on its way.

        Args:
            shown: It is shown, whatever is shown now.
        """
        showing = self.showing
        self.stop("filter")
        shown = shown or showing.partly
        showing.running = showing.partly = False
        showing.filter, showing.matched = self._good
        if shown:
            self.apply_showing()
        else:
            self.bar()

    def stop_looking(self) -> bool:
        """Stop the filter or the search that runs; says whether there was one."""
        if self.showing.running:
            self._stop_filter()
            self.triage.say("the filter was stopped")
            return True
        if self._text and self._hits is None:
            self.search_for("")
            self.triage.say("the search was stopped")
            return True
        return False

    def apply_showing(self) -> None:
        """Show what is wanted now, near to the line that was under the cursor."""
        view = self._view_of(self.showing.matched)
        old = self.log_view
        if len(old.view):
            self.last_index = old.view.index(old.cursor)
        old.show(view, keep=self.last_index)
        self.bar()

    _made: tuple[Indexes | None, object, View] | None = None

    def _view_of(self, matched: Indexes | None) -> View:
        """Return the view of what meets a filter; also in a thread, ahead of time."""
        showing, order = self.showing, self.case.order
        off, wanted = showing.off, self._wanted
        made = self._made
        if made is not None and made[0] is matched and made[1] == (off, wanted):
            return made[2]
        if off:
            view = order.whole(untimed=wanted["untimed"])
        else:
            view = order.choose(matched, **wanted)
            if not len(view) and order.untimed and matched is not None:
                # All that meets the filter is of documents.
                everything: Wanted = {**wanted, "untimed": True}
                view = order.choose(matched, **everything)
        self._made = matched, (off, wanted), view
        return view

    @property
    def _wanted(self) -> Wanted:
        """What `Order.choose` is asked for besides the filter."""
        showing = self.showing
        names = self._file_names.items()
        hidden = [number for number, name in names if name in showing.hidden]
        return {"level": showing.level, "hidden": hidden, "untimed": showing.untimed}

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
        self._text, self._hits, self._came_to_hit = text, None, False
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
        if stay:
            self.start("search", asked, self._mark_hits)
        else:
            first = self._near(forward=True), self._to_hit
            self.start("search", asked, self._found, first)

    _came_to_hit = False

    def _to_hit(self, found: Indexes) -> None:
        """Go to the first hit before the others are known."""
        view = self.log_view
        places = view.view.places(found)
        if len(places):
            self._came_to_hit = True
            view.move_to(int(places[0]), centre=True)

    def _mark_hits(self, found: Indexes) -> None:
        self._hits = found
        self.log_view.mark(hits=found)
        self.bar()

    def _found(self, found: Indexes) -> None:
        self._mark_hits(found)
        view = self.log_view
        places = self._hit_places
        if places is None or not len(places):
            self.triage.say(f"no hit of {self._text} in what is shown")
            return
        if self._came_to_hit:
            return
        at = step(places, view.cursor - 1, forward=True)
        if at is None:
            self.triage.say("behind the last hit: this is the first one again")
            at = int(places[0])
        view.move_to(at, centre=True)
