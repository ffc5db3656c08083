"""`arcdiag formats test --file`: try log definitions on a file of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.cli.exits import Exit
from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from diag.cli.console import Console
    from diag.formats import Families, Family
    from diag.formats.trying import Tried

MOST_BYTES = 16 * 1024 * 1024


def try_file(
    path: Path, chosen: Sequence[Family], families: Families, console: Console
) -> Exit:
    """Read a file by families and say what they explain of it.

    Args:
        path: The file.
        chosen: Families to try; none: the one that the file is recognised as.
        families: All families.
        console: Where the lines go.

    Returns:
        `USAGE` when a line did not parse.

    Raises:
        UsageError: There is no such file, it is no text, or no family fits.
    """
    from diag.formats.detect import is_json
    from diag.formats.trying import try_text

    text = read_text(path)
    lines: list[str] = []
    failed = False
    for family in chosen or _recognised(path, text, families):
        if is_json(family, text):
            told, wrong = _document(family, text, path)
        else:
            told, wrong = _log(family, try_text(family, text))
        lines += told
        failed = failed or wrong
    console.lines(lines)
    return Exit.USAGE if failed else Exit.CLEAN


def account(tried: Tried) -> str:
    """Return how many lines were explained, and as what."""
    from diag.report.gather import number_of

    goes = "line that goes" if tried.folded == 1 else "lines that go"
    return (
        f"{tried.starts + tried.folded} of {tried.lines - tried.blank} lines explained "
        f"({tried.share:.0%}): {number_of(tried.starts, 'record')}, "
        f"{tried.folded} {goes} on with one; "
        f"{tried.unparsed} unparsed, {tried.blank} blank"
    )


def read_text(path: Path) -> str:
    """Return the first 16 MiB of a file, decoded as they are when it is loaded.

    Args:
        path: A file.

    Raises:
        UsageError: There is no such file, or it is no text.
    """
    from arcdiag_core import sample

    where = str(path)
    if not path.is_file():
        raise UsageError("there is no such file", where=where, hint="check the path")
    try:
        size = path.stat().st_size
        text, encoding = sample(where, 0, size, "stored", MOST_BYTES)
    except OSError as error:
        said = f"the file cannot be read: {error}"
        raise UsageError(said, where=where, hint="check the rights") from error
    if encoding == "binary":
        hint = "unpack it if it is an archive, and give a log file in it"
        raise UsageError("the file is no text", where=where, hint=hint)
    if not text.strip():
        raise UsageError("nothing stands in the file", where=where, hint="give another")
    if size > MOST_BYTES:
        text = text[: text.rfind("\n") + 1] or text
    return text


def _recognised(path: Path, text: str, families: Families) -> list[Family]:
    from diag.formats.detect import (
        HEAD,
        family_by_reader,
        family_by_signs,
        family_by_text,
    )
    from diag.formats.paths import family_by_path

    by_path = family_by_path(path.resolve().as_posix().lstrip("/"), families)
    if by_path is not None:
        return [by_path[0]]
    head = text if len(text) <= HEAD else text[: text.rfind("\n", 0, HEAD) + 1] or text
    found = family_by_signs(head, families) or family_by_reader(head, families)
    found = found or family_by_text(head, families)
    if found is None:
        raise UsageError(
            "no format recognises the file",
            where=str(path),
            hint="name one before --file, or draft one: arcdiag formats new NAME "
            "--from FILE",
        )
    return [found]


def _log(family: Family, tried: Tried) -> tuple[list[str], bool]:
    lines = [f"{family.id}: {account(tried)}"]
    if tried.missed is not None:
        lines.append(f"  line {tried.missed.line} {tried.missed.what}:")
        lines += [f"    {line}" for line in tried.missed.shown()]
    return lines, tried.unparsed > 0


def _document(family: Family, text: str, path: Path) -> tuple[list[str], bool]:
    """Say which rows a JSON document gives, and what is wrong with it."""
    from collections import Counter

    from diag.content import pointed
    from diag.formats import Harm, document_rows

    extract = document_rows(family, text, path.as_posix(), as_json=True)
    counts = Counter(row.table for row in extract.rows)
    rows = ", ".join(f"{count} of {table}" for table, count in counts.items())
    lines = [f"{family.id}: read as JSON, rows: {rows or 'none'}"]
    for fault in extract.faults:
        spot = pointed(text, fault.line, 1)
        lines += [f"  line {fault.line}: {fault.text}", f"    {spot.excerpt[0]}"]
    harmed = any(fault.harm is not Harm.ODD for fault in extract.faults)
    return lines, harmed or not extract.rows
