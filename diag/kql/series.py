"""`make-series`: one row for each group, with an array that has no holes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diag.kql.compare import alike
from diag.kql.convert import to_dynamic, to_type
from diag.kql.naming import Taken, aggregate_name, column_name
from diag.kql.nodes import Binary
from diag.kql.plan import Column, Relation
from diag.kql.shapes import rows_in
from diag.kql.stages import Arm
from diag.kql.values import NUMBERS, Value, null_of
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.nodes import Expr, Item
    from diag.kql.scope import Scope
    from diag.kql.steps import Series

MOST_STEPS = 100_000
AXES = {Type.DATETIME, Type.TIMESPAN, *NUMBERS}


@dataclass(frozen=True, slots=True)
class _Axis:
    """The axis as numbers: microseconds for times, else the numbers themselves."""

    value: Value
    number: str
    start: str
    end: str
    step: str

    def moment(self, place: str) -> Value:
        """Return the value of the axis at a step."""
        number = f"({self.start} + {place} * {self.step})"
        if self.value.type is Type.DATETIME:
            return Value(f"make_timestamp(CAST({number} AS BIGINT))", Type.DATETIME)
        return Value(number, self.value.type)


def make_series(scope: Scope, node: Series) -> Relation:
    """Compile `make-series`.

    Raises:
        KqlError: A name is unknown or a type does not fit.
    """
    relation, plan = rows_in(scope), scope.plan
    axis = _axis(scope, node)
    taken = Taken(scope)
    keys = [_key(scope, item, taken) for item in node.keys]
    place = plan.new_id()
    inside = f"{axis.number} >= {axis.start} AND {axis.number} < {axis.end}"
    number = f"CAST(floor(({axis.number} - {axis.start}) / {axis.step}) AS BIGINT)"
    more = {own: value.sql for _, value, own in keys}
    numbered = plan.keep(
        relation, f"FROM {scope.source()} WHERE {inside}", {**more, place: number}
    )
    always = node.nonempty and not keys
    source = "" if always else f"FROM {numbered}"
    groups = plan.add(
        Arm({own: own for _, _, own in keys} or {"c": "1"}, source), distinct=True
    )
    inner = replace(
        scope, relation=replace(relation, stage=numbered), aggregates=True, before=[]
    )
    values = [inner.value(item.value) for item in node.aggregates]
    names = [_name(item, taken) for item in node.aggregates]
    ids = [plan.new_id() for _ in values]
    by = ", ".join([*(own for _, _, own in keys), place])
    binned = plan.add(
        Arm(
            {own: own for _, _, own in keys}
            | {place: place}
            | {own: v.sql for own, v in zip(ids, values, strict=True)},
            f"FROM {numbered} GROUP BY {by}",
        )
    )
    filled = _filled(scope, node, axis, (groups, binned), keys, place, (ids, values))
    return _rows(scope, node, axis, filled, keys, (names, ids, values), place)


def _axis(scope: Scope, node: Series) -> _Axis:
    value = scope.flat(scope.value(node.axis))
    if value.type not in AXES:
        said = f"make-series goes over numbers, times or timespans, not {value.type}"
        raise scope.error(said, node.axis.at, "KQL105")
    step = scope.value(node.step)
    spans = {Type.DATETIME, Type.TIMESPAN}
    wanted = {Type.TIMESPAN} if value.type in spans else NUMBERS
    if step.type not in wanted:
        said = f"a step over {value.type} cannot be {step.type}"
        raise scope.error(said, node.step.at, "KQL105")
    timed = value.type is Type.DATETIME
    number = f"epoch_us({value.sql})" if timed else value.sql
    stage = scope.source()
    first = f"(SELECT min({number}) FROM {stage})"
    last = f"(SELECT max({number}) FROM {stage})"
    # Without a start the steps begin at a multiple of the step; without an end the
    # last value is still inside.
    start = f"(floor({first} / {step.sql}) * {step.sql})"
    end = f"({last} + {step.sql})"
    return _Axis(
        value,
        number,
        _bound(scope, value, node.start) or start,
        _bound(scope, value, node.end) or end,
        step.sql,
    )


def _bound(scope: Scope, axis: Value, node: Expr | None) -> str:
    if node is None:
        return ""
    value = scope.value(node)
    value, _ = alike(scope, (value, axis), Binary("<", node, node, node.at))
    return f"epoch_us({value.sql})" if value.type is Type.DATETIME else value.sql


def _key(scope: Scope, item: Item, taken: Taken) -> tuple[str, Value, str]:
    value = scope.flat(scope.value(item.value))
    if item.name:
        return taken.given(item.name, item.at), value, scope.plan.new_id()
    return taken.derived(column_name(item.value)), value, scope.plan.new_id()


def _name(item: Item, taken: Taken) -> str:
    if item.name:
        return taken.given(item.name, item.at)
    return taken.derived(aggregate_name(item.value))


def _filled(
    scope: Scope,
    node: Series,
    axis: _Axis,
    stages: tuple[str, str],
    keys: list[tuple[str, Value, str]],
    place: str,
    made: tuple[list[str], list[Value]],
) -> str:
    """Return a stage with a row for each group and step."""
    groups, binned = stages
    plan = scope.plan
    steps = f"({axis.end} - {axis.start}) / CAST({axis.step} AS DOUBLE)"
    count = f"CAST(ceil({steps}) AS BIGINT)"
    grid_id = plan.new_id()
    listed = (
        f"unnest(generate_series(0, least(coalesce({count}, 0), {MOST_STEPS}) - 1))"
    )
    grid = plan.add(Arm({grid_id: listed}, ""))
    tests = [f"b.{own} IS NOT DISTINCT FROM g.{own}" for _, _, own in keys]
    on = " AND ".join([f"b.{place} = s.{grid_id}", *tests])
    tail = f"FROM {groups} AS g CROSS JOIN {grid} AS s LEFT JOIN {binned} AS b ON {on}"
    items = {own: f"g.{own}" for _, _, own in keys} | {place: f"s.{grid_id}"}
    for own, value, default in zip(*made, node.defaults, strict=True):
        missing = "0" if value.type in NUMBERS else null_of(value.type)
        if default is not None:
            missing = to_type(scope.value(default), value.type).sql
        # A group without rows in a step has no row to aggregate, not even for 0.
        items[own] = f"CASE WHEN b.{place} IS NULL THEN {missing} ELSE b.{own} END"
    return plan.add(Arm(items, tail))


def _rows(
    scope: Scope,
    node: Series,
    axis: _Axis,
    stage: str,
    keys: list[tuple[str, Value, str]],
    made: tuple[list[str], list[str], list[Value]],
    place: str,
) -> Relation:
    plan = scope.plan
    columns = [Column(name, v.type, own, v.nullable) for name, v, own in keys]
    items = {own: own for _, _, own in keys}

    def listed(value: Value) -> str:
        return f"to_json(list({to_dynamic(value).sql} ORDER BY {place}))"

    for name, own, value in zip(*made, strict=True):
        new = plan.new_id()
        items[new] = listed(replace(value, sql=own, aggregated=False))
        columns.append(Column(name, Type.DYNAMIC, new, nullable=False))
    new = plan.new_id()
    items[new] = listed(axis.moment(place))
    columns.append(Column(column_name(node.axis) or "Column1", Type.DYNAMIC, new))
    by = ", ".join(own for _, _, own in keys)
    # Without rows there is no series, as Kusto has it.
    tail = f"FROM {stage} " + (f"GROUP BY {by}" if by else "HAVING count(*) > 0")
    stage = plan.add(Arm(items, tail, grouped=True))
    return Relation(stage, tuple(columns), stable=not keys)
