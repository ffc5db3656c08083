"""Charts in a terminal, for what a query's `render` asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from diag.schema import Type
from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NUMBERS = {Type.LONG, Type.INT, Type.REAL}
HEIGHT = 20
MOST_BARS = 30
TIMED = ("timechart", "areachart", "linechart")


def chart(
    columns: Mapping[str, Type], rows: Sequence[tuple[Any, ...]], kind: str, width: int
) -> str:
    """Draw a result.

    Args:
        columns: Names and types. The first time or text is the axis, every number
            a series; a further text splits the series.
        rows: The values.
        kind: `timechart`, `barchart`, `piechart` and their kin.
        width: In columns.

    Returns:
        Text with line ends; empty when the result has nothing that can be drawn.
    """
    names, kinds = list(columns), list(columns.values())
    values = [place for place, one in enumerate(kinds) if one in NUMBERS]
    if not rows or not values:
        return ""
    if kind in TIMED:
        axis = next((p for p, one in enumerate(kinds) if one is Type.DATETIME), None)
        if axis is not None:
            return _lines(names, kinds, rows, axis, values, width)
    labels = [place for place, one in enumerate(kinds) if one is Type.STRING]
    return _bars(names, rows, labels, values[0], width)


def _lines(
    names: list[str],
    kinds: list[Type],
    rows: Sequence[tuple[Any, ...]],
    axis: int,
    values: list[int],
    width: int,
) -> str:
    import plotext

    split = next((p for p, one in enumerate(kinds) if one is Type.STRING), None)
    series: dict[str, list[tuple[datetime, float]]] = {}
    for row in rows:
        if row[axis] is None:
            continue
        for place in values:
            title = names[place] if split is None else str(row[split])
            series.setdefault(show(title), []).append((row[axis], row[place] or 0))
    if not series:
        return ""
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limit_size(False, False)  # noqa: FBT003 - plotext's own signature
    plotext.plotsize(width, HEIGHT)
    for title, points in series.items():
        points.sort(key=lambda point: point[0])
        seconds = [moment.replace(tzinfo=UTC).timestamp() for moment, _ in points]
        plotext.plot(seconds, [value for _, value in points], label=title)
    every = sorted({row[axis] for row in rows if row[axis] is not None})
    shown = every[:: max(1, len(every) // 5)]
    plotext.xticks(
        [moment.replace(tzinfo=UTC).timestamp() for moment in shown],
        [moment.strftime("%m-%d %H:%M") for moment in shown],
    )
    return f"{plotext.uncolorize(plotext.build())}\n"


def _bars(
    names: list[str],
    rows: Sequence[tuple[Any, ...]],
    labels: list[int],
    value: int,
    width: int,
) -> str:
    """Draw one bar for each row; a share of the whole behind it."""
    cut = rows[:MOST_BARS]
    titles = [
        show(" ".join(str(row[place]) for place in labels) or str(number + 1))
        for number, row in enumerate(cut)
    ]
    numbers = [float(row[value] or 0) for row in cut]
    most = max(*numbers, 0) or 1
    total = sum(float(row[value] or 0) for row in rows) or 1
    wide = min(max(map(len, titles)), width // 3)
    room = max(width - wide - 24, 10)
    lines = [show(names[value])]
    for title, number in zip(titles, numbers, strict=True):
        bar = "█" * round(max(number, 0) / most * room)
        short = title if len(title) <= wide else f"{title[: wide - 1]}…"
        lines.append(f"{short.ljust(wide)}  {bar} {number:g} ({number / total:.0%})")
    if len(rows) > MOST_BARS:
        lines.append(f"and {len(rows) - MOST_BARS:,} more rows")
    return "\n".join(lines) + "\n"
