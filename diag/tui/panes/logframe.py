"""The log without its keys: bar, list, details, and the line where one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Input, Static

from diag.store.browse import LEVELS
from diag.tui.door import content
from diag.tui.keys import bindings
from diag.tui.logview.detail import detail_content
from diag.tui.logview.pages import Pages
from diag.tui.logview.view import LogView
from diag.tui.panes.logstate import Showing
from diag.tui.panes.pane import Pane
from diag.tui.typing import AskLine
from diag.tui.zones import zones

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from diag.store.browse import Rows
    from diag.tui.looking import Asked

    Places = NDArray[np.int64]

ZONE = "SELECT TimeZone FROM Bundles WHERE TimeZone <> '' ORDER BY BundleId LIMIT 1"


class LogFrame(Pane):
    """Bar, list, details, and the line where one types."""

    DEFAULT_CSS = """
    LogFrame #log-bar { height: 1; color: $text-muted; }
    LogFrame { layers: default over; }
    LogFrame #log-asking {
        layer: over; dock: top; offset-y: 1; height: 3; display: none;
    }
    LogFrame #log-ask { background: $panel; }
    LogFrame #log-hint { height: 2; color: $text-muted; }
    LogFrame #log-details { height: 8; border-top: solid $panel-lighten-2; }
    LogFrame #log-details.away { display: none; }
    LogFrame .log--critical { color: $text-error; text-style: bold; }
    LogFrame .log--error { color: $text-error; }
    LogFrame .log--warning { color: $text-warning; }
    LogFrame .log--debug { color: $text-muted; }
    LogFrame .log--time, LogFrame .log--quiet { color: $text-muted; }
    LogFrame .log--name { color: $text-accent; }
    LogFrame .log--mark { color: $text-warning; text-style: bold; }
    LogFrame .log--hit { text-style: reverse; }
    LogFrame .log--cursor { background: $panel-lighten-2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("log")]
    needs_lines = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While somebody types, keys are letters."""
        del parameters
        return not (
            action in {"search", "filter", "time"}
            and isinstance(self.screen.focused, Input)
        )

    def compose(self) -> ComposeResult:
        """Make bar, list, details and the line where one types."""
        order = self.case.order
        self.showing = Showing(untimed=order.untimed == len(order))
        self.questions: dict[str, Asked] = {}
        self._asking = ""
        self.last_index: int | None = None
        self._hits: Rows | None = None  # indexes
        self._text = ""
        told = self.case.browser.rows(ZONE, {})
        self._zones = zones(str(told[0][0]) if told else "")
        self._zone = 0
        view = order.whole(untimed=self.showing.untimed)
        yield Static(id="log-bar")
        with Vertical(id="log-asking"):
            yield AskLine(id="log-ask", select_on_focus=False, compact=True)
            yield Static(id="log-hint")
        yield LogView(Pages(self.case.browser), view, id="log-view")
        yield Static(id="log-details")

    def on_mount(self) -> None:
        """Begin with all lines, at the last one, or as they were left."""
        view = self.log_view
        view.findings = self.case.proof_rows
        view.move_to(len(view.view) - 1)
        self.bar()

    @property
    def log_view(self) -> LogView:
        """The list."""
        return self.query_one(LogView)

    @property
    def first(self) -> LogView:
        """The list."""
        return self.log_view

    def on_log_view_moved(self) -> None:
        """Show the details of the line."""
        self.bar()
        panel = self.query_one("#log-details", Static)
        if panel.has_class("away"):
            return
        line = self.log_view.line
        if line is None:
            said = " no line"
            if self.showing.running:
                said += " near to where it was; the others are looked at"
            elif self.showing.any:
                said += ": x takes filters away, L shows logs"
            panel.update(content(said), layout=False)
            return
        note = self.triage.session.bookmarks.get((line.file, line.line))
        zone = self._zones[self._zone].of
        made = detail_content(self.case, line, self.size.width, zone=zone, note=note)
        panel.update(made, layout=False)

    def bar(self) -> None:
        """Draw the bar: where one is, how much is shown, and in which zone."""
        view = self.log_view
        order = self.case.order
        at = f"line {view.cursor + 1:,} of" if len(view.view) else "no line of"
        parts = [(f" {at} {len(view.view):,}", "bold")]
        if self.showing.running:
            so_far = f" so far {len(view.view):,}" if self.showing.partly else ""
            parts.append((f" · filtering …{so_far}{self._done('filter')}", "bold"))
        elif len(view.view) != len(order):
            parts.append((f" ({len(order):,} in all)", ""))
        parts.append((f" · {self._zones[self._zone].name}", ""))
        if order.untimed and not self.showing.untimed:
            parts.append((f" · {order.untimed:,} without a time: L", ""))
        if self.showing.level:
            word = LEVELS[self.showing.level]
            parts.append((f" · {word}+", "bold"))
        if self.showing.hidden:
            parts.append((f" · {len(self.showing.hidden)} logs hidden", "bold"))
        if self._text:
            looking = f"…{self._done('search')}"
            found = looking if self._hits is None else f"{self._shown_hits():,} hits"
            parts.append((f" · /{self._text} {found}", ""))
        if self.showing.filter and (self.showing.partly or not self.showing.running):
            parts.append((f" · f> {self.showing.filter}", "bold"))
        if self.showing.off:
            parts.append((" (off: x)", ""))
        self.query_one("#log-bar", Static).update(content(*parts), layout=False)

    def _done(self, kind: str) -> str:
        """Return how much a question has looked at, if that takes a while."""
        asked = self.questions.get(kind)
        return f" {asked.done:.0%} looked at" if asked and asked.done else ""

    def _shown_hits(self) -> int:
        places = self._hit_places
        return 0 if places is None else len(places)

    @property
    def _hit_places(self) -> Places | None:
        """The lines that were found, as far as they are shown."""
        if self._hits is None:
            return None
        view = self.log_view.view
        if self._placed is None or self._placed[0] is not view:
            self._placed = view, view.places(self._hits)
        return self._placed[1]

    _placed: tuple[object, Places] | None = None
