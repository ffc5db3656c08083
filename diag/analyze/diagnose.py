"""Run the rules on a loaded store and gather all that a report shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from diag.model import Diagnosis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.analyze.load import Loaded
    from diag.engine import RuleSet, Suppression


def diagnose(
    loaded: Loaded,
    rules: RuleSet,
    now: datetime | None = None,
    *,
    experimental: bool = False,
    suppressions: Sequence[Suppression] = (),
) -> Diagnosis:
    """Judge a store by rules, at a fixed time.

    Args:
        loaded: What `load` returned.
        rules: What `engine.load_rules` returned.
        now: Aware time to judge at; by default when the input was collected.
        experimental: Run the experimental rules, too.
        suppressions: What somebody wants silenced.

    Returns:
        Findings, rules that could not be judged, files and problems. Rules are
        not judged when the input has no time at all and `now` is None: then
        `now` is the epoch, and no silence can be later than it.
    """
    from diag import engine

    store = loaded.store
    moment, how = (now, "option") if now else store.collected()
    if moment is None:
        moment = datetime.fromtimestamp(0, UTC)
    naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    outcome = engine.run_rules(
        store, rules, naive, experimental=experimental, suppressions=suppressions
    )
    return Diagnosis(
        now=None if how == "no time in the input" else naive,
        now_from=how,
        bundles=store.bundles(),
        findings=outcome.findings,
        not_evaluated=outcome.not_evaluated,
        suppressed=outcome.suppressed,
        files=store.files(),
        problems=store.problems(),
        coverage=outcome.coverage,
        rule_errors=outcome.errors,
    )
