"""Run rules on a store at a fixed time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from diag.engine.evidence import counter_checks, find_places, read_evidence
from diag.engine.findings import Draft, draft_findings, empty_draft
from diag.engine.gathering import gather
from diag.engine.machines import Machines, Verdict, machines_of
from diag.engine.presence import Presence
from diag.engine.relate import relate
from diag.engine.remedy import steps_for
from diag.engine.rule import Rule, Status
from diag.engine.silences import silence
from diag.errors import StoreError
from diag.model import Coverage, Finding, NotEvaluated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.engine.compiled import CompiledRule
    from diag.engine.ruleset import RuleSet
    from diag.engine.silences import Suppression
    from diag.model import CounterCheck, Evidence
    from diag.store import Store

    Place = tuple[str, int]

# A rule with more findings than this should group its rows. The rest is not
# hidden: `not_evaluated` says how many there were.
MOST_FINDINGS = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules said. `errors` tell what is wrong with rules, and where."""

    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    errors: tuple[str, ...] = ()


def run_rules(
    store: Store,
    rules: RuleSet,
    now: datetime,
    *,
    experimental: bool = False,
    suppressions: Sequence[Suppression] = (),
) -> Outcome:
    """Judge a store.

    Args:
        store: The events and facts.
        rules: What `load_rules` returned.
        now: The time to judge at, aware or naive UTC; never the wall clock.
        experimental: Run rules of that status too; their findings carry it.
        suppressions: What somebody wants silenced.

    Returns:
        Findings, rules that could not be judged, and silenced findings, all
        sorted: the same input and `now` give the same outcome. What is wrong with
        the query of a rule is among its errors when the rules were loaded leniently.

    Raises:
        RuleError: A rule's query is wrong, and the rules were not loaded leniently.
        StoreError: The store itself cannot be read.
    """
    if now.tzinfo is not None:
        now = now.astimezone(UTC).replace(tzinfo=None)
    run = _Run(store, machines_of(store), now)
    chosen = [rule for rule in rules if wanted(rule, experimental=experimental)]
    ready = [rule for rule in chosen if run.can_judge(rule)]
    errors: list[str] = []
    compiled = rules.compile(ready, errors if rules.lenient else None)
    presence = Presence(store, [one.query.need for one in compiled])
    for one in compiled:
        run.judge(one, silent=not presence.possible(one.query.need))
    run.prove()
    related, suppressed = relate(run.findings, rules)
    shown, silenced, over = silence(related, suppressions, now)
    return Outcome(
        findings=(*shown, *over),
        not_evaluated=tuple(
            sorted(run.not_evaluated, key=lambda n: (n.rule, n.needs, n.reason))
        ),
        suppressed=(*silenced, *suppressed),
        coverage=run.coverage(len(chosen), len(compiled)),
        errors=(*rules.errors, *errors),
    )


def wanted(rule: Rule, *, experimental: bool) -> bool:
    """Return whether a rule runs at all, by what it says of itself.

    Args:
        rule: The rule.
        experimental: Rules of that status run, too.
    """
    if not rule.enabled or rule.status is Status.DEPRECATED:
        return False
    return experimental or rule.status is not Status.EXPERIMENTAL


class _Drafted(NamedTuple):
    """What a rule found, before the events are read that prove it."""

    compiled: CompiledRule
    drafts: Sequence[Draft]
    places: list[list[Place]]
    checks: list[CounterCheck | None]


@dataclass(slots=True)
class _Run:
    """One run over all rules."""

    store: Store
    machines: Machines
    now: datetime
    findings: list[Finding] = field(default_factory=list)
    drafted: list[_Drafted] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)
    not_applicable: int = 0
    stopped: int = 0
    fired: int = 0

    def can_judge(self, rule: Rule) -> bool:
        """Note why a rule cannot be judged; return whether it can be."""
        if self.machines.applies(rule.applies_to) is Verdict.NO:
            self.not_applicable += 1
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
            found = (0, []) if silent else gather(self.store, compiled, self.now)
        except StoreError as error:
            self.stopped += 1
            self._note(rule, (), error.text)
            return
        rows, groups = found
        if not rule.trigger.holds(rows, rule.threshold):
            return
        self.fired += 1
        drafts = draft_findings(compiled, groups, self.machines)
        if not rows:
            drafts = [empty_draft(compiled, self.machines)]
        if len(drafts) > MOST_FINDINGS:
            text = f"{len(drafts):,} findings; the first {MOST_FINDINGS:,} are listed"
            self._note(rule, (), text)
        drafts = drafts[:MOST_FINDINGS]
        places: list[list[Place]] = [[] for _ in drafts]
        try:
            places = find_places(self.store, compiled, drafts, self.now)
        except StoreError as error:
            self._unread(rule, error)
        checks = counter_checks(self.store, compiled, drafts, self.now)
        self.drafted.append(_Drafted(compiled, drafts, places, checks))

    def prove(self) -> None:
        """Make findings of all drafts; the events of all are read at once."""
        known: dict[Place, Evidence] | None = None
        with suppress(StoreError):  # then rule by rule, which says of which it is true
            known = self._read(self.drafted)
        for one in self.drafted:
            evidence: list[tuple[Evidence, ...]] = [()] * len(one.drafts)
            try:
                own = self._read([one]) if known is None else known
                rule = one.compiled.rule
                evidence = read_evidence(self.store, rule, one.places, own)
            except StoreError as error:
                self._unread(one.compiled.rule, error)
            for draft, proof, check in zip(
                one.drafts, evidence, one.checks, strict=True
            ):
                self.findings.append(self._finding(one.compiled, draft, proof, check))

    def _read(self, drafted: Sequence[_Drafted]) -> dict[Place, Evidence]:
        """Return the events of some rules by their places."""
        places = [one.places for one in drafted]
        return self.store.evidence([p for own in places for some in own for p in some])

    def _unread(self, rule: Rule, error: StoreError) -> None:
        self._note(rule, (), f"its evidence could not be read: {error.text}")

    def _finding(
        self,
        compiled: CompiledRule,
        draft: Draft,
        evidence: tuple[Evidence, ...],
        check: CounterCheck | None,
    ) -> Finding:
        rule = compiled.rule
        system = self.machines.system(draft.computer)
        version = self.machines.version(draft.computer)
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
            remedy=steps_for(rule, system, version, draft.row, compiled.kinds),
            references=rule.references,
            counter_check=check,
            status=rule.status,
            subject=draft.subject,
        )

    def coverage(self, rules: int, ready: int) -> Coverage:
        """Return what became of all rules.

        Args:
            rules: How many were to run.
            ready: How many could be asked; wrong ones are not among them.
        """
        return Coverage(
            rules=rules,
            fired=self.fired,
            clean=ready - self.fired - self.stopped,
            not_evaluated=rules - ready - self.not_applicable,
            stopped=self.stopped,
            not_applicable=self.not_applicable,
        )

    def _note(self, rule: Rule, needs: tuple[str, ...], reason: str) -> None:
        note = NotEvaluated(rule.id, needs, reason)
        if note not in self.not_evaluated:
            self.not_evaluated.append(note)
