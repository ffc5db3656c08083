"""SQL that copies fields of events into the tables of documents, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.schema import TABLES, Type
from diag.store import ddl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

# What a row of a table has from its event when no field says it.
OWN = {
    "File": "f.File",
    "Line": "e.Line",
    "Source": "f.Log",
    "TimeGenerated": "e.TimeGenerated",
}
# Columns in which an address with a password can stand.
OPEN_TEXT = (
    ("Facts", "Value"),
    ("Endpoints", "Endpoint"),
    ("Endpoints", "Proxy"),
    ("Extensions", "Message"),
)


def copy_fields(
    log: str, table: str, columns: Mapping[str, str], block: str = ""
) -> tuple[str, dict[str, str]]:
    """Return the statement that copies events of one log into a table.

    Args:
        log: The document's name in `Events.Log`.
        table: A table of `diag.schema`.
        columns: Column of that table to field name in `Fields`; `?` behind the
            name says that the field may be missing.
        block: A field with which a group of events begins that makes one row
            together; empty when every event makes a row of its own.

    Returns:
        SQL and its named parameters. An event or group that lacks one of the
        fields makes no row.
    """
    params = {"log": log}
    chosen: list[str] = []
    needed: list[str] = []
    for number, (column, kind) in enumerate(TABLES[table].items()):
        if column in columns:
            field = columns[column]
            params[f"p{number}"] = _json_path(field.removesuffix("?"))
            value = f"json_extract_string(e.Fields, $p{number})"
            # Of a group its first value: a key that comes again is of something else.
            value = f"arg_min({value}, e.EventId)" if block else value
            if field.endswith("?"):
                value = f"coalesce({value}, '')"
            else:
                needed.append(f"{value} IS NOT NULL")
            chosen.append(_converted(value, kind))
        else:
            chosen.append(_own(column, kind, grouped=bool(block)))
    if block:
        params["block"] = _json_path(block)
    return _statement(table, chosen, needed, grouped=bool(block)), params


def _statement(
    table: str, chosen: Sequence[str], needed: Sequence[str], *, grouped: bool
) -> str:
    into = f'INSERT INTO "{table}" SELECT {", ".join(chosen)} '
    wanted = " AND ".join(needed) or "true"
    if not grouped:
        return (
            f"{into} FROM EventRows e JOIN Files f USING (FileId) "
            f"WHERE f.Log = $log AND {wanted} ORDER BY e.EventId"
        )
    return (  # the names are those of our own schema; what a definition says is bound
        f"{into} FROM (SELECT *, count(json_extract_string(Fields, $block)) "  # noqa: S608
        "OVER (PARTITION BY FileId ORDER BY EventId) AS Block FROM EventRows "
        "WHERE FileId IN (SELECT FileId FROM Files WHERE Log = $log)) e "
        "JOIN Files f USING (FileId) WHERE Block > 0 "
        f"GROUP BY e.FileId, e.Block HAVING {wanted} ORDER BY min(e.EventId)"
    )


def _own(column: str, kind: Type, *, grouped: bool) -> str:
    """Return SQL for a column that no field fills."""
    value = OWN.get(column, "''" if kind is Type.STRING else "NULL")
    return f"min({value})" if grouped and column in OWN else value


def _json_path(field: str) -> str:
    return '$."' + field.replace('"', "") + '"'


def _converted(text: str, kind: Type) -> str:
    """Return SQL that makes a value of a type; what does not convert is unknown."""
    if kind is Type.STRING:
        return text
    if kind is Type.DATETIME:
        # A cast to TIMESTAMP alone would drop the offset without a word.
        return ddl.possible(f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)")
    return f"TRY_CAST({text} AS {ddl.SQL_TYPES[kind]})"


def hide(
    db: duckdb.DuckDBPyConnection, keys: str, texts: Sequence[tuple[str, str]]
) -> None:
    """Remove secrets from what documents say.

    Args:
        db: The open store.
        keys: Pattern of names of facts that are not kept.
        texts: Patterns in values, and what stays of each.
    """
    # Most bundles have few documents, and rewriting an empty table takes as long.
    tables = {"Facts"}.union(table for table, _ in OPEN_TEXT)
    filled = {one for one in tables if db.execute(f'FROM "{one}" LIMIT 1').fetchone()}
    if "Facts" in filled:
        sql = "DELETE FROM Facts WHERE regexp_matches(Name, $keys)"
        db.execute(sql, {"keys": keys})
    for table, column in OPEN_TEXT:
        for pattern, stays in texts if table in filled else ():
            db.execute(
                f'UPDATE "{table}" SET "{column}" = '  # noqa: S608 - names are constants
                f"regexp_replace(\"{column}\", $pattern, $stays, 'g') "
                f"WHERE contains(\"{column}\", '@') OR contains(\"{column}\", 'sig=')",
                {"pattern": pattern, "stays": stays},
            )
