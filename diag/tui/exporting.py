"""The findings with notes as a file: Markdown, JSON or HTML, never over a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diag.errors import UsageError
from diag.model import Severity
from diag.report.target import check_target, write_file

if TYPE_CHECKING:
    from diag.analyze.sanitise import Sanitiser
    from diag.report.markdown import Notes
    from diag.tui.case import Case
    from diag.tui.session import Session

MOST_TEXT = 4_000
MOST_MARKDOWN = 1_000_000  # bytes: what somebody noted is not to be cut for a ticket

Marks = list[tuple[str, int, str, str]]


def export(target: str, case: Case, session: Session) -> Path:
    """Write the findings with their notes, and the lines with a bookmark.

    Secrets are replaced in all of it, as in the reports of `check`.

    Args:
        target: A path; its ending says the format.
        case: What is looked at.
        session: With the notes.

    Returns:
        Where it was written.

    Raises:
        DiagError: It cannot be written there.
    """
    from diag.analyze.sanitise import Sanitiser

    path = Path(target).expanduser()
    ending = path.suffix.lower()
    if ending not in WRITERS:
        raise UsageError(f"'{path.name}' must end in {', '.join(WRITERS)}")
    check_target(path, case.wanted.sources)
    clean = Sanitiser(kept=case.wanted.kept)
    notes = {
        number: clean.value(note)
        for number, one in enumerate(case.diagnosis.findings)
        if (note := session.note_of(one))
    }
    marks = [
        (clean.text(file), line, clean.text(text, file), clean.text(note))
        for file, line, text, note in marked_lines(case, session)
    ]
    write_file(path, WRITERS[ending](case, clean, notes, marks))
    return path


def _markdown(case: Case, clean: Sanitiser, notes: Notes, marks: Marks) -> str:
    from diag.report.markdown import as_markdown

    shown = clean.value(case.diagnosis)
    return as_markdown(shown, notes, marks, most=MOST_MARKDOWN)


def _html(case: Case, clean: Sanitiser, notes: Notes, marks: Marks) -> str:
    from diag.analyze.dossier import gather
    from diag.report.html import as_html

    beside = gather(
        case.loaded,
        case.rules(),
        case.diagnosis,
        Severity.HIGH,
        experimental=case.wanted.experimental,
    )
    shown = clean.cleaned(case.diagnosis, beside)
    return as_html(shown.diagnosis, shown.dossier, notes, marks)


def _json(case: Case, clean: Sanitiser, notes: Notes, marks: Marks) -> str:
    from diag.report.json import as_value, safe_json

    value = as_value(clean.value(case.diagnosis))
    for number, shown in enumerate(value["findings"]):
        if number in notes:
            shown["note"] = notes[number]
    value["bookmarks"] = [
        {"file": file, "line": line, "text": text, "note": note}
        for file, line, text, note in marks
    ]
    return safe_json(value)


WRITERS = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".json": _json,
    ".html": _html,
    ".htm": _html,
}


def marked_lines(case: Case, session: Session) -> Marks:
    """Return the lines with a bookmark: file, line, text, note.

    Raises:
        StoreError: The store cannot be read.
    """
    rows = case.rows_at(session.bookmarks)
    known = case.browser.lines(sorted(rows.values()))
    return [
        (*at, known[rows[at]].text[:MOST_TEXT] if rows.get(at) in known else "", note)
        for at, note in sorted(session.bookmarks.items())
    ]
