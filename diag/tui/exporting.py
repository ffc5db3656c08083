"""The findings with notes as a file: Markdown or JSON, never over a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diag.errors import UsageError
from diag.report.target import check_target, write_file

if TYPE_CHECKING:
    from diag.tui.case import Case
    from diag.tui.session import Session

ENDINGS = (".md", ".markdown", ".json")
MOST_TEXT = 4_000


def export(target: str, case: Case, session: Session) -> Path:
    """Write the findings with their notes, and the lines with a bookmark.

    Args:
        target: A path; its ending says the format.
        case: What is looked at.
        session: With the notes.

    Returns:
        Where it was written.

    Raises:
        DiagError: It cannot be written there.
    """
    path = Path(target).expanduser()
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"'{path.name}' must end in {', '.join(ENDINGS)}")
    check_target(path, case.wanted.sources)
    text = _json(case, session)
    if path.suffix.lower() != ".json":
        text = _markdown(case, session)
    write_file(path, text)
    return path


def _markdown(case: Case, session: Session) -> str:
    from diag.report.markdown import as_markdown

    notes = {
        number: note
        for number, one in enumerate(case.diagnosis.findings)
        if (note := session.note_of(one))
    }
    return as_markdown(case.diagnosis, notes, marked_lines(case, session))


def _json(case: Case, session: Session) -> str:
    from diag.report.json import as_value, safe_json

    value = as_value(case.diagnosis)
    for shown, one in zip(value["findings"], case.diagnosis.findings, strict=True):
        if note := session.note_of(one):
            shown["note"] = note
    value["bookmarks"] = [
        {"file": file, "line": line, "text": text, "note": note}
        for file, line, text, note in marked_lines(case, session)
    ]
    return safe_json(value)


def marked_lines(case: Case, session: Session) -> list[tuple[str, int, str, str]]:
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
