"""Result files: never one of the sources, and never half-written."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from diag.errors import DiagError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SPARE = "give another name to -o"


def check_target(target: Path, sources: Sequence[Path]) -> None:
    """Refuse a result file that cannot be, before any work is done for it.

    Args:
        target: Where the result goes.
        sources: What is read. A result inside a source folder would be part of
            the source at the next run.

    Raises:
        UsageError: It is a source or inside one, a folder, or lies in none.
    """
    where = str(target)
    if target.is_dir():
        raise UsageError("the result cannot be a folder", where=where, hint=SPARE)
    if not target.parent.is_dir():
        hint = f"make the folder {target.parent}, or {SPARE}"
        raise UsageError("there is no such folder", where=where, hint=hint)
    real = target.resolve()
    for source in sources:
        place = source.resolve()
        same = target.exists() and source.exists() and target.samefile(source)
        if same or real == place:
            text = "the result would overwrite a source"
            raise UsageError(text, where=where, hint=SPARE)
        if source.is_dir() and real.is_relative_to(place):
            text = f"the result would lie inside the source {source}"
            raise UsageError(text, where=where, hint=SPARE)


def write_file(target: Path, text: str) -> None:
    """Write a text in UTF-8; a file that was there stays whole until then.

    Args:
        target: What `check_target` accepted. A device or a pipe is written to,
            as there is nothing that could be replaced.
        text: With LF as line ends, also on Windows.

    Raises:
        DiagError: It cannot be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        spare = beside(target)
        try:
            with spare.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            spare.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                spare.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DiagError(
            f"the result cannot be written: {error.strerror}",
            where=str(target),
            hint="check free space and rights, or give another name to -o",
        ) from error


def beside(target: Path) -> Path:
    """Return a temporary name in the same folder, from where it can be renamed."""
    return target.with_name(f"{target.name}.{os.getpid()}.partial")
