"""What became of the rules that read a log: which fired, which not, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diag.engine.machines import Verdict, machines_of
from diag.engine.rule import Status

if TYPE_CHECKING:
    from diag.engine.rule import Rule
    from diag.engine.ruleset import RuleSet
    from diag.model import Diagnosis, NotEvaluated
    from diag.store import Store

ORDER = ("fired", "silenced", "clean", "not judged", "not run")


class RuleOutcome(NamedTuple):
    """A rule, and one of the words of `ORDER`; `why` is empty when it needs none."""

    rule: str
    name: str
    word: str
    why: str = ""


def outcomes(
    store: Store,
    rules: RuleSet,
    diagnosis: Diagnosis,
    log: str,
    *,
    experimental: bool = False,
) -> list[RuleOutcome]:
    """Return what became of the rules that need a log, those that fired first.

    Args:
        store: What was judged.
        rules: The rules that judged it.
        diagnosis: What they said.
        log: The name of the log; empty for all rules.
        experimental: Rules of that status ran, too.

    Raises:
        StoreError: The store cannot be read.
    """
    machines = machines_of(store)
    fired = {one.rule for one in diagnosis.findings}
    silenced = {one.rule for one in diagnosis.suppressed}
    unjudged = {one.rule: _why(one) for one in diagnosis.not_evaluated}

    def told(rule: Rule) -> tuple[str, str]:
        if rule.id in fired:
            return "fired", ""
        if rule.id in silenced:
            return "silenced", ""
        if not rule.enabled or rule.status is Status.DEPRECATED:
            return "not run", "is switched off"
        if rule.status is Status.EXPERIMENTAL and not experimental:
            return "not run", "is experimental: --experimental"
        if machines.applies(rule.applies_to) is Verdict.NO:
            return "not run", "is about other systems or versions"
        if rule.id in unjudged:
            return "not judged", unjudged[rule.id]
        return "clean", ""

    found = [
        RuleOutcome(rule.id, rule.name, *told(rule))
        for rule in rules
        if not log or log in (*rule.required_logs, *rule.required_any_log)
    ]
    return sorted(found, key=lambda one: (ORDER.index(one.word), one.rule))


def _why(one: NotEvaluated) -> str:
    if not one.needs:
        return one.reason
    note = f" ({one.reason})" if one.reason else ""
    return f"needs {', '.join(one.needs)}{note}"
