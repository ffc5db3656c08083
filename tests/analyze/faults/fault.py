"""One way in which input is damaged or lies."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.analyze.machines import HIMDS, logrus
from tests.bundle.zipmaker import Part, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIME = "2026-03-10T12:00:00Z"
COUNT = 50
# The log that stands beside the damage in nearly all cases, and must be there.
TEXT = "".join(logrus(TIME, message=str(n**9)) for n in range(COUNT)).encode()
OTHER = "var/opt/azcmagent/log/azcmagent.log"
OTHER_TEXT = TEXT.replace(b"level=info", b"level=debug")


@dataclass(frozen=True)
class Fault:
    """What is made, and what comes of it.

    `what` and `gives` are the words of the documentation, `make` writes the source,
    `told` are all kinds of problems, `lines` the lines of files besides those of
    himds.log, which is whole if `beside`. Files that are not named in `lines` may
    have any.
    """

    what: str
    gives: str
    make: Callable[[Path], Path]
    told: tuple[str, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)
    beside: bool = True


def zip_file(*parts: Part, last: bool = False) -> Callable[[Path], Path]:
    """Return what writes a zip with himds.log and some other members."""
    good = Part(HIMDS.encode(), TEXT)
    listed = [*parts, good] if last else [good, *parts]
    return lambda folder: written(folder / "m.zip", build(listed))


def raw_zip(change: Callable[[list[Part]], bytes]) -> Callable[[Path], Path]:
    """Return what writes a zip of himds.log and azcmagent.log, changed as a whole."""

    def make(folder: Path) -> Path:
        parts = [Part(HIMDS.encode(), TEXT), Part(OTHER.encode(), OTHER_TEXT)]
        return written(folder / "m.zip", change(parts))

    return make


def folder_of(files: dict[str, bytes]) -> Callable[[Path], Path]:
    """Return what writes a folder with himds.log and some other files."""

    def make(folder: Path) -> Path:
        root = folder / "m"
        for name, data in {HIMDS: TEXT, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return root

    return make


def lone(name: str, data: bytes) -> Callable[[Path], Path]:
    """Return what writes a single file."""
    return lambda folder: written(folder / name, data)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()
