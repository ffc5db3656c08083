"""Dates as a machine's culture writes them, to ISO 8601 without a zone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diag.formats.readers.written import Written

NUMBERS = re.compile(
    r"\s*(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})\.?,?\s+"
    r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,7}))?)?"
    r"(?:\s*([AaPp])\.?\s?[Mm]\.?)?\s*",
)
NAMED = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?([A-Z][a-z]{2})\s+(\d{1,2})\s+"
    r"(\d\d):(\d\d):(\d\d)\s+(\d{4})\s*"
)
MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
MOST_MONTHS, NOON = 12, 12
YEAR_DIGITS = 4


class DateOrder:
    """Finds out, and knows, whether the day or the month stands first."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Look at texts until one decides."""
        self.day_first = False
        self.open = False
        for text in texts:
            decided = self._decides(text)
            if decided is not None:
                self.day_first, self.open = decided, False
                return

    def _decides(self, text: str) -> bool | None:
        found = NUMBERS.fullmatch(text)
        if found is None or len(found[1]) == YEAR_DIGITS:
            return None
        if found[2] == ".":
            return True
        first, second = int(found[1]), int(found[3])
        if first > MOST_MONTHS >= second:
            return True
        if second > MOST_MONTHS >= first:
            return False
        self.open = self.open or first != second
        return None

    def tell(self, out: Written) -> None:
        """Tell that nothing decided."""
        if self.open:
            out.tell(
                0,
                "date-order",
                "No date says whether the day or the month stands first; the month is "
                "taken (as in the United States). Export with dates as 2026-03-10.",
            )

    def iso(self, text: str) -> str:
        """Return a time as ISO 8601; one that is not understood as it is."""
        if (found := NAMED.fullmatch(text)) and found[1] in MONTHS:
            month = MONTHS.index(found[1]) + 1
            day, hour, minute, second, year = (int(found[n]) for n in range(2, 7))
            return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        found = NUMBERS.fullmatch(text)
        if found is None:
            return text.strip()
        if len(found[1]) == YEAR_DIGITS:
            year, month, day = int(found[1]), int(found[3]), int(found[4])
        elif len(found[4]) == YEAR_DIGITS:
            month, day, year = int(found[1]), int(found[3]), int(found[4])
            if self.day_first or found[2] == ".":
                month, day = day, month
        else:
            return text.strip()
        hour = int(found[5])
        if found[9]:
            hour = hour % NOON + (NOON if found[9] in "pP" else 0)
        fraction = f".{found[8]}" if found[8] else ""
        clock = f"{hour:02}:{found[6]}:{found[7] or '00'}{fraction}"
        return f"{year:04}-{month:02}-{day:02}T{clock}"
