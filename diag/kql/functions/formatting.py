"""`format_datetime` and `format_timespan`, with .NET's letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.kql.checks import literal_text
from diag.kql.functions.registry import Args, Function, table
from diag.kql.source import quoted
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.values import Value

PIECES = re.compile(r"([yMdHhmsfFt])\1*|[^yMdHhmsfFt]+")
LETTERS = {
    "yyyy": "%Y",
    "yy": "%y",
    "MM": "%m",
    "M": "%-m",
    "dd": "%d",
    "d": "%-d",
    "HH": "%H",
    "H": "%-H",
    "hh": "%I",
    "h": "%-I",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
    "tt": "%p",
}
UNITS = {
    "d": (86_400_000_000, 0),
    "H": (3_600_000_000, 24),
    "h": (3_600_000_000, 24),
    "m": (60_000_000, 60),
    "s": (1_000_000, 60),
}
LONGEST_FRACTION = 7


def _pieces(args: Args) -> list[str]:
    form = literal_text(args.scope, args.node(1), "the format")
    return [piece.group() for piece in PIECES.finditer(form)]


def _unknown(args: Args, piece: str) -> Exception:
    said = f"the format has {quoted(piece)}, which is not supported"
    return args.scope.error(said, args.node(1).at, "KQL106")


def _fraction(micro: str, piece: str) -> str:
    digits = f"concat(lpad(CAST({micro} AS VARCHAR), 6, '0'), '0')"
    return f"left({digits}, {min(len(piece), LONGEST_FRACTION)})"


def _datetime(args: Args) -> Value:
    moment = args.cast(0, Type.DATETIME).sql
    parts = []
    for piece in _pieces(args):
        if piece[0] in "fF":
            parts.append(_fraction(f"(epoch_us({moment}) % 1000000)", piece))
        elif piece in LETTERS:
            parts.append(f"strftime({moment}, '{LETTERS[piece]}')")
        elif piece[0] in "yMdHhmst":
            raise _unknown(args, piece)
        else:
            parts.append(args.scope.plan.bind(piece))
    text = f"concat({', '.join(parts) or repr('')})"
    sql = f"CASE WHEN {moment} IS NULL THEN '' ELSE {text} END"
    return args.made(sql, Type.STRING)


def _timespan(args: Args) -> Value:
    span = args.need(0, Type.TIMESPAN).sql
    size = f"abs({span})"
    parts = []
    for piece in _pieces(args):
        letter = piece[0]
        if letter in "fF":
            parts.append(_fraction(f"({size} % 1000000)", piece))
        elif letter in UNITS:
            unit, wrap = UNITS[letter]
            number = f"{size} // {unit}" + (f" % {wrap}" if wrap else "")
            text = f"CAST({number} AS VARCHAR)"
            # lpad() would cut a number that is longer.
            width = f"CAST(greatest({len(piece)}, length({text})) AS INTEGER)"
            parts.append(f"lpad({text}, {width}, '0')")
        elif letter in "yMt":
            raise _unknown(args, piece)
        else:
            parts.append(args.scope.plan.bind(piece))
    text = f"concat({', '.join(parts) or repr('')})"
    sql = f"CASE WHEN {span} IS NULL THEN '' ELSE {text} END"
    return args.made(sql, Type.STRING)


FORMATTING = table(
    Function(
        "format_datetime(datetime, format)",
        "A time as text: yyyy MM dd HH hh mm ss fff tt.",
        _datetime,
        2,
        2,
    ),
    Function(
        "format_timespan(timespan, format)",
        "A timespan as text: d HH mm ss fff.",
        _timespan,
        2,
        2,
    ),
)
