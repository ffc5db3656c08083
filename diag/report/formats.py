"""Choose a writer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from diag.dossier import Dossier
    from diag.model import Diagnosis


class Format(StrEnum):
    """How a diagnosis is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"

    @property
    def wants_dossier(self) -> bool:
        """Whether it shows what a diagnosis alone does not have."""
        return self in {Format.SARIF, Format.JUNIT, Format.HTML}


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks. `width` is in columns; `verbose` lists every file."""

    colour: bool = False
    width: int = 100
    terminal: bool = False
    verbose: bool = False
    quiet: bool = False


def render(
    diagnosis: Diagnosis,
    fmt: Format,
    stream: TextIO,
    style: Style | None = None,
    dossier: Dossier | None = None,
) -> None:
    """Write a diagnosis.

    Args:
        diagnosis: What `analyze.diagnose` returned, and `sanitise` if it travels.
        fmt: The format.
        stream: Where to; text.
        style: For the text format.
        dossier: Rules, times, files and origins; without it they are left out.
    """
    if fmt is Format.TEXT:
        from diag.report.text import write_text

        write_text(diagnosis, stream, style or Style())
    else:
        stream.write(_written(diagnosis, fmt, dossier))


def _written(diagnosis: Diagnosis, fmt: Format, dossier: Dossier | None) -> str:
    match fmt:
        case Format.SARIF:
            from diag.report.sarif import as_sarif

            return as_sarif(diagnosis, dossier)
        case Format.JUNIT:
            from diag.report.junit import as_junit

            return as_junit(diagnosis, dossier)
        case Format.MARKDOWN:
            from diag.report.markdown import as_markdown

            return as_markdown(diagnosis)
        case Format.HTML:
            from diag.report.html import as_html

            return as_html(diagnosis, dossier)
        case _:
            from diag.report.json import as_json

            return as_json(diagnosis)
