"""A whole query to one SELECT with bound values. pyparsing is loaded here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.errors import KqlError
from diag.kql import nodes, statements, steps
from diag.kql.constants import constant, microseconds
from diag.kql.expansion import define
from diag.kql.parse import parse_predicate, parse_query
from diag.kql.pipelines import Compiler
from diag.kql.plan import Plan
from diag.kql.query import NOW, Query
from diag.kql.scope import Names
from diag.kql.source import Source
from diag.kql.tokens import tokens_of
from diag.kql.values import SQL_TYPES, Value
from diag.schema import TABLES, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = Mapping[str, Mapping[str, Type]]
    Constants = Mapping[str, tuple[Type, Any]]
    Late = Mapping[str, Type]


def compile_query(
    text: str,
    *,
    schema: Schema = TABLES,
    constants: Constants | None = None,
    late: Late | None = None,
    without: str = "",
) -> Query:
    """Compile a query.

    Args:
        text: KQL.
        schema: Tables and their columns.
        constants: Named values: a type, and a `timedelta`, a naive UTC `datetime`,
            JSON data or a plain value of it.
        late: Names whose values are given when the query runs.
        without: A log whose events `Events` does not hold then; empty for none.

    Returns:
        One SELECT and its columns.

    Raises:
        KqlError: The query is wrong; the message names code, place and reason.
    """
    tree = parse_query(text)
    return _Job(text, schema, constants or {}, late or {}, without).finish(tree)


def compile_tree(
    tree: statements.Query,
    text: str,
    *,
    constants: Constants | None = None,
    without: str = "",
) -> Query:
    """Compile a syntax tree that was changed.

    Args:
        tree: The tree.
        text: What it was parsed from, for the places of errors.
        constants: As in `compile_query`.
        without: As in `compile_query`.

    Raises:
        KqlError: The tree as it is now is no query.
    """
    return _Job(text, TABLES, constants or {}, {}, without).finish(tree)


def compile_filter(
    text: str,
    *,
    constants: Constants | None = None,
    late: Late | None = None,
) -> Query:
    """Compile a filter on Events (rule-language.md, 6.4).

    Args:
        text: A condition; a condition or nothing and `| operator ...`; a text in
            quotes, which is searched for; or a whole query that begins with a
            table or a `let`.
        constants: As in `compile_query`.
        late: As in `compile_query`.

    Raises:
        KqlError: It is none of these; the place is that in `text`.
    """
    first = tokens_of(text)[0]
    whole = first.text in TABLES or first.text in WHOLE
    prefix = FILTERED
    if whole:
        prefix = ""
    elif first.text != "|":
        prefix = f"{FILTERED} | where "
    try:
        return compile_query(prefix + text, constants=constants, late=late)
    except KqlError as error:
        raise _moved(error, len(prefix)) from None


FILTERED = "Events"
WHOLE = ("let", "print", "range", "datatable", "union", "search")


def _moved(error: KqlError, width: int) -> KqlError:
    """Return an error with its place in what the user wrote."""
    if error.line > 1 or not width:
        return error
    column = max(1, error.column - width)
    text = error.text.removeprefix(f"{error.code} ")
    source = error.source[width:]
    return KqlError(error.code, text, line=1, column=column, source=source)


def compile_predicate(
    text: str,
    *,
    columns: tuple[str, ...],
    limit: int,
    constants: Constants | None = None,
    late: Late | None = None,
    without: str = "",
) -> Query:
    """Compile a condition on Events to a query for the events that meet it.

    Args:
        text: The condition.
        columns: Which columns of Events to return.
        limit: Most rows, the earliest first.
        constants: As in `compile_query`.
        late: As in `compile_query`.
        without: As in `compile_query`.

    Raises:
        KqlError: The condition is wrong.
    """
    predicate = parse_predicate(text)
    order = tuple(
        steps.SortKey(nodes.Name(name, 0), descending=False, nulls="")
        for name in ("TimeGenerated", "EventId")
    )
    items = tuple(nodes.Item(name, nodes.Name(name, 0), 0) for name in columns)
    operators = (
        steps.Where(predicate, 0),
        steps.Sort(order, 0),
        steps.Take(nodes.Literal(limit, Type.LONG, 0), 0),
        steps.Columns(steps.Shape.PROJECT, items, 0),
    )
    source = steps.Table(nodes.Name("Events", 0), 0)
    tree = statements.Query((), steps.Pipeline(source, operators, 0))
    return _Job(text, TABLES, constants or {}, late or {}, without).finish(tree)


class _Job:
    """The compilation of one query."""

    def __init__(
        self, text: str, schema: Schema, constants: Constants, late: Late, without: str
    ) -> None:
        self.plan = Plan(Source(text), without)
        self.compiler = Compiler(self.plan)
        self.names = Names(schema)
        self.late = {name: f"v{number}" for number, name in enumerate(late)}
        for name, (kind, value) in constants.items():
            self.names.values[name] = constant(self.plan, _plain(value, kind), kind)
        for name, kind in late.items():
            sql = f"CAST(${self.late[name]} AS {SQL_TYPES[kind]})"
            sql = f"coalesce({sql}, '')" if kind is Type.STRING else sql
            self.names.values[name] = Value(sql, kind, kind is not Type.STRING)

    def finish(self, tree: statements.Query) -> Query:
        try:
            return self.query(tree)
        except RecursionError:
            said = "nested too deeply"
            raise self.plan.source.error("KQL006", said, 0) from None

    def query(self, tree: statements.Query) -> Query:
        for let in tree.lets:
            define(self.compiler.scope(self.names), let)
        result = self.compiler.rows(tree.pipeline, self.names)
        sql, last = self.plan.render(result)
        kinds = {column.name: column.type for column in result.columns}
        return Query(
            sql=sql,
            last=last,
            columns=kinds,
            bound=self.plan.parameters(sql),
            late={
                name: (place, kind)
                for name, place in self.late.items()
                if f"${place} " in sql and (kind := self.names.values[name].type)
            },
            timed=NOW in sql,
            drawn=self.compiler.drawn,
            need=result.need,
            lean=self.plan.lean(last),
        )


def _plain(value: Any, kind: Type) -> Any:  # noqa: ANN401 - a value of the type
    timed = kind in {Type.TIMESPAN, Type.DATETIME}
    return microseconds(value) if timed and value is not None else value
