"""Windows events as the system keeps them: binary event logs (.evtx).

A file is a header and chunks of 64 KiB, each complete in itself. They are read one
by one in another process, which may fail or hang without harm to this one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from diag.formats.readers.evtx_child import CHUNK, LENGTH
from diag.formats.readers.windows import event_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diag.formats.readers.written import Written

MAGIC = b"ElfFile\0"
CHUNK_MAGIC = b"ElfChnk\0"
HEADER = 4096
CHILD = Path(__file__).with_name("evtx_child.py")
SECONDS = 10.0  # for one chunk; a usual one takes some milliseconds
MOST_STARTS = 6
NO_LIBRARY = 3
AGAIN = "Save the log again (wevtutil epl), or export it as CSV."


def fits(head: bytes) -> bool:
    """Say whether bytes are the start of such a file."""
    return head.startswith(MAGIC)


def read(blocks: Iterable[bytes], out: Written) -> None:
    """Write the events of a binary log; a line is the number of a record.

    Args:
        blocks: The bytes of the member.
        out: Takes events.
    """
    account = _Account()
    number = 0
    with _Child() as child:
        for chunk in _chunks(blocks, account):
            answer = child.ask(chunk)
            if answer is None:
                account.lost += 1
                if child.without_library:
                    said = (
                        "The package 'evtx', which reads such logs, is not installed."
                    )
                    out.tell(0, "no-reader", f"{said} Install it, or export as CSV.")
                    return
                continue
            account.failed += int(answer["failed"])
            account.cut += bool(answer["cut"])
            for event in answer["records"]:
                if isinstance(event, dict):
                    number += 1
                    out.event(number, 1, event_values(event))
    account.tell(out)


class _Account:
    """What of the file could not be read."""

    def __init__(self) -> None:
        self.failed = self.lost = self.cut = self.odd = 0
        self.torn = False

    def tell(self, out: Written) -> None:
        parts = [
            (self.failed, "records that could not be read"),
            (self.lost, "parts of 64 KiB on which the reader hung or failed"),
            (self.odd, "parts of 64 KiB that hold something else"),
            (self.cut, "parts with more text than is kept"),
            (int(self.torn), "part that is cut off at the end"),
        ]
        said = ", ".join(f"{count} {what}" for count, what in parts if count)
        if said:
            text = f"Damaged: {said}. What could be read is there. {AGAIN}"
            out.tell(0, "torn-events", text)


def _chunks(blocks: Iterable[bytes], account: _Account) -> Iterator[bytes]:
    """Yield the parts of a file that are in use."""
    held = bytearray()
    skip = HEADER
    for block in blocks:
        held += block
        if skip:
            gone = min(skip, len(held))
            del held[:gone]
            skip -= gone
        while len(held) >= CHUNK:
            yield from _used(bytes(held[:CHUNK]), account)
            del held[:CHUNK]
    if held.strip(b"\0"):
        account.torn = True
        yield from _used(bytes(held.ljust(CHUNK, b"\0")), account)


def _used(chunk: bytes, account: _Account) -> Iterator[bytes]:
    if chunk.startswith(CHUNK_MAGIC):
        yield chunk
    elif chunk.strip(b"\0"):
        account.odd += 1


class _Child:
    """The other process: started with the first chunk, and again when it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self.without_library = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def ask(self, chunk: bytes) -> dict[str, Any] | None:
        """Return the answer for a chunk, None if there is none."""
        process = self._running()
        if process is None or process.stdin is None or process.stdout is None:
            return None
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        answer = b""
        try:
            process.stdin.write(LENGTH.pack(len(chunk)) + chunk)
            process.stdin.flush()
            size = process.stdout.read(LENGTH.size)
            if len(size) == LENGTH.size:
                length = LENGTH.unpack(size)[0]
                answer = process.stdout.read(length)
                answer = answer if len(answer) == length else b""
        except OSError:
            answer = b""
        finally:
            watch.cancel()
        if answer:
            found: dict[str, Any] = json.loads(answer)
            return found
        self._stop()
        return None

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is None and self._starts < MOST_STARTS and sys.executable:
            self._starts += 1
            with suppress(OSError):
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-P", str(CHILD)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            code = process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self.without_library = self.without_library or code == NO_LIBRARY
