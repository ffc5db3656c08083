"""The widget: a window on millions of lines, drawn row by row."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from diag.tui.logview.draw import (
    NONE,
    Look,
    Marks,
    body_strip,
    line_strip,
    look_of,
    silence_strip,
)
from diag.tui.logview.folding import Folding, chopped
from diag.tui.logview.reading import Reading
from diag.tui.logview.spacing import Spacing
from diag.tui.logview.ticks import Ticks

if TYPE_CHECKING:
    import re
    from collections.abc import Collection
    from datetime import tzinfo

    from textual import events

    from diag.store.browse import Line, Rows
    from diag.tui.logview.pages import Pages
    from diag.tui.logview.places import View


class LogView(Reading, can_focus=True):
    """Shows a `View`. The cursor is a line; the widget only draws and moves."""

    DEFAULT_CSS = """
    LogView {
      height: 1fr; scrollbar-size-horizontal: 0; scrollbar-size-vertical: 1;
    }
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
        self.pages, self.view = pages, view
        self.cursor = 0
        self.left = 0
        self.hit: re.Pattern[str] | None = None
        self.findings: frozenset[int] = frozenset()
        self.bookmarks: Collection[int] = frozenset()
        self.zone: tzinfo | None = UTC
        self.folding = Folding(pages)
        self.ticks = Ticks(view)
        self._look: Look | None = None
        self.spacing = Spacing(len(view))
        self._take(view)

    def _take(self, view: View) -> None:
        self.view = view
        self.folding.forget()
        self.ticks = Ticks(view, self.ticks.hits, self.bookmarks)
        self.spacing = Spacing.of(len(view), (int(at) for at in view.silences()))
        self.virtual_size = Size(self.size.width, self.spacing.height)

    def show(self, view: View, *, keep: int | None = None) -> None:
        """Show another view.

        Args:
            view: Which lines.
            keep: The index of an event to stay at, or near to.
        """
        offset = self.spacing.row_of(self.cursor) - self.scroll_offset.y
        self._take(view)
        self.cursor = view.near(keep) if keep is not None else 0
        # The line stays where it is on the screen.
        self._scroll(self.spacing.row_of(self.cursor) - offset)
        self.move_to(self.cursor, centre=True)
        self.refresh()

    def _scroll(self, top: int) -> None:
        # Forced: the bar of a list that was short until now is not there yet.
        self.scroll_to(y=max(top, 0), animate=False, immediate=True, force=True)

    def mark(
        self, hits: Rows | None = None, bookmarks: Collection[int] | None = None
    ) -> None:
        """Show other marks beside the lines and at the right.

        Args:
            hits: Indexes of what was searched for; None leaves them as they are.
            bookmarks: Row numbers of lines with a bookmark; None leaves them.
        """
        if bookmarks is not None:
            self.bookmarks = bookmarks
        kept = self.ticks.hits if hits is None else hits
        self.ticks = Ticks(self.view, kept, self.bookmarks)
        self.refresh()

    @property
    def row(self) -> int | None:
        """The row number of the event under the cursor."""
        return self.view.row(self.cursor) if len(self.view) else None

    @property
    def line(self) -> Line | None:
        """The event under the cursor."""
        row = self.row
        if row is None:
            return None
        self.read_window()
        return self.pages.get(row)

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
        top, height = self._wrap(old), max(self.size.height, 1)
        first, last = self.spacing.around(self.cursor)
        target = top
        if first < top:
            target = first - (height // 2 if centre else 0)
        elif last >= top + height:
            target = last - height + 1 + (height // 2 if centre else 0)
            target = min(target, first)
        if target != self.scroll_offset.y:
            self._scroll(target)
        self._refresh_line(old)
        self._refresh_line(self.cursor)
        self.post_message(self.Moved())

    def _wrap(self, old: int) -> int:
        """Wrap the lines near the cursor; return the top for the old one to stay."""
        top = self.scroll_offset.y
        if not self.folding.wrap or not self.is_attached:
            return top
        offset = self.spacing.row_of(min(old, len(self.view) - 1)) - top
        heights = self.folding.near(self.view, self.cursor, self.size.height, self.room)
        self.spacing.open(heights)
        self.virtual_size = Size(self.size.width, self.spacing.height)
        self.refresh()
        return self.spacing.row_of(min(old, len(self.view) - 1)) - offset

    def toggle_wrap(self) -> None:
        """Wrap long lines, or cut them again."""
        on = not self.folding.wrap
        if on:
            self.left = 0
            self.folding.wrap = True
        else:
            self.spacing.open(self.folding.unwrap())
            self.virtual_size = Size(self.size.width, self.spacing.height)
        self.move_to(self.cursor)
        self.refresh()

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
        rows = chopped(text, self.room)
        self.spacing.open(self.folding.toggle(self.cursor, rows))
        self.virtual_size = Size(self.size.width, self.spacing.height)
        self.move_to(self.cursor)
        self.refresh()

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
            self._look = look_of(lambda one: style(one, partial=True), self.zone)
        return self._look

    def render_line(self, y: int) -> Strip:
        """Draw one row of the window."""
        width = self.room
        if y == 0:
            self.read_window()
        strip = self._row(y, width - 1)
        return Strip([*strip, self.ticks.segment(y, self.size.height, self.look)])

    @property
    def room(self) -> int:
        """The columns beside the scrollbar."""
        bar = self.scrollbar_size_vertical if self.show_vertical_scrollbar else 0
        return self.size.width - bar

    def _row(self, y: int, width: int) -> Strip:
        spot = self.spacing.spot(y + self.scroll_offset.y)
        if spot is None:
            return Strip.blank(width, NONE)
        if spot.part < 0:
            quiet = self.view.time_at(spot.place) - self.view.time_at(spot.place - 1)
            return silence_strip(quiet / 1_000_000, width, self.look)
        if spot.part > 0:
            text = self.folding.text(spot.place, spot.part)
            return body_strip(text, width, self.look)
        row = self.view.row(spot.place)
        line = self.pages.get(row)
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

    def show_times_in(self, zone: tzinfo | None) -> None:
        """Show times in a zone; None is that of this computer."""
        self.zone = zone
        self._look = None
        self.refresh()

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
