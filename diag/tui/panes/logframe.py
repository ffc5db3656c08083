"""The log without its keys: bar, list, details, and the line where one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input, Static

from diag.tui.door import content
from diag.tui.keys import bindings
from diag.tui.logview.detail import detail_content
from diag.tui.logview.pages import Pages
from diag.tui.logview.view import LogView
from diag.tui.panes.pane import Pane

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from textual.app import ComposeResult
    from textual.binding import BindingType

    Places = NDArray[np.int64]


class LogFrame(Pane):
    """Bar, list, details, and the line where one types."""

    DEFAULT_CSS = """
    LogPane #log-bar { height: 1; color: $text-muted; }
    LogPane #log-ask { display: none; }
    LogPane #log-details { height: 8; border-top: solid $panel-lighten-2; }
    LogPane #log-details.away { display: none; }
    LogPane LogView .log--error { color: $text-error; }
    LogPane .log--critical { color: $text-error; text-style: bold; }
    LogPane .log--error { color: $text-error; }
    LogPane .log--warning { color: $text-warning; }
    LogPane .log--debug { color: $text-muted; }
    LogPane .log--time, LogPane .log--quiet { color: $text-muted; }
    LogPane .log--name { color: $text-accent; }
    LogPane .log--mark { color: $text-warning; text-style: bold; }
    LogPane .log--hit { text-style: reverse; }
    LogPane .log--cursor { background: $panel-lighten-2; }
    """
    SCOPED_CSS = False  # the class is called otherwise than the screen
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("log")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While somebody types, keys are letters."""
        del parameters
        return not (
            action in {"search", "filter", "time"}
            and isinstance(self.screen.focused, Input)
        )

    def compose(self) -> ComposeResult:
        """Make bar, list, details and the line where one types."""
        yield Static(id="log-bar")
        yield LogView(Pages(self.case.browser), self.case.order.whole(), id="log-view")
        yield Static(id="log-details")
        yield Input(id="log-ask", select_on_focus=False, compact=True)

    def on_mount(self) -> None:
        """Begin with all lines, at the last one."""
        self._filter = ""
        self._off = False
        self._asking = ""
        self._severe: dict[bool, Places] = {}
        self._hits: Places | None = None
        self._text = ""
        view = self.log_view
        view.findings = frozenset(self.case.proofs)
        view.move_to(len(view.view) - 1)
        self._bar()

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
        self._bar()
        panel = self.query_one("#log-details", Static)
        if panel.has_class("away"):
            return
        line = self.log_view.line
        if line is None:
            panel.update(content(" no line"), layout=False)
            return
        width = self.size.width
        made = detail_content(self.case, line, width)
        panel.update(made, layout=False)

    def _bar(self) -> None:
        view = self.log_view
        count = f"{len(view.view):,} of {len(self.case.order):,} lines"
        shown = (
            f"f> {self._filter}{'  (off: x)' if self._off else ''}"
            if self._filter
            else ""
        )
        at = f"line {view.cursor + 1:,}" if len(view.view) else "no line"
        hits = ""
        if self._text:
            found = "…" if self._hits is None else f"{len(self._hits):,} hits"
            hits = f"  /{self._text}  {found}"
        self.query_one("#log-bar", Static).update(
            content((f" {shown}", "bold"), (f"{hits}", ""), f"  {at} · {count}"),
            layout=False,
        )
