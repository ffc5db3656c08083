"""What is looked at: the store, what the rules said of it, and its lines in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag import analyze
from diag.store.browse import Browser
from diag.tui.logview.order import Order
from diag.tui.standing import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from diag.analyze import Loaded
    from diag.analyze.load import Options
    from diag.engine import RuleSet, Suppression
    from diag.model import Diagnosis, Evidence
    from diag.tui.standing import Standing

EVENTS_AT = """
SELECT e.EventId, f.File, e.Line FROM EventRows e JOIN Files f USING (FileId)
WHERE f.File = $file AND e.Line <= $line AND $line < e.Line + e.LineCount"""

WHOLE = "SELECT Message, Fields FROM EventRows WHERE rowid = $row"
TEMPLATE = "SELECT TemplateId FROM EventRows WHERE rowid = $row"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to open and how; all that the command line says.

    `against`: the source of a machine that is well, to compare with.
    """

    sources: Sequence[Path]
    options: Options
    rules: Callable[[], RuleSet]
    suppressions: Sequence[Suppression] = ()
    now: datetime | None = None
    experimental: bool = False
    cache: bool = True
    against: Path | None = None


@dataclass(slots=True)
class Case:
    """An open case. Belongs to the thread of the screen once it is open."""

    loaded: Loaded
    diagnosis: Diagnosis
    order: Order
    browser: Browser
    standing: Standing
    wanted: Wanted
    proofs: dict[int, tuple[int, ...]] = field(default_factory=dict)
    places: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def stored(self) -> bool:
        """Whether it is a store of `arcdiag load`, which has the findings as tables."""
        return any(one.suffix.lower() == ".duckdb" for one in self.wanted.sources)

    def row_of(self, proof: Evidence) -> int | None:
        """Return the row number of the event that a piece of evidence shows."""
        return self.places.get((proof.file, proof.line))

    def row_at(self, file: str, line: int) -> int | None:
        """Return the row number of the event that a line belongs to.

        Raises:
            StoreError: The store cannot be read.
        """
        found = self.browser.rows(EVENTS_AT, {"file": file, "line": line})
        return int(found[0][0]) - 1 if found else None

    def whole_text(self, row: int) -> str:
        """Return all of an event: its message, and the fields that it lacks."""
        found = self.browser.rows(WHOLE, {"row": row})
        if not found:
            return ""
        message, fields = found[0]
        return f"{message}\n{fields}" if fields not in {"", "{}"} else str(message)

    def template_of(self, row: int) -> int:
        """Return the number of the template of an event."""
        return int(self.browser.rows(TEMPLATE, {"row": row})[0][0])

    def close(self) -> None:
        """Close cursor and store."""
        self.browser.close()
        self.loaded.__exit__(None, None, None)


def open_case(wanted: Wanted, say: Callable[[str], None]) -> Case:
    """Load sources, run the rules, and sort the lines; in a thread of its own.

    Args:
        wanted: What to open.
        say: Is told what is being done.

    Raises:
        DiagError: It cannot be done.
    """
    say("reading")
    loaded = analyze.load(wanted.sources, wanted.options, cache=wanted.cache)
    try:
        say("running the rules")
        diagnosis = analyze.diagnose(
            loaded,
            wanted.rules(),
            wanted.now,
            experimental=wanted.experimental,
            suppressions=wanted.suppressions,
        )
        say("sorting the lines")
        browser = Browser(loaded.store)
        order = Order(browser.columns())
        case = Case(loaded, diagnosis, order, browser, standing(browser), wanted)
        _find_evidence(case)
    except BaseException:
        loaded.__exit__(None, None, None)
        raise
    return case


def _find_evidence(case: Case) -> None:
    """Note which events prove which findings."""
    proofs: dict[int, list[int]] = {}
    for number, finding in enumerate(case.diagnosis.findings):
        for proof in finding.evidence:
            key = proof.file, proof.line
            if key not in case.places:
                params = {"file": proof.file, "line": proof.line}
                found = case.browser.rows(EVENTS_AT, params)
                if not found:
                    continue
                case.places[key] = found[0][0] - 1
            proofs.setdefault(case.places[key], []).append(number)
    case.proofs = {row: tuple(numbers) for row, numbers in proofs.items()}
