"""Functions on times and timespans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.kql.checks import literal_text
from diag.kql.functions.registry import Args, Function, table
from diag.kql.query import NOW
from diag.kql.source import nearest, quoted
from diag.kql.values import NUMBERS, WHOLE, Value
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Callable

T, P, L = Type.DATETIME, Type.TIMESPAN, Type.LONG
DAY = 86_400_000_000
PARTS = (
    *("year", "quarter", "month", "week", "day", "hour", "minute", "second"),
    *("millisecond", "microsecond"),
)
# What datetime_part() knows beside these.
MORE_PARTS = {"week_of_year": "week", "dayofyear": "dayofyear"}


def _now(args: Args) -> Value:
    if not len(args):
        return Value(NOW, T, nullable=False)
    return args.made(f"({NOW} + to_microseconds({args.need(0, P).sql}))", T)


def _ago(args: Args) -> Value:
    if args[0].type is not P:
        said = f"ago() takes a timespan such as 1h, not a {args[0].type}"
        raise args.scope.error(said, args.call.at, "KQL105")
    return args.made(f"({NOW} - to_microseconds({args[0].sql}))", T)


def _bin(args: Args) -> Value:
    value, size = args[0], args[1]
    if value.type is T:
        if size.type is not P:
            said = "bin() of a datetime needs a timespan such as 5m"
            raise args.scope.error(said, args.call.at, "KQL105")
        return args.made(f"make_timestamp({_floor(f'epoch_us({value.sql})', size)})", T)
    if value.type is P:
        return args.made(_floor(value.sql, args.need(1, P)), P)
    value = args.need(0, *NUMBERS)
    size = args.need(1, *NUMBERS)
    if Type.REAL in {value.type, size.type}:
        sql = f"(floor({value.sql} / {size.sql}) * {size.sql})"
        return args.made(sql, Type.REAL, nullable=True)
    return args.made(_floor(value.sql, size), L, nullable=True)


def _floor(number: str, size: Value) -> str:
    # From a fixed origin, downwards also for negative numbers (trap 18).
    step = size.sql
    return f"({number} - ((({number} % {step}) + {step}) % {step}))"


def _bin_at(args: Args) -> Value:
    value, size, point = args.need(0, T, P, *NUMBERS), args[1], args[2]
    if value.type is T:
        size, point = args.need(1, P), args.need(2, T)
        origin = f"epoch_us({point.sql})"
        shifted = _floor(f"(epoch_us({value.sql}) - {origin})", size)
        return args.made(f"make_timestamp({origin} + {shifted})", T)
    origin = args.need(2, value.type).sql
    shifted = _floor(f"({value.sql} - {origin})", args.need(1, value.type))
    return args.made(f"({origin} + {shifted})", value.type)


def _start(unit: str) -> Callable[[Args], Value]:
    def build(args: Args) -> Value:
        sql = args.cast(0, T).sql
        if len(args) > 1:
            count = args.need(1, *WHOLE).sql
            sql = f"({sql} + to_{unit}s(CAST({count} AS INTEGER)))"
        if unit == "week":
            # Kusto's weeks begin on Sunday.
            days = f"CAST(dayofweek({sql}) AS INTEGER)"
            sql = f"(date_trunc('day', {sql}) - to_days({days}))"
        else:
            sql = f"date_trunc('{unit}', {sql})"
        return args.made(f"CAST({sql} AS TIMESTAMP)", T)

    return build


def _endofday(args: Args) -> Value:
    sql = f"(date_trunc('day', {args.cast(0, T).sql}) + to_microseconds({DAY - 1}))"
    return args.made(f"CAST({sql} AS TIMESTAMP)", T)


def _hourofday(args: Args) -> Value:
    return args.made(f"hour({args.cast(0, T).sql})", Type.LONG)


def _dayofweek(args: Args) -> Value:
    return args.made(f"(dayofweek({args.cast(0, T).sql}) * {DAY})", P)


def _part(args: Args, more: dict[str, str]) -> str:
    word = literal_text(args.scope, args.node(0), "the unit").lower()
    name = more.get(word, word)
    if name not in {*PARTS, *more.values()}:
        known = [*PARTS, *more]
        said = f"unknown unit {quoted(word)}{nearest(word, known)}"
        raise args.scope.error(said, args.node(0).at, "KQL106")
    return name


def _diff(args: Args) -> Value:
    unit = _part(args, {})
    first, second = args.cast(1, T).sql, args.cast(2, T).sql
    return args.made(f"date_diff('{unit}', {second}, {first})", L)


def _add(args: Args) -> Value:
    unit = _part(args, {})
    count, moment = args.need(1, *WHOLE).sql, args.cast(2, T).sql
    return args.made(f"({moment} + to_{unit}s(CAST({count} AS INTEGER)))", T)


def _datetime_part(args: Args) -> Value:
    unit = _part(args, MORE_PARTS)
    moment = args.cast(1, T).sql
    sql = f"date_part('{unit}', {moment})"
    if unit in {"millisecond", "microsecond"}:
        # SQL counts the seconds in, too.
        sql = f"({sql} % {1_000 if unit == 'millisecond' else 1_000_000})"
    return args.made(sql, L)


def _make_datetime(args: Args) -> Value:
    parts = [args.need(place, *NUMBERS).sql for place in range(len(args))]
    whole = parts[:5] + ["0"] * (5 - len(parts))
    seconds = parts[5] if len(parts) > 5 else "0"  # noqa: PLR2004 - the sixth part
    listed = ", ".join([*whole, f"CAST({seconds} AS DOUBLE)"])
    return args.made(f"TRY(make_timestamp({listed}))", T, nullable=True)


def _make_timespan(args: Args) -> Value:
    parts = [args.need(place, *NUMBERS).sql for place in range(len(args))]
    units = {2: "hm", 3: "hms", 4: "dhms"}[len(parts)]
    sizes = {"d": DAY, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
    terms = [f"{part} * {sizes[u]}" for part, u in zip(parts, units, strict=True)]
    return args.made(f"CAST({' + '.join(terms)} AS BIGINT)", P)


_OFFSET = "With an offset in such units."
TIME = table(
    Function("now([offset])", "The time of collection.", _now, 0, 1),
    Function("ago(timespan)", "So long before now().", _ago),
    Function("bin(value, size)", "Rounds down to a multiple of size.", _bin, 2, 2),
    Function(
        "bin_at(value, size, point)", "As bin(), with a fixed point.", _bin_at, 3, 3
    ),
    *(
        Function(
            f"startof{unit}(datetime[, offset])",
            f"Start of the {unit}. {_OFFSET}",
            _start(unit),
            1,
            2,
        )
        for unit in ("hour", "day", "week", "month", "year")
    ),
    Function("endofday(datetime)", "Last moment of the day.", _endofday),
    Function("hourofday(datetime)", "0 to 23.", _hourofday),
    Function("dayofweek(datetime)", "Days since Sunday, a timespan.", _dayofweek),
    Function(
        "datetime_diff(unit, later, earlier)",
        "How many borders of a unit lie between.",
        _diff,
        3,
        3,
    ),
    Function("datetime_add(unit, count, datetime)", "Adds units.", _add, 3, 3),
    Function("datetime_part(unit, datetime)", "One part.", _datetime_part, 2, 2),
    Function(
        "make_datetime(year, month, day[, hour, minute, second])",
        "A time from its parts.",
        _make_datetime,
        3,
        6,
    ),
    Function(
        "make_timespan([days, ]hours, minutes[, seconds])",
        "A timespan from its parts.",
        _make_timespan,
        2,
        4,
    ),
)
