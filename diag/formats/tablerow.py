"""A row that a document gives, and how its texts become values of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diag.schema import Type

if TYPE_CHECKING:
    from diag.formats.jsontree import Fault

MOST_ROWS = 20_000
MOST_TEXT = 65_536  # characters of one value
TRUE = frozenset({"true", "yes", "1"})
FALSE = frozenset({"false", "no", "0"})
# What .NET's older serialiser writes, as FORMATS.md tells of status files.
TICKS = re.compile(r"/Date\((?P<ms>-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Value = str | bool | int | datetime | None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of `table`; columns that are not in `values` are empty."""

    table: str
    line: int
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Extract:
    """What a document holds for the tables, and what is wrong with it."""

    rows: tuple[TableRow, ...]
    faults: tuple[Fault, ...]


def converted(text: str, kind: Type) -> Value:
    """Return a text as a value of a column; what does not convert is unknown.

    Args:
        text: As the document has it.
        kind: The column's type.
    """
    if kind is Type.STRING:
        return text
    if kind is Type.BOOL:
        word = text.strip().casefold()
        return word in TRUE if word in TRUE | FALSE else None
    return moment(text) if kind is Type.DATETIME else None


def moment(text: str) -> datetime | None:
    r"""Return a time as naive UTC: ISO 8601, or `\/Date(ms)\/`; else None.

    Args:
        text: A time without a zone is taken as UTC: the fields say so by name.
    """
    ticks = TICKS.fullmatch(text.strip())
    try:
        if ticks is not None:
            found = EPOCH + timedelta(milliseconds=int(ticks["ms"]))
        else:
            found = datetime.fromisoformat(text.strip())
        if found.tzinfo is not None:
            found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=None)
