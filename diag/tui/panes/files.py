"""Files: how each was read, and the account of its lines; and what is odd."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from diag.clock import iso
from diag.report.gather import all_problems
from diag.report.kinds import is_gap
from diag.tui.door import lines
from diag.tui.goals import OneFile, Place
from diag.tui.keys import bindings
from diag.tui.panes.pane import Pane
from diag.tui.sheet import Row, Sheet

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from diag.tui.goals import Goal
    from diag.tui.standing import FileAccount

NAME_WIDTH, LOG_WIDTH = 34, 16
WIDE, TIMES = 140, 52


class FilesPane(Pane):
    """A row for each file, or with `!` for each problem; details below."""

    DEFAULT_CSS = """
    FilesPane #file-details {
      height: 7; border-top: solid $panel-lighten-2; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("files")]

    def compose(self) -> ComposeResult:
        """Make list and details."""
        yield Sheet(id="file-list")
        yield Static(id="file-details")

    def on_mount(self) -> None:
        """List the files."""
        self._troubled = False
        self._problems = all_problems(self.case.diagnosis)
        self._by_file = Counter(one.file for one in self._problems)
        self._wide = self._width()
        self._list()

    @property
    def first(self) -> Sheet:
        """The list."""
        return self.query_one(Sheet)

    def _width(self) -> int:
        width = self.app.size.width
        times = TIMES if width >= WIDE else 0
        return max(14, min(width - 80 - times, 50) + NAME_WIDTH)

    def on_resize(self) -> None:
        """Give names the room there is."""
        if self._wide != self._width():
            self._wide = self._width()
            self._list()

    def _list(self, at: int = 0) -> None:
        if self._troubled:
            rows = [self._problem(place) for place in range(len(self._problems))]
            if not rows:
                rows = [Row((("nothing is odd about the input", ""),), still=True)]
            head = f"{'PROBLEMS':<{self._wide}} kind (! files)"
            self.first.show(rows, ((head, "head"),), at)
            return
        wide = self._wide
        head = (
            f"{'FILE':<{wide}} {'family':<{LOG_WIDTH}} {'lines':>9} {'unparsed':>9} odd"
        )
        if self.app.size.width >= WIDE:
            head += f"  {'first':<20} {'last':<20} encoding"
        files = [self._row(one, wide) for one in self.case.standing.files]
        if not files:
            files = [Row((("no file was found in the input", ""),), still=True)]
        self.first.show(files, ((head, "head"),), at)

    def _row(self, one: FileAccount, wide: int) -> Row:
        odd = self._by_file[one.file]
        parts: tuple[tuple[str, str], ...] = (
            (f"{tail(one.file, wide):<{wide}} ", "name"),
            (
                f"{one.log[:LOG_WIDTH] or 'unknown':<{LOG_WIDTH}} ",
                "" if one.log else "quiet",
            ),
            (f"{one.lines:>9,} ", ""),
            (f"{one.unparsed:>9,} ", "warn" if one.unparsed and one.log else "quiet"),
            (f"{odd or '':>3}", "warn"),
        )
        if self.app.size.width >= WIDE:
            times = f"  {_second(one.first):<20} {_second(one.last):<20} "
            parts = (*parts, (times, ""), (one.encoding, "quiet"))
        return Row(parts, OneFile(one.file))

    def _problem(self, place: int) -> Row:
        one = self._problems[place]
        where = f"{one.file}:{one.line}" if one.line else one.file or "rules"
        parts = (
            (f"{tail(where, self._wide):<{self._wide}} ", "name"),
            (f"{one.kind}  ", "warn" if is_gap(one) else "quiet"),
            (one.text, ""),
        )
        goal: Goal | None = None
        if one.file:
            goal = Place(one.file, one.line) if one.line else OneFile(one.file)
        return Row(parts, goal)

    def on_sheet_moved(self) -> None:
        """Show the details of the row."""
        place, panel = self.first.cursor, self.query_one("#file-details", Static)
        if self._troubled:
            if place < len(self._problems):
                one = self._problems[place]
                word = "part of the input is missing" if is_gap(one) else "all is read"
                panel.update(
                    lines([[one.file or "rules"], [f"{one.kind}: {word}"], [one.text]])
                )
            else:
                panel.update(lines([[""]]))
            return
        files = self.case.standing.files
        rows = account(files[place]) if place < len(files) else [""]
        panel.update(lines([[row] for row in rows]))

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Show the file in the log."""
        if event.goal is not None:
            self.triage.follow(event.goal)
        else:
            self.triage.say("this is about no line of a log")

    def action_problems(self) -> None:
        """Show problems instead of files, or files again."""
        self._troubled = not self._troubled
        self._list()


def _second(moment: datetime | None) -> str:
    return iso(moment.replace(microsecond=0)) if moment else "-"


def tail(text: str, width: int) -> str:
    """Return a path in so many columns: of a long one the end."""
    return text if len(text) <= width else f"…{text[len(text) - width + 1 :]}"


def account(one: FileAccount) -> list[str]:
    """Return all that is known of a file, as rows."""
    span = f"{iso(one.first)} to {iso(one.last)}" if one.first else "no line has a time"
    lines_are = (
        f"{one.events:,} events + {one.continued:,} continued "
        f"+ {one.blank:,} blank + {one.unparsed:,} unparsed"
    )
    read_as = f"{one.encoding or 'unknown'}   {one.bytes:,} bytes"
    return [
        one.file,
        f"family {one.log or 'unknown'}   encoding {read_as}",
        f"zone   {one.zone or 'none needed'}",
        f"times  {span}",
        f"lines  {one.lines:,} = {lines_are}",
    ]
