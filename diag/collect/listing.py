"""Names, sizes and times of what lies in a folder; no content."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Any

from diag.collect.folders import is_folder, is_link
from diag.collect.moments import iso_of
from diag.collect.told import DENY_LIST, OVER, Left, reason_of, why

if TYPE_CHECKING:
    import os

    from diag.collect.plan import Never

MOST_LINES = 20000  # of all listings
WORDS = ((stat.S_ISDIR, "folder"), (stat.S_ISREG, "file"), (stat.S_ISFIFO, "pipe"),
         (stat.S_ISSOCK, "socket"))  # fmt: skip


def list_folder(
    folder: Any,
    parts: tuple[str, ...],
    depth: int,
    never: Never,
    lines: list[str],
    left: list[Left],
) -> None:
    """Add a line for everything in a folder and below.

    Args:
        folder: Open.
        parts: Its path.
        depth: How many folders deep to go; 0 lists only what is in it.
        never: Folders of these names are named but not entered.
        lines: Where the lines go: kind, size in bytes, time, mode, path.
        left: Where it goes what could not be listed.
    """
    try:
        names = folder.names(lambda _: True)
    except OSError as error:
        left.append(Left("/".join(parts), reason_of(error), why(error)))
        return
    for name in names:
        path = "/".join((*parts, name))
        if len(lines) >= MOST_LINES:
            text = f"listings end at {MOST_LINES:,} lines"
            if not any(one.detail == text for one in left):
                left.append(Left(path, OVER, text))
            return
        try:
            status = folder.look(name)
        except OSError:
            continue  # gone again: a listing is of what is there
        lines.append(_line(path, status))
        if not is_folder(status):
            continue
        if never.folder(name):
            text = "nothing in such a folder is looked at"
            if not any(one.name == path for one in left):
                left.append(Left(path, DENY_LIST, text))
        elif depth > 0:
            _deeper(folder, (*parts, name), depth - 1, never, lines, left)


def _deeper(
    folder: Any,
    parts: tuple[str, ...],
    depth: int,
    never: Never,
    lines: list[str],
    left: list[Left],
) -> None:
    try:
        with folder.enter(parts[-1]) as inner:
            list_folder(inner, parts, depth, never, lines, left)
    except OSError as error:
        left.append(Left("/".join(parts), reason_of(error), why(error)))


def _line(path: str, status: os.stat_result) -> str:
    mode = status.st_mode
    word = next((word for test, word in WORDS if test(mode)), "device")
    if is_link(status):
        word = "link"
    size = status.st_size if word == "file" else 0
    rights = stat.S_IMODE(mode)
    return f"{word}\t{size}\t{iso_of(status.st_mtime)}\t{rights:04o}\t{path}\n"
