"""Questions to the store about all lines: asked in parts, and what is near first."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from diag.errors import StoreError
from diag.store.browse import AMONG, Browser, spans
from diag.tui.background import aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diag.store.browse import Marks
    from diag.tui.case import Case
    from diag.tui.logview.nearby import Near
    from diag.tui.logview.order import Indexes

    Sql = tuple[str, dict[str, Any]]

PATIENCE = 0.15  # seconds; then all is looked through, whatever was found
BETWEEN = "e.rowid BETWEEN $first AND $last"
FIRST_PART = 10 * 122_880  # rows; the engine reads so many at once
SHORT = 0.4  # seconds; nobody looks how far it is


@dataclass(slots=True)
class Asked:
    """A question to the store, for a thread of its own. `stopped`: nobody waits.

    `make` returns SQL for the ids of the events, `part` that for those of them that
    meet a condition on `e.rowid`, or None where a part cannot be asked for. `done` is
    how much of all lines was looked at, from 0 to 1.
    """

    case: Case = field(repr=False)  # a worker of Textual would write all of it
    make: Callable[[], Sql]
    part: Callable[[str], Sql | None] = lambda _: None
    stopped: bool = False
    done: float = 0.0
    _browser: Browser | None = field(default=None)

    def run(self, tell: Callable[[], None] = lambda: None) -> Indexes:
        """Return the indexes of the events, ascending.

        Args:
            tell: Is called when more of `done` is done, in any thread.

        Raises:
            KqlError: The condition is wrong; the message shows where.
            UsageError: Its result are no events.
            StoreError: It failed, or was stopped.
        """
        return aside(lambda: self.case.order.marked(self._marks(tell)))

    def _marks(self, tell: Callable[[], None]) -> Marks:
        """Return for each row whether it is meant, asked for in parts if they can be.

        The first part is small. If it says that all takes long, the others take a
        while each, so that one sees how far it is; else the rest is asked for at once.
        """
        count = len(self.case.order)
        marks, at, size = np.zeros(count, dtype=bool), 0, FIRST_PART
        sql = self.part(BETWEEN) if count > FIRST_PART else None
        if sql is None:
            with self._asking() as browser:
                browser.mark(marks, 0, *self.make())
            return marks
        while at < count:
            end, begin = min(at + size, count), monotonic()
            with self._asking() as browser:
                params = {**sql[1], "first": at, "last": end - 1}
                browser.mark(marks[at:end], at, sql[0], params)
            pace = (end - at) / max(monotonic() - begin, 0.001)
            at = end
            if at < count:
                whole = (count - at) / pace < SHORT
                size = count if whole else max(int(pace * SHORT), FIRST_PART)
                self.done = at / count
                tell()
        return marks

    def soon(self, near: Near) -> Iterator[Indexes]:
        """Give the indexes of what is found near a line, ascending; more each time.

        What is nearest is given even if it is nothing. Ends when it is enough, has
        taken long, or nothing can be said soon.

        Args:
            near: Where to look.

        Raises:
            DiagError: As `run` does.
        """
        sql = self.part(AMONG)
        if sql is None:
            return
        begin, found = monotonic(), np.zeros(0, dtype=np.uint32)
        for number, some in enumerate(near.steps()):
            rows = self.case.order.rows[some]
            with self._asking() as browser:
                params = {**sql[1], **spans(np.sort(rows))}
                met = browser.matching(sql[0], params)
            more = some[np.isin(rows, met, kind="sort")]
            if len(more) or not number:
                found = np.sort(np.concatenate([found, more]))
                yield found
            if len(found) >= near.enough or monotonic() - begin > PATIENCE:
                return

    @contextmanager
    def _asking(self) -> Iterator[Browser]:
        self._browser = browser = Browser(self.case.loaded.store)
        try:
            if self.stopped:
                raise StoreError("it was interrupted")
            yield browser
        finally:
            self._browser = None
            browser.close()

    def stop(self) -> None:
        """Say that nobody waits any more; from another thread."""
        self.stopped = True
        browser = self._browser
        if browser is not None:
            browser.interrupt()
