"""What is looked at: the store, what the rules said of it, and its lines in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from diag.analyze import Loaded
    from diag.engine import RuleSet, Suppression
    from diag.model import Diagnosis, Evidence
    from diag.store.browse import Browser, Line
    from diag.store.kept import Judgement
    from diag.store.options import Options
    from diag.tui.logview.order import Order
    from diag.tui.standing import Standing
    from diag.tui.storing import Storing

WHOLE = "SELECT Message, Fields FROM EventRows WHERE rowid = $row"
FILES = "SELECT FileId, Log, File FROM Files ORDER BY FileId"
PLACES = """
SELECT w.Number, min(e.EventId) - 1 FROM (
  SELECT unnest($numbers) AS Number, unnest($files) AS File, unnest($lines) AS Line
) w JOIN Files f ON f.File = w.File
JOIN EventRows e ON e.FileId = f.FileId AND """
SAME = "e.Line = w.Line GROUP BY w.Number"
INSIDE = "w.Line BETWEEN e.Line AND e.Line + e.LineCount - 1 GROUP BY w.Number"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to open and how; all that the command line says.

    `against`: the source of a machine that is well, to compare with.
    `kept` is the folder where diagnoses are kept; None keeps none. `ascii`: nothing is
    drawn with blocks.
    """

    sources: Sequence[Path]
    options: Options
    rules: Callable[[], RuleSet]
    suppressions: Sequence[Suppression] = ()
    now: datetime | None = None
    experimental: bool = False
    cache: bool = True
    against: Path | None = None
    kept: Path | None = None
    ascii: bool = False


@dataclass(slots=True)
class Case:
    """An open case. Belongs to the thread of the screen once it is open.

    `hashes` are those of the bundles, `judged` is the name of the kept diagnosis, or
    empty. `places` says which row an evidence is at, `proofs` which findings a row
    proves.
    `sorted` are the lines in order, and `file_names` log and name of each file by its
    id, once the lines were sorted.
    """

    wanted: Wanted
    diagnosis: Diagnosis
    standing: Standing
    storing: Storing
    hashes: tuple[str, ...] = ()
    judged: str = ""
    places: Mapping[tuple[str, int], int] = field(default_factory=dict)
    proofs: dict[int, tuple[int, ...]] = field(default_factory=dict)
    sorted: Order | None = None
    file_names: dict[int, tuple[str, str]] = field(default_factory=dict)
    _rules: RuleSet | None = None
    _fields: tuple[int, str] = (-1, "")

    @property
    def loaded(self) -> Loaded:
        """The store.

        Raises:
            StoreError: It is not there yet.
        """
        return self.storing.loaded

    @property
    def browser(self) -> Browser:
        """The cursor of the screens on the store.

        Raises:
            StoreError: It is not there yet.
        """
        return self.storing.browser

    @property
    def order(self) -> Order:
        """All lines in order; only once they are sorted."""
        assert self.sorted is not None  # noqa: S101 - the screens wait for it
        return self.sorted

    @property
    def line_count(self) -> int:
        """How many lines there are, as far as they were counted."""
        if self.sorted is not None:
            return len(self.sorted)
        return sum(one.events + one.unparsed for one in self.diagnosis.files)

    def sort(self) -> Order:
        """Return the lines in order; for a thread of its own, as it takes a while.

        Raises:
            StoreError: They cannot be read.
        """
        from diag.store.browse import Browser
        from diag.tui.allocating import give_large_back
        from diag.tui.logview.order import Order

        give_large_back()
        browser = Browser(self.loaded.store)
        try:
            found = browser.rows(FILES, {})
            self.file_names = {number: (log, file) for number, log, file in found}
            return Order(browser.columns())
        finally:
            browser.close()

    @property
    def stored(self) -> bool:
        """Whether it is a store of `arcdiag load`, which has the findings as tables."""
        return any(one.suffix.lower() == ".duckdb" for one in self.wanted.sources)

    def prepare(self) -> None:
        """Make what the first keys ask for; for a thread of its own, once sorted."""
        order = self.order
        order.prepare(self.proof_rows, untimed=order.untimed == len(order))

    @property
    def proof_rows(self) -> frozenset[int]:
        """The rows that prove a finding."""
        return frozenset(self.proofs)

    def row_of(self, proof: Evidence) -> int | None:
        """Return the row number of the event that a piece of evidence shows."""
        return self.places.get((proof.file, proof.line))

    def row_at(self, file: str, line: int) -> int | None:
        """Return the row number of the event that a line belongs to.

        Raises:
            StoreError: The store cannot be read.
        """
        return self.rows_at([(file, line)]).get((file, line))

    def rows_at(self, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """Return the row numbers of the events that lines of files belong to.

        Raises:
            StoreError: The store cannot be read.
        """
        return find_places(self.browser, keys)

    def rules(self) -> RuleSet:
        """Return the rules that judged the case; the first time takes a while.

        Raises:
            DiagError: They cannot be read any more.
        """
        if self._rules is None:
            self._rules = self.wanted.rules()
        return self._rules

    def whole_text(self, row: int) -> str:
        """Return all of an event: its message, and the fields that it lacks."""
        found = self.browser.rows(WHOLE, {"row": row})
        if not found:
            return ""
        message, fields = found[0]
        return f"{message}\n{fields}" if fields not in {"", "{}"} else str(message)

    def text_of(self, line: Line) -> str:
        """Return what `whole_text` does, of a line that was read already."""
        from diag.store.browse import FIELDS, SHOWN

        if len(line.text) >= SHOWN:
            return self.whole_text(line.row)
        fields = line.fields
        if fields is None and self._fields[0] != line.row:  # often drawn twice
            [[found]] = self.browser.rows(FIELDS, {"row": line.row})
            self._fields = line.row, found
        fields = self._fields[1] if fields is None else fields
        return f"{line.text}\n{fields}" if fields not in {"", "{}"} else line.text

    def close(self) -> None:
        """Close cursor and store."""
        self.storing.close()


def find_places(
    browser: Browser, wanted: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """Return which rows lines of files belong to, as far as there are any.

    Args:
        browser: Of the store.
        wanted: Files and lines; a line inside an event is one of it.
    """
    keys = list(dict.fromkeys(wanted))
    places: dict[tuple[str, int], int] = {}
    for way in (SAME, INSIDE):
        left = [key for key in keys if key not in places]
        if left:
            params = {
                "numbers": list(range(len(left))),
                "files": [file for file, _ in left],
                "lines": [line for _, line in left],
            }
            found = browser.rows(PLACES + way, params)
            places |= {left[number]: row for number, row in found}
    return places


def proofs_of(judged: Judgement) -> dict[int, tuple[int, ...]]:
    """Return which findings each row proves, as numbers."""
    proofs: dict[int, list[int]] = {}
    for number, finding in enumerate(judged.diagnosis.findings):
        for proof in finding.evidence:
            row = judged.places.get((proof.file, proof.line))
            if row is not None and number not in proofs.setdefault(row, []):
                proofs[row].append(number)
    return {row: tuple(numbers) for row, numbers in proofs.items()}
