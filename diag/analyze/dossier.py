"""From a store and a diagnosis to what reports that travel show beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.analyze.timeline import timeline
from diag.dossier import Became, Dossier, FileAccount, Origin, RuleTold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.analyze.load import Loaded
    from diag.engine import RuleSet
    from diag.model import Diagnosis, Severity
    from diag.store import Store

FILES = """
SELECT File, Log, Encoding, Bytes, Lines, Lines - Blank - Unparsed, Events, Blank,
  Unparsed, FirstTime, LastTime, ZonePolicy FROM Files ORDER BY FileId"""
ORIGINS = """
SELECT b.Source, b.Computer, b.Kind, b.Sha256, coalesce(m.Value, ''), b.CollectedAt,
  b.TimeZone
FROM Bundles b
LEFT JOIN Meta m ON m.BundleId = b.BundleId AND m.Name = 'ManifestSha256'
ORDER BY b.BundleId"""


def gather(
    loaded: Loaded,
    rules: RuleSet,
    diagnosis: Diagnosis,
    fail_on: Severity,
    *,
    experimental: bool = False,
) -> Dossier:
    """Return what a report shows beside a diagnosis.

    Args:
        loaded: What was judged, still open.
        rules: The rules that judged it.
        diagnosis: What they said.
        fail_on: The mildest severity that is an alarm.
        experimental: Rules of that status ran, too.

    Raises:
        StoreError: The store cannot be read.
    """
    store = loaded.store
    return Dossier(
        fail_on=fail_on,
        rules=tuple(_rules(store, rules, diagnosis, experimental=experimental)),
        files=tuple(FileAccount(*row) for row in store.query(FILES).rows),
        origins=tuple(Origin(*row) for row in store.query(ORIGINS).rows),
        timeline=timeline(store, diagnosis),
    )


def _rules(
    store: Store, rules: RuleSet, diagnosis: Diagnosis, *, experimental: bool
) -> Iterator[RuleTold]:
    from diag.engine.outcomes import outcomes

    stopped = {one.rule for one in diagnosis.not_evaluated if not one.needs}
    found = outcomes(store, rules, diagnosis, "", experimental=experimental)
    became = {one.rule: (Became(one.word), one.why) for one in found}
    for rule in rules:
        word, why = became[rule.id]
        wrong = [
            one for one in diagnosis.rule_errors if one.startswith(f"{rule.file}:")
        ]
        if wrong and word is Became.CLEAN:  # it may be another one of the same file
            word, why = Became.STOPPED, wrong[0]
        if word is Became.NOT_JUDGED and rule.id in stopped:
            word = Became.STOPPED
        yield RuleTold(
            rule=rule.id,
            name=rule.name,
            description=rule.description,
            severity=rule.severity,
            became=word,
            why=why,
            remedy=rule.remedy_summary,
            references=rule.references,
            tags=rule.tags,
        )
