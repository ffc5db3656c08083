"""The stream as Python sees it: one reader, its end, and wrong arguments."""

from __future__ import annotations

import json
import sys
import threading
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import arcdiag_core
import duckdb
import pytest

from tests.core.ingested import fetch, ingest, plan_of, spec

LINE = b'level=info msg="some text of some length" Key=value\n'
GOOD = {"id": "x", "time": "none", "layouts": [[{"lit": "a"}]]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "himds.log"
    place.write_bytes(LINE * 10)
    return place


def work(path: Path, **options: int) -> arcdiag_core.Ingest:
    return arcdiag_core.Ingest([spec(path)], [plan_of("himds")], **options)


def tasks() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def calm_down(before: int) -> bool:
    """Wait until there are no more threads than before."""
    for _ in range(200):
        if tasks() <= before:
            return True
        time.sleep(0.01)
    return False


def test_reports_and_templates_need_a_drained_stream(path: Path) -> None:
    todo = work(path)
    for ask in (todo.reports, todo.templates):
        with pytest.raises(RuntimeError, match="not read to its end"):
            ask()
    todo.__arrow_c_stream__()
    with pytest.raises(RuntimeError, match="not read to its end"):
        todo.reports()
    assert fetch(todo, "SELECT count(*) FROM incoming") == [(10,)]
    assert todo.reports()[0]["events"] == 10
    assert todo.reports() == todo.reports()
    assert fetch(todo.templates(), "SELECT sum(Events) FROM incoming") == [(10,)]
    assert fetch(todo.templates(), "SELECT sum(Events) FROM incoming") == [(10,)]


def test_the_events_can_be_read_once(path: Path) -> None:
    todo = work(path)
    fetch(todo)
    with pytest.raises(duckdb.Error, match="were read already"):
        fetch(todo)
    assert len(todo.reports()) == 1


def test_the_columns_are_those_of_the_contract(path: Path) -> None:
    described = fetch(work(path), "DESCRIBE SELECT * FROM incoming")
    assert [(row[0], row[1]) for row in described] == [
        ("EventId", "BIGINT"),
        ("TimeGenerated", "TIMESTAMP"),
        ("Component", "VARCHAR"),
        ("Level", "VARCHAR"),
        ("Code", "VARCHAR"),
        ("Message", "VARCHAR"),
        ("ActivityId", "VARCHAR"),
        ("Pid", "BIGINT"),
        ("Tid", "BIGINT"),
        ("Fields", "VARCHAR"),
        ("Parsed", "BOOLEAN"),
        ("FileId", "BIGINT"),
        ("Line", "BIGINT"),
        ("LineCount", "BIGINT"),
        ("TemplateId", "BIGINT"),
    ]


def test_the_version_is_that_of_the_package() -> None:
    assert arcdiag_core.__version__ == metadata.version("arcdiag-core")


def test_nothing_to_read_is_an_empty_stream() -> None:
    answer = ingest([], [])
    assert (answer.rows, answer.reports, answer.templates) == ([], [], [])


def test_cancelled_before_it_began(path: Path) -> None:
    todo = work(path)
    todo.cancel()
    with pytest.raises(duckdb.Error, match="cancelled"):
        fetch(todo)
    with pytest.raises(RuntimeError):
        todo.reports()


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize("packed_plan", [0, None])
def test_cancelling_ends_the_stream_and_its_threads(
    tmp_path: Path, packed_plan: int | None
) -> None:
    path = tmp_path / "large.log"
    path.write_bytes(LINE * 400_000)
    files = [spec(path, file_id=n, plan=packed_plan) for n in range(1, 40)]
    before = tasks()
    todo = arcdiag_core.Ingest(files, [plan_of("himds")], threads=4, memory=1 << 20)
    failed: list[str] = []

    def drain() -> None:
        try:
            fetch(todo, "SELECT count(*) FROM incoming")
        except duckdb.Error as error:
            failed.append(str(error))

    reader = threading.Thread(target=drain)
    reader.start()
    while tasks() < before + 3 and reader.is_alive():
        time.sleep(0.001)
    todo.cancel()
    reader.join(timeout=60)
    assert not reader.is_alive()
    assert len(failed) == 1
    assert "cancelled" in failed[0]
    assert calm_down(before)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_a_reader_that_stops_early_leaves_no_thread(tmp_path: Path) -> None:
    path = tmp_path / "large.log"
    path.write_bytes(LINE * 200_000)
    files = [spec(path, file_id=n) for n in range(1, 9)]
    before = tasks()
    todo = arcdiag_core.Ingest(files, [plan_of("himds")], threads=4, memory=1 << 20)
    connection = duckdb.connect(config={"threads": 1})
    connection.register("incoming", todo)
    assert connection.execute("SELECT Line FROM incoming LIMIT 3").fetchall() == [
        (1,),
        (2,),
        (3,),
    ]
    connection.close()
    assert calm_down(before)
    with pytest.raises(RuntimeError):
        todo.reports()


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_an_ingest_that_nobody_reads_starts_nothing(path: Path) -> None:
    before = tasks()
    todo = work(path, threads=8)
    stream = todo.__arrow_c_stream__()
    assert tasks() == before
    del stream, todo
    assert tasks() == before


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"file_id": "one"}, "file_id"),
        ({"path": 5}, "path"),
        ({"offset": -1}, "offset"),
        ({"packed": None}, "packed"),
        ({"packed": 1 << 64}, "packed"),
        ({"packing": "lzma"}, "packing: 'lzma'"),
        ({"crc": 1 << 32}, "crc"),
        ({"size": "big"}, "size"),
        ({"plan": 1}, "plan: 1, but there are 1 plans"),
        ({"plan": -1}, "plan"),
        ({"zone": [(5, 0), (4, 0)]}, "zone: the entries are not in order"),
        ({"zone": [(0, 100_000)]}, "zone: an offset of 100000 seconds"),
        ({"zone": [(0, -(1 << 63))]}, "zone: an offset of -9223372036854775808"),
        ({"zone": [1]}, "zone"),
        ({"reference_us": "now"}, "reference_us"),
    ],
)
def test_a_wrong_argument_names_its_file_and_key(
    path: Path, changes: dict[str, Any], text: str
) -> None:
    good = spec(path)
    wrong = {**good, **changes}
    with pytest.raises(ValueError, match="files") as raised:
        arcdiag_core.Ingest([dict(good), wrong], [plan_of("himds")])
    assert "files[1]" in str(raised.value)
    assert text in str(raised.value)


