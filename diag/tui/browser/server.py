"""The server: one page, its scripts, and a websocket for each page that is open."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import signal
import socket
import string
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import textual_serve
from aiohttp import WSMsgType, web

from diag.errors import DiagError
from diag.text import show
from diag.tui.browser.child import Child, within
from diag.tui.browser.gate import add_headers, gate, new_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ADDRESS = "127.0.0.1"
MOST = 4  # pages at a time; each has a process that holds a case
LARGEST = 1 << 20  # bytes of one message: what somebody pastes
BEAT = 15.0  # seconds between two signs of life
HERE = Path(__file__).parent
STATIC = Path(textual_serve.__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served: the command line of a page's process, and the page's title."""

    words: Sequence[str]
    title: str
    port: int = 0  # 0: any that is free


def serve(serving: Serving, announce: Callable[[str], None]) -> None:
    """Serve the screens on this machine until a signal ends it.

    Args:
        serving: What, and on which port.
        announce: Is given the address, once, when it can be opened.

    Raises:
        DiagError: The port is taken, or may not be had.
    """
    with _listening(serving.port) as listening, _stdout_kept_clean():
        asyncio.run(_serve(serving, listening, announce))


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        listening = socket.create_server((ADDRESS, port))
    except OSError as error:
        raise DiagError(
            f"it cannot be served there: {error.strerror}",
            where=f"port {port}",
            hint="--port 0 takes one that is free",
        ) from error
    with listening:
        yield listening


@contextlib.contextmanager
def _stdout_kept_clean() -> Iterator[None]:
    """Let what textual-serve prints of a process that failed go to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


async def _serve(
    serving: Serving, listening: socket.socket, announce: Callable[[str], None]
) -> None:
    pages = Pages(serving, new_token())
    runner = web.AppRunner(pages.application(), access_log=None)
    await runner.setup()
    ended = asyncio.Event()
    try:
        await web.SockSite(runner, listening).start()
        _end_by_signals(ended)
        port = listening.getsockname()[1]
        announce(f"http://{ADDRESS}:{port}/{pages.token}/")
        await ended.wait()
    finally:
        await runner.cleanup()


def _end_by_signals(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has none here: Ctrl-C raises KeyboardInterrupt instead.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)


class Pages:
    """The page and those that are open."""

    def __init__(self, serving: Serving, token: str) -> None:
        """Prepare what is served.

        Args:
            serving: What is served.
            token: The secret in every address.
        """
        self.token = token
        self._serving = serving
        self._open: set[web.WebSocketResponse] = set()

    def application(self) -> web.Application:
        """Return it as aiohttp wants it, with the gate before all of it."""
        made = web.Application(middlewares=[gate(self.token)])
        base = f"/{self.token}"
        made.add_routes(
            [
                web.get(base, self._page),
                web.get(f"{base}/", self._page),
                web.get(f"{base}/page.js", self._script),
                web.get(f"{base}/ws", self._websocket),
                web.static(f"{base}/static", STATIC),
            ]
        )
        made.on_response_prepare.append(add_headers)
        made.on_shutdown.append(self._close)
        return made

    async def _page(self, request: web.Request) -> web.Response:
        text = (HERE / "page.html").read_text(encoding="utf-8")
        filled = string.Template(text).substitute(
            title=html.escape(show(self._serving.title)),
            base=f"/{self.token}",
            websocket=f"ws://{request.host}/{self.token}/ws",
        )
        return web.Response(text=filled, content_type="text/html")

    async def _script(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(HERE / "page.js")

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if len(self._open) >= MOST:
            said = f"{MOST} pages are open already; close one.\n"
            return web.Response(status=503, text=said)
        websocket = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=LARGEST)
        self._open.add(websocket)
        child = Child(self._serving.words, websocket)
        try:
            await websocket.prepare(request)
            await child.start(
                _number(request.query.get("width"), 80),
                _number(request.query.get("height"), 24),
            )
            await _pass_on(websocket, child)
        finally:
            self._open.discard(websocket)
            await child.stop()
        return websocket

    async def _close(self, _application: web.Application) -> None:
        await asyncio.gather(*(one.close() for one in self._open))


async def _pass_on(websocket: web.WebSocketResponse, child: Child) -> None:
    """Hand to the process what the page sends; what makes no sense ends the page."""
    async for message in websocket:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            match json.loads(message.data):
                case ["stdin", str(text)]:
                    await child.send_bytes(text.encode("utf-8", "replace"))
                case ["resize", {"width": int(width), "height": int(height)}]:
                    await child.set_terminal_size(within(width), within(height))
                case ["ping", data]:
                    await websocket.send_json(["pong", data])
                case ["blur", *_]:
                    await child.blur()
                case ["focus", *_]:
                    await child.focus()
                case _:
                    await websocket.close(code=1008)
        except json.JSONDecodeError:
            await websocket.close(code=1008)


def _number(text: Any, otherwise: int) -> int:  # noqa: ANN401 - of a query, or None
    try:
        return int(text)
    except (TypeError, ValueError):
        return otherwise
