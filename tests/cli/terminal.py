"""Running the command line on a pseudo terminal."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.cli.calling import ROOT, command, environment

ROWS, COLUMNS = 50, 80


def on_terminal(
    *words: object, env: dict[str, str] | None = None, err: bool = False
) -> str:
    """Return what a command writes to a terminal of 80 columns.

    Args:
        words: The command line.
        env: More environment variables; TERM is set.
        err: Also stderr is that terminal; else it has to stay empty.
    """
    if sys.platform == "win32":
        raise NotImplementedError
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    running = subprocess.Popen(
        command(*words),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs if err else subprocess.PIPE,
        env=environment({"TERM": "xterm-256color", **(env or {})}),
        cwd=ROOT,
    )
    os.close(theirs)
    chunks = []
    while True:
        try:
            chunk = os.read(ours, 65_536)
        except OSError:  # Linux: the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(ours)
    _, said = running.communicate()
    assert not said
    return b"".join(chunks).decode("utf-8")
