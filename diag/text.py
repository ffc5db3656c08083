"""The one door for data on its way to a screen, a report or a message.

Log lines, file names, zip comments and rule texts may hold sequences that
rename a terminal's window, write to the clipboard or reorder what is read. No
sequence is parsed here: filters that do are passed by malformed ones. Every
character that acts instead of being drawn is made visible.
"""

from __future__ import annotations

import re
import unicodedata

# Marks on one letter that are still drawn; living languages need no more than 4.
MOST_MARKS = 8

PICTURES = 0x2400
DELETE = 0x7F
DELETE_PICTURE = "\u2421"

# Everything of the Unicode categories Cf, Zl, Zp and Cs, whole blocks where
# unassigned neighbours act alike: C1 controls, soft hyphen, Arabic and Syriac
# number signs, direction marks, zero width, separators, bidi, annotations,
# shorthand, musical and hieroglyph controls, tags, surrogates.
ACTING = (
    (0x80, 0x9F),
    (0xAD, 0xAD),
    (0x600, 0x605),
    (0x61C, 0x61C),
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE007F),
)

# Where a run of marks can be: characters beyond Latin that are no letters or
# digits. Python's patterns know no mark category; `_count` looks closer.
CANDIDATES = re.compile(rf"[^\x00-\u02ff\w\s]{{{MOST_MARKS + 1},}}")
# What most lines are. (str.isascii is younger than the oldest Python that runs this.)
PLAIN = re.compile(r"[\x20-\x7e]*")


def _table() -> dict[int, str]:
    table = {code: chr(PICTURES + code) for code in range(0x20) if chr(code) != "\t"}
    table[DELETE] = DELETE_PICTURE
    for first, last in ACTING:
        table.update((code, f"\\u{{{code:x}}}") for code in range(first, last + 1))
    return table


TABLE = _table()


def show(text: str) -> str:
    r"""Return a text in which nothing acts on a terminal or hides.

    Callers split lines themselves: a line end in `text` is shown, too.

    Args:
        text: Anything, including lone surrogates.

    Returns:
        The text with C0 controls but TAB as control pictures, DEL as its
        picture, C1, direction, zero width, separator, tag and other format
        characters and lone surrogates as `\u{...}`, and more than 8 combining
        marks in a row as their number. What is printable is unchanged, and so
        is a text that was shown before.
    """
    if PLAIN.fullmatch(text):
        return text
    return CANDIDATES.sub(_count, text.translate(TABLE))


def _count(run: re.Match[str]) -> str:
    pieces: list[str] = []
    marks: list[str] = []
    for character in run.group():
        if unicodedata.category(character).startswith("M"):
            marks.append(character)
            continue
        pieces += [_drawn(marks), character]
        marks = []
    return "".join([*pieces, _drawn(marks)])


def _drawn(marks: list[str]) -> str:
    few = len(marks) <= MOST_MARKS
    return "".join(marks) if few else f"\u27e8{len(marks)} combining marks\u27e9"
