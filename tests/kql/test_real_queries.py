"""Queries that people really wrote: they are read, and compiled or refused by name.

Sources and licences are in tests/data/kql/queries/INDEX.yaml.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from diag.errors import KqlError
from diag.kql import compile_query, nodes, steps
from diag.kql.parse import parse_query
from diag.schema import Type
from tests.kql.asking import NOW, SQL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "data" / "kql" / "queries"
INDEX: list[dict[str, Any]] = yaml.safe_load(
    (FOLDER / "INDEX.yaml").read_text(encoding="utf-8")
)["queries"]
KINDS: dict[str, Type] = {
    name: Type(kind)
    for kind, names in yaml.safe_load(
        (FOLDER / "COLUMNS.yaml").read_text(encoding="utf-8")
    ).items()
    for name in names
}
# Columns that are text in one of the products and a number in another.
OTHERWISE = {
    "bjp-inboundauthenticationfrompublicip-0.kql": {"EventID": Type.STRING},
    "rep-officeactivity-calculatepercentageofdownloadsunt.kql": {
        "DeviceDetail": Type.DYNAMIC,
        "ResultType": Type.LONG,
    },
    "rep-secevents-summarizelogonevents.kql": {
        "EventID": Type.STRING,
        "LogonType": Type.STRING,
    },
    "rep-securityevent-summarizeprivilegesassignedonlogon.kql": {
        "EventID": Type.STRING
    },
    "rep-securityevent-visualizeaccountscreateddisabledde.kql": {
        "EventID": Type.STRING
    },
}
# Names without a meaning in a text: the template that it comes from fills them in.
GIVEN = {
    "amba-amlfilesystems-mdt-files-free.kql": {"threshold_free": (Type.REAL, 0.1)},
    "amba-amlfilesystems-ost-bytes-available.kql": {
        "threshold_available": (Type.REAL, 0.1)
    },
}
# What cannot be read, and what can be read and not compiled: what the message names.
UNREADABLE = {
    "ep3p-securityevent-exchangeoabvirtualdirectoryattribu.kql": "evaluate",
    "ep3p-securityevent-objectname-guid-samaccountname.kql": "evaluate",
}
UNCOMPILED = {
    **UNREADABLE,
    "amba-hostpools-personal-desktop-assigned-healthcheck.kql": "extract_json()",
    "bjp-inboundauthenticationfrompublicip-0.kql": "ipv4_is_private()",
    "bjp-largenumberofanalyticsrulesdeleted-0.kql": "ingestion_time()",
    "bjp-lastcheckinarcmachines-0.kql": "arg()",
    "bjp-listallactionsandoperations-0.kql": "union *",
    "bjp-theartofknowingyourdata-10.kql": "union *",
    "bjp-theartofknowingyourdata-15.kql": "union *",
    "ep3p-officeactivity-exchange-auditlogdisabled.kql": "make_bag()",
    "ep3p-securityevent-sdeletedeployedviagpoandrunrecursi.kql": "range()",
    "ep3p-securityevent-unusual-ipc-share-access.kql": "_GetWatchlist()",
    "ff-0xff-0297-shadow-credentials-added-to-account-al.kql": "ingestion_time()",
    # It compares one column with a text and with a number.
    "rep-secevents-summarizelogonevents.kql": "cannot be compared with long; convert",
}


SPELT: dict[type, str] = {
    steps.As: "as",
    steps.Apply: "mv-apply",
    steps.Count: "count",
    steps.Join: "join",
    steps.MvExpand: "mv-expand",
    steps.Parse: "parse",
    steps.Render: "render",
    steps.Search: "search",
    steps.Sort: "sort/order",
    steps.Summarize: "summarize",
    steps.Take: "take/limit",
    steps.Top: "top",
    steps.Union: "union",
    steps.Where: "where",
}


def text_of(entry: dict[str, Any]) -> str:
    return (FOLDER / str(entry["file"])).read_text(encoding="utf-8")


def by_file(entry: dict[str, Any]) -> str:
    return str(entry["file"])


def tables_for(text: str, file: str = "") -> tuple[dict[str, dict[str, Type]], Any]:
    """Compile a query on tables that have what it asks for.

    Returns:
        The tables; the compiled query, or the refusal that is not of a missing name.
    """
    known = KINDS | OTHERWISE.get(file, {})
    constants = GIVEN.get(file, {})
    columns = {"TimeGenerated": Type.DATETIME}
    tables: dict[str, dict[str, Type]] = {}
    for _ in range(100):
        try:
            return tables, compile_query(text, schema=tables, constants=constants)
        except KqlError as error:
            missing = re.search(r"unknown (table|column|name) '([^']+)'", error.text)
            if missing is None or missing[2] in {**tables, **columns}:
                return tables, error
            if missing[1] == "table":
                tables[missing[2]] = columns
            else:
                columns[missing[2]] = known.get(missing[2], Type.STRING)
    raise AssertionError(text)


def test_the_index_lists_the_files_and_where_they_come_from() -> None:
    assert {entry["file"] for entry in INDEX} == {p.name for p in FOLDER.glob("*.kql")}
    assert len(INDEX) == 108
    for entry in INDEX:
        assert {"repo", "path", "licence"} <= entry.keys()
        assert text_of(entry).startswith("// ")


@pytest.mark.parametrize("entry", INDEX, ids=by_file)
def test_what_is_read_is_what_microsofts_parser_reads(entry: dict[str, Any]) -> None:
    """The index has the operators and functions of Kusto's own language service."""
    text = text_of(entry)
    if entry["file"] in UNREADABLE:
        assert entry["tier"] > 3, "only what is beyond the subset may be refused"
        with pytest.raises(KqlError) as caught:
            parse_query(text)
        assert caught.value.code == "KQL201"
        assert f"'{UNREADABLE[entry['file']]}' is not supported" in caught.value.text
        return
    parts = list(parts_of(parse_query(text)))
    called = {part.name for part in parts if isinstance(part, nodes.Call)}
    # The index leaves out what has a syntax of its own.
    assert called - {"toscalar", "typeof"} == set(entry.get("functions", []))
    operators = {name for part in parts if (name := operator_of(part))}
    assert operators == set(entry["operators"])


