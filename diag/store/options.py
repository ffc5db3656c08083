"""What decides, beside the input, how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How a source is read.

    `zone` is for local times without an offset, `now` for dates without a year.
    `lenient`: folders of rules that cannot be read are left out. `unlocked`: packs
    count too whose files are not those of their lock.
    """

    zone: str = ""
    now: datetime | None = None
    parsers: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()
    lenient: bool = False
    unlocked: bool = False
