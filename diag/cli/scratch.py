"""Where temporary files go."""

from __future__ import annotations

import contextlib
import tempfile
from typing import TYPE_CHECKING

from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def scratch_in(folder: Path | None) -> Iterator[None]:
    """Put temporary files into a folder for as long as the context lasts.

    Args:
        folder: `--tmp-dir`; None leaves it to TMPDIR and the system.

    Raises:
        UsageError: There is no such folder.
    """
    if folder is None:
        yield
        return
    if not folder.is_dir():
        raise UsageError(
            "there is no such folder",
            where=str(folder),
            hint="make it first, or leave --tmp-dir away",
        )
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
