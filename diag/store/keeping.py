"""Write a file of the cache whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def keep(path: Path, data: object) -> None:
    """Write data as JSON, for the user alone.

    A cache that cannot be written is no error, and nothing is left of the attempt: not
    after a full disk, and not after Ctrl-C.

    Args:
        path: The file; its folder is made if it is missing.
        data: What JSON can hold; if it cannot, nothing is kept.
    """
    import orjson

    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with contextlib.suppress(OSError, TypeError):
            written = orjson.dumps(data)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial.touch(mode=0o600)
            partial.write_bytes(written)
            partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
