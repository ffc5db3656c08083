"""Hostile text in every field and name, through a real terminal: nothing of it acts."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal", allow_module_level=True)

import fcntl
import termios

# Titles, clipboard, reset, C1, direction marks, colours, bells: none may arrive.
ACTING = "\x1b]52;c;SEVMTE8=\x07\x1b]0;OWNED\x07\x1bc\x9b31m"
ACTING += "\u202eevil\u2066\x1b[31mRED\x08\x0e"
MARKUP = "[bold]LOUD[/bold] [@click=app.exit]GO[/] [link=https://x.invalid]L[/link]"
RAW: tuple[bytes, ...] = (
    b"\x1b]52",
    b"\x1b]0;OWNED",
    b"\x1bc",
    b"\xc2\x9b",
    b"\x9b31m",
    b"\xe2\x80\xae",
)
RAW += (b"\xe2\x81\xa6", b"\x1b[31mRED", b"\x07", b"\x08", b"\x0e", b"\x1b]8;")
LINES = 40


def hostile_bundle(folder: Path) -> Path:
    """Write a bundle whose names and lines are hostile; returns it."""
    bad = f"{MARKUP} {ACTING}"
    logs = folder / "host[bold]ile\x1b]0;OWNED\x07" / "var/opt/azcmagent/log"
    logs.mkdir(parents=True)
    lines = []
    for n in range(LINES):
        level = ("info", "warning", "error")[n % 3]
        moment = f"2026-03-10T{n // 4:02}:{n % 4 * 15:02}:00Z"
        lines.append(
            f'time="{moment}" level={level} '
            f'msg="failed to send a heartbeat: {bad} {n}" '
            f'Error="{bad}" "Correlation ID"="{bad}"\n'
        )
    for name in ("himds.log", "odd\x1b]0;OWNED\x07[bold]\u202e.log"):
        (logs / name).write_text("".join(lines), encoding="utf-8")
    show = folder / logs.relative_to(folder).parts[0] / "commands"
    show.mkdir()
    (show / "azcmagent-show.txt").write_text(
        f"Resource Name                           : {bad}\n"
        f"Agent Version                           : 1.60{bad}\n"
        f"Agent Status                            : Disconnected {bad}\n",
        encoding="utf-8",
    )
    return logs.parents[3]


class Screen:
    """The program in a pseudo-terminal; `seen` are all bytes that arrived."""

    def __init__(self, source: Path, home: Path, size: tuple[int, int]) -> None:
        """Start it."""
        master, slave = pty.openpty()
        columns, rows = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        env = {
            **os.environ,
            "TERM": "xterm-256color",
            "ARCDIAG_STATE_DIR": str(home / "state"),
            "ARCDIAG_CACHE_DIR": str(home / "cache"),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "diag", "triage", str(source)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
        )
        os.close(slave)
        self._fd = master
        self.seen = b""

    def read(self, quiet: float = 0.15, wanted: bytes = b"") -> None:
        """Read until nothing comes any more, and a text came."""
        until = time.monotonic() + 90
        start = len(self.seen)
        while time.monotonic() < until:
            ready, _, _ = select.select([self._fd], [], [], quiet)
            if not ready and wanted in self.seen[start:]:
                return
            if ready:
                try:
                    self.seen += os.read(self._fd, 1 << 16)
                except OSError:
                    return

    def press(self, keys: str) -> None:
        """Write keys and read what comes of it."""
        os.write(self._fd, keys.encode())
        self.read()

    def end(self) -> int:
        """Leave; returns the exit code."""
        self.press("\x1b")
        for _ in range(90):  # as many screens were visited
            if self.process.poll() is not None:
                break
            os.write(self._fd, b"q")
            self.read(0.05)
        else:
            self.process.send_signal(signal.SIGTERM)
        os.close(self._fd)
        return self.process.wait(20)


def test_nothing_of_a_log_acts_on_the_terminal(tmp_path: Path) -> None:
    source = hostile_bundle(tmp_path / "case")
    screen = Screen(source, tmp_path, (100, 30))
    screen.read(wanted=b"Findings")
    screen.press("3")
    screen.read(0.5)
    for keys in (
        *("1", "2", "jjj", "a", "note\r", "\r", "\x1b", "3", "g", "jjj", "\r", "\r"),
        *("zj", "z", "p", "p", "P", "\x1b", "B", "", "\x1b", "yY", "02j", "R", "\x1b"),
        *("L", "\x1b", "+", "\r", "x"),
        *("-", "\r", "x", "mhere\r", "M", "\r", "/RED\r", "n", "N", "f", "\x1b"),
        *(
            'fLevel == "er\t\r',
            'fMessage has "[bold]"\r',
            "fLevle\r",
            "\x1b",
            "tnoon\r",
        ),
        *("\x1b", "e", "w", "d", "T", "i", "4", "jjjjjjjj", "zz", "hhh", " ll", "f"),
        *("4", "p", "A", "5", "6", "7", "jj", "\x1b", "?", "\x1b", "\x10", "\x1b"),
        *("r", "\x1b", "r", "/no/such/folder/x.md\r", "3", "v", "v", "v", "o", "s"),
    ):
        screen.press(keys)
    assert screen.end() == 0
    # The shape of the mouse pointer is what the screens themselves send.
    seen = re.sub(rb"\x1b\]22;[a-z-]*\x07", b"", screen.seen)
    for bad in RAW:
        at = seen.find(bad)
        near = seen[max(at - 80, 0) : at + 40]
        assert at < 0, f"{bad!r} arrived in {near!r}"
    assert b"[bold]LOUD[/bold]" in screen.seen
    assert b"[@click=app.exit]" in screen.seen
    assert "␛]52".encode() in screen.seen
    assert b"Traceback" not in screen.seen