def parts_of(tree: object) -> Iterator[object]:
    if isinstance(tree, tuple):
        for part in tree:
            yield from parts_of(part)
    elif is_dataclass(tree):
        yield tree
        for field in fields(tree):
            part = getattr(tree, field.name)
            # What mv-apply expands is held as the operator would hold it.
            yield from parts_of(
                part.items
                if isinstance(tree, steps.Apply) and field.name == "expand"
                else part
            )


def operator_of(part: object) -> str:
    if isinstance(part, steps.Columns):
        return str(part.shape)
    if isinstance(part, steps.Parse) and part.filtering:
        return "parse-where"
    if isinstance(part, steps.Join) and part.lookup:
        return "lookup"
    return SPELT.get(type(part), "")


@pytest.mark.parametrize("entry", INDEX, ids=by_file)
def test_a_real_query_compiles_or_is_refused_by_name(entry: dict[str, Any]) -> None:
    tables, found = tables_for(text_of(entry), entry["file"])
    if entry["file"] in UNCOMPILED:
        assert isinstance(found, KqlError)
        assert UNCOMPILED[entry["file"]] in found.text
        return
    assert not isinstance(found, KqlError), found
    assert "beyond" not in entry, "what the index calls beyond must be refused"
    db = duckdb.connect()
    db.execute("SET error_on_division_by_zero=false")
    for name, columns in tables.items():
        apart = {c.lower(): f'"{c}" {SQL_TYPES[kind]}' for c, kind in columns.items()}
        listed = ", ".join(apart.values())
        db.execute(f'CREATE TABLE "{name}" ({listed})')
    shown = db.execute(*found.bind({}, NOW))
    assert len(shown.description or []) == len(found.columns)
