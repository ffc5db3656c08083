"""Timeline: what happened when, in lanes; a span of it becomes a filter of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical
from textual.widgets import Static

from diag.errors import DiagError
from diag.tui.door import content, lines
from diag.tui.keys import bindings
from diag.tui.logview.rates import changes
from diag.tui.panes.pane import Pane
from diag.tui.timeline.draw import bucket_rows, lane_rows
from diag.tui.timeline.gather import gather, span_of
from diag.tui.timeline.window import NAME, Window, kql_time, time_words

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from diag.tui.timeline.lanes import Lane

WORDS = 6  # rows below the lanes


class Lanes(Static, can_focus=True):
    """The picture."""


class TimelinePane(Pane):
    """Lanes over time."""

    DEFAULT_CSS = """
    TimelinePane #time-head { height: 1; color: $text-muted; }
    TimelinePane Lanes { height: 1fr; }
    TimelinePane #time-words { height: 7; border-top: solid $panel-lighten-2; }
    TimelinePane #time-plot { height: 12; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("timeline")]
    needs_lines = True

    def compose(self) -> ComposeResult:
        """Make range, lanes, plot and words."""
        yield Static(id="time-head")
        yield Lanes(id="time-lanes")
        yield Vertical(id="time-plot")
        yield Static(id="time-words")

    def on_mount(self) -> None:
        """Begin with all of the time; the lanes come when they were counted."""
        self.lanes: list[Lane] = []
        self._counted = False
        self._plain = self.case.wanted.ascii
        self.window = Window(*span_of(self.case.order, self.case.diagnosis.now))
        self._selected = 0
        self._begun = False

    @property
    def first(self) -> Widget:
        """The lanes."""
        return self.query_one(Lanes)

    def shown(self) -> None:
        """Count, the first time."""
        if not self._begun:
            self._begun = True
            self._gather()
        self.draw()

    on_show = shown

    @work(thread=True, group="timeline")
    def _gather(self) -> None:
        try:
            found = gather(self.case)
        except DiagError as error:
            self.app.call_from_thread(self.triage.say, str(error))
            return
        self.app.call_from_thread(self._gathered, found)

    def _gathered(self, found: list[Lane]) -> None:
        self.lanes, self._counted = found, True
        self.draw()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.window.resize(max(self.size.width - NAME - 1, 10))
        self.draw()

    def draw(self) -> None:
        """Draw lanes and words for the window as it is now."""
        window = self.window
        head = f" {time_words(window.start)} to {time_words(window.end)} UTC"
        step = window.step_words
        self.query_one("#time-head", Static).update(
            content((head, "bold"), f"   a column is {step}"), layout=False
        )
        panel = self.query_one(Lanes)
        if not self._counted:
            panel.update(content(" counting …"), layout=False)
            return
        rows = lane_rows(
            self.lanes,
            window,
            selected=self._selected,
            height=max(panel.size.height, 3),
            plain=self._plain,
        )
        panel.update(lines(rows), layout=False)
        words = bucket_rows(self.lanes, window, self._selected)
        shown = lines(words[:WORDS])
        self.query_one("#time-words", Static).update(shown, layout=False)
        if self._plot_there:
            self._draw_plot()

    _plot_there = False

    def go_to(self, moment: int) -> None:
        """Put the cursor at a time in microseconds."""
        self.window.show(moment)
        self.draw()

    def action_move(self, columns: int) -> None:
        """Move the cursor."""
        self.window.move(columns)
        self.draw()

    def action_ends(self, last: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the beginning or the end."""
        self.go_to(self.window.last - 1 if last else self.window.first)

    def action_lane(self, step: int) -> None:
        """Go to another lane."""
        most = max(len(self.lanes) - 1, 0)
        self._selected = max(0, min(self._selected + step, most))
        self.draw()

    def action_rate(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to where the rate of all lines departs from what went before."""
        view = self.case.order.whole(untimed=False)
        first, last = self.window.bucket
        found = [(view.time_at(one.place), one) for one in changes(view)]
        wanted = [(moment, one) for moment, one in found if moment >= last]
        if not forward:
            wanted = [
                (moment, one) for moment, one in reversed(found) if moment < first
            ]
        if not wanted:
            where = "later" if forward else "earlier"
            self.triage.say(f"no change of rate {where}")
            return
        moment, one = wanted[0]
        self.go_to(moment)
        self.triage.say(one.words)

    def action_zoom(self, factor: float) -> None:
        """Show less time, or more."""
        self.window.zoom(factor)
        self.draw()

    def action_everything(self) -> None:
        """Show all of the time."""
        self.window.all()
        self.draw()

    def action_select(self) -> None:
        """Begin a selection at the cursor, or end it."""
        self.window.select()
        self.draw()

    def leave_asking(self) -> bool:
        """Take the selection away."""
        if self.window.anchor is None:
            return False
        self.window.anchor = None
        self.draw()
        return True

    def action_log(self) -> None:
        """Show the log at the time of the cursor."""
        self.triage.go_to_time(self.window.bucket[0])

    def action_filter(self) -> None:
        """Show the log of the selected time, or of the column under the cursor."""
        first, last = self.window.selection
        condition = (
            f"TimeGenerated >= datetime({kql_time(first)}) "
            f"and TimeGenerated < datetime({kql_time(last)})"
        )
        self.triage.filter_log(condition)

    def action_ascii(self) -> None:
        """Draw in ASCII, or with blocks."""
        self._plain = not self._plain
        self.draw()

    def action_copy(self) -> None:
        """Copy the lanes as they are drawn."""
        self.triage.copy(self._drawn(), "the lanes")

    def _drawn(self) -> str:
        edges = self.window.edges
        rows = [
            f"{lane.name[: NAME - 1]:<{NAME}}{lane.cells(edges, plain=self._plain)}"
            for lane in self.lanes
        ]
        head = f"{time_words(self.window.start)} to {time_words(self.window.end)} UTC"
        return "\n".join([head, *rows])

    async def action_plot(self) -> None:
        """Show errors and warnings as a plot, or hide it."""
        box = self.query_one("#time-plot")
        self._plot_there = not self._plot_there
        box.display = self._plot_there
        if self._plot_there and not box.children:
            from textual_plotext import PlotextPlot

            await box.mount(PlotextPlot(id="errors-plot"))
        self.draw()

    def _draw_plot(self) -> None:
        from textual_plotext import PlotextPlot

        from diag.tui.timeline.plot import draw_levels

        for one in self.query(PlotextPlot):
            draw_levels(one.plt, self.lanes, self.window)
            one.refresh()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where it was clicked."""
        if event.widget is self.query_one(Lanes):
            self.window.put(event.x - NAME - 1)
            self.draw()
