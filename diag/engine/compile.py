"""From the KQL of rules to compiled rules; every error names its line in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from diag import kql
from diag.engine.compiled import (
    EXTRA,
    BoundQuery,
    CompiledRule,
    check_columns,
    find_roles,
)
from diag.engine.failures import raise_all
from diag.errors import KqlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from diag.engine.compiled import Wrong
    from diag.engine.rule import Rule
    from diag.engine.ruleset import RuleSet
    from diag.kql import Query
    from diag.schema import Type


class Names(TypedDict):
    """What a rule's queries know beside the tables."""

    constants: dict[str, tuple[Type, Any]]
    late: dict[str, Type]


# How a column of a finding is called in `evidence` and `counterCheck`.
PREFIX = "finding_"
PLACE = ("File", "Line")


def compile_rules(rules: RuleSet, chosen: Iterable[Rule]) -> list[CompiledRule]:
    """Compile the queries of rules.

    Args:
        rules: The set they belong to, for the lines of messages.
        chosen: Which rules.

    Returns:
        The compiled rules in the same order.

    Raises:
        RuleError: Queries are wrong; the text lists every error with its place.
    """
    job = _Job(rules)
    found = [job.rule(rule) for rule in chosen]
    raise_all(job.errors)
    return [rule for rule in found if rule is not None]


def late_names(columns: Mapping[str, Type]) -> dict[str, Type]:
    """Return the names under which a finding's columns are known to its queries."""
    return {f"{PREFIX}{name}": kind for name, kind in {**columns, **EXTRA}.items()}


class _Job:
    """Compiles rules and gathers what is wrong with them."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.errors: list[str] = []

    def rule(self, rule: Rule) -> CompiledRule | None:
        """Compile one rule; None when its main query is wrong."""
        constants = {p.name: (p.kind, p.default) for p in rule.parameters}
        query = self.attempt(
            rule,
            ("query",),
            lambda: kql.compile_query(rule.query, constants=constants),
        )
        if query is None:
            return None
        wrong: Wrong = []
        roles = find_roles(rule, query.columns, wrong)
        check_columns(rule, query.columns, wrong)
        for path, text in wrong:
            place = self.rules.place(rule, *path)
            self.errors.append(f"{place}: {rule.id}: {text}")
        names: Names = {"constants": constants, "late": late_names(query.columns)}
        return CompiledRule(
            rule=rule,
            query=query,
            columns=query.columns,
            roles=roles,
            evidence=self.evidence(rule, names),
            counter=self.counter(rule, names),
        )

    def evidence(self, rule: Rule, names: Names) -> BoundQuery | None:
        """Compile the predicate of a rule's evidence, if it has one."""
        spec = rule.evidence
        if not spec.where:
            return None
        found = self.attempt(
            rule,
            ("evidence",),
            lambda: kql.compile_predicate(
                spec.where, columns=PLACE, limit=spec.limit, **names
            ),
        )
        return BoundQuery(found) if found else None

    def counter(self, rule: Rule, names: Names) -> BoundQuery | None:
        """Compile the query of a rule's counter-check, if it has one."""
        spec = rule.counter_check
        if spec is None:
            return None
        found = self.attempt(
            rule,
            ("counterCheck", "query"),
            lambda: kql.compile_query(spec.query, **names),
        )
        return BoundQuery(found) if found else None

    def attempt(
        self, rule: Rule, keys: tuple[str, ...], build: Callable[[], Query]
    ) -> Query | None:
        """Compile a query; note its error with the place in the rule's file."""
        try:
            return build()
        except KqlError as error:
            place = self.rules.place(rule, *keys)
            spot = f"line {error.line}, column {error.column} of the query"
            self.errors.append(f"{place}: {rule.id}: {error.text} ({spot})")
            return None
