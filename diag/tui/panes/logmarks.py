"""Bookmarks with notes, and the record as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from diag.analyze.rawbytes import WHERE, Spot, raw_bytes
from diag.clock import iso
from diag.errors import DiagError
from diag.store.browse import Browser
from diag.tui.dialogs import Chooser, Prompt, Reader
from diag.tui.logview.bytesview import byte_rows
from diag.tui.logview.detail import record_rows
from diag.tui.panes.logjumps import LogJumps

if TYPE_CHECKING:
    from diag.store.browse import Line
    from diag.tui.door import Part

MOST_NOTE = 60


class LogMarks(LogJumps):
    """The keys for bookmarks and for a whole record."""

    def draw_bookmarks(self) -> None:
        """Find where the bookmarks of the session are."""
        try:
            self._rows = self.case.rows_at(self.triage.session.bookmarks)
        except DiagError as error:
            self.triage.say(str(error))
            return
        self.log_view.mark(bookmarks=frozenset(self._rows.values()))

    _rows: dict[tuple[str, int], int] = {}  # noqa: RUF012 - replaced, never changed

    def action_mark(self) -> None:
        """Set a bookmark with a note, or change its note."""
        line = self.log_view.line
        if line is None:
            return
        key = line.file, line.line
        known = self.triage.session.bookmarks.get(key)
        title = f"Note for {line.file}:{line.line}"
        hint = "Enter keeps it, also without a note; - takes the bookmark away"
        self.app.push_screen(
            Prompt(title, known or "", hint), lambda said: self._marked(line, said)
        )

    def _marked(self, line: Line, said: object) -> None:
        if not isinstance(said, str):
            return
        marks = self.triage.session.bookmarks
        key = line.file, line.line
        if said == "-":
            marks.pop(key, None)
        else:
            marks[key] = said
        self.triage.keep_session()
        self.draw_bookmarks()
        self.on_log_view_moved()

    def action_marked(self, forward: bool) -> None:  # noqa: FBT001 - Textual's call
        """Go to the next or last bookmark."""
        places = self.log_view.view.of(self.log_view.bookmarks)
        self._jump(places, "bookmark", forward=forward)

    def action_marks(self) -> None:
        """List the bookmarks."""
        marks = self.triage.session.bookmarks
        if not marks:
            self.triage.say("there is no bookmark: m sets one")
            return
        rows: list[tuple[str, list[Part | str]]] = []
        for (file, line), note in sorted(marks.items()):
            row = self._rows.get((file, line))
            known = self.case.browser.lines([row]) if row is not None else {}
            time = iso(known[row].time) if row in known else ""
            text = known[row].text[:MOST_NOTE] if row in known else "not in this case"
            name = str(row) if row is not None else ""
            told = f"  {note}" if note else ""
            place = f"{time or '-':<20} {file}:{line}"
            rows.append((name, [(place, "bold"), told, (f"  {text}", "$text-muted")]))
        self.app.push_screen(Chooser("Bookmarks", rows), self._go_to_name)

    def _go_to_name(self, name: object) -> None:
        if isinstance(name, str):
            self.triage.go_to_line(int(name))

    def action_bytes(self) -> None:
        """Show the bytes of the record, read from its source."""
        line = self.log_view.line
        if line is not None:
            self._read_bytes(line)

    @work(thread=True, exclusive=True, group="bytes")
    def _read_bytes(self, line: Line) -> None:
        browser = Browser(self.case.loaded.store)
        try:
            [row] = browser.rows(WHERE, {"row": line.row})
            wanted = self.case.wanted
            raw = raw_bytes(Spot(*row), wanted.sources, wanted.options.parsers)
        except DiagError as error:
            self.app.call_from_thread(self.triage.say, str(error))
        else:
            shown = Reader(byte_rows(f"{line.file}:{line.line}", raw))
            self.app.call_from_thread(self.app.push_screen, shown)
        finally:
            browser.close()

    def action_record(self) -> None:
        """Show all of the record: every field in a row of its own."""
        line = self.log_view.line
        if line is not None:
            zone = self._zones[self._zone].of
            self.app.push_screen(Reader(record_rows(self.case, line, zone)))
