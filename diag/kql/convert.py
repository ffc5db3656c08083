"""Conversions between types: what fails is null, never an error (trap 17)."""

from __future__ import annotations

from diag.kql.values import SQL_TYPES, WHOLE, Value, made
from diag.schema import Type

DAY, HOUR, MINUTE, SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000
# Whole numbers up to here are exact in a double.
EXACT = "1e15"


def to_type(value: Value, kind: Type) -> Value:
    """Return a value as another type.

    Args:
        value: Any value; a dynamic one by what it holds.
        kind: The type wanted.

    Returns:
        The value itself if it has the type already.
    """
    if value.type is kind:
        return value
    match kind:
        case Type.STRING:
            return to_text(value)
        case Type.DYNAMIC:
            return to_dynamic(value)
        case Type.TIMESPAN:
            return to_span(value)
        case Type.DATETIME:
            return to_time(value)
        case Type.BOOL:
            return _to_bool(value)
        case Type.GUID:
            sql = f"TRY_CAST({to_text(value).sql} AS UUID)"
            return made(sql, kind, value, nullable=True)
        case _:
            return _to_number(value, kind)


def to_text(value: Value) -> Value:
    """Return `tostring(value)`; null becomes an empty text."""
    sql = value.sql
    match value.type:
        case Type.STRING:
            return value
        case Type.DYNAMIC:
            text = f"json_extract_string({sql}, '$')"
            # An object needs no parsing to be its text.
            sql = f"CAST({sql} AS VARCHAR)" if value.written else text
        case Type.DATETIME:
            sql = f"concat(strftime({sql}, '%Y-%m-%dT%H:%M:%S.%f'), '0Z')"
            sql = f"CASE WHEN {value.sql} IS NULL THEN '' ELSE {sql} END"
        case Type.TIMESPAN:
            sql = span_text(sql)
        case Type.REAL:
            whole = f"{sql} = floor({sql}) AND abs({sql}) < {EXACT}"
            as_whole = f"CAST(CAST({sql} AS BIGINT) AS VARCHAR)"
            sql = f"CASE WHEN {whole} THEN {as_whole} ELSE CAST({sql} AS VARCHAR) END"
        case _:
            sql = f"CAST({sql} AS VARCHAR)"
    return made(f"coalesce({sql}, '')", Type.STRING, value)


def span_text(sql: str) -> str:
    """Return the SQL of a timespan's text, `[-][d.]hh:mm:ss[.fffffff]`."""
    size = f"abs({sql})"
    days = f"CAST({size} // {DAY} AS VARCHAR)"
    parts = [
        f"lpad(CAST({size} % {DAY} // {HOUR} AS VARCHAR), 2, '0')",
        f"lpad(CAST({size} % {HOUR} // {MINUTE} AS VARCHAR), 2, '0')",
        f"lpad(CAST({size} % {MINUTE} // {SECOND} AS VARCHAR), 2, '0')",
    ]
    clock = ", ':', ".join(parts)
    fraction = f"lpad(CAST({size} % {SECOND} AS VARCHAR), 6, '0')"
    return (
        f"CASE WHEN {sql} IS NULL THEN '' ELSE concat("
        f"CASE WHEN {sql} < 0 THEN '-' ELSE '' END, "
        f"CASE WHEN {size} >= {DAY} THEN concat({days}, '.') ELSE '' END, "
        f"{clock}, "
        f"CASE WHEN {size} % {SECOND} <> 0 THEN concat('.', {fraction}, '0') "
        "ELSE '' END) END"
    )


def to_dynamic(value: Value) -> Value:
    """Return a value inside a dynamic one; times and timespans become text."""
    if value.type is Type.DYNAMIC:
        return value
    if value.type in {Type.DATETIME, Type.TIMESPAN, Type.GUID}:
        text = to_text(value)
        sql = f"CASE WHEN {value.sql} IS NULL THEN NULL ELSE to_json({text.sql}) END"
        return made(sql, Type.DYNAMIC, value)
    return made(f"to_json({value.sql})", Type.DYNAMIC, value)


