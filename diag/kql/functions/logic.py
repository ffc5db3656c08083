"""Choices, tests for null, and conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.checks import as_bool
from diag.kql.constants import constant
from diag.kql.convert import to_type
from diag.kql.functions.registry import MANY, Args, Function, table
from diag.kql.values import NUMBERS, Value, made
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

B, S = Type.BOOL, Type.STRING


def same_type(args: Args, places: Sequence[int]) -> tuple[Type, list[Value]]:
    """Return the one type that some arguments have in common, and them in it.

    Raises:
        KqlError: They have none.
    """
    values = [args[place] for place in places]
    kinds = {value.type for value in values}
    if len(kinds) == 1:
        return kinds.pop(), values
    if kinds <= NUMBERS:
        kind = Type.REAL if Type.REAL in kinds else Type.LONG
        return kind, [to_type(value, kind) for value in values]
    if Type.DYNAMIC in kinds:
        return Type.DYNAMIC, [to_type(value, Type.DYNAMIC) for value in values]
    odd = next(p for p in places if args[p].type is not values[0].type)
    said = f"{args.call.name}() needs values of one type, not {values[0].type} and "
    raise args.scope.error(f"{said}{args[odd].type}", args.node(odd).at, "KQL105")


def _iff(args: Args) -> Value:
    test = as_bool(args.scope, args[0], args.node(0))
    kind, (yes, no) = same_type(args, (1, 2))
    sql = f"CASE WHEN {test.sql} THEN {yes.sql} ELSE {no.sql} END"
    return args.made(f"({sql})", kind, nullable=yes.nullable or no.nullable)


def _case(args: Args) -> Value:
    if len(args) % 2 == 0:
        said = "case() takes pairs of condition and value, and a last value"
        raise args.scope.error(said, args.call.at, "KQL105")
    places = [*range(1, len(args) - 1, 2), len(args) - 1]
    kind, values = same_type(args, places)
    tests = [
        as_bool(args.scope, args[place], args.node(place)).sql
        for place in range(0, len(args) - 1, 2)
    ]
    whens = " ".join(
        f"WHEN {test} THEN {value.sql}"
        for test, value in zip(tests, values[:-1], strict=True)
    )
    nullable = any(value.nullable for value in values)
    sql = f"(CASE {whens} ELSE {values[-1].sql} END)"
    return args.made(sql, kind, nullable=nullable)


def _coalesce(args: Args) -> Value:
    kind, values = same_type(args, range(len(args)))
    if kind is S:
        # A missing text is empty, not null (trap 5).
        parts = ", ".join(f"nullif({value.sql}, '')" for value in values)
        return args.made(f"coalesce({parts}, '')", S)
    parts = ", ".join(value.sql for value in values)
    nullable = all(value.nullable for value in values)
    return args.made(f"coalesce({parts})", kind, nullable=nullable)


def _extreme(name: str) -> Callable[[Args], Value]:
    def build(args: Args) -> Value:
        kind, values = same_type(args, range(len(args)))
        parts = ", ".join(value.sql for value in values)
        return args.made(f"{name}({parts})", kind)

    return build


def _not(args: Args) -> Value:
    test = as_bool(args.scope, args[0], args.node(0))
    return made(f"(NOT {test.sql})", B, test)


def _isnull(args: Args) -> Value:
    value = args[0]
    if value.type is S:
        return constant(args.scope.plan, value=False, kind=B)
    test = f"{value.sql} IS NULL"
    if value.type is Type.DYNAMIC:
        # A JSON null counts as one, too (trap 23).
        test = f"({test} OR json_type({value.sql}) = 'NULL')"
    return args.made(f"({test})", B, nullable=False)


def _isnotnull(args: Args) -> Value:
    return made(f"(NOT {_isnull(args).sql})", B, *args.values, nullable=False)


def _to(kind: Type) -> Callable[[Args], Value]:
    def build(args: Args) -> Value:
        return to_type(args[0], kind)

    return build


def _gettype(args: Args) -> Value:
    value = args[0]
    if value.type is not Type.DYNAMIC:
        return args.scope.plan.text(value.type.value)
    names = {
        "VARCHAR": "string",
        "BOOLEAN": "bool",
        "BIGINT": "long",
        "UBIGINT": "long",
        "DOUBLE": "real",
        "ARRAY": "array",
        "OBJECT": "dictionary",
        "NULL": "null",
    }
    whens = " ".join(f"WHEN '{own}' THEN '{kql}'" for own, kql in names.items())
    return args.made(f"(CASE json_type({value.sql}) {whens} ELSE 'null' END)", S)


def _round(args: Args) -> Value:
    digits = args.need(1, Type.LONG, Type.INT).sql if len(args) > 1 else "0"
    sql = f"round({args.cast(0, Type.REAL).sql}, CAST({digits} AS INTEGER))"
    return args.made(sql, Type.REAL)


def _abs(args: Args) -> Value:
    value = args.need(0, *NUMBERS, Type.TIMESPAN)
    return args.made(f"abs({value.sql})", value.type)


LOGIC = table(
    Function("iff(condition, yes, no)", "One of two values.", _iff, 3, 3),
    Function(
        "case(condition, value, ..., otherwise)",
        "The value of the first condition that holds.",
        _case,
        3,
        MANY,
    ),
    Function("coalesce(a, b, ...)", "The first that is not null.", _coalesce, 2, MANY),
    Function("min_of(a, b, ...)", "The smallest.", _extreme("least"), 2, MANY),
    Function("max_of(a, b, ...)", "The largest.", _extreme("greatest"), 2, MANY),
    Function("not(condition)", "The opposite.", _not),
    Function("isnull(value)", "Whether it is null; a text never is.", _isnull),
    Function("isnotnull(value)", "Whether it is not null.", _isnotnull),
    Function("tostring(value)", "As text.", _to(S)),
    Function("toint(value)", "As a 32-bit number, or null.", _to(Type.INT)),
    Function("tolong(value)", "As a 64-bit number, or null.", _to(Type.LONG)),
    Function("todouble(value)", "As a real number, or null.", _to(Type.REAL)),
    Function("tobool(value)", "As true or false, or null.", _to(B)),
    Function("todatetime(value)", "As a time, or null.", _to(Type.DATETIME)),
    Function("totimespan(value)", "As a timespan, or null.", _to(Type.TIMESPAN)),
    Function("gettype(value)", "The name of its type.", _gettype),
    Function("round(number[, digits])", "Rounded.", _round, 1, 2),
    Function("abs(number)", "Without its sign.", _abs),
)
