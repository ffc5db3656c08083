"""A log that another process holds is named, and the others are taken."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.collect.collecting import LOG, collected, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Linux has no locks that a reader meets, but a lease of the writer comes near: who
# opens the file without waiting is told to come again.
HOLD_LINUX = """
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
number = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.read()
"""
HOLD_WINDOWS = """
import ctypes, sys
kernel = ctypes.WinDLL("kernel32", use_last_error=True)
kernel.CreateFileW.restype = ctypes.c_void_p
shared_with_nobody, existing = 0, 3
handle = kernel.CreateFileW(
    sys.argv[1], 0xC0000000, shared_with_nobody, None, existing, 0, None
)
assert handle not in (None, ctypes.c_void_p(-1).value), ctypes.get_last_error()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Let another process hold a file as long as the block runs."""
    code = HOLD_WINDOWS if sys.platform == "win32" else HOLD_LINUX
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "held\n":
            assert process.stderr is not None
            pytest.skip(f"nothing can be held here: {process.stderr.read()[-200:]}")
        try:
            yield
        finally:
            process.communicate()


@pytest.mark.skipif(
    sys.platform not in {"linux", "win32"}, reason="holding files as they do"
)
def test_a_log_that_is_held_is_told_and_the_run_goes_on(tmp_path: Path) -> None:
    root = tmp_path / "root"
    himds = write(root, f"{LOG}/himds.log")
    write(root, f"{LOG}/azcmagent.log", "one\n")
    with held(himds):
        found = collected(root, tmp_path / "out.zip")
    assert found.left[f"{LOG}/himds.log"] == "locked"
    assert found.members[f"{LOG}/azcmagent.log"] == b"one\n"
    again = collected(root, tmp_path / "again.zip")
    assert f"{LOG}/himds.log" in again.members
