"""`join`, `lookup` and `union`: rows of two and more tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.need import all_of, any_of
from diag.kql.plan import Column, Relation, ties
from diag.kql.shapes import rows_in
from diag.kql.source import quoted
from diag.kql.stages import Arm
from diag.kql.values import Value, never_null, null_of
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.need import Need
    from diag.kql.scope import Scope
    from diag.kql.steps import Join, Union

JOINS = {
    "inner": "JOIN",
    "innerunique": "JOIN",
    "leftouter": "LEFT JOIN",
    "rightouter": "RIGHT JOIN",
    "fullouter": "FULL JOIN",
    "leftsemi": "SEMI JOIN",
    "leftanti": "ANTI JOIN",
    "rightsemi": "SEMI JOIN",
    "rightanti": "ANTI JOIN",
}
Pair = tuple[Column, Column]
MOST_JOINS = 20


def join(scope: Scope, node: Join) -> Relation:
    """Compile `join` and `lookup`.

    Raises:
        KqlError: A key is unknown, the types of a pair differ, or joins are many.
    """
    scope.plan.joins += 1
    if scope.plan.joins > MOST_JOINS:
        raise scope.error(f"more than {MOST_JOINS} joins", node.at, "KQL006")
    left = replace(rows_in(scope), stage=scope.source())
    right = scope.rows(node.right, scope.names)
    pairs = [pair for key in node.on for pair in _pairs(scope, key, left, right)]
    if node.kind == "innerunique":
        left = _one_for_each(scope, left, [pair[0] for pair in pairs])
    if node.kind.startswith("right") and node.kind != "rightouter":
        left, right = right, left
        pairs = [(b, a) for a, b in pairs]
    test = " AND ".join(f"l.{a.id} = r.{b.id}" for a, b in pairs)
    tail = f"FROM {left.stage} AS l {JOINS[node.kind]} {right.stage} AS r ON {test}"
    if JOINS[node.kind] in {"SEMI JOIN", "ANTI JOIN"}:
        items = {c.id: f"l.{c.id}" for c in left.columns}
        need = _need(JOINS[node.kind], left, right)
        stage = scope.plan.add(Arm(items, tail))
        return Relation(stage, left.columns, stable=False, need=need)
    return _joined(scope, node, (left, right), pairs, tail)


def _need(how: str, left: Relation, right: Relation) -> Need:
    match how:
        case "LEFT JOIN" | "ANTI JOIN":
            return left.need
        case "RIGHT JOIN":
            return right.need
        case "FULL JOIN":
            return any_of([left.need, right.need])
        case _:
            return all_of([left.need, right.need])


def _joined(
    scope: Scope,
    node: Join,
    sides: tuple[Relation, Relation],
    pairs: list[Pair],
    tail: str,
) -> Relation:
    left, right = sides
    columns: list[Column] = []
    items: dict[str, str] = {}
    maybe_left = node.kind in {"rightouter", "fullouter"}
    maybe_right = node.kind in {"leftouter", "fullouter"}
    for side, alias, maybe in ((left, "l", maybe_left), (right, "r", maybe_right)):
        dropped = {b.id for _, b in pairs} if node.lookup and alias == "r" else set()
        for column in side.columns:
            if column.id in dropped:
                continue
            own = column.id if alias == "l" else scope.plan.new_id()
            value = Value(f"{alias}.{column.id}", column.type)
            items[own] = never_null(value) if maybe else value.sql
            name = _free(column.name, {c.name for c in columns})
            nullable = column.nullable or maybe
            columns.append(Column(name, column.type, own, nullable))
    stage = scope.plan.add(Arm(items, tail))
    need = _need(JOINS[node.kind], left, right)
    return Relation(stage, tuple(columns), stable=False, need=need)


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        free = f"{name}{number}"
        number += 1
    return free


def _pairs(
    scope: Scope, key: nodes.Expr, left: Relation, right: Relation
) -> list[Pair]:
    match key:
        case nodes.Name():
            a, b = _column(scope, key, left), _column(scope, key, right)
        case nodes.Logic(op="and"):
            return [p for term in key.terms for p in _pairs(scope, term, left, right)]
        case nodes.Binary(op="=="):
            a, b = _sided(scope, key, left, right)
        case _:
            said = "a key is a column, or $left.a == $right.b"
            raise scope.error(said, key.at, "KQL105")
    whole = {Type.LONG, Type.INT}
    if a.type is not b.type and not {a.type, b.type} <= whole:
        said = f"the keys have two types, {a.type} and {b.type}; convert one of them"
        raise scope.error(said, key.at, "KQL105")
    if a.type is Type.DYNAMIC:
        said = "a key cannot be dynamic; convert it, as tostring(x)"
        raise scope.error(said, key.at, "KQL105")
    return [(a, b)]


def _sided(
    scope: Scope, key: nodes.Binary, left: Relation, right: Relation
) -> tuple[Column, Column]:
    found: dict[str, Column] = {}
    for side in (key.left, key.right):
        if isinstance(side, nodes.Path) and isinstance(side.base, nodes.Name):
            place, name = side.base.name, side.key
            if place in {"$left", "$right"} and isinstance(name, nodes.Literal):
                relation = left if place == "$left" else right
                column = nodes.Name(str(name.value), name.at)
                found[place] = _column(scope, column, relation)
    if len(found) != 2:  # noqa: PLR2004 - one for each side
        said = "a pair of keys is written $left.a == $right.b"
        raise scope.error(said, key.at, "KQL105")
    return found["$left"], found["$right"]


def _column(scope: Scope, key: nodes.Name, relation: Relation) -> Column:
    replace(scope, relation=relation, aggregates=False).name(key)
    for column in relation.columns:
        if column.name == key.name:
            return column
    said = f"{quoted(key.name)} is no column of both sides"
    raise scope.error(said, key.at)


def _one_for_each(scope: Scope, left: Relation, keys: list[Column]) -> Relation:
    """Keep one row for each key, as Kusto's default kind does (trap 14)."""
    by = ", ".join(column.id for column in keys)
    order = ", ".join([left.order] if left.order else ties(left)) or by
    window = f"row_number() OVER (PARTITION BY {by} ORDER BY {order})"
    tail = f"FROM {left.stage} QUALIFY {window} = 1"
    return replace(left, stage=scope.plan.keep(left, tail))


