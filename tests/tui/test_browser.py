"""The screens in a browser: who may come in, what arrives, and how it ends."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from diag.cli.main import main
from tests.amount import ALL
from tests.cli.calling import command, environment
from tests.tui.opened import LOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import ClientWebSocketResponse

LINUX = sys.platform == "linux"
# As a shell would take it, this does something.
NAME = (
    "a case $(touch owned) `touch owned`; touch owned & 'x' \"y\"" if LINUX else "a b"
)
SENSELESS = ("no JSON", "{}", '["resize", {"width": "x"}]')
SIGNALS = (9, signal.SIGTERM, signal.SIGINT)


@contextmanager
def server(folder: Path, source: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a source; gives the process and the address that it printed."""
    process = subprocess.Popen(
        command("triage", source, "--serve", "--port", "0", "--now", "-3d"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(
            {
                "ARCDIAG_CACHE_DIR": str(folder.parent / "cache"),
                "ARCDIAG_STATE_DIR": str(folder / "state"),
            }
        ),
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(LOST, folder / NAME)
    with server(folder, Path(NAME)) as (process, address):
        yield folder, address
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


async def status(
    address: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> int:
    async with (
        ClientSession() as session,
        session.request(method, address, headers=headers) as got,
    ):
        return got.status


async def drawn(websocket: ClientWebSocketResponse, wanted: str) -> str:
    """Return what is drawn until a text has come."""
    seen = ""
    while wanted not in seen:
        message = await websocket.receive(60)
        assert message.type is WSMsgType.BINARY, seen
        seen += message.data.decode("utf-8", "replace")
    return seen


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(one) for one in listed.split()]


def test_the_page_comes_with_all_that_it_needs(served: tuple[Path, str]) -> None:
    _, address = served

    async def look() -> None:
        async with ClientSession() as session, session.get(address) as got:
            page = await got.text()
            assert got.status == 200
            assert "default-src 'none'" in got.headers["Content-Security-Policy"]
            assert got.headers["Referrer-Policy"] == "no-referrer"
        assert f'"ws{address.removeprefix("http")}ws"' in page
        assert "https:" not in page
        for name in ("page.js", "static/js/textual.js", "static/css/xterm.css"):
            assert f"{urlsplit(address).path}{name}" in page
            assert await status(address + name) == 200

    asyncio.run(look())


def test_nothing_is_told_without_the_secret(served: tuple[Path, str]) -> None:
    _, address = served
    root = address[: -len(urlsplit(address).path)]
    token = urlsplit(address).path.strip("/")
    other = token[:-1] + ("A" if token[-1] != "A" else "B")

    async def look() -> None:
        for path in ("/", "/ws", "/static/js/textual.js", f"/{other}/", "//", "/%00/"):
            assert await status(root + path) == 403, path
        assert await status(root, method="OPTIONS") == 403
        for path in (f"/{other}/ws", "/ws", f"/{token[:-1]}/ws"):
            async with ClientSession() as session:
                with pytest.raises(WSServerHandshakeError) as refused:
                    await session.ws_connect(root + path)
                assert refused.value.status == 403

    asyncio.run(look())


def test_pages_of_others_are_refused_though_they_know_it(
    served: tuple[Path, str],
) -> None:
    _, address = served
    port = urlsplit(address).port

    async def look() -> None:
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example"):
            assert await status(address, {"Host": host}) == 403, host
        # As it is through `ssh -L 9999:127.0.0.1:PORT`.
        assert await status(address, {"Host": "localhost:9999"}) == 200
        for origin in ("https://evil.example", f"http://localhost:{port}", "null"):
            async with ClientSession() as session:
                with pytest.raises(WSServerHandshakeError) as refused:
                    await session.ws_connect(address + "ws", headers={"Origin": origin})
                assert refused.value.status == 403, origin

    asyncio.run(look())


def test_a_page_is_the_program(served: tuple[Path, str]) -> None:
    folder, address = served

    async def look() -> None:
        async with ClientSession() as session:
            origin = address[: -len(urlsplit(address).path)]
            async with session.ws_connect(
                f"{address}ws?width=100&height=30", headers={"Origin": origin}
            ) as websocket:
                await drawn(websocket, "ARC-ID-001")
                await websocket.send_json(["resize", {"width": 90, "height": 25}])
                await websocket.send_json(["stdin", "7"])
                await drawn(websocket, "himds.log")
                await websocket.send_json(["stdin", "qqqq"])
                while (await websocket.receive(60)).type is WSMsgType.BINARY:
                    pass
                assert websocket.closed

    asyncio.run(look())
    assert not (folder / "owned").exists()


@pytest.mark.parametrize("said", SENSELESS if ALL else SENSELESS[:1])
def test_what_makes_no_sense_ends_only_that_page(
    served: tuple[Path, str], said: str
) -> None:
    _, address = served

    async def look() -> None:
        async with ClientSession() as session:
            async with session.ws_connect(address + "ws") as websocket:
                await websocket.send_str(said)
                while (await websocket.receive(60)).type is WSMsgType.BINARY:
                    pass
                assert websocket.close_code == 1008
            assert await status(address) == 200

    asyncio.run(look())


@pytest.mark.skipif(not LINUX, reason="processes are looked up in /proc")
@pytest.mark.parametrize("number", SIGNALS if ALL else SIGNALS[:1])
def test_no_process_is_left(served: tuple[Path, str], number: int) -> None:
    with server(served[0], LOST) as (process, address):
        # Bound to any address, it would answer here, too.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", urlsplit(address).port or 0))

        async def look() -> list[int]:
            async with ClientSession() as session:
                async with session.ws_connect(address + "ws") as websocket:
                    await drawn(websocket, "Opening")
                    pages = children(process.pid)
                    process.send_signal(number)
                    while (await websocket.receive(60)).type is WSMsgType.BINARY:
                        pass
                return pages

        pages = asyncio.run(look())
        assert len(pages) == 1
        code = process.wait(60)
        assert code == (-number if number == 9 else 0)
        end = time.monotonic() + 60
        while Path(f"/proc/{pages[0]}").exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert not Path(f"/proc/{pages[0]}").exists()


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["triage", str(LOST), "--serve", "--port", port]) == 1
    out, err = capsys.readouterr()
    assert not out
    assert f"port {port}: it cannot be served there" in err
    assert "--port 0" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--serve", "--port", "x"], "'x' is no port"),
        (["--serve", "--port", "65536"], "'65536' is no port"),
        (["--port", "80"], "--port is for --serve"),
    ],
)
def test_what_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["triage", str(LOST), *words]) == 2
    assert said in capsys.readouterr().err


def test_without_the_package_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.delitem(sys.modules, "diag.tui.browser.server", raising=False)
    monkeypatch.delattr("diag.tui.browser.server", raising=False)
    assert main(["triage", str(LOST), "--serve"]) == 2
    assert "pip install 'arcdiag[serve]'" in capsys.readouterr().err
