"""A bell that is rung by a signal, in whatever its thread does just then."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from diag.watch.clocks import Bell

MANY = """
import signal, time
from diag.watch.clocks import Bell

bell = Bell()
rings = 0

def ring(number, frame):
    global rings
    rings += 1
    bell.stop()

signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
end, heard = time.monotonic() + 2, 0
while time.monotonic() < end:
    heard += bell.wait(0.001)
signal.setitimer(signal.ITIMER_REAL, 0)
assert bell.stopped
assert rings > 100, rings
assert heard > 100, heard
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no timers that send signals")
def test_a_signal_never_waits_for_what_it_interrupted() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MANY], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_rings_that_came_together_wake_once() -> None:
    bell = Bell()
    assert not bell.wait(0)
    for _ in range(3):
        bell.ring()
    bell.ring_anew()
    bell.stop()
    assert bell.wait(0)
    assert not bell.wait(0)
    assert bell.take_anew()
    assert not bell.take_anew()
    assert bell.stopped


def test_a_thread_wakes_who_waits() -> None:
    bell = Bell()
    thread = threading.Timer(0.05, bell.ring)
    thread.start()
    assert bell.wait(30)
    thread.join()