def union(scope: Scope, node: Union, tables: list[tuple[str, Relation]]) -> Relation:
    """Compile `union`: all columns of all tables, missing ones empty or null.

    Args:
        scope: For messages and ids.
        node: The operator.
        tables: What each table is called, and its rows; in order.

    Raises:
        KqlError: A column has two types.
    """
    kinds: dict[str, Type] = {}
    for _, relation in tables:
        for column in relation.columns:
            known = kinds.setdefault(column.name, column.type)
            if known is not column.type:
                said = f"column {quoted(column.name)} is {known} in one table and "
                said += f"{column.type} in another; convert one of them"
                raise scope.error(said, node.at, "KQL105")
    if node.kind == "inner":
        named = [{c.name for c in relation.columns} for _, relation in tables]
        kinds = {k: v for k, v in kinds.items() if all(k in names for names in named)}
    ids = {name: scope.plan.new_id() for name in kinds}
    tag = scope.plan.new_id() if node.tag else ""
    arms = [_arm(scope, relation, ids, kinds) for _, relation in tables]
    if tag:
        for arm, (title, _) in zip(arms, tables, strict=True):
            arm.items[tag] = scope.plan.bind(title)
    columns = [Column(node.tag, Type.STRING, tag, nullable=False)] if tag else []
    columns += [Column(name, kind, ids[name]) for name, kind in kinds.items()]
    stable = all(relation.stable and not relation.order for _, relation in tables)
    need = any_of(relation.need for _, relation in tables)
    return Relation(scope.plan.add(*arms), tuple(columns), stable=stable, need=need)


def _arm(
    scope: Scope, relation: Relation, ids: dict[str, str], kinds: dict[str, Type]
) -> Arm:
    del scope
    own = {column.name: column.id for column in relation.columns}
    items = {ids[name]: own.get(name, null_of(kind)) for name, kind in kinds.items()}
    return Arm(items, f"FROM {relation.stage}")
