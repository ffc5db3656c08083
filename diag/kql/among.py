"""`in`, `has_any`, `has_all`: a value against a list, a dynamic array or rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.compare import alike, lowered
from diag.kql.constants import constant
from diag.kql.convert import to_text
from diag.kql.scope import called
from diag.kql.steps import Pipeline, Table
from diag.kql.strings import one_test, uncased
from diag.kql.values import SQL_TYPES, Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Among, Expr
    from diag.kql.plan import Relation
    from diag.kql.scope import Scope


def among(scope: Scope, node: Among) -> Value:
    """Compile a test against several values; it is never null (trap 9)."""
    left = scope.value(node.left)
    relation = rows_of(scope, node.items)
    if relation is not None:
        return _in_rows(scope, node, left, relation)
    values: list[tuple[Value, Expr]] = []
    for item in node.items:
        value = scope.value(item)
        if value.type is Type.DYNAMIC and not isinstance(value.literal, list):
            return _in_dynamic(scope, node, left, value)
        if value.type is Type.DYNAMIC:
            values += [(_element(scope, one, item), item) for one in value.literal]
        else:
            values.append((value, item))
    if node.op.startswith("has"):
        return _has(scope, node, left, values)
    return _in_list(scope, node, left, values)


def rows_of(scope: Scope, items: tuple[Expr, ...]) -> Relation | None:
    """Return the rows that stand alone in a list: a pipeline or a table's name."""
    if len(items) != 1:
        return None
    if isinstance(items[0], nodes.Subquery):
        return scope.rows(items[0].pipeline, scope.names)
    call = called(scope.names, items[0])
    column = isinstance(items[0], nodes.Name) and scope.column(items[0].name)
    if call is not None and not column:
        found = scope.expand(scope, call)
        return None if isinstance(found, Value) else found
    if isinstance(items[0], nodes.Name) and scope.column(items[0].name) is None:
        name = items[0].name
        if name in scope.names.tables or (
            name in scope.names.schema and name not in scope.names.values
        ):
            table = Table(items[0], items[0].at)
            return scope.rows(Pipeline(table, (), items[0].at), scope.names)
    return None


def _element(scope: Scope, item: object, node: Expr) -> Value:
    kinds = {str: Type.STRING, bool: Type.BOOL, int: Type.LONG, float: Type.REAL}
    kind = kinds.get(type(item))
    if kind is None:
        said = "only texts, numbers and true or false can stand in such a list"
        raise scope.error(said, node.at, "KQL105")
    return constant(scope.plan, item, kind)


def _in_rows(scope: Scope, node: Among, left: Value, rows: Relation) -> Value:
    first = rows.columns[0]
    value = f"SELECT {first.id} FROM {rows.stage}"
    if node.op.startswith("has"):
        right = Value(first.id, first.type)
        test = one_test(scope, "has", to_text(left), to_text(right))
        # The searched text is a column, so that the test is a pattern of each row.
        word = "EXISTS" if node.op == "has_any" else "NOT EXISTS"
        negation = "" if node.op == "has_any" else "NOT "
        sql = f"{word} (SELECT 1 FROM {rows.stage} WHERE {negation}{test})"
        return made(sql, Type.BOOL, left, nullable=False)
    column = first.value
    left, right = alike(scope, (left, column), _as_binary(node))
    if node.op.endswith("~"):
        left = lowered(scope, to_text(left))
        value = f"SELECT lower({right.sql}) FROM {rows.stage}"
    sql = f"coalesce({left.sql} IN ({value}), FALSE)"
    return _maybe_not(node, sql, left)


def _in_list(
    scope: Scope, node: Among, left: Value, values: list[tuple[Value, Expr]]
) -> Value:
    if not values:
        return _maybe_not(node, "FALSE", left)
    tests = []
    for value, _ in values:
        side, right = alike(scope, (left, value), _as_binary(node))
        if node.op.endswith("~") and right.type is Type.STRING:
            side, right = lowered(scope, side), lowered(scope, right)
        tests.append((side.sql, right.sql))
    sides = {side for side, _ in tests}
    listed = " OR ".join(
        f"{side} IN ({', '.join(right for s, right in tests if s == side)})"
        for side in sorted(sides)
    )
    sql = f"({listed})" if not left.nullable else f"coalesce({listed}, FALSE)"
    return _maybe_not(node, sql, left)


def _maybe_not(node: Among, sql: str, *parts: Value) -> Value:
    sql = f"(NOT {sql})" if node.op.startswith("!") else sql
    return made(sql, Type.BOOL, *parts, nullable=False)


def _as_binary(node: Among) -> nodes.Binary:
    return nodes.Binary(node.op, node.left, node.items[0], node.at)


def _has(
    scope: Scope, node: Among, left: Value, values: list[tuple[Value, Expr]]
) -> Value:
    left = to_text(left)
    for value, item in values:
        if value.type is not Type.STRING:
            said = f"{node.op} searches for texts, this is {value.type}"
            raise scope.error(said, item.at, "KQL105")
    word, empty = (" OR ", "FALSE") if node.op == "has_any" else (" AND ", "TRUE")
    tests = [one_test(scope, "has", left, value) for value, _ in values]
    sql = f"({word.join(tests) or empty})"
    cores = list(dict.fromkeys(uncased(value) for value, _ in values))
    if node.op == "has_any" and len(values) > 1 and "" not in cores:
        # One look for what all of the texts share spares a look for each of them.
        least = [c for c in cores if not any(d in c for d in cores if d != c)]
        listed = [f"contains({left.sql}, {scope.plan.bind(core)})" for core in least]
        sql = f"(({' OR '.join(listed)}) AND {sql})"
    return made(sql, Type.BOOL, left, nullable=False)


def _in_dynamic(scope: Scope, node: Among, left: Value, array: Value) -> Value:
    """Compile a test against an array that only the data knows."""
    del scope
    if node.op.startswith("has"):
        kind, test = "VARCHAR", _has_element(node, left)
        array_sql = f"from_json({array.sql}, '[\"VARCHAR\"]')"
        combine = "list_bool_or" if node.op == "has_any" else "list_bool_and"
        sql = (
            f"coalesce({combine}(list_transform({array_sql}, lambda x: {test})), FALSE)"
        )
        return made(sql, Type.BOOL, left, array, nullable=False)
    kind = SQL_TYPES[left.type] if left.type is not Type.DYNAMIC else "VARCHAR"
    side = to_text(left) if left.type is Type.DYNAMIC else left
    text, item = side.sql, "x"
    if node.op.endswith("~"):
        text, item = f"lower({text})", "lower(x)"
    array_sql = f"from_json({array.sql}, '[\"{kind}\"]')"
    listed = f"list_transform({array_sql}, lambda x: {item})"
    sql = f"coalesce(list_contains({listed}, {text}), FALSE)"
    return _maybe_not(node, sql, left, array)


def _has_element(node: Among, left: Value) -> str:
    del node
    text = to_text(left).sql
    pattern = "concat('(?i)(?:^|[^\\pL\\pN])', regexp_escape(x), '(?:$|[^\\pL\\pN])')"
    return f"regexp_matches({text}, {pattern})"