@pytest.mark.parametrize("key", sorted(spec(Path(__file__))))
def test_a_missing_key_is_named(path: Path, key: str) -> None:
    wrong = {name: value for name, value in spec(path).items() if name != key}
    with pytest.raises(ValueError, match=rf"files\[0\].*{key}"):
        arcdiag_core.Ingest([wrong], [plan_of("himds")])


@pytest.mark.parametrize(
    "options", [{"threads": 0}, {"threads": 65}, {"batch_rows": 0}]
)
def test_impossible_options_are_refused(path: Path, options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="threads"):
        work(path, **options)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"layouts": []}, "layouts"),
        ({"layouts": [[]]}, "layout 1: it is empty"),
        ({"time": "iso"}, "time codec 'iso'"),
        ({"surplus": 1}, "surplus"),
        ({"levels": {"INFO": "loud"}}, "'INFO' maps to 'loud'"),
        ({"codes": [{"prefix": "", "digits": 4}]}, "code"),
        ({"codes": [{"prefix": "A", "digits": 17}]}, "digits"),
        ({"layouts": [[{"lit": ""}]]}, "layout 1: step 1"),
        ({"layouts": [[{"lit": "a\n"}]]}, "line end"),
        ({"layouts": [[{"field": "x", "kind": "float"}]]}, "kind 'float'"),
        ({"layouts": [[{"field": "x", "kind": "time"}]]}, "belong together"),
        ({"layouts": [[{"field": "time", "kind": "time"}]]}, "codec is 'none'"),
        ({"layouts": [[{"field": "x", "kind": "text", "codec": "ymd"}]]}, "no codec"),
        (
            {"layouts": [[{"field": "*", "kind": "rest"}, {"lit": "a"}]]},
            "must be last",
        ),
        (
            {
                "layouts": [
                    [{"field": "a", "kind": "text"}, {"field": "b", "kind": "int"}]
                ]
            },
            "put a literal behind",
        ),
        (
            {"layouts": [[{"field": "a", "kind": "int"}, {"lit": " "}] * 2]},
            "used twice",
        ),
        (
            {"layouts": [[{"optional": [{"optional": [{"lit": "a"}]}]}]]},
            "inside another",
        ),
    ],
)
def test_a_wrong_plan_is_told_in_words(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match="plan") as raised:
        arcdiag_core.Plan(json.dumps(GOOD | changes))
    assert text in str(raised.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"id": 1}', "[" * 10_000])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="plan"):
        arcdiag_core.Plan(text)


def test_a_sample_of_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        arcdiag_core.sample(tmp_path / "gone", 0, 10, "stored", 10)
    with pytest.raises(OSError, match="not a regular file"):
        arcdiag_core.sample(tmp_path, 0, 10, "stored", 10)
    with pytest.raises(ValueError, match="packing"):
        arcdiag_core.sample(tmp_path, 0, 10, "zstd", 10)
