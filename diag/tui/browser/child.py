"""One open page: a process of its own with the screens, fed by a websocket."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from diag.tui.browser import DRIVER, VARIABLE

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Sequence

    from aiohttp import web


PATIENCE = 10.0  # seconds to keep notes and to end
LARGEST = 1000  # columns and rows


class Child(AppService):
    """A process with the screens.

    textual-serve would hand its command to a shell; here it is a list of words, of
    which no character means anything.
    """

    def __init__(self, words: Sequence[str], websocket: web.WebSocketResponse) -> None:
        """Prepare the process of a page.

        Args:
            words: The command line, with its program.
            websocket: Where to what it draws goes.
        """

        async def close() -> None:
            await websocket.close()

        super().__init__(
            "arcdiag",
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=DownloadManager(),
        )
        self._words = tuple(words)

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = {
            **os.environ,
            VARIABLE: DRIVER,
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "TERM": "xterm-256color",
            "COLUMNS": str(within(width)),
            "ROWS": str(within(height)),
        }
        process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        self._process, self._stdin = process, process.stdin
        return process

    async def run(self) -> None:
        """Hand on what is drawn, until the process ends; then the page knows it."""
        await super().run()
        await self.remote_close()

    async def stop(self) -> None:
        """Ask the process to end; when it does not within a while, end it."""
        process = self._process
        if process is None:
            return
        try:
            await asyncio.wait_for(super().stop(), PATIENCE)
            self.stdin.close()
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()


def within(size: int) -> int:
    """Return a number of columns or rows that a screen can have."""
    return max(1, min(size, LARGEST))
