"""Load a source into a store, without rules: `python benchmarks/load.py SOURCE FILE`.

What every command does first; `ingest.py` measures this process.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(source: str, store: str) -> int:
    """Write the store; returns the exit code."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from diag.analyze import load

    with load([Path(source)], cache=False, keep=Path(store)):
        return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
