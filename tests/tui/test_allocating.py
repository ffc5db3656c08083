"""Memory of large arrays goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

HELD = """
import sys
import numpy as np
from diag.tui.allocating import give_large_back

def held():
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * 4096 // 1_000_000

if sys.argv[1] == "back":
    give_large_back()
large = np.ones(10_000_000, dtype=np.int8)
del large
before = held()
some = [np.ones(2_000_000, dtype=np.int8) for _ in range(20)]
del some[:-1]  # the last one lies behind the others
print(held() - before)
"""


def held(how: str) -> int:
    """Return the MB that a process keeps of 40, of which it needs 2."""
    command = [sys.executable, "-c", HELD, how]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux")
def test_what_is_free_is_not_kept() -> None:
    assert held("back") <= 4
