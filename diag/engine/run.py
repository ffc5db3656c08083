"""Run rules on a store at a fixed time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from diag.engine.evidence import counter_checks, find_evidence
from diag.engine.findings import Draft, draft_findings, empty_draft
from diag.engine.machines import Machines, Verdict, machines_of
from diag.engine.presence import Presence
from diag.engine.relate import relate
from diag.engine.remedy import steps_for
from diag.engine.rule import Rule, Status
from diag.errors import StoreError
from diag.model import Finding, NotEvaluated

if TYPE_CHECKING:
    from diag.engine.compiled import CompiledRule
    from diag.engine.ruleset import RuleSet
    from diag.model import CounterCheck, Evidence
    from diag.store import Store

# A rule with more findings than this should group its rows. The rest is not
# hidden: `not_evaluated` says how many there were.
MOST_FINDINGS = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules said. `not_applicable` are rules about other machines."""

    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    not_applicable: tuple[str, ...] = ()


def run_rules(
    store: Store, rules: RuleSet, now: datetime, *, experimental: bool = True
) -> Outcome:
    """Judge a store.

    Args:
        store: The events and facts.
        rules: What `load_rules` returned.
        now: The time to judge at, aware or naive UTC; never the wall clock.
        experimental: Run rules of that status too; their findings carry it.

    Returns:
        Findings, rules that could not be judged, and silenced findings, all
        sorted: the same input and `now` give the same outcome.

    Raises:
        RuleError: A rule's query is wrong; the text lists all such errors.
        StoreError: The store itself cannot be read.
    """
    if now.tzinfo is not None:
        now = now.astimezone(UTC).replace(tzinfo=None)
    run = _Run(store, machines_of(store), now)
    chosen = [rule for rule in rules if _wanted(rule, experimental=experimental)]
    ready = [rule for rule in chosen if run.can_judge(rule)]
    compiled = rules.compile(ready)
    presence = Presence(store, [one.query.need for one in compiled])
    for one in compiled:
        run.judge(one, silent=not presence.possible(one.query.need))
    shown, suppressed = relate(run.findings, rules)
    return Outcome(
        findings=shown,
        not_evaluated=tuple(
            sorted(run.not_evaluated, key=lambda n: (n.rule, n.needs, n.reason))
        ),
        suppressed=suppressed,
        not_applicable=tuple(run.not_applicable),
    )


def _wanted(rule: Rule, *, experimental: bool) -> bool:
    if not rule.enabled or rule.status is Status.DEPRECATED:
        return False
    return experimental or rule.status is not Status.EXPERIMENTAL


@dataclass(slots=True)
class _Run:
    """One run over all rules."""

    store: Store
    machines: Machines
    now: datetime
    findings: list[Finding] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)
    not_applicable: list[str] = field(default_factory=list)

    def can_judge(self, rule: Rule) -> bool:
        """Note why a rule cannot be judged; return whether it can be."""
        if self.machines.applies(rule.applies_to) is Verdict.NO:
            self.not_applicable.append(rule.id)
            return False
        missing = self.machines.missing(rule)
        for item in missing:
            self._note(rule, item.logs, item.reason)
        return not any(item.everywhere for item in missing)

    def judge(self, compiled: CompiledRule, *, silent: bool) -> None:
        """Run one rule; a failure is noted, never taken for silence.

        Args:
            compiled: The rule.
            silent: Its query cannot have a row, and need not be asked.
        """
        rule = compiled.rule
        try:
            rows = [] if silent else self._rows(compiled)
        except StoreError as error:
            self._note(rule, (), error.text)
            return
        if not rule.trigger.holds(len(rows), rule.threshold):
            return
        drafts = draft_findings(compiled, rows, self.machines)
        if not rows:
            drafts = [empty_draft(compiled, self.machines)]
        if len(drafts) > MOST_FINDINGS:
            text = f"{len(drafts):,} findings; the first {MOST_FINDINGS:,} are listed"
            self._note(rule, (), text)
        drafts = drafts[:MOST_FINDINGS]
        evidence: list[tuple[Evidence, ...]] = [()] * len(drafts)
        try:
            evidence = find_evidence(self.store, compiled, drafts, self.now)
        except StoreError as error:
            self._note(rule, (), f"its evidence could not be read: {error.text}")
        checks = counter_checks(self.store, compiled, drafts, self.now)
        for draft, proof, check in zip(drafts, evidence, checks, strict=True):
            self.findings.append(self._finding(compiled, draft, proof, check))

    def _rows(self, compiled: CompiledRule) -> list[tuple[Any, ...]]:
        return self.store.query(*compiled.query.bind({}, self.now)).rows

    def _finding(
        self,
        compiled: CompiledRule,
        draft: Draft,
        evidence: tuple[Evidence, ...],
        check: CounterCheck | None,
    ) -> Finding:
        rule = compiled.rule
        system = self.machines.system(draft.computer)
        return Finding(
            rule=rule.id,
            covers=rule.covers,
            severity=draft.severity,
            benign=rule.benign,
            title=draft.title,
            why=draft.why,
            computer=draft.computer,
            first_seen=draft.first,
            last_seen=draft.last,
            count=draft.count,
            evidence=evidence,
            remedy=steps_for(rule, system, draft.row, compiled.kinds),
            references=rule.references,
            counter_check=check,
            status=rule.status,
        )

    def _note(self, rule: Rule, needs: tuple[str, ...], reason: str) -> None:
        note = NotEvaluated(rule.id, needs, reason)
        if note not in self.not_evaluated:
            self.not_evaluated.append(note)
