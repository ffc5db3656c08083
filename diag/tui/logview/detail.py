"""The details of a line: when, where, which findings, and all of its text."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from diag.tui.door import inline, lines
from diag.tui.logview.draw import time_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from textual.content import Content

    from diag.store.browse import Line
    from diag.tui.case import Case
    from diag.tui.door import Part

ROWS = 6  # of text; the rest is a key away
LABEL = 14
MOST_FIELDS = 200
COLUMNS = (
    *("EventId", "Component", "Level", "Code", "ActivityId", "Pid", "Tid"),
    *("LineCount", "TemplateId", "Parsed"),
)
RECORD = (
    f"SELECT {', '.join(COLUMNS)}, Message, Fields FROM EventRows WHERE rowid = $row"  # noqa: S608 - names of ours
)


def detail_content(
    case: Case, line: Line, width: int, *, zone: tzinfo | None, note: str | None = None
) -> Content:
    """Return what the panel below the list shows.

    Args:
        case: What is looked at.
        line: The event.
        width: Columns of the panel.
        zone: Which zone times are in; None is that of this computer.
        note: That of its bookmark; None if it has no bookmark.
    """
    numbers = case.proofs.get(line.row, ())
    found = ", ".join(case.diagnosis.findings[n].rule for n in numbers)
    moment = time_text(line.time, zone, wide=True) if line.time else "no time"
    head: list[Part | str] = [
        (f" {moment}  ", "bold"),
        f"{line.level or 'no level'}  ",
        (f"{line.file}:{line.line}", "$text-accent"),
    ]
    if line.lines > 1:
        head.append((f"  {line.lines:,} lines", "$text-muted"))
    if found:
        head.append((f"  ● {found}", "bold $text-warning"))
    if note is not None:
        head.append((f"  m {note}", "bold $text-warning"))
    room = max(width - 2, 20)
    body = list(islice(_rows(case.text_of(line), room), ROWS + 1))
    if len(body) > ROWS:
        body = [*body[: ROWS - 1], "… more: Enter opens it, P shows all"]
    return lines([head, *([f" {row}"] for row in body)])


def _rows(text: str, room: int) -> Iterator[str]:
    for row in text.replace("\r\n", "\n").split("\n"):
        shown = inline(row)
        for at in range(0, max(len(shown), 1), room):
            yield shown[at : at + room]


def record_rows(case: Case, line: Line, zone: tzinfo | None) -> list[list[Part | str]]:
    """Return all of an event, every field in a row of its own.

    Args:
        case: What is looked at.
        line: The event.
        zone: Which zone times are in; None is that of this computer.

    Raises:
        StoreError: The store cannot be read.
    """
    import orjson

    moment = time_text(line.time, zone, wide=True) if line.time else "no time"
    rows: list[list[Part | str]] = [
        _row("place", f"{line.file}:{line.line}"),
        _row("time", moment),
        _row("log", line.log or "not known"),
    ]
    found = case.browser.rows(RECORD, {"row": line.row})
    if not found:
        return rows
    *values, message, text = found[0]
    for name, value in zip(COLUMNS, values, strict=True):
        if value not in {None, ""}:
            rows.append(_row(name, str(value)))
    try:
        fields: dict[str, Any] = orjson.loads(text or "{}")
    except ValueError:
        fields = {"Fields": text}
    for name, value in islice(fields.items(), MOST_FIELDS):
        rows.append(_row(f"· {name}", str(value)))
    for number in case.proofs.get(line.row, ()):
        one = case.diagnosis.findings[number]
        rows.append(_row("proves", f"{one.rule} {one.title}"))
    rows.append([""])
    rows.extend([part] for part in str(message).split("\n"))
    return rows


def _row(name: str, value: str) -> list[Part | str]:
    return [(f"{inline(name):<{LABEL}} ", "$text-muted"), inline(value)]
