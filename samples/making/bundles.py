"""All samples by name."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from samples.making import codes, crash, half, healthy, lost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDERS: dict[str, Callable[[], dict[str, bytes]]] = {
    "healthy-linux": healthy.linux,
    "heartbeat-lost": lost.build,
    "crash-loop": crash.build,
}
ZIPS: dict[str, Callable[[], bytes]] = {
    "healthy-windows.zip": healthy.windows,
    codes.NAME: codes.build,
    "half-missing.zip": half.build,
}


def write_all(into: Path) -> list[Path]:
    """Write all samples; folders of the same names are replaced.

    Args:
        into: The folder to write into.

    Returns:
        The folders and zips.
    """
    written = []
    for name, folder in FOLDERS.items():
        top = into / name
        shutil.rmtree(top, ignore_errors=True)
        for path, content in folder().items():
            place = top / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        written.append(top)
    for name, make in ZIPS.items():
        place = into / name
        place.write_bytes(make())
        written.append(place)
    return written
