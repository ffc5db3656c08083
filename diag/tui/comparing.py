"""Compare what is looked at with another source, in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag import analyze
from diag.analyze import Loaded
from diag.analyze.comparison import compare
from diag.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from diag.model import Comparison, Difference
    from diag.tui.case import Case

KNOWN = 30  # characters by which a line is known again


@dataclass(slots=True)
class Comparing:
    """A comparison on its way. `stopped`: nobody waits for it."""

    case: Case
    good: Path
    stopped: bool = False

    def run(self, say: Callable[[str], None]) -> Comparison | None:
        """Load the source that is well, judge it, and compare; None if stopped.

        Args:
            say: Is told what is being done.

        Raises:
            DiagError: It cannot be read.
        """
        wanted = self.case.wanted
        say(f"reading {self.good.name}")
        with analyze.load([self.good], wanted.options, cache=wanted.cache) as good:
            if self.stopped:
                return None
            say(f"running the rules on {self.good.name}")
            diagnosis = analyze.diagnose(
                good,
                wanted.rules(),
                wanted.now,
                experimental=wanted.experimental,
                suppressions=wanted.suppressions,
            )
            if self.stopped:
                return None
            say("comparing")
            # A connection of its own: that of the case may be busy.
            with Loaded(Store(self.case.loaded.store.path)) as bad:
                return compare((good, diagnosis), (bad, self.case.diagnosis))


def row_of(case: Case, one: Difference) -> int | None:
    """Return the event that shows a difference, if it is one of this case.

    What only the other source has is shown by lines that are not here.

    Raises:
        StoreError: The store cannot be read.
    """
    for proof in one.evidence:
        row = case.row_at(proof.file, proof.line)
        if row is None:
            continue
        if proof.text.strip()[:KNOWN] in " ".join(case.whole_text(row).splitlines()):
            return row
    return None
