"""The widget: a window on millions of lines, drawn row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from diag.tui.logview.draw import (
    NONE,
    Look,
    Marks,
    body_strip,
    line_strip,
    silence_strip,
)
from diag.tui.logview.spacing import Spacing

if TYPE_CHECKING:
    import re

    from textual import events

    from diag.store.browse import Line
    from diag.tui.logview.order import View
    from diag.tui.logview.pages import Pages

MOST_UNFOLDED = 200  # rows of one record
SIDEWAYS = 20


class LogView(ScrollView, can_focus=True):
    """Shows a `View`. The cursor is a line; the widget only draws and moves."""

    DEFAULT_CSS = """
    LogView { height: 1fr; scrollbar-size-horizontal: 0; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"log--{level}" for level in ("critical", "error", "warning", "debug")),
        *("log--time", "log--name", "log--mark", "log--hit", "log--cursor"),
        "log--quiet",
    }

    class Moved(Message):
        """The cursor is on another line."""

    class Chosen(Message):
        """A line was double clicked, or Enter was pressed on it."""

    def __init__(self, pages: Pages, view: View, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Show a view.

        Args:
            pages: Where lines are read.
            view: Which lines.
            id: Of the widget.
        """
        super().__init__(id=id)
        self._pages = pages
        self.view = view
        self.cursor = 0
        self.left = 0
        self.hit: re.Pattern[str] | None = None
        self.findings: frozenset[int] = frozenset()
        self.bookmarks: frozenset[int] = frozenset()
        self._bodies: dict[int, list[str]] = {}
        self._look: Look | None = None
        self.spacing = Spacing(len(view))
        self.show(view)

    def show(self, view: View, *, keep: int | None = None) -> None:
        """Show another view.

        Args:
            view: Which lines.
            keep: The row number of an event to stay at, or near to.
        """
        self.view = view
        self._bodies = {}
        self.spacing = Spacing.of(len(view), (int(at) for at in view.silences()))
        self.cursor = view.nearest(keep) if keep is not None else 0
        self.virtual_size = Size(self.size.width, self.spacing.height)
        if self.is_mounted:
            self.move_to(self.cursor, centre=True)
            self.refresh()

    @property
    def row(self) -> int | None:
        """The row number of the event under the cursor."""
        return int(self.view.rows[self.cursor]) if len(self.view) else None

    @property
    def line(self) -> Line | None:
        """The event under the cursor."""
        row = self.row
        return None if row is None else self._pages.get(row)

    def move_to(self, place: int, *, centre: bool = False) -> None:
        """Put the cursor on a line, and bring it into sight.

        Args:
            place: From 0; beyond the ends is the end.
            centre: Bring it to the middle if it was out of sight.
        """
        if not len(self.view):
            self.post_message(self.Moved())
            return
        old, self.cursor = self.cursor, max(0, min(place, len(self.view) - 1))
        first, last = self.spacing.around(self.cursor)
        top, height = self.scroll_offset.y, max(self.size.height, 1)
        target = top
        if first < top:
            target = first - (height // 2 if centre else 0)
        elif last >= top + height:
            target = last - height + 1 + (height // 2 if centre else 0)
        if target != top:
            self.scroll_to(y=max(target, 0), animate=False, immediate=True)
        self._refresh_line(old)
        self._refresh_line(self.cursor)
        self.post_message(self.Moved())

    def move_by(self, lines: int) -> None:
        """Move the cursor by some lines."""
        self.move_to(self.cursor + lines)

    def page(self, pages: float) -> None:
        """Move the cursor by so many screens."""
        rows = round(max(self.size.height - 1, 1) * pages)
        spot = self.spacing.spot(
            max(
                0, min(self.spacing.row_of(self.cursor) + rows, self.spacing.height - 1)
            )
        )
        if spot:
            self.move_to(spot.place)

    def sideways(self, columns: int) -> None:
        """Scroll the texts."""
        self.left = max(0, self.left + columns)
        self.refresh()

    def unfold(self, text: str) -> None:
        """Open or close the line under the cursor.

        Args:
            text: All of its record.
        """
        if self.spacing.opened(self.cursor):
            self._bodies.pop(self.cursor, None)
            self.spacing.open({self.cursor: 0})
        else:
            self._bodies[self.cursor] = rows = self._wrapped(text)
            self.spacing.open({self.cursor: len(rows)})
        self.virtual_size = Size(self.size.width, self.spacing.height)
        self.move_to(self.cursor)
        self.refresh()

    def _wrapped(self, text: str) -> list[str]:
        room = max(self.size.width - 6, 20)
        rows = []
        for line in text.replace("\r\n", "\n").split("\n"):
            rows += [line[at : at + room] for at in range(0, max(len(line), 1), room)]
        if len(rows) > MOST_UNFOLDED:
            more = len(rows) - MOST_UNFOLDED
            rows = [*rows[:MOST_UNFOLDED], f"… {more:,} more rows (C copies all)"]
        return rows

    def _refresh_line(self, place: int) -> None:
        first, last = self.spacing.around(place)
        top = self.scroll_offset.y
        self.refresh(Region(0, first - top, self.size.width, last - first + 1))

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._look = None

    @property
    def look(self) -> Look:
        """The styles of the theme."""
        if self._look is None:
            style = self.get_component_rich_style
            levels = {
                word: style(f"log--{word}", partial=True)
                for word in ("critical", "error", "warning", "debug")
            }
            self._look = Look(
                levels={**levels, "trace": levels["debug"], "info": Style()},
                time=style("log--time", partial=True),
                name=style("log--name", partial=True),
                mark=style("log--mark", partial=True),
                hit=style("log--hit", partial=True),
                cursor=style("log--cursor", partial=True),
                quiet=style("log--quiet", partial=True),
            )
        return self._look

    def render_line(self, y: int) -> Strip:
        """Draw one row of the window."""
        width = self.size.width
        if y == 0:
            self._read_ahead()
        spot = self.spacing.spot(y + self.scroll_offset.y)
        if spot is None:
            return Strip.blank(width, NONE)
        if spot.part < 0:
            quiet = self.view.time_at(spot.place) - self.view.time_at(spot.place - 1)
            return silence_strip(quiet / 1_000_000, width, self.look)
        if spot.part > 0:
            body = self._bodies.get(spot.place, [])
            text = body[spot.part - 1] if spot.part <= len(body) else ""
            return body_strip(text, width, self.look)
        row = int(self.view.rows[spot.place])
        line = self._pages.get(row)
        if line is None:
            return Strip.blank(width, NONE)
        marks = Marks(
            finding=row in self.findings,
            bookmark=row in self.bookmarks,
            cursor=spot.place == self.cursor,
        )
        return line_strip(
            line, marks, self.look, width=width, left=self.left, hit=self.hit
        )

    def _read_ahead(self) -> None:
        """Read all lines of the window, and a page either way, in one query."""
        height = self.size.height
        first = self.spacing.spot(self.scroll_offset.y)
        if first is None:
            return
        shown = self.view.rows[first.place : first.place + height]
        self._pages.fetch([int(row) for row in shown])

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, self.spacing.height)
        self.move_to(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line that was clicked; twice chooses it."""
        spot = self.spacing.spot(event.y + self.scroll_offset.y)
        if spot is None:
            return
        self.move_to(spot.place)
        if event.chain > 1:
            self.post_message(self.Chosen())
