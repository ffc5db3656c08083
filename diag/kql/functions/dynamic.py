"""Functions on dynamic values: arrays and property bags as JSON."""

from __future__ import annotations

from diag.kql.convert import to_dynamic
from diag.kql.functions.registry import MANY, Args, Function, table
from diag.kql.nodes import Name
from diag.kql.values import NUMBERS, WHOLE, Value, made
from diag.schema import Type

D, L, S = Type.DYNAMIC, Type.LONG, Type.STRING
MOST_STEPS = 10_000


def _list(sql: str) -> str:
    """Return the SQL of a JSON array as a list of JSON values."""
    return f"from_json({sql}, '[\"JSON\"]')"


def _parse_json(args: Args) -> Value:
    value = args[0]
    if value.type is D:
        return value
    if value.type is not S:
        return to_dynamic(value)
    text = value.sql
    sql = (
        f"CASE WHEN json_valid({text}) THEN CAST({text} AS JSON) "
        f"ELSE to_json(nullif({text}, '')) END"
    )
    return args.made(f"({sql})", D, nullable=True)


def _array_length(args: Args) -> Value:
    array = args.need(0, D).sql
    is_array = f"json_type({array}) = 'ARRAY'"
    sql = f"CASE WHEN {is_array} THEN CAST(json_array_length({array}) AS BIGINT) END"
    return args.made(f"({sql})", L, nullable=True)


def _pack_array(args: Args) -> Value:
    parts = ", ".join(to_dynamic(value).sql for value in args.values)
    return args.made(f"json_array({parts})", D, nullable=False)


def _bag_pack(args: Args) -> Value:
    if len(args) % 2:
        said = f"{args.call.name}() takes pairs of a key and a value"
        raise args.scope.error(said, args.call.at, "KQL105")
    parts = [
        args.text(place).sql if place % 2 == 0 else to_dynamic(args[place]).sql
        for place in range(len(args))
    ]
    return args.made(f"json_object({', '.join(parts)})", D, nullable=False)


def _pack_all(args: Args) -> Value:
    columns = args.scope.relation.columns if args.scope.relation else ()
    values = [args.scope.name(Name(column.name, args.call.at)) for column in columns]
    parts = [
        part
        for column, value in zip(columns, values, strict=True)
        for part in (args.scope.plan.bind(column.name), to_dynamic(value).sql)
    ]
    return made(f"json_object({', '.join(parts)})", D, *values, nullable=False)


def _bag_keys(args: Args) -> Value:
    bag = args.need(0, D).sql
    is_bag = f"json_type({bag}) = 'OBJECT'"
    sql = f"(CASE WHEN {is_bag} THEN to_json(json_keys({bag})) END)"
    return args.made(sql, D, nullable=True)


def _array_concat(args: Args) -> Value:
    parts = [_list(args.need(place, D).sql) for place in range(len(args))]
    sql = parts[0]
    for part in parts[1:]:
        sql = f"list_concat({sql}, {part})"
    return args.made(f"to_json({sql})", D, nullable=True)


def _array_slice(args: Args) -> Value:
    array = args.need(0, D).sql
    first, last = args.need(1, *WHOLE).sql, args.need(2, *WHOLE).sql
    size = f"json_array_length({array})"

    def place(index: str) -> str:
        # Both ends are included; negative ones count from the end.
        return f"(CASE WHEN {index} < 0 THEN {index} + {size} ELSE {index} END + 1)"

    sql = f"to_json({_list(array)}[{place(first)}:{place(last)}])"
    return args.made(sql, D, nullable=True)


def _array_sort(args: Args, order: str) -> Value:
    array = args.need(0, D).sql
    # Numbers by their value, texts by their letters.
    numbers = f"from_json({array}, '[\"DOUBLE\"]')"
    all_numbers = (
        f"coalesce(list_bool_and(list_transform({_list(array)}, "
        "lambda x: json_type(x) IN ('BIGINT', 'UBIGINT', 'DOUBLE'))), FALSE)"
    )
    by_number = (
        f"list_transform(list_sort(list_transform(list_zip({numbers}, {_list(array)}), "
        f"lambda x: {{'k': x[1], 'v': x[2]}}), '{order}'), lambda x: x.v)"
    )
    by_text = (
        f"list_transform(list_sort(list_transform({_list(array)}, "
        f"lambda x: {{'k': json_extract_string(x, '$'), 'v': x}}), '{order}'), "
        "lambda x: x.v)"
    )
    sql = f"to_json(CASE WHEN {all_numbers} THEN {by_number} ELSE {by_text} END)"
    return args.made(sql, D, nullable=True)


