"""Errors and warnings over time as one plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.tui.timeline.window import moment_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.tui.timeline.lanes import Lane
    from diag.tui.timeline.window import Window

LABELS = 6


def draw_levels(plt: Any, lanes: Sequence[Lane], window: Window) -> None:  # noqa: ANN401 - plotext has no types
    """Draw how many errors and warnings there are in each column.

    Args:
        plt: The plot to draw on.
        lanes: With those of all errors and all warnings.
        window: Which time, in how many columns.
    """
    plt.clear_figure()
    edges = window.edges
    found = {lane.name: lane for lane in lanes if lane.name in {"errors", "warnings"}}
    columns = list(range(window.columns))
    most = 1
    for name, marker in (("warnings", "dot"), ("errors", "braille")):
        if name in found:
            heights = found[name].counts(edges).tolist()
            most = max(most, *heights)
            plt.plot(columns, heights, label=name, marker=marker)
    plt.ylim(0, most)
    step = max(window.columns // LABELS, 1)
    plt.xticks(
        columns[::step],
        [f"{moment_at(int(edges[at])):%m-%d %H:%M}" for at in columns[::step]],
    )
