"""What readers write: one line of JSON for each record of a member."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.bundle.unpacked import Told

# The core cuts lines beyond 1 MiB, and a JSON that is cut is none.
LONGEST_VALUE = 65_536
LONGEST_RAW = 65_536
LONGEST_NAME = 200
MOST_MEMBERS = 256
MOST_TEXT = 100_000  # characters of all values; six bytes each at worst
TOLD_SINGLY = 20
# A member of empty lines would become many times as long.
MOST_BYTES = 4 << 30


class FullError(Exception):
    """The file of a member has become as long as it may."""


class Written:
    """Takes records, raw lines and problems, in the order of the member."""

    def __init__(self, file: IO[bytes]) -> None:
        """Write to `file`, which stays open."""
        self._file = file
        self._told: list[Told] = []
        self._counts: Counter[str] = Counter()
        self._size = 0
        self._blank, self._blanks = 0, 0  # the first of the blank lines that wait

    def event(self, line: int, count: int, values: Mapping[str, Any]) -> None:
        """Write a record.

        Args:
            line: Where it begins, from 1.
            count: How many lines it took.
            values: Its members; empty texts and None are left out.

        Raises:
            FullError: There is no more room; so with the other methods that write.
        """
        self._write(line, count, self._bounded(line, values))

    def raw(self, line: int, text: str) -> None:
        """Write a line that is no record; a blank one is written as such."""
        if not text.strip():
            self.blank(line)
            return
        if len(text) > LONGEST_RAW:
            self.tell(line, "long-line", f"{len(text)} characters; the first are kept")
        self._write(line, 1, _text(text[:LONGEST_RAW]))

    def blank(self, line: int) -> None:
        """Write a line that says nothing: a blank one, or one of the frame."""
        if self._blanks and self._blank + self._blanks != line:
            self.finish()
        if not self._blanks:
            self._blank = line
        self._blanks += 1

    def finish(self) -> None:
        """Write the blank lines that wait."""
        if self._blanks:
            count, self._blanks = self._blanks, 0
            self._put([self._blank, count, None])

    def tell(self, line: int, kind: str, text: str) -> None:
        """Tell a problem; the 21st of a kind and further ones are only counted."""
        self._counts[kind] += 1
        if self._counts[kind] <= TOLD_SINGLY:
            self._told.append((line, kind, text))

    def problems(self) -> list[Told]:
        """Return what was told."""
        more = [
            (0, kind, f"{count - TOLD_SINGLY} more are not listed one by one")
            for kind, count in self._counts.items()
            if count > TOLD_SINGLY
        ]
        return self._told + more

    def _bounded(self, line: int, values: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        left = MOST_TEXT
        cut = len(values) > MOST_MEMBERS
        for name, value in list(values.items())[:MOST_MEMBERS]:
            if value is None or value == "":
                continue
            if isinstance(value, (int, float)):
                found[_text(name[:LONGEST_NAME])] = value
                continue
            whole = _text(value)
            kept = whole[: min(LONGEST_VALUE, left)]
            cut = cut or len(kept) < len(whole)
            left -= len(kept)
            found[_text(name[:LONGEST_NAME])] = kept
        if cut:
            said = "the middle or end of its values was left out"
            self.tell(line, "long-record", f"a record with very much text: {said}")
        return found

    def _write(self, line: int, count: int, what: object) -> None:
        self.finish()
        self._put([line, count, what])

    def _put(self, entry: list[object]) -> None:
        made = orjson.dumps(entry) + b"\n"
        self._size += len(made)
        if self._size > MOST_BYTES:
            raise FullError
        self._file.write(made)


def _text(value: object) -> str:
    """Return a value as text that is valid UTF-8; lists and objects as JSON."""
    if not isinstance(value, str):
        try:
            return orjson.dumps(value).decode()
        except TypeError:
            return "(nested too deep)"
    return value.encode("utf-8", "replace").decode()
