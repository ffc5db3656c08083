"""Which lines of the log are wanted, as somebody said it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.store.browse import Rows


@dataclass(slots=True)
class Showing:
    """What is shown.

    `filter` is in KQL and `matched` are the indexes of the events that meet it, None
    while it is not known. `level` is the lowest one, a number of `LEVELS`. `hidden` are
    names of logs, or of files that are no known log. `untimed`: with documents that
    have no time. `off`: all of it is suspended. `running`: another filter
    is on its way; `partly`: what of it is near to the cursor is shown already.
    """

    filter: str = ""
    matched: Rows | None = None
    level: int = 0
    hidden: set[str] = field(default_factory=set)
    untimed: bool = False
    off: bool = False
    running: bool = False
    partly: bool = False

    @property
    def any(self) -> bool:
        """Whether something is left out on request."""
        return bool(self.filter or self.level or self.hidden)
