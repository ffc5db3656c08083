"""A terminal that goes away without a signal ends the program, and so does a signal."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.calling import SAMPLES, command, environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")


def test_without_a_terminal_it_does_not_run_on(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    env = environment({"TERM": "xterm", "ARCDIAG_STATE_DIR": str(tmp_path)})
    # A session of its own without a controlling terminal: nothing sends SIGHUP.
    process = subprocess.Popen(
        command("triage", SAMPLES / "heartbeat-lost", "--no-cache"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        assert os.read(ours, 1)  # it has begun to draw
        os.close(ours)
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        assert process.poll() is not None
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_the_terminal_as_it_was(tmp_path: Path, name: str) -> None:
    ours, theirs = os.openpty()
    env = environment({"TERM": "xterm", "ARCDIAG_STATE_DIR": str(tmp_path)})
    temporary = tmp_path / "scratch"
    temporary.mkdir()
    words = ("--no-cache", "--tmp-dir", temporary)
    process = subprocess.Popen(
        command("triage", SAMPLES / "heartbeat-lost", *words),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    try:
        while b"ARC-" not in shown:  # the findings are there
            shown += os.read(ours, 65536)
        process.send_signal(signal.Signals[name])
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                shown += os.read(ours, 65536)
        assert process.poll() == 0
        while select.select([ours], [], [], 0.1)[0]:
            shown += os.read(ours, 65536)
    except OSError:  # all was read that was written
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert process.returncode == 0
    assert b"\x1b[?1049l" in shown
    assert not list(temporary.iterdir())
