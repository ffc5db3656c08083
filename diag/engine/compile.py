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
from diag.engine.kept import Kept, key_of
from diag.engine.places import place_in, text_at
from diag.errors import KqlError
from diag.schema import ABOUT_BUNDLE

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


def compile_rules(
    rules: RuleSet, chosen: Iterable[Rule], errors: list[str] | None = None
) -> list[CompiledRule]:
    """Compile the queries of rules, or take them from where they were kept.

    Args:
        rules: The set they belong to, for the lines of messages.
        chosen: Which rules.
        errors: Collects what is wrong; None raises it.

    Returns:
        The compiled rules in the same order, without those that are wrong.

    Raises:
        RuleError: Queries are wrong; the text lists every error with its place.
    """
    job = _Job(rules)
    listed = list(chosen)
    job.kept.open([key_of("rule", rule.query, _facts(rule)) for rule in listed])
    found = [job.whole(rule) for rule in listed]
    if errors is None:
        raise_all(job.errors)
    else:
        errors += job.errors
    job.kept.close()
    return [rule for rule in found if rule is not None]


def _facts(rule: Rule) -> dict[str, Any]:
    """Return all of a rule, beside its main query, that its queries depend on."""
    return {
        "parameters": _constants(rule),
        "evidence": [rule.evidence.where, rule.evidence.limit],
        "counter": rule.counter_check.query if rule.counter_check else "",
        "library": rule.library,
    }


def _constants(rule: Rule) -> dict[str, tuple[Type, Any]]:
    return {p.name: (p.kind, p.default) for p in rule.parameters}


def late_names(columns: Mapping[str, Type]) -> dict[str, Type]:
    """Return the names under which a finding's columns are known to its queries."""
    return {f"{PREFIX}{name}": kind for name, kind in {**columns, **EXTRA}.items()}


class _Job:
    """Compiles rules and gathers what is wrong with them."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.kept = Kept(rules.kept)
        self.errors: list[str] = []

    def whole(self, rule: Rule) -> CompiledRule | None:
        """Compile one rule; None when anything about it is wrong."""
        before = len(self.errors)
        found = self.rule(rule)
        return found if len(self.errors) == before else None

    def rule(self, rule: Rule) -> CompiledRule | None:
        """Compile one rule; None when its main query is wrong."""
        names: Names = {"constants": _constants(rule), "late": {}}
        query = self.query(rule, ("query",), rule.query, names)
        if query is None:
            return None
        wrong: Wrong = []
        roles = find_roles(rule, query.columns, wrong)
        check_columns(rule, query.columns, wrong)
        for path, text in wrong:
            place = self.rules.place(rule, *path)
            self.errors.append(f"{place}: {rule.id}: {text}")
        names = {"constants": names["constants"], "late": late_names(query.columns)}
        return CompiledRule(
            rule=rule,
            query=query,
            columns=query.columns,
            roles=roles,
            evidence=self.evidence(rule, names),
            counter=self.counter(rule, names),
        )

    def query(
        self, rule: Rule, path: tuple[str, ...], text: str, names: Names
    ) -> Query | None:
        """Compile a query of a rule, with the pack's functions in front of it."""
        text = f"{rule.library}{text}"
        lines = rule.library.count("\n")
        key = key_of("query", text, names)

        def build() -> Query:
            return kql.compile_query(text, **names, without=ABOUT_BUNDLE)

        return self.attempt(rule, path, key, build, lines)

    def evidence(self, rule: Rule, names: Names) -> BoundQuery | None:
        """Compile the predicate of a rule's evidence, if it has one."""
        spec = rule.evidence
        if not spec.where:
            return None
        key = key_of(f"evidence {spec.limit}", spec.where, names)
        found = self.attempt(
            rule,
            ("evidence",),
            key,
            lambda: kql.compile_predicate(
                spec.where,
                columns=PLACE,
                limit=spec.limit,
                **names,
                without=ABOUT_BUNDLE,
            ),
        )
        return BoundQuery(found) if found else None

    def counter(self, rule: Rule, names: Names) -> BoundQuery | None:
        """Compile the query of a rule's counter-check, if it has one."""
        if rule.counter_check is None:
            return None
        path = ("counterCheck", "query")
        found = self.query(rule, path, rule.counter_check.query, names)
        return BoundQuery(found) if found else None

    def attempt(
        self,
        rule: Rule,
        path: tuple[str, ...],
        key: str,
        build: Callable[[], Query],
        lines: int = 0,
    ) -> Query | None:
        """Compile a query; note its error with the place in the rule's file.

        The first `lines` are the pack's functions.
        """
        try:
            return self.kept.get(key, build)
        except KqlError as error:
            self.errors.append(self.told(rule, path, error, lines))
            return None

    def told(
        self, rule: Rule, path: tuple[str, ...], error: KqlError, lines: int
    ) -> str:
        """Return an error of a query with its place in the rule's file."""
        if error.line <= lines:
            place = self.rules.place(rule, *path)
            spot = f"in the functions of the pack: {error.source.strip()[:80]}"
            return f"{place}: {rule.id}: {error.text} ({spot})"
        text, query = self.rules.texts[rule.file], text_at(rule, path)
        line, column = place_in(
            text, rule, path, query, error.line - lines, error.column
        )
        return f"{rule.file}:{line}:{column}: {rule.id}: {error.text}"
