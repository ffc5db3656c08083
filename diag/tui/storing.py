"""The store of a case: open from the start, or opened while somebody looks already."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from diag.errors import StoreError

if TYPE_CHECKING:
    from diag.analyze import Loaded
    from diag.store.browse import Browser


class Storing:
    """What is loaded, and the cursor of the screens on it.

    A thread puts it in; the screens ask for it when they need more than the findings.
    """

    def __init__(self) -> None:
        """Begin without a store."""
        self._lock = threading.Lock()
        self._closed = False
        self._opened: tuple[Loaded, Browser] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is there."""
        return self._opened is not None

    def put(self, loaded: Loaded, browser: Browser) -> None:
        """Take an open store; it is closed at once if nobody needs it any more.

        Args:
            loaded: What was loaded.
            browser: A cursor on it, for the thread of the screens.
        """
        with self._lock:
            self._opened = loaded, browser
            if self._closed:
                self._close()

    @property
    def loaded(self) -> Loaded:
        """What was loaded.

        Raises:
            StoreError: It is not there yet.
        """
        return self._both()[0]

    @property
    def browser(self) -> Browser:
        """The cursor of the screens.

        Raises:
            StoreError: It is not there yet.
        """
        return self._both()[1]

    def _both(self) -> tuple[Loaded, Browser]:
        if self._opened is None:  # no screen waits for a disk
            raise StoreError("the lines are still being read: try again in a moment")
        return self._opened

    def close(self) -> None:
        """Close cursor and store, now or when they come."""
        with self._lock:
            self._closed = True
            self._close()

    def _close(self) -> None:
        if self._opened is not None:
            loaded, browser = self._opened
            browser.close()
            loaded.__exit__(None, None, None)