def _array_index_of(args: Args) -> Value:
    array, value = args.need(0, D).sql, to_dynamic(args[1]).sql
    texts = f"list_transform({_list(array)}, lambda x: CAST(x AS VARCHAR))"
    sql = f"(coalesce(list_position({texts}, CAST({value} AS VARCHAR)), 0) - 1)"
    return args.made(f"CAST({sql} AS BIGINT)", L)


def _set_has_element(args: Args) -> Value:
    return made(f"({_array_index_of(args).sql} >= 0)", Type.BOOL, *args.values)


def _set_difference(args: Args) -> Value:
    first = _list(args.need(0, D).sql)
    rest = [_list(args.need(place, D).sql) for place in range(1, len(args))]
    others = [f"list_transform({one}, lambda x: CAST(x AS VARCHAR))" for one in rest]
    tests = " AND ".join(
        f"NOT list_contains({other}, CAST(y AS VARCHAR))" for other in others
    )
    distinct = f"list_distinct(list_transform({first}, lambda z: CAST(z AS VARCHAR)))"
    kept = f"list_filter({distinct}, lambda y: {tests})"
    sql = f"list_sort({kept})"
    return args.made(
        f"to_json(list_transform({sql}, lambda w: CAST(w AS JSON)))", D, nullable=True
    )


def _range(args: Args) -> Value:
    if args[0].type in {Type.DATETIME, Type.TIMESPAN}:
        said = f"range() of {args[0].type} is not supported; the source `range` is"
        raise args.scope.error(said, args.node(0).at, "KQL201")
    start, stop = args.need(0, *NUMBERS), args.need(1, *NUMBERS)
    step = args.need(2, *NUMBERS).sql if len(args) > 2 else "1"  # noqa: PLR2004 - its third argument
    for place in range(len(args)):
        if not args[place].is_literal:
            said = "range() takes constants"
            raise args.scope.error(said, args.node(place).at, "KQL105")
    number = args[2].literal if len(args) > 2 else 1  # noqa: PLR2004 - see above
    if not number or abs((stop.literal - start.literal) / number) > MOST_STEPS:
        said = f"range() gives at most {MOST_STEPS:,} values"
        raise args.scope.error(said, args.call.at, "KQL106")
    listed = f"generate_series({start.sql}, {stop.sql}, {step})"
    return args.made(f"to_json({listed})", D, nullable=False)


DYNAMIC = table(
    Function("parse_json(text)", "JSON as a dynamic value.", _parse_json),
    Function("array_length(array)", "Number of elements.", _array_length),
    Function("pack_array(a, b, ...)", "An array.", _pack_array, 1, MANY),
    Function(
        "bag_pack(key, value, ...)", "A bag of properties.", _bag_pack, 2, 2 * MANY
    ),
    Function("pack_all()", "All columns as a bag.", _pack_all, 0, 0),
    Function("bag_keys(bag)", "An array of its keys.", _bag_keys),
    Function("array_concat(a, b, ...)", "Arrays as one.", _array_concat, 1, MANY),
    Function(
        "array_slice(array, first, last)", "A part; both ends in.", _array_slice, 3, 3
    ),
    Function("array_sort_asc(array)", "Sorted.", lambda args: _array_sort(args, "ASC")),
    Function(
        "array_sort_desc(array)",
        "Sorted downwards.",
        lambda args: _array_sort(args, "DESC"),
    ),
    Function(
        "array_index_of(array, value)", "Its place, or -1.", _array_index_of, 2, 2
    ),
    Function(
        "set_has_element(array, value)", "Whether it is in.", _set_has_element, 2, 2
    ),
    Function("set_difference(a, b, ...)", "What only a has.", _set_difference, 2, MANY),
    Function("range(start, stop[, step])", "An array of numbers.", _range, 2, 3),
)
