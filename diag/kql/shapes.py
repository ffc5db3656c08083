"""Operators that choose columns and rows: project, extend, where, sort, take."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from diag.kql import nodes, steps
from diag.kql.certain import certain
from diag.kql.checks import literal_whole
from diag.kql.naming import Taken, column_name
from diag.kql.narrowing import Few, chosen, narrowed, tested
from diag.kql.need import ALWAYS
from diag.kql.plan import Column, Relation, reading, ties
from diag.kql.scalar import condition
from diag.kql.source import nearest, quoted
from diag.kql.stages import Arm
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.kql.nodes import Item
    from diag.kql.scope import Scope
    from diag.kql.values import Value

MOST_ROWS = 10_000_000
Shape = steps.Shape


def columns_of(scope: Scope, node: steps.Columns) -> Relation:
    """Compile `project`, `extend` and their kin."""
    match node.shape:
        case Shape.PROJECT:
            return _project(scope, node)
        case Shape.EXTEND:
            return _extend(scope, node.items)
        case Shape.SERIALIZE:
            return _serialize(scope, node)
        case Shape.DISTINCT:
            return _distinct(scope, node)
        case Shape.RENAME:
            return _rename(scope, node)
        case _:
            return _chosen(scope, node)


def rows_in(scope: Scope) -> Relation:
    """Return the relation that an operator works on."""
    if scope.relation is None:
        raise AssertionError("an operator has rows to work on")
    return scope.relation


def with_columns(
    scope: Scope,
    columns: list[tuple[str, Value]],
    *,
    distinct: bool = False,
) -> Relation:
    """Add a stage that holds exactly some columns, in order.

    Args:
        scope: The rows to take them from.
        columns: Names and values.
        distinct: Without equal rows, and then without an order.
    """
    relation, plan = rows_in(scope), scope.plan
    found, items = [], {}
    for name, value in columns:
        # A column that is only passed on keeps its id.
        own = value.sql if value.sql in _ids(relation) else plan.new_id()
        own = own if own not in items else plan.new_id()
        items[own] = value.sql
        found.append(Column(name, value.type, own, value.nullable, value.written))
    if distinct:
        relation = replace(relation, order="")
    items |= relation.hidden
    stage = plan.add(Arm(items, f"FROM {scope.source()}"), distinct=distinct)
    stable = relation.stable and not distinct
    return replace(relation, stage=stage, columns=tuple(found), stable=stable)


def _ids(relation: Relation) -> set[str]:
    return {column.id for column in relation.columns}


def _project(scope: Scope, node: steps.Columns) -> Relation:
    taken = Taken(scope)
    found, made = [], {}
    for item in node.items:
        value = scope.value(item.value)
        derived = column_name(item.value)
        if item.name or derived:
            name = taken.given(item.name or derived, item.at)
        else:
            name = taken.derived("")
        found.append((name, value))
        made[name] = item.value
    return _noted(scope, with_columns(scope, found), made)


def _noted(scope: Scope, made: Relation, by: dict[str, nodes.Expr]) -> Relation:
    """Note from what new columns were computed; see `narrowing`."""
    for column in made.columns:
        if column.name in by and column.id not in _ids(rows_in(scope)):
            scope.plan.made[column.id] = (scope, by[column.name])
    return made


def _extend(scope: Scope, items: tuple[Item, ...]) -> Relation:
    relation = rows_in(scope)
    columns = {column.name: column.value for column in relation.columns}
    taken = Taken(scope, set(columns))
    made = {}
    for item in items:
        value = scope.value(item.value)
        derived = "" if item.name else column_name(item.value)
        name = taken.given(item.name, item.at) if item.name else taken.derived(derived)
        columns[name] = value  # an existing one is replaced in its place
        made[name] = item.value
    return _noted(scope, with_columns(scope, list(columns.items())), made)


def _serialize(scope: Scope, node: steps.Columns) -> Relation:
    relation = rows_in(scope)
    if not relation.order:
        relation = _numbered(scope, reading(relation), ())
    inner = replace(scope, relation=relation, before=[])
    return _extend(inner, node.items) if node.items else relation


def _numbered(scope: Scope, over: Sequence[str], keys: tuple[str, ...]) -> Relation:
    """Return the rows with their number, by the keys; `keys` are kept if known."""
    relation = rows_in(scope)
    made = replace(relation, order=scope.plan.new_id(), keys=keys, stable=True)
    bare = replace(relation, order="")
    number = f"row_number() OVER ({relation.over(*over)})"
    more = {**made.hidden, made.order: number}
    return replace(made, stage=scope.plan.keep(bare, f"FROM {scope.source()}", more))


def _distinct(scope: Scope, node: steps.Columns) -> Relation:
    relation = rows_in(scope)
    if len(node.items) == 1 and isinstance(node.items[0].value, nodes.Star):
        found = [(column.name, column.value) for column in relation.columns]
        return with_columns(scope, found, distinct=True)
    taken = Taken(scope)
    found = []
    for item in node.items:
        name = taken.derived(item.name or column_name(item.value))
        found.append((name, scope.flat(scope.value(item.value))))
    return with_columns(scope, found, distinct=True)


def _rename(scope: Scope, node: steps.Columns) -> Relation:
    relation = rows_in(scope)
    new: dict[str, str] = {}
    for item in node.items:
        if not item.name or not isinstance(item.value, nodes.Name):
            said = "project-rename takes new = old"
            raise scope.error(said, item.at, "KQL105")
        scope.name(item.value)
        new[item.value.name] = item.name
    taken = Taken(scope)
    columns = [
        replace(c, name=taken.given(new.get(c.name, c.name), node.at))
        for c in relation.columns
    ]
    return replace(relation, columns=tuple(columns))


def _chosen(scope: Scope, node: steps.Columns) -> Relation:
    """Compile project-away, -keep and -reorder, with patterns such as `Agent*`."""
    relation = rows_in(scope)
    named: list[Column] = []
    for item in node.items:
        named += [c for c in _matching(scope, item) if c not in named]
    match node.shape:
        case Shape.AWAY:
            columns = [c for c in relation.columns if c not in named]
        case Shape.KEEP:
            columns = [c for c in relation.columns if c in named]
        case _:
            columns = [*named, *(c for c in relation.columns if c not in named)]
    if not columns:
        raise scope.error("no column would be left", node.at, "KQL105")
    return replace(relation, columns=tuple(columns))


def _matching(scope: Scope, item: Item) -> list[Column]:
    relation = rows_in(scope)
    if isinstance(item.value, nodes.Star):
        return list(relation.columns)
    if not isinstance(item.value, nodes.Name):
        said = "a column's name or a pattern such as Agent* is expected"
        raise scope.error(said, item.at, "KQL105")
    pattern = item.value.name
    if "*" not in pattern:
        scope.name(item.value)
    safe = pattern.replace("[", "[[]").replace("?", "[?]")
    return [c for c in relation.columns if fnmatchcase(c.name, safe)]


def where(scope: Scope, node: steps.Where) -> Relation:
    """Compile `where`; a window function in it is computed first."""
    relation = rows_in(scope)
    test = scope.flat(condition(scope, node.predicate))
    few, source = narrowed(scope, node.predicate), scope.source()
    wanted = f"{few.sql()} AND {test.sql}" if few else test.sql
    stage = scope.plan.keep(relation, f"FROM {source} WHERE {wanted}")
    if few and not scope.before:
        _part(scope, node.predicate, few, test.sql)
    return replace(relation, stage=stage, need=tested(scope, node.predicate))


def _part(scope: Scope, predicate: nodes.Expr, few: Few, test: str) -> None:
    """Offer the last stage as two: rows of sure templates, whose text none reads."""
    sure, left = certain(scope, predicate, few.message)
    if not sure:
        return
    tests = [chosen(few.column, sure), *(condition(scope, one).sql for one in left)]
    source = rows_in(scope).stage
    scope.plan.offer(
        f"FROM {source} WHERE {' AND '.join(tests)}",
        f"FROM {source} WHERE {few.sql(sure)} AND {test}",
    )


def sort(scope: Scope, keys: tuple[steps.SortKey, ...]) -> Relation:
    """Compile `sort`: descending by default, null is the smallest (trap 10)."""
    relation = rows_in(scope)
    found: dict[str, str] = {}
    for key in keys:
        value = scope.flat(scope.value(key.value))
        if value.type is Type.DYNAMIC:
            said = "dynamic values have no order; convert them, as tostring(x)"
            raise scope.error(said, key.value.at, "KQL105")
        nulls = key.nulls or ("last" if key.descending else "first")
        direction = "DESC" if key.descending else "ASC"
        found.setdefault(value.sql, f"{value.sql} {direction} NULLS {nulls.upper()}")
    for tie in relation.ordered_by or ties(relation):
        found.setdefault(tie, tie)
    by = tuple(found.values())
    return _numbered(scope, by, by)


def take(scope: Scope, rows: nodes.Expr) -> Relation:
    """Compile `take`: the first rows of the order, if there is one."""
    relation = rows_in(scope)
    most = literal_whole(scope, rows, "the number of rows", (0, MOST_ROWS))
    keys = reading(relation)
    if relation.partition:
        # The first rows of each row of mv-apply.
        number = f"row_number() OVER ({relation.over(*keys)})"
        tail = f"FROM {scope.source()} QUALIFY {number} <= {most}"
        return replace(relation, stage=scope.plan.keep(relation, tail))
    order = f" ORDER BY {', '.join(keys)}" if keys else ""
    tail = f"FROM {scope.source()}{order} LIMIT {most}"
    return replace(relation, stage=scope.plan.keep(relation, tail))


def count(scope: Scope) -> Relation:
    """Compile the operator `count`."""
    within = rows_in(scope).partition
    name = scope.plan.new_id()
    items = {name: "count(*)"} | ({within: within} if within else {})
    tail = f"FROM {scope.source()}" + (f" GROUP BY {within}" if within else "")
    column = Column("Count", Type.LONG, name, nullable=False)
    stage = scope.plan.add(Arm(items, tail, grouped=True))
    need = rows_in(scope).need if within else ALWAYS
    return Relation(stage, (column,), partition=within, need=need)


def unknown_table(scope: Scope, name: str, at: int) -> Exception:
    """Return the error for a name that is no table."""
    known = [*scope.names.schema, *scope.names.tables]
    said = f"unknown table {quoted(name)}{nearest(name, known)}"
    return scope.error(said, at, "KQL102")
