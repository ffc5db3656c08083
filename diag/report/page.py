"""A page of styled lines: rich does colour and wrapping, `show` guards the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.text import show

if TYPE_CHECKING:
    from typing import TextIO

    from diag.report.formats import Style

# Evidence may be a line of several kB. On a terminal it is cut to the width; in a
# pipe it is cut here, so that the end of an error text is seldom lost.
LONGEST = 1_000


class Page:
    """Writes lines to a stream. Data comes in as `str` and goes out by `show`."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        """Prepare a console.

        Args:
            stream: Where to.
            style: Colour and width; without colour lines are not cut.
        """
        from rich.console import Console

        self._console = Console(
            file=stream,
            width=style.width,
            color_system="standard" if style.colour else None,
            force_terminal=style.colour,
            no_color=not style.colour,
            markup=False,
            highlight=False,
            emoji=False,
            legacy_windows=False,
        )
        self._cut = style.colour

    def line(self, *parts: tuple[str, str], indent: int = 0, cut: bool = False) -> None:
        """Write one line of (text, style) parts, wrapped under its indent.

        Args:
            parts: Texts and rich styles.
            indent: Blanks in front of it, also of what is wrapped.
            cut: Do not wrap; end with an ellipsis where it gets too long.
        """
        from rich.padding import Padding
        from rich.text import Text

        text = Text(no_wrap=cut, overflow="ellipsis" if cut else "fold", end="")
        for content, style in parts:
            shown = show(content)
            if len(shown) > LONGEST:
                shown = f"{shown[:LONGEST]}…"
            text.append(shown, style=style)
        if cut and not self._cut:
            self._console.print(f"{' ' * indent}{text.plain}", soft_wrap=True)
            return
        self._console.print(Padding(text, (0, 0, 0, indent), expand=False))

    def blank(self) -> None:
        """Write an empty line."""
        self._console.print()

    def labelled(self, label: str, text: str, style: str = "") -> None:
        """Write a label and a text that wraps in its own column."""
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=LABEL)
        grid.add_column(overflow="fold")
        body = Text(show(text), style=style, overflow="fold")
        grid.add_row(Text(f"  {label}", style="dim"), body)
        self._console.print(grid)


LABEL = 11
