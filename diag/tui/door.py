"""The one door for text on its way to the screen.

Textual's widgets read markup in a `str` and pass control characters on, so no text
of a log, a rule or a file name is ever handed to one: it goes through here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.content import Content

from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.style import Style

# A text and a style of Textual, such as `bold $error`; empty for none.
Part = tuple[str, str]
TAB = "    "


def plain(text: str) -> str:
    """Return a text as it may be drawn; line ends stay."""
    return "\n".join(
        show(line).replace("\t", TAB) for line in text.replace("\r\n", "\n").split("\n")
    )


def inline(text: str) -> str:
    """Return a text as it may be drawn in one row; line ends are pictures."""
    return show(text).replace("\t", TAB)


def content(*parts: Part | str) -> Content:
    """Return what a widget shows: texts with their styles, without any markup."""
    made = []
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        made.append(
            Content.styled(plain(text), style) if style else Content(plain(text))
        )
    return Content("").join(made)


def lines(rows: Iterable[Iterable[Part | str]]) -> Content:
    """Return several rows as one content."""
    return Content("\n").join([content(*row) for row in rows])


def segment(text: str, style: Style) -> Segment:
    """Return a piece of a row that is drawn by hand; always with a style."""
    return Segment(inline(text), style)
