"""A rule with one thing changed at a time, to see whether its tests notice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from diag import kql
from diag.engine.compiled import CompiledRule, check_columns, find_roles
from diag.engine.fill import placeholders
from diag.engine.places import place_in
from diag.engine.rule import Trigger
from diag.errors import KqlError
from diag.kql.altering import alter_query
from diag.kql.literal_changes import altered_value
from diag.schema import ABOUT_BUNDLE, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.engine.compiled import Wrong
    from diag.engine.rule import Parameter, Rule
    from diag.engine.ruleset import RuleSet
    from diag.kql import Query
    from diag.schema import Type as Kind

MICRO = timedelta(microseconds=1)
# What a group shows is then the same, whichever of its rows comes first.
OF_GROUPS = {"FirstSeen", "LastSeen", "Count"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed rule, ready to run, and where and how it was changed."""

    compiled: CompiledRule
    place: str
    change: str
    before: str
    after: str


def mutants(rules: RuleSet, rule: Rule) -> Iterator[Mutant]:
    """Yield a rule with one clause, limit, window or text changed at a time.

    Args:
        rules: The set it belongs to.
        rule: A rule whose queries compile.

    Yields:
        Only what compiles, and compiles to something that was not there before:
        what comes to the same query cannot be noticed by any test.

    Raises:
        RuleError: The rule's queries are wrong.
    """
    yield from _Mutation(rules, rule).all()


class _Mutation:
    """Everything that is changed of one rule."""

    def __init__(self, rules: RuleSet, rule: Rule) -> None:
        self.rules, self.rule = rules, rule
        [whole] = rules.compile([rule])
        # No test asks for them, and each costs a query.
        self.whole = replace(whole, evidence=None, counter=None)
        self.constants = {p.name: (p.kind, p.default) for p in rule.parameters}
        self.seen = {_identity(whole.query)}

    def all(self) -> Iterator[Mutant]:
        yield from self.of_query()
        for number, one in enumerate(self.rule.parameters):
            yield from self.of_parameter(number, one)
        yield from self.of_trigger()
        yield from self.of_group()

    def of_query(self) -> Iterator[Mutant]:
        first, _ = place_in(
            self.rules.texts[self.rule.file], self.rule, ("query",), self.rule.query
        )
        ordered = _order_is_shown(self.whole)
        text = f"{self.rule.library}{self.rule.query}"
        lines = self.rule.library.count("\n")
        for one in alter_query(text, ordered=ordered):
            if one.line <= lines:
                continue  # shared with other rules, whose tests ask more of it
            try:
                query = kql.compile_tree(
                    one.tree, text, constants=self.constants, without=ABOUT_BUNDLE
                )
            except KqlError:
                continue
            if (compiled := self.fitting(query)) is not None:
                place = f"{self.rule.file}:{first + one.line - lines - 1}"
                yield Mutant(compiled, place, one.change, one.before, one.after)

    def fitting(self, query: Query) -> CompiledRule | None:
        """Return the rule with another query, if it is a rule then and a new one."""
        if _identity(query) in self.seen:
            return None
        self.seen.add(_identity(query))
        wrong: Wrong = []
        roles = find_roles(self.rule, query.columns, wrong)
        check_columns(self.rule, query.columns, wrong)
        if wrong:
            return None
        return replace(self.whole, query=query, columns=query.columns, roles=roles)

    def of_parameter(self, number: int, one: Parameter) -> Iterator[Mutant]:
        place = self.rules.place(self.rule, "parameters", one.name)
        value = one.default
        value = value // MICRO if isinstance(value, timedelta) else value
        if one.kind is Type.DATETIME:
            return
        text = f"{self.rule.library}{self.rule.query}"
        for other, what, gone in altered_value(value, one.kind):
            plain = _plain(other, one.kind)
            constants = {**self.constants, one.name: (one.kind, plain)}
            try:
                query = kql.compile_query(
                    text, constants=constants, without=ABOUT_BUNDLE
                )
            except KqlError:
                continue
            if (compiled := self.fitting(query)) is not None:
                changed = replace(one, default=plain)
                parameters = list(self.rule.parameters)
                parameters[number] = changed
                rule = replace(self.rule, parameters=tuple(parameters))
                before, after = f"{one.name} = {one.default}", f"{one.name} = {plain}"
                before, after = (gone, "") if gone else (before, after)
                yield Mutant(replace(compiled, rule=rule), place, what, before, after)

    def of_trigger(self) -> Iterator[Mutant]:
        """Yield other triggers, when the rule has one of its own."""
        rule = self.rule
        if (rule.trigger, rule.threshold) == (Trigger.MORE, 0):
            return
        place = self.rules.place(rule, "triggerThreshold")
        for limit in (rule.threshold - 1, rule.threshold + 1, rule.threshold * 10):
            if limit >= 0 and limit != rule.threshold:
                changed = replace(rule, threshold=limit)
                words = str(rule.threshold), str(limit)
                yield self._with(changed, place, "trigger changed", *words)
        place = self.rules.place(rule, "triggerOperator")
        for other in Trigger:
            if other is not rule.trigger:
                changed = replace(rule, trigger=other)
                words = str(rule.trigger), str(other)
                yield self._with(changed, place, "trigger changed", *words)

    def of_group(self) -> Iterator[Mutant]:
        place = self.rules.place(self.rule, "group")
        for number, name in enumerate(self.rule.group_by):
            if name == self.whole.roles.host:
                continue  # a test has one machine; `rules lint` sees to this column
            rest = (*self.rule.group_by[:number], *self.rule.group_by[number + 1 :])
            # Without any column each row is a finding of its own.
            changed = replace(self.rule, group_by=rest)
            yield self._with(changed, place, "left out of group", name, "")

    def _with(
        self, rule: Rule, place: str, change: str, before: str, after: str
    ) -> Mutant:
        return Mutant(replace(self.whole, rule=rule), place, change, before, after)


def _identity(query: Query) -> tuple[str, str]:
    return query.sql, repr(sorted(query.bound.items()))


def _plain(value: Any, kind: Kind) -> Any:  # noqa: ANN401 - a value of the type
    return timedelta(microseconds=value) if kind is Type.TIMESPAN else value


def _order_is_shown(compiled: CompiledRule) -> bool:
    """Return whether a finding's title depends on which row of a group comes first."""
    rule, roles = compiled.rule, compiled.roles
    if not rule.group_by:
        return False
    same = {*rule.group_by, *OF_GROUPS, roles.start, roles.end, roles.host}
    return not set(placeholders(rule.finding.title)) <= same