def to_time(value: Value) -> Value:
    """Return `todatetime(value)`: ISO 8601, with its offset; without one, UTC."""
    # A plain cast to TIMESTAMP would drop the offset without a word.
    text = to_text(value).sql
    sql = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)"
    return made(sql, Type.DATETIME, value, nullable=True)


def to_span(value: Value) -> Value:
    """Return `totimespan(value)`: `[-][d.]hh:mm:ss[.f]`, or days as a number."""
    if value.type in WHOLE:
        sql = f"(CAST({value.sql} AS BIGINT) * {DAY})"
        return made(sql, Type.TIMESPAN, value)
    text = to_text(value).sql
    pattern = (
        r"'^(-)?(?:([0-9]+)\.)?([0-9]{1,2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,7})?$'"
    )

    def part(number: int, kind: str) -> str:
        found = f"regexp_extract({text}, {pattern}, {number})"
        return f"coalesce(TRY_CAST(nullif({found}, '') AS {kind}), 0)"

    size = (
        f"({part(2, 'BIGINT')} * {DAY} + {part(3, 'BIGINT')} * {HOUR} "
        f"+ {part(4, 'BIGINT')} * {MINUTE} + {part(5, 'BIGINT')} * {SECOND} "
        f"+ CAST({part(6, 'DOUBLE')} * {SECOND} AS BIGINT))"
    )
    sign = f"CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END"
    fits = f"regexp_matches({text}, {pattern})"
    sql = f"CASE WHEN {fits} THEN {sign} * {size} END"
    return made(sql, Type.TIMESPAN, value, nullable=True)


def _to_bool(value: Value) -> Value:
    if value.type in {Type.STRING, Type.DYNAMIC}:
        text = f"lower(trim({to_text(value).sql}))"
        sql = f"CASE {text} WHEN 'true' THEN TRUE WHEN '1' THEN TRUE WHEN 'false' "
        sql += "THEN FALSE WHEN '0' THEN FALSE END"
        return made(sql, Type.BOOL, value, nullable=True)
    return made(f"({value.sql} <> 0)", Type.BOOL, value)


def _to_number(value: Value, kind: Type) -> Value:
    name = SQL_TYPES[kind]
    if value.type in {Type.STRING, Type.DYNAMIC}:
        return _read_number(value, kind)
    if value.type is Type.BOOL:
        return made(f"CAST({value.sql} AS {name})", kind, value)
    if value.type is Type.REAL and kind in WHOLE:
        return made(
            f"TRY_CAST(trunc({value.sql}) AS {name})", kind, value, nullable=True
        )
    if value.type in WHOLE or value.type is Type.REAL:
        nullable = value.nullable or kind is Type.INT
        sql = f"TRY_CAST({value.sql} AS {name})"
        return made(sql, kind, value, nullable=nullable)
    # 100 ns ticks, as Kusto counts timespans and, since the year 1, times.
    if value.type is Type.TIMESPAN:
        return made(f"TRY_CAST({value.sql} * 10 AS {name})", kind, value)
    ticks = f"(epoch_us({value.sql}) + 62135596800000000) * 10"
    return made(f"TRY_CAST({ticks} AS {name})", kind, value)


def _read_number(value: Value, kind: Type) -> Value:
    text = f"trim({to_text(value).sql})"
    name = SQL_TYPES[kind]
    sql = f"TRY_CAST(nullif({text}, '') AS {name})"
    if kind in WHOLE:
        # The cast rounds "1.5"; a dynamic number is cut as a real one is.
        if value.type is Type.DYNAMIC:
            sql = f"TRY_CAST(trunc(TRY_CAST(nullif({text}, '') AS DOUBLE)) AS {name})"
        exact = f"TRY_CAST({text} AS {name})"
        is_whole = f"regexp_full_match({text}, '[-+]?[0-9]+')"
        other = sql if value.type is Type.DYNAMIC else "NULL"
        sql = f"CASE WHEN {is_whole} THEN {exact} ELSE {other} END"
    return made(sql, kind, value, nullable=True)
