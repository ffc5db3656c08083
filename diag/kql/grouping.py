"""`summarize`: keys first, then aggregates; some aggregates give several columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diag.kql import nodes
from diag.kql.aggregates import FROM_ANY_ROW, SPREADING, percent
from diag.kql.naming import Taken, aggregate_name, column_name
from diag.kql.need import ALWAYS
from diag.kql.plan import Column, Relation, ties
from diag.kql.shapes import rows_in
from diag.kql.stages import Arm
from diag.kql.values import Value, never_null
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.kql.nodes import Item
    from diag.kql.scope import Scope
    from diag.kql.steps import Summarize

LEAST_PERCENTILES = 2
# Values that are whole numbers, and how many places in the log fit between two of them.
WHOLE = {
    Type.DATETIME: "CAST(epoch_us({}) AS HUGEINT)",
    Type.LONG: "CAST({} AS HUGEINT)",
    Type.INT: "CAST({} AS HUGEINT)",
}
PLACE = "EventId"
PLACES = 1 << 64
LAST_PLACE = (1 << 63) - 1


@dataclass(slots=True)
class _Columns:
    """The columns of the result: SQL in the grouping stage and in the one behind."""

    taken: Taken
    grouped: dict[str, str]
    unpacked: dict[str, str]
    columns: list[Column]

    def add(self, name: str, value: Value, own: str, unpack: str = "") -> None:
        """Add a column; `unpack` takes it out of a struct of the grouping stage."""
        if not unpack:
            self.grouped[own] = value.sql
        self.unpacked[own] = unpack or own
        self.columns.append(Column(name, value.type, own, value.nullable))


def summarize(scope: Scope, node: Summarize) -> Relation:
    """Compile `summarize`.

    Raises:
        KqlError: There is nothing to compute, or a name or type is wrong.
    """
    if not node.aggregates and not node.keys:
        raise scope.error("summarize needs an aggregate or keys", node.at, "KQL105")
    taken = Taken(scope)
    keys = [_key(scope, item, taken) for item in node.keys]
    stage, inner = _with_keys(scope, keys)
    out = _Columns(taken, {}, {}, [])
    for column in keys:
        out.add(
            column[0], Value(column[2], column[1].type, column[1].nullable), column[2]
        )
    names = {
        item.value.name for item in node.keys if isinstance(item.value, nodes.Name)
    }
    for item in node.aggregates:
        _aggregate(inner, item, out, names)
    within = rows_in(scope).partition
    if within:
        out.grouped[within] = out.unpacked[within] = within
    groups = ", ".join([own for _, _, own in keys] + ([within] if within else []))
    tail = f"FROM {stage}" + (f" GROUP BY {groups}" if groups else "")
    grouped = scope.plan.add(Arm(out.grouped, tail, grouped=True))
    if out.unpacked != {own: own for own in out.grouped}:
        grouped = scope.plan.add(Arm(out.unpacked, f"FROM {grouped}"))
    columns = tuple(out.columns)
    # Without keys there is a row even if there are none.
    need = rows_in(scope).need if groups else ALWAYS
    return Relation(grouped, columns, stable=not groups, partition=within, need=need)


def _key(scope: Scope, item: Item, taken: Taken) -> tuple[str, Value, str]:
    value = scope.flat(scope.value(item.value))
    if value.type is Type.DYNAMIC:
        said = "a key cannot be dynamic; convert it, as tostring(x)"
        raise scope.error(said, item.value.at, "KQL105")
    if item.name:
        return taken.given(item.name, item.at), value, scope.plan.new_id()
    return taken.derived(column_name(item.value)), value, scope.plan.new_id()


def _with_keys(scope: Scope, keys: list[tuple[str, Value, str]]) -> tuple[str, Scope]:
    """Return a stage that has the keys as columns, and a scope over it."""
    relation = rows_in(scope)
    more = {own: value.sql for _, value, own in keys}
    stage = scope.plan.keep(relation, f"FROM {scope.source()}", more)
    inner = replace(
        scope, relation=replace(relation, stage=stage), aggregates=True, before=[]
    )
    return stage, inner


def _aggregate(scope: Scope, item: Item, out: _Columns, keys: set[str]) -> None:
    call = item.value
    if isinstance(call, nodes.Call) and call.name in SPREADING:
        if call.name == "percentiles":
            _percentiles(scope, call, out)
        else:
            _arg_extreme(scope, item, call, out, keys)
        return
    if isinstance(call, nodes.Call) and call.name in FROM_ANY_ROW and _several(call):
        _any_row(scope, item, call, out, keys)
        return
    value = scope.value(call)
    name = item.name and out.taken.given(item.name, item.at)
    # An expression over aggregates is called as an aggregate without a column.
    derived = aggregate_name(call)
    out.add(name or out.taken.derived(derived), value, scope.plan.new_id())


def _percentiles(scope: Scope, call: nodes.Call, out: _Columns) -> None:
    inner = replace(scope, inside=True)
    if len(call.args) < LEAST_PERCENTILES:
        said = "percentiles() is written percentiles(number, percentage, ...)"
        raise scope.error(said, call.at, "KQL104")
    values = [inner.value(arg) for arg in call.args]
    base = column_name(call.args[0])
    for place in range(1, len(values)):
        share = percent(scope, call, values, place)
        shown = str(values[place].literal).replace(".", "_")
        name = out.taken.derived(f"percentile_{base}_{shown}")
        sql = f"quantile_disc({values[0].sql}, {share})"
        out.add(name, Value(sql, values[0].type), scope.plan.new_id())


def _arg_extreme(
    scope: Scope, item: Item, call: nodes.Call, out: _Columns, keys: set[str]
) -> None:
    """Compile arg_max and arg_min: all columns come from one and the same row."""
    inner = replace(scope, inside=True)
    if not call.args:
        said = f"{call.name}() is written {call.name}(value, column, ...) or with *"
        raise scope.error(said, call.at, "KQL104")
    key = inner.value(call.args[0])
    wanted = _wanted(inner, call.args[1:], keys | {column_name(call.args[0])})
    name = "arg_max" if "max" in call.name else "arg_min"
    by = _order(rows_in(scope), key)
    known = f" FILTER (WHERE {key.sql} IS NOT NULL)" if key.nullable else ""
    found = [(column_name(call.args[0]), key), *wanted]
    _of_one_row(scope, item, found, out, (name, by, known))


def _several(call: nodes.Call) -> bool:
    return len(call.args) > 1 or any(isinstance(arg, nodes.Star) for arg in call.args)


def _any_row(
    scope: Scope, item: Item, call: nodes.Call, out: _Columns, keys: set[str]
) -> None:
    """Compile take_any of several columns: the first row will do."""
    wanted = _wanted(replace(scope, inside=True), call.args, keys)
    by = ties(rows_in(scope)) or [value.sql for _, value in wanted]
    _of_one_row(scope, item, wanted, out, ("arg_min", _packed(by), ""))


def _order(relation: Relation, key: Value) -> str:
    """Return what decides for one row: a value, and the place in the log.

    Rows are told apart by one number where they can be: comparing structures makes a
    key of bytes for each row, which takes three times as long.
    """
    order = list(dict.fromkeys([key.sql, *ties(relation)]))
    if key.type not in WHOLE:
        return _packed(order)
    if len(order) == 1:
        return key.sql
    places = {c.id for c in relation.columns if c.name == PLACE and c.type in WHOLE}
    if order[1:] != [order[-1]] or order[-1] not in places:
        return _packed(order)
    # Nothing is later than a place that nobody knows, as it is for a structure.
    place = f"coalesce({order[-1]}, {LAST_PLACE})"
    return f"({WHOLE[key.type].format(key.sql)} * {PLACES} + {place})"


def _packed(order: Sequence[str]) -> str:
    listed = ", ".join(f"k{n} := {sql}" for n, sql in enumerate(order))
    return f"struct_pack({listed})"


def _of_one_row(
    scope: Scope,
    item: Item,
    found: list[tuple[str, Value]],
    out: _Columns,
    choice: tuple[str, str, str],
) -> None:
    """Add columns that come from one and the same row of each group.

    Args:
        scope: For ids.
        item: What gives them names.
        found: A name and a value for each.
        out: Where they are added.
        choice: The aggregate, by what it chooses the row, and a filter.
    """
    name, order, known = choice
    fields = ", ".join(f"f{n} := {value.sql}" for n, (_, value) in enumerate(found))
    # Equal keys are decided by the place in the log, so that every run is the same.
    struct = scope.plan.new_id()
    out.grouped[struct] = f"{name}(struct_pack({fields}), {order}){known}"
    given_names = [item.name, *item.more] if item.name else []
    for number, (title, value) in enumerate(found):
        field = never_null(replace(value, sql=f"{struct}.f{number}"))
        typed = replace(value, nullable=True, window=False, level=0)
        if number < len(given_names):
            unique = out.taken.given(given_names[number], item.at)
        else:
            unique = out.taken.derived(title)
        out.add(unique, typed, scope.plan.new_id(), field)


def _wanted(
    scope: Scope, args: tuple[nodes.Expr, ...], keys: set[str]
) -> list[tuple[str, Value]]:
    found: list[tuple[str, Value]] = []
    for arg in args:
        if isinstance(arg, nodes.Star):
            found += [
                (column.name, column.value)
                for column in rows_in(scope).columns
                if column.name not in keys
            ]
        else:
            found.append((column_name(arg), scope.value(arg)))
    return found
