"""The details of a line: when, where, which findings, and all of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.clock import iso
from diag.tui.door import lines

if TYPE_CHECKING:
    from textual.content import Content

    from diag.store.browse import Line
    from diag.tui.case import Case
    from diag.tui.door import Part

ROWS = 6  # of text; the rest is a key away


def detail_content(case: Case, line: Line, width: int) -> Content:
    """Return what the panel below the list shows.

    Args:
        case: What is looked at.
        line: The event.
        width: Columns of the panel.
    """
    place = f"{line.file}:{line.line}"
    numbers = case.proofs.get(line.row, ())
    found = ", ".join(case.diagnosis.findings[n].rule for n in numbers)
    head: list[Part | str] = [
        (f" {iso(line.time) or 'no time'}  ", "bold"),
        f"{line.level or 'no level'}  ",
        (place, "$text-accent"),
    ]
    if line.lines > 1:
        head.append((f"  {line.lines:,} lines", "$text-muted"))
    if found:
        head.append((f"  ● {found}", "bold $text-warning"))
    text = case.whole_text(line.row)
    room = max(width - 2, 20)
    body = [
        row[at : at + room]
        for row in text.replace("\r\n", "\n").split("\n")
        for at in range(0, max(len(row), 1), room)
    ]
    if len(body) > ROWS:
        body = [*body[: ROWS - 1], f"… {len(body) - ROWS + 1:,} more rows: Enter"]
    return lines([head, *([f" {row}"] for row in body)])
