"""A pipeline: its source, then one operator after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diag.kql import nodes, steps
from diag.kql.applying import applied, numbered_rows
from diag.kql.checks import check_steps
from diag.kql.convert import to_type
from diag.kql.expanding import mv_expand, parse
from diag.kql.expansion import call_function
from diag.kql.grouping import summarize
from diag.kql.joining import join, union
from diag.kql.naming import Taken, column_name
from diag.kql.need import INDEXED, WIDELY, Rows
from diag.kql.plan import Column, Plan, Relation
from diag.kql.scalar import value_of
from diag.kql.scope import Names, Scope, called
from diag.kql.series import make_series
from diag.kql.shapes import columns_of, count, sort, take, unknown_table, where
from diag.kql.stages import Arm
from diag.kql.values import Value, null_of
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.steps import Pipeline

MOST_OPERATORS = 200
MOST_EXPANSIONS = 100
MOST_STEPS = 100_000
SEARCHED = "Events"
# What joins rows of other tables would lose which row it works on.
NOT_APPLIED = (steps.Join, steps.Union, steps.Apply, steps.Series, steps.As)


class Compiler:
    """Compiles the pipelines of one query into one plan."""

    def __init__(self, plan: Plan) -> None:
        """Begin with an empty plan."""
        self.plan = plan
        self.operators = self.expansions = 0
        self.drawn = ""

    def scope(self, names: Names, relation: Relation | None = None) -> Scope:
        """Return a scope over some rows, or over none."""
        return Scope(self.plan, names, value_of, self.rows, self.expand, relation)

    def expand(self, scope: Scope, node: nodes.Call) -> Value | Relation:
        """Compile a call of a function in `let`; how often is bounded.

        Raises:
            KqlError: Functions that call functions expand to too much.
        """
        self.expansions += 1
        if self.expansions > MOST_EXPANSIONS:
            said = f"functions are called more than {MOST_EXPANSIONS} times"
            raise self.plan.source.error("KQL006", said, node.at)
        return call_function(scope, node)

    def rows(self, pipeline: Pipeline, names: Names) -> Relation:
        """Compile a pipeline.

        Raises:
            KqlError: A name is unknown, a type does not fit, or it is too long.
        """
        names = names.copy()
        relation = self._source(pipeline.source, names)
        for operator in pipeline.operators:
            self.operators += 1
            if self.operators > MOST_OPERATORS:
                said = f"more than {MOST_OPERATORS} operators"
                raise self.plan.source.error("KQL006", said, operator.at)
            relation = self._operator(operator, names, relation)
        return relation

    def _operator(
        self, node: steps.Operator, names: Names, relation: Relation
    ) -> Relation:
        scope = replace(self.scope(names, relation), operator=node.at)
        match node:
            case steps.Where():
                return where(scope, node)
            case steps.Columns():
                return columns_of(scope, node)
            case steps.Summarize():
                return summarize(scope, node)
            case steps.Sort():
                return sort(scope, node.keys)
            case steps.Take():
                return take(scope, node.rows)
            case steps.Top():
                ordered = sort(scope, node.keys)
                return take(replace(scope, relation=ordered, before=[]), node.rows)
            case steps.Count():
                return count(scope)
            case steps.Join():
                return join(scope, node)
            case steps.Union():
                return self._union(scope, node, relation)
            case steps.MvExpand():
                return mv_expand(scope, node)
            case steps.Parse():
                return parse(scope, node)
            case steps.Search():
                return where(scope, steps.Where(node.predicate, node.at))
            case steps.Series():
                return make_series(scope, node)
            case steps.Apply():
                return self._apply(scope, node)
            case steps.As():
                names.tables[node.name] = relation
            case steps.Render():
                self.drawn = node.kind
        return relation

    def _union(
        self, scope: Scope, node: steps.Union, first: Relation | None
    ) -> Relation:
        tables = [("union_arg0", first)] if first is not None else []
        for pipeline in node.tables:
            title = f"union_arg{len(tables)}"
            match pipeline:
                case steps.Pipeline(steps.Table(nodes.Name(name)), ()):
                    title = name
            tables.append((title, self.rows(pipeline, scope.names)))
        return union(scope, node, tables)

    def _source(self, source: steps.Start, names: Names) -> Relation:
        match source:
            case steps.Nested():
                return self.rows(source.pipeline, names)
            case steps.Union():
                return self._union(self.scope(names), source, None)
            case steps.Search():
                return self._search(source, names)
            case steps.Print():
                return self._print(source, names)
            case steps.Range():
                return self._range(source, names)
            case steps.DataTable():
                return self._datatable(source, names)
            case steps.Table():
                return self._table(source, names)

    def _search(self, source: steps.Search, names: Names) -> Relation:
        """Compile `search` as a source: without tables, in Events."""
        events = nodes.Name(SEARCHED, source.at)
        table = steps.Pipeline(steps.Table(events, source.at), (), source.at)
        tables = source.tables or (table,)
        test = steps.Where(source.predicate, source.at)
        found = tuple(replace(one, operators=(*one.operators, test)) for one in tables)
        titled = [
            (one.source.value.name, self.rows(one, names))
            for one in found
            if isinstance(one.source, steps.Table)
            and isinstance(one.source.value, nodes.Name)
        ]
        if len(titled) != len(found):
            said = "search in (...) takes the names of tables"
            raise self.plan.source.error("KQL105", said, source.at)
        joined = steps.Union("outer", "$table", found, source.at)
        return union(self.scope(names), joined, titled)

    def _apply(self, scope: Scope, node: steps.Apply) -> Relation:
        """Compile `mv-apply`: its operators run on the elements of each row alone."""
        numbered, row = numbered_rows(scope)
        inner = mv_expand(replace(scope, relation=numbered, before=[]), node.expand)
        names = scope.names.copy()
        for operator in node.pipeline.operators:
            if isinstance(operator, NOT_APPLIED):
                said = "this operator cannot stand inside mv-apply"
                raise self.plan.source.error("KQL201", said, operator.at)
            inner = self._operator(operator, names, inner)
        return applied(scope, replace(numbered, stage=numbered.stage), inner, row)

    def _table(self, source: steps.Table, names: Names) -> Relation:
        value = source.value
        if isinstance(value, nodes.Call) and value.name == "materialize":
            if len(value.args) == 1 and isinstance(value.args[0], nodes.Subquery):
                return self.rows(value.args[0].pipeline, names)
            if len(value.args) == 1:
                return self._table(steps.Table(value.args[0], source.at), names)
        scope = self.scope(names)
        if isinstance(value, nodes.Star):
            said = "'union *' is not supported; name the tables"
            raise scope.error(said, source.at, "KQL201")
        call = called(names, value)
        if call is not None:
            found = self.expand(scope, call)
            if not isinstance(found, Value):
                return found
        if not isinstance(value, nodes.Name):
            scope.value(value)
            raise scope.error("a table is expected here", source.at, "KQL105")
        if value.name in names.tables:
            return names.tables[value.name]
        if value.name in names.schema:
            return self._scan(value.name, names)
        raise unknown_table(scope, value.name, value.at)

    def _scan(self, table: str, names: Names) -> Relation:
        columns = tuple(
            Column(name, kind, self.plan.new_id(), written=name == WIDELY)
            for name, kind in names.schema[table].items()
        )
        items = {c.id: f'"{c.name}"' for c in columns}
        ids = {c.name: c.id for c in columns}
        if table == "Events" and {"Message", "TemplateId", "Fields"} <= set(ids):
            self.plan.templates[ids["Message"]] = ids["TemplateId"], ids["Fields"]
        # `Events` is a join, and a join of many rows has no sequence of its own.
        stable = table != "Events"
        made = self.plan.add(Arm(items, self.plan.rows_of(table)))
        scan = len(self.plan.stages)
        for name in set(INDEXED.get(table, ())) & ids.keys():
            self.plan.origins[ids[name]] = (scan, name)
        return Relation(made, columns, stable=stable, need=Rows(table, (), scan))

    def _print(self, source: steps.Print, names: Names) -> Relation:
        scope = self.scope(names)
        taken = Taken(scope)
        columns, items = [], {}
        for number, item in enumerate(source.items):
            value = scope.value(item.value)
            name = item.name or column_name(item.value) or f"print_{number}"
            own = self.plan.new_id()
            items[own] = value.sql
            name = taken.given(name, item.at) if item.name else taken.derived(name)
            columns.append(Column(name, value.type, own, value.nullable))
        return Relation(self.plan.add(Arm(items, "")), tuple(columns))

    def _range(self, source: steps.Range, names: Names) -> Relation:
        scope = self.scope(names)
        start, end, step = (
            scope.value(part) for part in (source.start, source.end, source.step)
        )
        kind = start.type
        check_steps(scope, (start, end, step), MOST_STEPS, source.at)
        parts = [start.sql, end.sql, step.sql]
        if kind is Type.DATETIME:
            parts = [f"epoch_us({parts[0]})", f"epoch_us({parts[1]})", parts[2]]
        listed = f"unnest(generate_series({', '.join(parts)}))"
        if kind is Type.REAL:
            count_ = f"CAST(floor(({parts[1]} - {parts[0]}) / {parts[2]}) AS BIGINT)"
            listed = f"({parts[0]} + unnest(generate_series(0, {count_})) * {parts[2]})"
        raw = self.plan.new_id()
        stage = self.plan.add(Arm({raw: listed}, f"LIMIT {MOST_STEPS}"))
        own, order = self.plan.new_id(), self.plan.new_id()
        value = f"make_timestamp({raw})" if kind is Type.DATETIME else raw
        items = {own: value, order: "row_number() OVER ()"}
        stage = self.plan.add(Arm(items, f"FROM {stage}"))
        column = Column(source.name, kind, own, nullable=False)
        return Relation(stage, (column,), order)

    def _datatable(self, source: steps.DataTable, names: Names) -> Relation:
        scope = self.scope(names)
        width = len(source.columns)
        if len(source.values) % width:
            said = f"{len(source.values)} values do not fill rows of {width} columns"
            raise scope.error(said, source.at, "KQL105")
        cells = []
        for number, node in enumerate(source.values):
            kind = source.columns[number % width].type
            cells.append(to_type(scope.value(node), kind).sql)
        ids = [self.plan.new_id() for _ in source.columns]
        columns = tuple(
            Column(slot.name, slot.type, own)
            for slot, own in zip(source.columns, ids, strict=True)
        )
        rows = [cells[start : start + width] for start in range(0, len(cells), width)]
        listed = ", ".join(f"({', '.join(row)})" for row in rows)
        tail = f"FROM (VALUES {listed}) AS t({', '.join(ids)})"
        items = {own: own for own in ids}
        if not rows:
            items = {c.id: null_of(c.type) for c in columns}
            tail = "WHERE FALSE"
        return Relation(self.plan.add(Arm(items, tail)), columns)
