"""The tables of a finished store: the columns of the contract, no NULL in texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from diag.analyze import load
from diag.analyze.load import Options
from diag.store import Store
from tests.store.made import FILES, HIMDS, machine, store_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# docs/bundle.md and the design; written out, so that a change is seen.
COLUMNS = {
    "Bundles": "BundleId Computer Os AgentVersion CollectedAt TimeZone Source Sha256 "
    "Kind",
    "Files": "FileId BundleId File OriginalPath Log Encoding Bytes Lines Events "
    "Continued Blank Unparsed FirstTime LastTime ZonePolicy",
    "Events": "EventId TimeGenerated Computer Log Component Level Code Message "
    "ActivityId Pid Tid Fields Parsed BundleId FileId File Line LineCount TemplateId",
    "Facts": "Computer Source Name Value TimeGenerated File Line",
    "Services": "Computer Name DisplayName State TimeGenerated File Line",
    "Extensions": "Computer Publisher Type Version Operation Status Code Message "
    "TimeGenerated File",
    "Endpoints": "Computer Endpoint Reachable Private Tls Proxy TimeGenerated File "
    "Line",
    "ErrorCodes": "Code Family Os MinVersion MaxVersion Title Cause Remedy Reference",
    "Templates": "TemplateId Template Fields Events",
    "Problems": "BundleId File Line Kind Text",
    "Meta": "BundleId Name Value",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(store_file(tmp_path_factory.mktemp("tables"))) as opened:
        yield opened


@pytest.mark.parametrize("name", COLUMNS)
def test_the_columns_are_those_of_the_contract(store: Store, name: str) -> None:
    assert list(store.query(f"SELECT * FROM {name} LIMIT 0").columns) == (
        COLUMNS[name].split()
    )


def test_types_of_times_and_numbers(store: Store) -> None:
    types = dict(
        store.query(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_name = 'Events'"
        ).rows
    )
    assert types["TimeGenerated"] == "TIMESTAMP"
    assert {types[name] for name in ("EventId", "Pid", "Line")} == {"BIGINT"}
    assert (types["Fields"], types["Parsed"]) == ("JSON", "BOOLEAN")


def test_texts_are_never_null(store: Store) -> None:
    texts = store.query(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE data_type IN ('VARCHAR', 'JSON', 'BOOLEAN')"
    ).rows
    assert len(texts) > 50
    for name, column in texts:
        sql = f'SELECT count(*) FROM "{name}" WHERE "{column}" IS NULL'
        assert store.query(sql).rows == [(0,)], (name, column)


def test_the_fields_of_events_are_objects(store: Store) -> None:
    rows = store.query("SELECT json_type(Fields), Fields->>'Status Code' FROM Events")
    assert {row[0] for row in rows.rows} == {"OBJECT"}
    assert [row[1] for row in rows.rows if row[1]] == ["500"]


def test_members_events_and_lines_are_in_order(store: Store) -> None:
    files = store.query("SELECT FileId, File FROM Files").rows
    assert files == list(enumerate(sorted(FILES), start=1))
    rows = store.query("SELECT EventId, FileId, Line FROM Events ORDER BY 1").rows
    assert [row[0] for row in rows] == list(range(1, 12))
    assert rows == sorted(rows, key=lambda row: row[1:])


def test_templates_count_their_events(store: Store) -> None:
    counted = store.query(
        "SELECT TemplateId, count(*) FROM Events GROUP BY ALL ORDER BY ALL"
    )
    stated = store.query("SELECT TemplateId, Events FROM Templates ORDER BY ALL")
    assert counted.rows == stated.rows


def test_ids_follow_files_and_lines_over_many_row_groups(tmp_path: Path) -> None:
    files = {
        "a.txt": "one line of text\n" * 150_000,
        "b.txt": "another\n" * 150_000,
        "var/opt/azcmagent/log/himds.log": HIMDS,
    }
    with load([machine(tmp_path, files)], cache=False) as loaded:
        rows = loaded.store.query(
            "SELECT EventId, FileId, Line FROM Events ORDER BY EventId", limit=400_000
        ).rows
    assert rows == [
        *((n, 1, n) for n in range(1, 150_001)),
        *((n + 150_000, 2, n) for n in range(1, 150_001)),
        (300_001, 3, 1),
        (300_002, 3, 2),
    ]


FAMILY = """\
id: probe
title: What a user's own document says
kind: document
system: {any: [probe.txt]}
record: {layouts: ['{url:word} {up:word} {open:word} {when:word}']}
time: {codec: none}
tables:
  Endpoints: {Endpoint: url, Reachable: up, Private: open, TimeGenerated: when}
"""


def test_text_that_does_not_convert_is_unknown_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "probe.yaml").write_text(FAMILY, encoding="utf-8")
    text = (
        "https://a true false 2026-03-10T12:00:00+01:00\n"
        "https://b maybe \u2713 yesterday\n"
    )
    folder = machine(tmp_path / "m", {"probe.txt": text})
    options = Options(parsers=(tmp_path / "probe.yaml",))
    with load([folder], options, cache=False) as loaded:
        rows = loaded.store.query(
            "SELECT Computer, Endpoint, Reachable, Private, Tls, "
            "TimeGenerated::VARCHAR, File, Line FROM Endpoints"
        ).rows
    assert rows == [
        ("m", "https://a", True, False, "", "2026-03-10 11:00:00", "probe.txt", 1),
        ("m", "https://b", None, None, "", None, "probe.txt", 2),
    ]


def test_any_duckdb_client_reads_it(tmp_path: Path) -> None:
    with duckdb.connect(str(store_file(tmp_path)), read_only=True) as client:
        sql = "SELECT Computer, Log, count(*) FROM Events GROUP BY ALL ORDER BY ALL"
        assert client.execute(sql).fetchall() == [
            ("web-1", "", 2),
            ("web-1", "azcmagent_show", 6),
            ("web-1", "himds", 2),
            ("web-1", "journal", 1),
        ]
