"""Choose a writer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from diag.model import Diagnosis


class Format(StrEnum):
    """How a diagnosis is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks. `width` is in columns; `verbose` lists every file."""

    colour: bool = False
    width: int = 100
    terminal: bool = False
    verbose: bool = False
    quiet: bool = False


def render(
    diagnosis: Diagnosis, fmt: Format, stream: TextIO, style: Style | None = None
) -> None:
    """Write a diagnosis.

    Args:
        diagnosis: What `analyze.diagnose` returned.
        fmt: The format.
        stream: Where to; text.
        style: For the text format.
    """
    if fmt is Format.JSON:
        from diag.report.json import as_json

        stream.write(as_json(diagnosis))
        return
    from diag.report.text import write_text

    write_text(diagnosis, stream, style or Style())
