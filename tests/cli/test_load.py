"""`arcdiag load`: a DuckDB file with all that was read and found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import duckdb
import pytest

from diag.cli.exits import Exit
from diag.errors import StoreError
from diag.store.record import record_findings
from tests.cli.calling import SAMPLES
from tests.cli.test_check import checked
from tests.report.diagnoses import FULL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

LOST = SAMPLES / "heartbeat-lost"


def asked(store: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query, as any DuckDB client gets them."""
    with duckdb.connect(str(store), read_only=True) as db:
        return db.execute(sql).fetchall()


def test_the_file_holds_events_findings_and_evidence(
    call: Call, tmp_path: Path
) -> None:
    store = tmp_path / "kept.duckdb"
    done = call("load", LOST, "-o", store)
    assert (done.code, done.err) == (Exit.CLEAN, "")
    value, _ = checked(call, LOST)
    lines = sum(one["lines"] for one in value["files"])
    found = len(value["findings"])
    assert done.out == (
        f"{store}: {len(value['files'])} files, {lines} lines, {found} findings\n"
    )
    assert list(tmp_path.iterdir()) == [store]
    [(events,)] = asked(store, "SELECT count(*) FROM Events")
    assert events == sum(one["events"] + one["unparsed"] for one in value["files"])
    rows = asked(store, "SELECT Rule, Severity, Title, Count FROM Findings")
    assert rows == [
        (one["rule"], one["severity"], one["title"], one["count"])
        for one in value["findings"]
    ]
    rows = asked(store, "SELECT FindingId, File, Line, Text FROM Evidence")
    assert rows == [
        (number, line["file"], line["line"], line["text"])
        for number, one in enumerate(value["findings"], start=1)
        for line in one["evidence"]
    ]


def test_an_existing_file_is_kept_unless_forced(call: Call, tmp_path: Path) -> None:
    store = tmp_path / "kept.duckdb"
    store.write_text("mine", encoding="utf-8")
    done = call("load", LOST, "-o", store)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert f"{store}: the file exists\n  give another name, or --force" in done.err
    assert store.read_text(encoding="utf-8") == "mine"
    assert call("load", LOST, "-o", store, "--force", "-q").out == ""
    assert asked(store, "SELECT count(*) > 0 FROM Findings") == [(True,)]
    assert list(tmp_path.iterdir()) == [store]


def test_a_failure_leaves_nothing_and_the_older_file(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "kept.duckdb"
    store.write_text("mine", encoding="utf-8")

    def full(*_: object) -> NoReturn:
        raise StoreError("the findings could not be stored", where=str(store))

    monkeypatch.setattr("diag.store.record.record_findings", full)
    done = call("load", LOST, "-o", store, "--force")
    assert (done.code, done.out) == (Exit.TOOL_ERROR, "")
    assert "could not be stored" in done.err
    assert store.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [store]


def test_what_could_not_be_read_is_told_and_counts(call: Call, tmp_path: Path) -> None:
    store = tmp_path / "half.duckdb"
    done = call("load", SAMPLES / "half-missing.zip", "-o", store)
    assert done.code == Exit.PARTIAL
    assert "arcproxy.log: It is encrypted." in done.err
    assert "3 files" in done.out
    [(kinds,)] = asked(store, "SELECT count(DISTINCT Kind) FROM Problems")
    assert kinds == 3


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        (LOST, "kept.db", "kept.db: the file's name has to end in .duckdb"),
        (LOST, "no/kept.duckdb", "there is no such folder"),
        ("kept.duckdb", "new.duckdb", "kept.duckdb: it is a store already"),
        ("/no/where", "new.duckdb", "/no/where: there is no such file or folder"),
    ],
)
def test_what_cannot_be_is_refused(
    call: Call, tmp_path: Path, source: str, name: str, message: str
) -> None:
    done = call("load", source, "-o", tmp_path / name)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert message in done.err
    assert list(tmp_path.iterdir()) == []


def test_findings_are_replaced_as_a_whole(call: Call, tmp_path: Path) -> None:
    store = tmp_path / "kept.duckdb"
    call("load", LOST, "-o", store, "-q")
    for _ in range(2):
        record_findings(store, FULL)
        rows = asked(store, "SELECT FindingId, Rule, Status, FirstSeen FROM Findings")
        assert [row[:3] for row in rows] == [
            (number, one.rule, one.status)
            for number, one in enumerate(FULL.findings, start=1)
        ]
        assert rows[0][3] == FULL.findings[0].first_seen
        assert len(asked(store, "SELECT * FROM Evidence")) == 10
    with pytest.raises(StoreError) as caught:
        record_findings(tmp_path / "no" / "kept.duckdb", FULL)
    assert caught.value.where == str(tmp_path / "no" / "kept.duckdb")
