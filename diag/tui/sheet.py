"""A list of any length, drawn row by row: all lists that are neither log nor menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from diag.tui.door import segment
from diag.tui.keys import LISTS, bindings

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from diag.tui.goals import Goal

NONE = Style()
WORDS = ("head", "bold", "bad", "warn", "good", "quiet", "name")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: texts, each with one of `WORDS` or an empty one; where Enter leads.

    `still`: a heading, which the cursor passes over.
    """

    parts: tuple[tuple[str, str], ...] = ()
    goal: Goal | None = None
    still: bool = False


class Rows(Protocol):
    """Rows that may be made only when they are looked at."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, place: int, /) -> Row:
        """Return one of them."""


class Sheet(ScrollView, can_focus=True):
    """Shows rows, one of which is selected; above them, if any, a head that stays."""

    DEFAULT_CSS = """
    Sheet { height: 1fr; scrollbar-size-horizontal: 0; }
    Sheet .sheet--head { text-style: bold; color: $text-muted; }
    Sheet .sheet--bold { text-style: bold; }
    Sheet .sheet--bad { color: $text-error; text-style: bold; }
    Sheet .sheet--warn { color: $text-warning; }
    Sheet .sheet--good { color: $text-success; }
    Sheet .sheet--quiet { color: $text-muted; }
    Sheet .sheet--name { color: $text-accent; }
    Sheet .sheet--cursor { background: $panel-lighten-2; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sheet--cursor",
        *(f"sheet--{word}" for word in WORDS),
    }
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LISTS)]

    class Moved(Message):
        """Another row is selected."""

    class Chosen(Message):
        """Enter was pressed on a row, or it was double clicked."""

        def __init__(self, goal: Goal | None) -> None:
            """Keep where it leads."""
            super().__init__()
            self.goal = goal

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without rows."""
        super().__init__(id=id)
        self.rows: Rows = ()
        self.head: tuple[tuple[str, str], ...] = ()
        self.cursor = 0
        self.left = 0
        self._styles: dict[str, Style] = {}

    def show(
        self, rows: Rows, head: tuple[tuple[str, str], ...] = (), at: int = 0
    ) -> None:
        """Show other rows.

        Args:
            rows: The rows.
            head: A row above them that does not scroll.
            at: Which of them is selected, or the next that can be.
        """
        self.rows, self.head = rows, head
        self.left = 0
        self.cursor = self._selectable(at, 1)
        self._resized()
        self.scroll_to(y=0, animate=False, immediate=True)
        self._into_sight()
        self.refresh()
        self.post_message(self.Moved())

    @property
    def row(self) -> Row | None:
        """The selected row."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def move_to(self, place: int, direction: int = 1) -> None:
        """Select a row, or the next beyond it that is no heading.

        Args:
            place: From 0; beyond the ends is the end.
            direction: 1 or -1: where to look for the next.
        """
        if not len(self.rows):
            return
        old = self.cursor
        self.cursor = self._selectable(
            max(0, min(place, len(self.rows) - 1)), direction
        )
        self._into_sight()
        for at in {old, self.cursor}:
            y = at - self.scroll_offset.y + bool(self.head)
            self.refresh(Region(0, y, self.size.width, 1))
        self.post_message(self.Moved())

    def _selectable(self, place: int, direction: int) -> int:
        for step in (direction, -direction):
            at = place
            while 0 <= at < len(self.rows):
                if not self.rows[at].still:
                    return at
                at += step
        return 0

    def _into_sight(self) -> None:
        height = max(self.size.height - bool(self.head), 1)
        top = self.scroll_offset.y
        first = self.cursor
        while first and self.cursor - first < height - 1 and self.rows[first - 1].still:
            first -= 1
        if first < top:
            top = first
        elif self.cursor >= top + height:
            top = self.cursor - height + 1
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)

    def _resized(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.rows) + bool(self.head))

    def on_resize(self) -> None:
        """Keep the selected row in sight."""
        self._resized()
        if len(self.rows):
            self._into_sight()

    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        super().notify_style_update()
        self._styles = {}

    def _style(self, word: str) -> Style:
        if word not in self._styles:
            name = f"sheet--{word}"
            made = self.get_component_rich_style(name, partial=True) if word else NONE
            self._styles[word] = made
        return self._styles[word]

    def render_line(self, y: int) -> Strip:
        """Draw one row of the window."""
        width = self.size.width
        if self.head and y == 0:
            return self._strip(self.head, width)
        place = y + self.scroll_offset.y - bool(self.head)
        if place >= len(self.rows):
            return Strip.blank(width, NONE)
        row = self.rows[place]
        chosen = place == self.cursor and not row.still
        mark = ("▸", "bold") if chosen else (" ", "")
        strip = self._strip(row.parts, width, mark)
        return strip.apply_style(self._style("cursor")) if chosen else strip

    def _strip(
        self,
        parts: tuple[tuple[str, str], ...],
        width: int,
        mark: tuple[str, str] = (" ", ""),
    ) -> Strip:
        body = Strip([segment(text, self._style(word)) for text, word in parts])
        if self.left:
            body = body.crop(self.left)
        first = Strip([segment(mark[0], self._style(mark[1]))])
        return Strip.join([first, body]).adjust_cell_length(width, NONE)

    def action_move(self, rows: int) -> None:
        """Move by rows."""
        self.move_to(self.cursor + rows, 1 if rows > 0 else -1)

    def action_page(self, pages: int) -> None:
        """Move by screens."""
        rows = max(self.size.height - 1 - bool(self.head), 1) * pages
        self.move_to(self.cursor + rows, 1 if rows > 0 else -1)

    def action_top(self) -> None:
        """Select the first row."""
        self.move_to(0)

    def action_bottom(self) -> None:
        """Select the last row."""
        self.move_to(len(self.rows) - 1, -1)

    def action_sideways(self, columns: int) -> None:
        """Scroll the texts."""
        self.left = max(0, self.left + columns)
        self.refresh()

    def action_choose(self) -> None:
        """Go where the row leads."""
        row = self.row
        if row is not None and not row.still:
            self.post_message(self.Chosen(row.goal))

    def on_click(self, event: events.Click) -> None:
        """Select the row that was clicked; twice opens it."""
        place = event.y + self.scroll_offset.y - bool(self.head)
        if (self.head and event.y == 0) or not 0 <= place < len(self.rows):
            return
        if self.rows[place].still:
            return
        self.move_to(place)
        if event.chain > 1:
            self.action_choose()
