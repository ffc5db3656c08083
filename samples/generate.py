"""Rewrite the sample bundles: `python samples/generate.py [FOLDER]`.

Standard library only. The same bytes come out on every run and every machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Write the samples.

    Args:
        arguments: The folder to write into; this one when empty.

    Returns:
        Exit code: 0, or 2 when the arguments are wrong.
    """
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    sys.path.insert(0, str(HERE.parent))
    from samples.making.bundles import write_all

    into = Path(arguments[0]) if arguments else HERE
    into.mkdir(parents=True, exist_ok=True)
    for path in write_all(into):
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
