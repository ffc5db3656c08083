"""What is known of every event of a store, as arrays over their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from diag.store.scale import Scale


class Runs(NamedTuple):
    """Which file an event is of: those of a file lie together.

    `starts` are the first rows of the files, ascending, `numbers` their ids.
    """

    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def at(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        """Return the places in `numbers` of the files of some rows."""
        import numpy as np

        return np.searchsorted(self.starts, rows, side="right") - 1

    def of(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        """Return the ids of the files of some rows."""
        return self.numbers[self.at(rows)]


class Columns(NamedTuple):
    """What is known of every event: time in ticks, level, file."""

    ticks: NDArray[np.uint32] | NDArray[np.int64]
    levels: NDArray[np.int8]
    files: Runs
    scale: Scale
