"""What an expression can see: columns, names, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag.kql.nodes import Call, Name
from diag.kql.source import nearest, quoted
from diag.kql.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diag.errors import KqlError
    from diag.kql.nodes import Expr
    from diag.kql.plan import Plan, Relation
    from diag.kql.statements import Function
    from diag.kql.steps import Pipeline
    from diag.schema import Type


@dataclass(slots=True)
class Names:
    """What is known by name.

    `schema` has the tables and their columns; the others are what `let`, parameters
    and `as` have named so far.
    """

    schema: Mapping[str, Mapping[str, Type]]
    values: dict[str, Value] = field(default_factory=dict)
    tables: dict[str, Relation] = field(default_factory=dict)
    functions: dict[str, Defined] = field(default_factory=dict)

    def copy(self) -> Names:
        """Return names that can grow without changing these."""
        return Names(
            self.schema, dict(self.values), dict(self.tables), dict(self.functions)
        )

    def __contains__(self, name: str) -> bool:
        """Return whether a statement has given the name a meaning."""
        return any(name in some for some in (self.values, self.tables, self.functions))


@dataclass(frozen=True, slots=True)
class Defined:
    """A function of a `let`, and the names it can see."""

    function: Function
    names: Names


@dataclass(slots=True)
class Scope:
    """Where an expression is compiled.

    `values` compiles an expression, `rows` a pipeline and `expand` a call of a
    function in `let`; they are handed in, as each needs the others. `relation` is
    None where there are no rows. `aggregates` allows aggregates, `inside` says that
    one is being compiled.
    `operator` is the offset of the operator, for messages about the whole.
    """

    plan: Plan
    names: Names
    values: Callable[[Scope, Expr], Value]
    rows: Callable[[Pipeline, Names], Relation]
    expand: Callable[[Scope, Call], Value | Relation]
    relation: Relation | None = None
    aggregates: bool = False
    inside: bool = False
    operator: int = 0
    before: list[dict[str, str]] = field(default_factory=list)

    def error(self, text: str, at: int, code: str = "KQL103") -> KqlError:
        """Return an error about names or types."""
        return self.plan.source.error(code, text, at)

    def value(self, node: Expr) -> Value:
        """Compile an expression; see `scalar.value_of`."""
        return self.values(self, node)

    def column(self, name: str) -> Value | None:
        """Return a column's value, None if there is none of the name."""
        for column in self.relation.columns if self.relation else ():
            if column.name == name:
                return column.value
        return None

    def name(self, node: Name) -> Value:
        """Return what a name stands for.

        Raises:
            KqlError: Nothing has that name, or it is a table.
        """
        found = self.column(node.name)
        if found is not None:
            if self.aggregates and not self.inside:
                said = f"{quoted(node.name)} must be inside an aggregate or behind 'by'"
                raise self.error(said, node.at, "KQL105")
            return found
        if node.name in self.names.values:
            return self.names.values[node.name]
        call = called(self.names, node)
        expanded = self.expand(self, call) if call else None
        if isinstance(expanded, Value):
            return expanded
        if expanded or node.name in self.names.tables or node.name in self.names.schema:
            said = f"{quoted(node.name)} is a table; a value is expected"
            raise self.error(said, node.at, "KQL105")
        columns = [c.name for c in self.relation.columns] if self.relation else []
        kind = "column" if self.relation else "name"
        hint = nearest(node.name, [*columns, *self.names.values])
        raise self.error(f"unknown {kind} {quoted(node.name)}{hint}", node.at)

    def flat(self, value: Value) -> Value:
        """Return a value without a window function in it.

        Windows cannot be nested in SQL: what is inside is computed in a stage of
        its own, before the operator's.
        """
        if not value.window:
            return value
        while len(self.before) <= value.level:
            self.before.append({})
        name = self.plan.new_id()
        self.before[value.level][name] = value.sql
        return Value(name, value.type, value.nullable, level=value.level + 1)

    def source(self) -> str:
        """Return the stage to select from: the relation's, or what must precede."""
        if self.relation is None:
            raise AssertionError("there are no rows here")
        stage = self.relation.stage
        kept: dict[str, str] = {}
        for more in self.before:
            items = {**kept, **more}
            stage = self.plan.keep(self.relation, f"FROM {stage}", items)
            kept = {name: name for name in items}
        return stage


def called(names: Names, node: object) -> Call | None:
    """Return the call of a function in `let`; one without arguments may be bare."""
    match node:
        case Call(name=name) if name in names.functions:
            return node
        case Name(name=name, at=at) if name in names.functions:
            return Call(name, (), at)
    return None
