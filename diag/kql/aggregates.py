"""Aggregates: one value for a group of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from diag.kql.checks import as_bool, literal_whole, needs_type
from diag.kql.convert import to_dynamic
from diag.kql.plan import sequence
from diag.kql.values import NUMBERS, Value
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from diag.kql.nodes import Call
    from diag.kql.scope import Scope

L, R, D, B = Type.LONG, Type.REAL, Type.DYNAMIC, Type.BOOL
SUMMED = (*NUMBERS, Type.TIMESPAN)
LARGEST_LIST = 1_048_576


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate: its form, and how many arguments it takes.

    `prefix` is put before the column's name when no name is given. With `test`
    the last argument that must be given is a condition that rows must meet.
    """

    signature: str
    help: str
    build: Callable[[Scope, Call, list[Value], str], Value]
    prefix: str
    least: int = 1
    most: int = 1
    test: bool = False


def aggregate(scope: Scope, node: Call) -> Value:
    """Compile an aggregate.

    Raises:
        KqlError: It stands outside of summarize or inside another one, or its
            arguments do not fit.
    """
    known = AGGREGATES[node.name]
    if scope.inside or not scope.aggregates:
        said = f"{node.name}() is an aggregate; "
        said += (
            "one inside another is not possible"
            if scope.inside
            else ("it stands in summarize only")
        )
        raise scope.error(said, node.at, "KQL105")
    if not known.least <= len(node.args) <= known.most:
        said = f"{node.name}() is written {known.signature}: {known.help}"
        raise scope.error(said, node.at, "KQL104")
    inner = replace(scope, inside=True)
    values = [inner.value(arg) for arg in node.args]
    where = ""
    if known.test:
        place = known.least - 1
        condition = as_bool(scope, values[place], node.args[place])
        where = f" FILTER (WHERE {condition.sql})"
    found = known.build(scope, node, values, where)
    return replace(found, level=0, window=False, aggregated=True)


def _count(_scope: Scope, _node: Call, _values: list[Value], where: str) -> Value:
    return Value(f"count(*){where}", L, nullable=False)


def _sum(scope: Scope, node: Call, values: list[Value], where: str) -> Value:
    value = needs_type(scope, values[0], node.args[0], *SUMMED)
    kind = L if value.type is Type.INT else value.type
    name = "DOUBLE" if kind is R else "BIGINT"
    sql = f"CAST(coalesce(sum({value.sql}){where}, 0) AS {name})"
    return Value(sql, kind, nullable=False)


def _avg(scope: Scope, node: Call, values: list[Value], where: str) -> Value:
    value = needs_type(scope, values[0], node.args[0], *SUMMED, Type.DATETIME)
    if value.type is Type.TIMESPAN:
        return Value(f"CAST(avg({value.sql}){where} AS BIGINT)", value.type)
    if value.type is Type.DATETIME:
        micro = f"CAST(avg(epoch_us({value.sql})){where} AS BIGINT)"
        return Value(f"make_timestamp({micro})", value.type)
    return Value(f"avg({value.sql}){where}", R)


def _extreme(name: str) -> Callable[[Scope, Call, list[Value], str], Value]:
    def build(scope: Scope, node: Call, values: list[Value], where: str) -> Value:
        value = values[0]
        if value.type is D:
            said = f"{node.name}() needs a value with an order; convert the dynamic one"
            raise scope.error(said, node.args[0].at, "KQL105")
        sql = f"{name}({value.sql}){where}"
        if value.type is Type.STRING:
            return Value(f"coalesce({sql}, '')", value.type, nullable=False)
        return Value(sql, value.type)

    return build


def _dcount(_scope: Scope, _node: Call, values: list[Value], where: str) -> Value:
    # Exact, where Kusto estimates (trap 28).
    return Value(f"count(DISTINCT {values[0].sql}){where}", L, nullable=False)


def _list(scope: Scope, node: Call, values: list[Value], where: str) -> Value:
    element = to_dynamic(values[0])
    keys = sequence(scope.relation) if scope.relation else []
    by = f" ORDER BY {', '.join(keys)}" if keys else ""
    test = _not_null(values[0], where)
    listed = f"list({element.sql}{by}){test}"
    return Value(_cut(scope, node, listed, test=bool(where)), D, nullable=False)


def _set(scope: Scope, node: Call, values: list[Value], where: str) -> Value:
    element = to_dynamic(values[0])
    listed = f"list(DISTINCT {element.sql}){_not_null(values[0], where)}"
    # Kusto leaves the order open; ours is the same on every run (trap 26).
    cut = _cut(scope, node, f"list_sort({listed})", test=bool(where))
    return Value(cut, D, nullable=False)


def _not_null(value: Value, where: str) -> str:
    if where:
        return where.replace("(WHERE ", f"(WHERE {value.sql} IS NOT NULL AND (") + ")"
    return f" FILTER (WHERE {value.sql} IS NOT NULL)"


