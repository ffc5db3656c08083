"""The screens' side of the browser: Textual's own driver, and an end of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from textual.drivers.web_driver import WebDriver

from diag.tui.terminal import leave

if TYPE_CHECKING:
    from diag.tui.shell import Shell


class BrowserDriver(WebDriver):
    """Leaves when whoever served the page is gone, as with a lost terminal."""

    def run_input_thread(self) -> None:
        """Read keys until there are none to come."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            app = cast("Shell", self._app)
            threading.Thread(target=leave, args=(app,), daemon=True).start()
