"""The private folder in which a bundle is checked, removed also after a kill."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "arcdiag-inbox-"


@contextlib.contextmanager
def private_folder(place: Path) -> Iterator[Path]:
    """Give an empty folder that only this user may enter, and remove it afterwards.

    Args:
        place: Of the state. Beside it stands which folder there is, so that one that
            was left by a kill is removed the next time.

    Raises:
        OSError: It cannot be made.
    """
    noted = place.with_suffix(".work")
    noted.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(noted)
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as path:
        noted.write_text(path, encoding="utf-8", errors="surrogateescape")
        yield Path(path)
    noted.unlink(missing_ok=True)


def _sweep(noted: Path) -> None:
    with contextlib.suppress(OSError):
        left = Path(noted.read_text(encoding="utf-8", errors="surrogateescape"))
        if left.name.startswith(PREFIX):
            shutil.rmtree(left, ignore_errors=True)
        noted.unlink()
