"""How a line of the log looks: pieces of text with styles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from diag.tui.door import inline, segment

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from diag.store.browse import Line

# A letter first, colour second: nothing is told by colour alone.
LETTERS = {
    "critical": "C",
    "error": "E",
    "warning": "W",
    "info": "i",
    "debug": "d",
    "trace": "t",
}
NAME = 10  # columns of the log's name
GUTTER = 2
NONE = Style()


@dataclass(frozen=True, slots=True)
class Look:
    """Styles of the parts of a line. `zone` is that of the times."""

    levels: dict[str, Style]
    time: Style
    name: Style
    mark: Style
    hit: Style
    cursor: Style
    quiet: Style
    zone: tzinfo | None = UTC


def look_of(style: Callable[[str], Style], zone: tzinfo | None) -> Look:
    """Return the styles of a theme.

    Args:
        style: Gives the style of a class of CSS.
        zone: Which zone times are in; None is that of this computer.
    """
    words = ("critical", "error", "warning", "debug")
    levels = {word: style(f"log--{word}") for word in words}
    return Look(
        levels={**levels, "trace": levels["debug"], "info": Style()},
        time=style("log--time"),
        name=style("log--name"),
        mark=style("log--mark"),
        hit=style("log--hit"),
        cursor=style("log--cursor"),
        quiet=style("log--quiet"),
        zone=zone,
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of a line beside its text."""

    finding: bool = False
    bookmark: bool = False
    cursor: bool = False
    folded: int = 0  # how many lines of the record are not shown


def time_text(moment: datetime | None, zone: tzinfo | None, *, wide: bool) -> str:
    """Return a time as a list shows it, always as wide.

    Args:
        moment: Naive UTC; None gives blanks.
        zone: Which zone to show it in; None is that of this computer.
        wide: With the date.
    """
    form = "%m-%d %H:%M:%S" if wide else "%H:%M:%S"
    if moment is None:
        return " " * (18 if wide else 12)
    try:
        local = moment.replace(tzinfo=UTC).astimezone(zone)
    except OverflowError:  # year 1 or 9999, in a zone far from UTC
        local = moment
    return f"{local:{form}}.{local.microsecond // 1000:03}"


def silence_text(seconds: float) -> str:
    """Return how long nothing was written, in words."""
    span = timedelta(seconds=round(seconds))
    minutes, rest = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    told = [f"{count} {word}" for count, word in parts if count][:2]
    return " ".join(told)


def silence_strip(seconds: float, width: int, look: Look) -> Strip:
    """Return the row that stands for a silence."""
    text = f" ── silence {silence_text(seconds)} "
    return Strip([segment(text.ljust(width, "─")[:width], look.quiet)], width)


def line_strip(
    line: Line,
    marks: Marks,
    look: Look,
    *,
    width: int,
    left: int = 0,
    hit: re.Pattern[str] | None = None,
) -> Strip:
    """Return the row of a line.

    Args:
        line: The event.
        marks: What is known of it.
        look: The styles.
        width: Columns of the row.
        left: How many columns of the text are scrolled away.
        hit: What is searched for, to be shown.
    """
    base = look.levels.get(line.level, NONE)
    letter = LETTERS.get(line.level, " ")
    name = (line.log or line.file.rpartition("/")[2] or "?")[:NAME]
    wide = width >= WIDE
    parts = [
        segment("▸" if marks.cursor else " ", look.mark),
        segment("●" if marks.finding else "m" if marks.bookmark else " ", look.mark),
        segment(time_text(line.time, look.zone, wide=wide), look.time),
        segment(f" {letter} ", base),
        segment(f"{name:<{NAME}} ", look.name),
    ]
    text = first_line(line.text, marks.folded)
    parts += text_segments(text[left:], base, look.hit, hit)
    strip = Strip(parts).adjust_cell_length(width, NONE)
    return strip.apply_style(look.cursor) if marks.cursor else strip


WIDE = 100


def head_width(width: int) -> int:
    """Return the columns before the text in a row of so many columns."""
    return GUTTER + (18 if width >= WIDE else 12) + 3 + NAME + 1


def first_line(text: str, folded: int) -> str:
    """Return the first line of a record, and how many more it has."""
    first, _, rest = text.partition("\n")
    more = folded or rest.count("\n") + bool(rest)
    first = first.rstrip("\r")
    return (
        f"{first}  ┆ {more} more lines"
        if more > 1
        else (f"{first}  ┆ 1 more line" if more else first)
    )


def text_segments(
    text: str, base: Style, hit_style: Style, hit: re.Pattern[str] | None
) -> list[Segment]:
    """Return a text with what is searched for shown."""
    if hit is None:
        return [Segment(inline(text), base)]
    parts = []
    at = 0
    for found in hit.finditer(text):
        if found.end() == found.start():
            continue
        parts.append(Segment(inline(text[at : found.start()]), base))
        parts.append(Segment(inline(found.group()), base + hit_style))
        at = found.end()
    parts.append(Segment(inline(text[at:]), base))
    return parts


def body_strip(text: str, width: int, look: Look) -> Strip:
    """Return a row of an unfolded record."""
    parts = [segment(" " * GUTTER + "┆ ", look.quiet), Segment(inline(text), NONE)]
    return Strip(parts).adjust_cell_length(width, NONE)
