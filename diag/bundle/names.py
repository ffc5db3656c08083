"""Names of members: only text. No name is ever used as a path."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.bundle.limits import LONGEST_NAME, LONGEST_SHOWN
from diag.text import show

if TYPE_CHECKING:
    from pathlib import PurePath

UTF8_FLAG = 0x800
DRIVE = re.compile(r"[A-Za-z]:")
HEAD = 200
UNNAMED = "unnamed"

HIDING = (
    "Its name holds characters that act on a terminal or hide; they are shown as "
    "text here. Ask who made the file if it looks forged."
)
NAMELESS = (
    "It has no usable name and is read under this one. Look at its content to see "
    "which log it is."
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is fit to be shown, and what had to be done to the original.

    `notes` are kinds and texts of problems.
    """

    text: str
    notes: tuple[tuple[str, str], ...] = ()


def path_text(path: PurePath | str) -> str:
    r"""Return a path as text; bytes that are no UTF-8 become `\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def decode_name(raw: bytes, flags: int) -> str:
    r"""Return a member's name as text.

    Args:
        raw: The bytes in the archive.
        flags: The general purpose flags; bit 11 says UTF-8 (APPNOTE 4.4.4).

    Returns:
        UTF-8 where the flag or the bytes say so (many writers forget the flag),
        with bad bytes as `\xNN`; else code page 437, as the format demands.
    """
    if flags & UTF8_FLAG:
        return raw.decode("utf-8", "backslashreplace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def normalise(original: str) -> Name:
    r"""Return a name with `/` between its parts and nothing that leads elsewhere.

    Args:
        original: The name as the archive or the folder has it.

    Returns:
        The name without drive letter, leading `/`, `.` and `..`, escaped by
        `show()` and cut in its middle if it is too long.
    """
    slashed = original.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in {"", "."}]
    notes = []
    if slashed.startswith("//"):
        parts = parts[1:] if parts[:1] == ["?"] else parts
        notes.append(_unsafe("names a share or device of another machine"))
    if ".." in parts:
        parts = [part for part in parts if part != ".."]
        notes.append(_unsafe("leads out of its folder"))
    if parts and (drive := DRIVE.match(parts[0])):
        rest = parts[0][drive.end() :]
        parts = [rest, *parts[1:]] if rest else parts[1:]
    joined = "/".join(parts)
    shown = show(joined)
    if shown != joined:
        notes.append(("bad-name", HIDING))
    if len(shown) > LONGEST_SHOWN or len(original) > LONGEST_NAME:
        notes.append(_long(len(original)))
        shown = _cut(shown)
    if not shown:
        notes.append(("bad-name", NAMELESS))
    return Name(shown or UNNAMED, tuple(notes))


def _cut(shown: str) -> str:
    if len(shown) <= LONGEST_SHOWN:
        return shown
    tail = LONGEST_SHOWN - HEAD - 1
    return f"{shown[:HEAD]}\u2026{shown[-tail:]}"


def _unsafe(what: str) -> tuple[str, str]:
    text = (
        f"Its name {what}. Nothing was written; it is read under the name that is "
        "left. Ask who made the zip: a log collector writes no such names."
    )
    return "unsafe-name", text


def _long(length: int) -> tuple[str, str]:
    text = (
        f"Its name has {length:,} characters and is shown cut. "
        "Ask who made the zip if it is no log of yours."
    )
    return "bad-name", text


class Names:
    """Gives each member of one bundle a name of its own."""

    def __init__(self) -> None:
        """Begin with no name taken."""
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, original: str, below: str = "") -> Name:
        """Return a name nobody else has: the second `x` becomes `x (2)`.

        Args:
            original: The name as the archive or the folder has it.
            below: The name of the zip inside the bundle that it is a member of.
        """
        name = normalise(original)
        if below:
            name = Name(_cut(f"{below}/{name.text}"), name.notes)
        if name.text not in self._taken:
            self._taken.add(name.text)
            return name
        number = self._next.get(name.text, 2)
        while f"{name.text} ({number})" in self._taken:
            number += 1
        self._next[name.text] = number + 1
        text = f"{name.text} ({number})"
        self._taken.add(text)
        note = (
            f"Another member has the name {name.text}, too. Both are kept; compare "
            "them before you trust one."
        )
        return Name(text, (*name.notes, ("duplicate-name", note)))
