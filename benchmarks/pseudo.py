"""A program in a pseudo-terminal: keys go in, and the bytes that come are timed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

QUIET = 0.12  # seconds without a byte: the repaint is over
LIMIT = 180.0
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=$]*[ -/]*[@-~]|\][^\x07\x1b]*|\([A-Z0-9]|.)")
Command = list[str]
Time = tuple[float, float]  # milliseconds of wall and of CPU


class Terminal:
    """A program in a pseudo-terminal."""

    def __init__(self, command: Command, columns: int, rows: int, **more: str) -> None:
        """Start it; `more` is for its environment."""
        self.began = time.perf_counter()
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": ""}
        env |= more
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=env,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._fd = master
        self._tail = b""
        self.seen = ""  # what the last wait read, without escapes

    def work(self) -> float:
        """Return the milliseconds of CPU that all its threads had so far."""
        total = 0
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat"):
            total += int(path.read_text().split()[0])
        return total / 1e6

    def until(
        self,
        wanted: str = "",
        since: float | None = None,
        *,
        first: bool = False,
        quiet: float = QUIET,
    ) -> Time:
        """Read until a text came and nothing more comes.

        Args:
            wanted: A regex for the bytes without escapes; empty for any.
            since: When the clock began; by default at the start of the program.
            first: Return as soon as the text is there.
            quiet: Seconds after which nothing more comes.

        Returns:
            Milliseconds to the last byte, and those of CPU until then, or until it
            was quiet.

        Raises:
            TimeoutError: The text did not come.
        """
        begin = self.began if since is None else since
        last, seen, there = begin, b"", False
        worked = 0.0 if since is None else self.work()
        while time.perf_counter() - begin < LIMIT:
            ready, _, _ = select.select([self._fd], [], [], quiet)
            if ready:
                seen += self._read()
                last = time.perf_counter()
                plain = ESCAPES.sub(b"", seen).decode("utf-8", "replace")
                self.seen = plain
                there = there or bool(re.search(wanted, plain))
            if there and (first or not ready):
                return (last - begin) * 1000, self.work() - worked
        raise TimeoutError(f"{wanted!r} never came: {seen[-2000:]!r}")

    def press(self, keys: str, wanted: str = "", *, first: bool = False) -> Time:
        """Write keys; returns the times of `until`."""
        since = time.perf_counter()
        os.write(self._fd, keys.encode())
        return self.until(wanted, since, first=first)

    def drain(self) -> None:
        """Read what came so far."""
        while select.select([self._fd], [], [], 0)[0]:
            self._read()

    def _read(self) -> bytes:
        try:
            found = os.read(self._fd, 1 << 16)
        except OSError as error:  # it has ended
            raise TimeoutError(f"it ended: {self._tail!r}") from error
        self._tail = (self._tail + found)[-3_000:]
        return found

    def write(self, keys: str) -> None:
        """Write keys, and do not wait."""
        os.write(self._fd, keys.encode())

    def memory(self) -> float:
        """Return the most memory it had, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) * 1024 / 1e6 if found else 0.0

    def end(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
        os.close(self._fd)
