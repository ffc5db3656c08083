"""How much is tried: a part by default, all with ARCDIAG_TESTS=all."""

from __future__ import annotations

import os

ALL = os.environ.get("ARCDIAG_TESTS") == "all"
PART = 8
FEWEST = 12


def examples(count: int) -> int:
    """Return how many examples of `count` a property test tries."""
    return count if ALL else max(min(count, FEWEST), count // PART)