def _cut(scope: Scope, node: Call, listed: str, *, test: bool) -> str:
    place = 1 + test
    if len(node.args) > place:
        bounds = (0, LARGEST_LIST)
        most = literal_whole(scope, node.args[place], "the number of elements", bounds)
        listed = f"({listed})[1:{most}]"
    return f"coalesce(to_json({listed}), CAST('[]' AS JSON))"


def _any(_scope: Scope, _node: Call, values: list[Value], where: str) -> Value:
    # Any value will do; the smallest is the same one on every run.
    value = values[0]
    sql = f"min({value.sql}){where}"
    if value.type is Type.STRING:
        # A text that is not empty, if there is one.
        best = f"min(nullif({value.sql}, '')){where}"
        return Value(f"coalesce({best}, '')", value.type, nullable=False)
    if value.type is D:
        return Value(f"CAST(min(CAST({value.sql} AS VARCHAR)){where} AS JSON)", D)
    return Value(sql, value.type)


def _percentile(scope: Scope, node: Call, values: list[Value], where: str) -> Value:
    value = needs_type(scope, values[0], node.args[0], *SUMMED, Type.DATETIME)
    share = percent(scope, node, values, 1)
    return Value(f"quantile_disc({value.sql}, {share}){where}", value.type)


def percent(scope: Scope, node: Call, values: list[Value], place: int) -> str:
    """Return a constant percentage as a share from 0 to 1."""
    value = values[place]
    if not value.is_literal or value.type not in NUMBERS:
        said = "the percentage must be a constant number"
        raise scope.error(said, node.args[place].at, "KQL105")
    if not 0 <= value.literal <= 100:  # noqa: PLR2004 - percent
        raise scope.error("a percentage is 0 to 100", node.args[place].at, "KQL106")
    return repr(float(value.literal) / 100)


def _stdev(scope: Scope, node: Call, values: list[Value], where: str) -> Value:
    value = needs_type(scope, values[0], node.args[0], *NUMBERS)
    return Value(f"coalesce(stddev_samp({value.sql}){where}, 0)", R, nullable=False)


AGGREGATES: dict[str, Aggregate] = {
    row.signature.partition("(")[0]: row
    for row in (
        Aggregate("count()", "Number of rows.", _count, "count", 0, 0),
        Aggregate(
            "countif(condition)", "Rows that meet it.", _count, "countif", test=True
        ),
        Aggregate("sum(number)", "Sum.", _sum, "sum"),
        Aggregate("sumif(number, condition)", "Sum.", _sum, "sumif", 2, 2, test=True),
        Aggregate("avg(number)", "Average.", _avg, "avg"),
        Aggregate(
            "avgif(number, condition)", "Average.", _avg, "avgif", 2, 2, test=True
        ),
        Aggregate("min(value)", "Smallest.", _extreme("min"), "min"),
        Aggregate(
            "minif(value, condition)",
            "Smallest.",
            _extreme("min"),
            "minif",
            2,
            2,
            test=True,
        ),
        Aggregate("max(value)", "Largest.", _extreme("max"), "max"),
        Aggregate(
            "maxif(value, condition)",
            "Largest.",
            _extreme("max"),
            "maxif",
            2,
            2,
            test=True,
        ),
        Aggregate(
            "dcount(value[, accuracy])",
            "Distinct values, exactly.",
            _dcount,
            "dcount",
            1,
            2,
        ),
        Aggregate(
            "dcountif(value, condition)",
            "Distinct values.",
            _dcount,
            "dcountif",
            2,
            2,
            test=True,
        ),
        Aggregate(
            "count_distinct(value)", "Distinct values.", _dcount, "count_distinct"
        ),
        Aggregate("make_list(value[, most])", "All values.", _list, "list", 1, 2),
        Aggregate("makelist(value[, most])", "All values.", _list, "list", 1, 2),
        Aggregate(
            "make_list_if(value, condition[, most])",
            "All values.",
            _list,
            "list",
            2,
            3,
            test=True,
        ),
        Aggregate("make_set(value[, most])", "Distinct values.", _set, "set", 1, 2),
        Aggregate("makeset(value[, most])", "Distinct values.", _set, "set", 1, 2),
        Aggregate(
            "make_set_if(value, condition[, most])",
            "Distinct values.",
            _set,
            "set",
            2,
            3,
            test=True,
        ),
        Aggregate("take_any(value, ...)", "Any value; several from one row.", _any, ""),
        Aggregate(
            "take_anyif(value, condition)", "Any value.", _any, "", 2, 2, test=True
        ),
        Aggregate("any(value)", "Any value.", _any, "any"),
        Aggregate(
            "percentile(number, percentage)",
            "So many are below.",
            _percentile,
            "percentile",
            2,
            2,
        ),
        Aggregate("stdev(number)", "Standard deviation.", _stdev, "stdev"),
    )
}
# Aggregates of several columns; `grouping` takes them apart.
SPREADING = ("arg_max", "arg_min", "argmax", "argmin", "percentiles")
# These take one value, or several of one and the same row.
FROM_ANY_ROW = ("take_any", "any")
