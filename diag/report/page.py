"""A page of styled lines: rich does colour and wrapping, `show` guards the text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from rich.text import Text

    from diag.report.formats import Style

# A part of a line: its text and rich's words for its look.
Part = tuple[str, str]

LABEL = 11  # columns of the labels in front of a finding's parts
NARROWEST = 20  # below this a column of text cannot be read
# A quoted log line may be many kB. On a terminal the begin has to do; in a pipe
# error texts are kept whole, and only what no person reads is cut.
ROWS = 6
LONGEST = 8_000
WORD = re.compile(r"\s*\S+\s*")


class Page:
    """Writes lines to a stream. Data comes in as `str` and goes out by `show`."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        """Prepare a console.

        Args:
            stream: Where to.
            style: Colour and width, and whether it is for a terminal.
        """
        from rich.console import Console

        self._console = Console(
            file=stream,
            width=style.width,
            color_system="standard" if style.colour else None,
            force_terminal=style.colour,
            force_jupyter=False,
            no_color=not style.colour,
            markup=False,
            highlight=False,
            emoji=False,
            legacy_windows=False,
        )
        self._stream = stream
        self._width = self._console.width
        self._colour = style.colour
        self.terminal = style.terminal

    def line(self, *parts: Part, indent: int = 0, hang: int = 0) -> None:
        """Write a line, wrapped between words.

        Args:
            parts: Texts and looks.
            indent: Blanks in front of it.
            hang: Further blanks in front of what is wrapped.
        """
        room = self._width - indent - hang
        if plain := self._plain(parts):
            for number, piece in enumerate(_rows(plain, room)):
                self._write(piece, indent + (hang if number else 0))
            return
        for number, row in enumerate(self._wrapped(_text(parts), room)):
            self._print(row, indent + (hang if number else 0))

    def labelled(self, label: str, *parts: Part) -> None:
        """Write a label and, in its own column, a text that wraps there."""
        self.columned([(f"  {label:<{LABEL}}", "dim")], LABEL + 2, *parts)

    def columned(self, lead: Sequence[Part], width: int, *parts: Part) -> None:
        """Write a lead and, behind it, a text that wraps in its own column.

        Args:
            lead: Stands in front of the first row only.
            width: Columns that the lead takes.
            parts: Texts and looks of the text.
        """
        room = self._width - width
        head, plain = self._plain(lead), self._plain(parts)
        if head and plain:
            first, *others = _rows(plain, room)
            self._write(f"{head}{first}", 0)
            for piece in others:
                self._write(piece, width)
            return
        begin = _text(lead)
        for row in self._wrapped(_text(parts), room):
            self._print(begin + row if begin else row, 0 if begin else width)
            begin = _text([])

    def whole(self, *parts: Part, indent: int = 0) -> None:
        """Write a line without wrapping it: a command or an address to be copied."""
        if plain := self._plain(parts):
            self._write(plain, indent)
        else:
            self._print(_text(parts), indent)

    def quoted(self, text: str, indent: int) -> None:
        """Write a line of a log; see `ROWS` and `LONGEST`."""
        shown = show(text).rstrip()
        if len(shown) > LONGEST:
            shown = f"{shown[:LONGEST]}… ({len(shown) - LONGEST:,} more characters)"
        if not self.terminal:
            self.whole((shown, ""), indent=indent)
            return
        rows = self._wrapped(_text([(shown, "")]), self._width - indent, fold=True)
        for row in rows[:ROWS]:
            self._print(row, indent)
        if len(rows) > ROWS:
            self.line(("… (a pipe or -o shows all of it)", "dim"), indent=indent)

    def blank(self) -> None:
        """Write an empty line."""
        self._stream.write("\n")

    def _wrapped(self, text: Text, room: int, *, fold: bool = False) -> list[Text]:
        """Return the rows of a text; paths and addresses stay whole without `fold`."""
        room = max(room, NARROWEST)
        plain = text.plain
        if len(plain) <= room and plain.isascii() and "\t" not in plain:
            text.rstrip()  # the many short rows need no measuring
            return [text]
        if fold:
            rows = list(text.wrap(self._console, room, overflow="fold"))
        else:
            text.expand_tabs()
            rows = list(text.divide(_breaks(text.plain, room)))
        for row in rows:
            row.rstrip()
        return rows

    def _plain(self, parts: Sequence[Part]) -> str:
        """Return a text that needs no rich, which takes ten times as long.

        Empty when it does: for colours, and for tabs, which depend on wide letters.
        """
        if self._colour:
            return ""
        text = "".join(show(content) for content, _ in parts)
        return "" if "\t" in text else text

    def _write(self, row: str, indent: int) -> None:
        self._stream.write(f"{' ' * indent if row else ''}{row}\n")

    def _print(self, row: Text, indent: int) -> None:
        row.expand_tabs()
        blanks = " " * indent if row.plain else ""
        if self._colour:
            whole = _text([(blanks, "")]) + row
            self._console.print(whole, no_wrap=True, overflow="ignore", crop=False)
        else:
            self._stream.write(f"{blanks}{row.plain}\n")


def _rows(text: str, room: int) -> list[str]:
    """Return the rows of a text without tabs; see `Page._wrapped`."""
    room = max(room, NARROWEST)
    if len(text) <= room and text.isascii():
        return [text.rstrip()]
    edges = [0, *_breaks(text, room), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(edges)]


def _breaks(text: str, room: int) -> list[int]:
    """Return where the rows of a text begin, but the first."""
    from rich.cells import cell_len

    breaks = []
    used = 0
    width = len if text.isascii() else cell_len
    for word in WORD.finditer(text):
        if used and used + width(word.group().rstrip()) > room:
            breaks.append(word.start())
            used = 0
        used += width(word.group())
    return breaks


def _text(parts: Sequence[Part]) -> Text:
    from rich.text import Text

    text = Text(tab_size=4)
    for content, look in parts:
        text.append(show(content), style=look)
    return text
