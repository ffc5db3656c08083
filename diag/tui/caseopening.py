"""Open a case: read and judge it, or show what was kept of it and open it then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from diag import analyze
from diag.store.browse import Browser
from diag.store.first import First, keep_first
from diag.store.kept import Judgement, keep_judgement, kept_path, read_kept
from diag.store.store import MEMORY as MOST
from diag.store.store import Store
from diag.tui.case import Case, find_places, proofs_of
from diag.tui.firstcase import mark_of_case
from diag.tui.standing import standing
from diag.tui.storing import Storing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from diag.analyze import Loaded
    from diag.model import Diagnosis
    from diag.store.first import Mark
    from diag.tui.case import Wanted

# Screens ask small things, and the engine keeps what it read for as long as it may.
# With 96 MB no query of ten million events ran that this is too little for.
MEMORY = "64MB"
# The rules of the pack need so much for ten million events; what is stopped at it is
# asked again with what `check` has, which the pages of a large store would fill.
SPARING = "192MB"
SOURCES = "SELECT Sha256 FROM Bundles ORDER BY BundleId"


def open_case(wanted: Wanted, say: Callable[[str], None]) -> Case:
    """Load sources and judge them, or find what was said of them before.

    In a thread of its own. The lines are sorted later, by `Case.sort`.

    Args:
        wanted: What to open.
        say: Is told what is being done.

    Raises:
        DiagError: It cannot be done.
    """
    say("reading")
    begun, mark = time.time_ns(), mark_of_case(wanted)
    loaded = analyze.load(wanted.sources, wanted.options, cache=wanted.cache)
    try:
        path = _kept_path(wanted, loaded)
        judged = read_kept(path)
        if judged is None:
            say("running the rules")
            judged = _judge(wanted, loaded)
            if judged.diagnosis.rule_errors:
                path = None
            keep_judgement(path, judged)
        case = _case(wanted, loaded, judged, path)
        if mark is not None and mark.is_settled(begun) and not loaded.note:
            _keep_first(mark, case)
    except BaseException:
        loaded.__exit__(None, None, None)
        raise
    return case


def _case(wanted: Wanted, loaded: Loaded, judged: Judgement, path: Path | None) -> Case:
    _limit(loaded)
    browser = Browser(loaded.store)
    hashes = tuple(str(row[0]) for row in browser.rows(SOURCES, {}))
    name = path.name if path else ""
    made = standing(browser)
    case = Case(wanted, judged.diagnosis, made, Storing(), hashes, name)
    case.storing.put(loaded, browser)
    case.places, case.proofs = judged.places, proofs_of(judged)
    return case


def _keep_first(mark: Mark, case: Case) -> None:
    """Keep what is shown first, unless something changed while it was read."""
    store = str(case.loaded.store.path)
    if case.judged and mark_of_case(case.wanted) == mark:
        keep_first(mark, First(store, case.judged, case.hashes, case.standing))


def open_store(case: Case) -> bool:
    """Open the store of a case that is shown already, and look whether it is the same.

    In a thread of its own.

    Args:
        case: Is given the store.

    Returns:
        Whether sources, and what reads and judges them, are still what is shown.

    Raises:
        DiagError: They cannot be read any more.
    """
    if case.storing.is_open:
        return True
    wanted = case.wanted
    loaded = analyze.load(wanted.sources, wanted.options, cache=wanted.cache)
    try:
        path = _kept_path(wanted, loaded)
        same = path is not None and path.name == case.judged
        if same:
            _limit(loaded)
            case.storing.put(loaded, Browser(loaded.store))
    except BaseException:
        loaded.__exit__(None, None, None)
        raise
    if not same:
        loaded.__exit__(None, None, None)
    return same


def _kept_path(wanted: Wanted, loaded: Loaded) -> Path | None:
    return kept_path(
        wanted.kept,
        loaded.store,
        wanted.options.rules,
        suppressions=wanted.suppressions,
        now=wanted.now,
        options=f"{wanted.experimental} {wanted.options.unlocked}",
    )


def _judge(wanted: Wanted, loaded: Loaded) -> Judgement:
    _limit(loaded, SPARING)
    diagnosis = _diagnosis(wanted, loaded)
    if any(SPARING in text for text in _stops(diagnosis)):
        _limit(loaded, MOST)
        diagnosis = _diagnosis(wanted, loaded)
    browser = Browser(loaded.store)
    try:
        findings = (*diagnosis.findings, *diagnosis.suppressed)
        keys = [(p.file, p.line) for one in findings for p in one.evidence]
        return Judgement(diagnosis, find_places(browser, keys))
    finally:
        browser.close()


def _diagnosis(wanted: Wanted, loaded: Loaded) -> Diagnosis:
    return analyze.diagnose(
        loaded,
        wanted.rules(),
        wanted.now,
        experimental=wanted.experimental,
        suppressions=wanted.suppressions,
    )


def _stops(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield why something was not asked; where memory lacked, it names how much."""
    yield from (one.reason for one in diagnosis.not_evaluated)
    for finding in (*diagnosis.findings, *diagnosis.suppressed):
        if finding.counter_check:
            yield finding.counter_check.result


def _limit(loaded: Loaded, memory: str = MEMORY) -> None:
    """Open the store again with other memory: rules need more of it than screens."""
    path = loaded.store.path
    loaded.store.close()
    loaded.store = Store(path, memory=memory)
