"""Bytes as rows: escaped text, then a dump of them in hexadecimal digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.analyze.rawbytes import Raw
    from diag.tui.door import Part

WIDTH = 16  # bytes in a row of the dump
DIGITS = 35  # columns of theirs, in groups of four bytes
PRINTABLE = range(0x20, 0x7F)
ENDS = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x5C: "\\\\"}


def byte_rows(place: str, raw: Raw) -> list[list[Part | str]]:
    """Return what is shown of the bytes of a record.

    Args:
        place: File and line.
        raw: The bytes.
    """
    more = ", and more behind them" if raw.cut else ""
    rows: list[list[Part | str]] = [
        [(place, "bold"), (f"  {len(raw.data):,} bytes{more}", "$text-muted")],
        [""],
    ]
    rows += [[escaped(line)] for line in raw.data.splitlines(keepends=True)]
    rows.append([""])
    for at in range(0, len(raw.data), WIDTH):
        some = raw.data[at : at + WIDTH]
        plain = "".join(chr(one) if one in PRINTABLE else "." for one in some)
        digits = some.hex(" ", -4)
        rows.append([(f"{at:06x}  ", "$text-muted"), f"{digits:<{DIGITS}}  ", plain])
    return rows


def escaped(data: bytes) -> str:
    """Return bytes as text in which all but printable ASCII is written as an escape."""
    return "".join(
        chr(one)
        if one in PRINTABLE and one not in ENDS
        else ENDS.get(one, f"\\x{one:02x}")
        for one in data
    )
