"""Running programs: no shell, no input, a time limit, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_OUTPUT = 16 * 1024 * 1024  # bytes of one stream
ERRORS_KEPT = 4096  # bytes of what it says on stderr, in the manifest
GRACE = 2.0  # seconds between asking a program to end and ending it
CHUNK = 65536
NEW_GROUP = 0x00000200  # CREATE_NEW_PROCESS_GROUP
NO_WINDOW = 0x08000000


class Ran(NamedTuple):
    """How a program ended. `status` is None when it was not there or was killed."""

    output: bytes
    errors: bytes
    status: int | None
    seconds: float
    timed_out: bool = False
    flooded: bool = False
    failed: str = ""  # why it could not be started


class _Drain(threading.Thread):
    """Reads a pipe to its end and keeps the first bytes of it."""

    def __init__(self, pipe: Any, most: int) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0
        self.full = threading.Event()

    def run(self) -> None:
        """Read until nobody can write to it any more."""
        try:
            with self._pipe:
                data = os.read(self._pipe.fileno(), CHUNK)
                while data:
                    self._keep(data[: self._most - self._size])
                    data = os.read(self._pipe.fileno(), CHUNK)
        except OSError:
            return

    def _keep(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size >= self._most:
            self.full.set()

    def end(self) -> None:
        """Wait for the end; a process that left the group may still hold the pipe."""
        self.join(GRACE)

    def kept(self) -> bytes:
        """Return what was kept by now."""
        return b"".join(list(self._parts))


def environment_of(search: Sequence[str], system: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that programs are given: few, and the same everywhere.

    Args:
        search: Folders of programs.
        system: This process's variables; Windows needs some of its own.
    """
    own = {"LC_ALL": "C", "LANG": "C", "LANGUAGE": "C", "PATH": os.pathsep.join(search)}
    own.update(PAGER="cat", SYSTEMD_PAGER="cat", SYSTEMD_COLORS="0", TERM="dumb")
    if sys.platform == "win32":
        for name in ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "PROGRAMDATA", "TEMP",
                     "PROGRAMFILES", "PROGRAMW6432", "COMSPEC", "PATHEXT"):  # fmt: skip
            if name in system:
                own[name] = system[name]
    return own


def find_program(name: str, search: Sequence[str]) -> str:
    """Return the path of a program in the given folders; empty when there is none."""
    endings = ("", ".exe") if sys.platform == "win32" else ("",)
    for folder in search:
        for ending in endings:
            path = os.path.join(folder, name + ending)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return path
    return ""


def run_program(
    words: Sequence[str], seconds: float, environment: Mapping[str, str]
) -> Ran:
    """Run a program and return what it wrote.

    Args:
        words: Its path and its arguments.
        seconds: Then it is ended, with everything that it started.
        environment: All variables that it is given.
    """
    began = time.monotonic()
    try:
        process = _start(words, environment)
    except (OSError, ValueError) as error:
        text = getattr(error, "strerror", None) or str(error)
        return Ran(b"", b"", None, 0.0, failed=text)
    output = _Drain(process.stdout, MOST_OUTPUT)
    errors = _Drain(process.stderr, ERRORS_KEPT)
    output.start()
    errors.start()
    try:
        late = _wait(process, began + seconds, output.full)
    finally:
        _end(process)
    output.end()
    errors.end()
    flooded = output.full.is_set()
    status = None if late or flooded else process.returncode
    took = time.monotonic() - began
    return Ran(output.kept(), errors.kept(), status, took, late, flooded)


def _start(
    words: Sequence[str], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    windows = sys.platform == "win32"
    return subprocess.Popen(  # noqa: S603 - words of the plan, no shell
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        close_fds=True,
        cwd=os.path.abspath(os.sep),
        env=dict(environment),
        start_new_session=not windows,  # so that its children end with it
        creationflags=NEW_GROUP | NO_WINDOW if windows else 0,
    )


def _wait(
    process: subprocess.Popen[bytes], until: float, full: threading.Event
) -> bool:
    """Wait for the end; say whether it did not come in time."""
    while not _ended(process):
        left = until - time.monotonic()
        if left <= 0:
            return True
        if full.wait(min(left, 0.02)):
            return False
    return False


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a program has ended, and keep its id from being given anew."""
    if sys.platform == "win32" or not hasattr(os, "waitid"):
        return process.poll() is not None
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program, if it still runs, and all that it started."""
    if sys.platform == "win32":
        _end_tree(process)
        return
    if not _ended(process):
        _signal(process.pid, signal.SIGTERM)
        _wait(process, time.monotonic() + GRACE, threading.Event())
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, number: int) -> None:
    """Send a signal to the group of processes that has our child's id."""
    try:
        os.killpg(group, number)
    except OSError:  # nobody is left
        return


def _end_tree(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        folder = os.path.join(os.environ.get("SYSTEMROOT", ""), "System32")
        tool = os.path.join(folder, "taskkill.exe")
        nowhere = subprocess.DEVNULL
        words = [tool, "/T", "/F", "/PID", str(process.pid)]
        subprocess.call(  # noqa: S603 - the system's own program
            words, stdin=nowhere, stdout=nowhere, stderr=nowhere
        )
        process.kill()
    process.wait()
