"""Lists on stdout: aligned columns for people, JSON for programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diag.cli.console import Console
    from diag.errors import ContentError

PLACE = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?: ")


def write_list(
    console: Console,
    fmt: str,
    rows: Sequence[Sequence[str]],
    values: Sequence[dict[str, Any]],
) -> None:
    """Write a list.

    Args:
        console: Where to.
        fmt: `text` or `json`.
        rows: Cells for people; all columns but the last are aligned.
        values: The same for programs.
    """
    if fmt == "json":
        from diag.cli.console import as_utf8
        from diag.report.json import safe_json

        as_utf8(console)
        console.result(safe_json(list(values)))
        return
    shown = [[show(cell).expandtabs(4) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        for row in shown
    ]
    console.result("".join(f"{line.rstrip()}\n" for line in lines))


def errors(found: Sequence[str]) -> str:
    """Return how many errors there are."""
    return "1 error" if len(found) == 1 else f"{len(found)} errors"


def told(error: ContentError) -> str:
    """Return an error with the line that it is about and a caret under the place."""
    return "\n".join([show(str(error)), *(f"  {show(one)}" for one in error.excerpt)])


def with_source(found: Sequence[str], texts: Mapping[str, str]) -> Iterator[str]:
    """Yield errors, each with the line that it is about and a caret, as `told` does.

    Args:
        found: Messages that begin with `file:line: ` or `file:line:column: `.
        texts: The files by name.
    """
    from diag.content import pointed

    for one in found:
        yield one
        place = PLACE.match(one)
        text = texts.get(place["file"]) if place else None
        if place is None or text is None:
            continue
        spot = pointed(text, int(place["line"]), int(place["column"] or 1))
        if not place["column"]:
            indent = len(spot.source) - len(spot.source.lstrip(" -"))
            spot = pointed(text, int(place["line"]), indent + 1)
        if spot.source.strip():
            yield from (f"  {line}" for line in spot.excerpt)
