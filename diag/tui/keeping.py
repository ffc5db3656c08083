"""What the program keeps of a case between two runs, and what it writes on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.errors import DiagError
from diag.tui.session import (
    Session,
    read_session,
    session_path,
    subject_of,
    write_session,
)
from diag.tui.shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

    from diag.model import Finding


class Keeping(Shell):
    """The session of a case, notes, and the report with them."""

    session = Session()
    _session_path: Path | None = None

    def open_session(self) -> None:
        """Read what was kept of the case; what cannot be used is told."""
        self._session_path = session_path(self.case.hashes)
        self.session, wrong = read_session(self._session_path)
        if wrong:
            self.say(wrong)

    def keep_session(self) -> None:
        """Write what is to be kept."""
        self.note_place()
        if self._session_path is not None:
            wrong = write_session(self._session_path, self.session)
            if wrong:
                self.say(wrong)

    def ask_note(self, one: Finding) -> None:
        """Ask for the note of a finding."""
        from diag.tui.dialogs import Prompt

        about = subject_of(one)
        title = f"Note for {one.rule}: {one.title}"
        hint = "Enter keeps it; empty takes it away"
        known = self.session.note_of(one)

        def done(said: object) -> None:
            if isinstance(said, str):
                self.session.notes.pop(about, None)
                if said:
                    self.session.notes[about] = said
                self.keep_session()
                self.noted()

        self.push_screen(Prompt(title, known, hint), done)

    def noted(self) -> None:
        """Show that a note changed."""

    def action_export(self) -> None:
        """Ask where to write the findings with their notes."""
        from diag.tui.dialogs import Prompt

        bundles = self.case.diagnosis.bundles
        name = bundles[0].computer if bundles else "case"
        plain = "".join(one for one in name if one.isalnum() or one in "-_.") or "case"
        hint = "a path that ends in .html, .md or .json; not over a file of the case"
        self.push_screen(
            Prompt("Write findings and notes to", f"arcdiag-{plain}.md", hint),
            self._export,
        )

    def _export(self, said: object) -> None:
        if not isinstance(said, str) or not said:
            return
        from diag.tui.exporting import export

        try:
            path = export(said, self.case, self.session)
        except DiagError as error:
            self.say(f"nothing was written: {error.where} {error.text}")
        else:
            self.say(f"written: {path.absolute()}")
