"""The rows of the timeline: a head with times, lanes, and a column in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.tui.door import inline
from diag.tui.timeline.window import NAME, moment_at, time_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.tui.door import Part
    from diag.tui.timeline.lanes import Lane
    from diag.tui.timeline.window import Window

    Row = list[Part | str]

TICK = 12  # columns between two times of the head
DAY_US = 86_400_000_000
STYLES = {
    "findings": "bold $text-error",
    "errors": "$text-error",
    "warnings": "$text-warning",
    "E": "$text-error",
    "W": "$text-warning",
}


def lane_rows(
    lanes: Sequence[Lane],
    window: Window,
    *,
    selected: int,
    height: int,
    plain: bool,
) -> list[Row]:
    """Return the rows of the picture.

    Args:
        lanes: All lanes.
        window: Which time, in how many columns.
        selected: The number of the lane under the cursor, which is always shown.
        height: How many rows there is room for.
        plain: In ASCII.
    """
    rows: list[Row] = [axis(window)]
    room = max(height - 1, 1)
    top = max(0, min(selected - room + 1, len(lanes) - room))
    for number, lane in enumerate(lanes[top : top + room], top):
        mark = ">" if plain else "▸"
        lead = mark if number == selected else " "
        name = f"{lead}{inline(lane.name)[: NAME - 1]:<{NAME}}"
        cells = lane.cells(window.edges, plain=plain)
        if lane.note:
            cells = f"({lane.note})"[: window.columns].ljust(window.columns)
        rows.append(
            [(name, "bold" if number == selected else ""), *_cells(lane, cells, window)]
        )
    return rows


def _cells(lane: Lane, cells: str, window: Window) -> Row:
    """Return the columns of a lane, the selection and the cursor shown."""
    style = STYLES.get(lane.name) or STYLES.get(lane.name[:2].strip(), "")
    first, last = window.at, window.at + 1
    if window.anchor is not None:
        edges = window.edges
        inside = [
            n for n in range(window.columns) if edges[n + 1] > window.selection[0]
        ]
        first = min(first, inside[0] if inside else first)
        ending = [n for n in range(window.columns) if edges[n] < window.selection[1]]
        last = max(last, ending[-1] + 1 if ending else last)
    shown = f"{style} reverse".strip()
    return [(cells[:first], style), (cells[first:last], shown), (cells[last:], style)]


def axis(window: Window) -> Row:
    """Return the row with times over the columns."""
    cells = [" "] * window.columns
    edges = window.edges
    wide = window.end - window.start > 3 * DAY_US
    close = (window.end - window.start) // window.columns < 1_000_000 * TICK
    form = "%m-%d" if wide else "%H:%M:%S" if close else "%H:%M"
    last = ""
    for at in range(0, window.columns - len("00:00:00") + 1, TICK):
        moment = moment_at(int(edges[at]))
        word = f"{moment:{form}}"
        day = f"{moment:%m-%d}"
        if not wide and day != last:
            word = f"{day} {moment:%H:%M}"[: TICK - 1]
            last = day
        text = word[: window.columns - at]
        cells[at : at + len(text)] = text
    return [(f"{'':<{NAME + 1}}{''.join(cells)}", "$text-muted")]


def bucket_rows(lanes: Sequence[Lane], window: Window, selected: int) -> list[Row]:
    """Return what is in the column under the cursor, in words; the chosen lane first.

    Args:
        lanes: All lanes.
        window: With the cursor.
        selected: The number of the lane under the cursor.
    """
    first, last = window.selection
    many = window.anchor is not None
    begin, end = time_words(first), time_words(last)
    word = "selected: " if many else ""
    rows: list[Row] = [[(f" {word}{begin} to {end} UTC", "bold")]]
    chosen = lanes[selected] if selected < len(lanes) else None
    if chosen is not None:
        rows.append(
            _told(
                chosen,
                chosen.words(first, last) or chosen.note or "nothing",
                first=True,
            )
        )
    short: list[str] = []
    for lane in lanes:
        words = lane.words(first, last) if lane is not chosen else ""
        if words and lane.marks:
            rows.append(_told(lane, words))
        elif words:
            short.append(f"{lane.name} {words}")
    if short:
        rows.insert(2, [f" {'  '.join(short)}"])
    return rows


def _told(lane: Lane, words: str, *, first: bool = False) -> Row:
    return [(f" {lane.name}: ", "bold" if first else "$text-muted"), words]
