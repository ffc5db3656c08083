"""Windows events from their files to the store: binary logs first of all."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from diag.analyze import load
from diag.analyze.load import Options
from diag.formats.readers import evtx, written
from tests.analyze.stored import check_account, events, table
from tests.bundle.zipmaker import Part, build

LOG = Path(__file__).parent.parent / "data" / "events" / "security-short.evtx"
DATA = LOG.read_bytes()
PLACE = "Windows/System32/winevt/Logs/Security.evtx"
HEADER, CHUNK = 4096, 65_536


def loaded(
    source: Path,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Return events, files and kinds of problems."""
    with load([source], Options(), cache=False) as found:
        check_account(found.store)
        problems = [row["Kind"] for row in table(found.store, "Problems")]
        return events(found.store), table(found.store, "Files"), problems


def given(folder: Path, data: bytes, name: str = "System.evtx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_binary_log_alone_in_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    (tmp_path / "machine" / PLACE).parent.mkdir(parents=True)
    (tmp_path / "machine" / PLACE).write_bytes(DATA)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(LOG, PLACE)
    sources = [
        LOG,
        tmp_path / "machine",
        tmp_path / "a.zip",
        given(tmp_path, DATA, "x.bin"),
    ]
    found = [loaded(source) for source in sources]
    for some, files, problems in found:
        assert some == found[0][0]
        assert problems == []
        assert [(f["Log"], f["Encoding"], f["Bytes"], f["Lines"]) for f in files] == [
            ("windows_events", "evtx", len(DATA), 7)
        ]
    first = found[0][0][0]
    assert first["TimeGenerated"].isoformat() == "2016-06-29T15:24:34.346000"
    assert (first["Line"], first["LineCount"], first["Level"]) == (1, 1, "warning")
    assert first["Component"] == "Microsoft-Windows-Security-Auditing"
    assert (first["Pid"], first["Tid"]) == (4, 80)
    assert first["Message"].startswith("Event 5152: ProcessId: 0; Application: -")
    assert first["Fields"]["EventId"] == 5152
    assert first["Fields"]["RecordId"] == 319457771
    assert first["Fields"]["SourceAddress"] == "23.94.153.202"


def test_of_a_log_that_is_cut_the_rest_is_kept(tmp_path: Path) -> None:
    some, _, problems = loaded(given(tmp_path, DATA[: HEADER + 4000]))
    assert 0 < len(some) < 7
    assert problems == ["torn-events"]


def test_a_damaged_record_costs_no_other(tmp_path: Path) -> None:
    data = bytearray(DATA)
    record = data.index(b"\x2a\x2a\0\0", data.index(b"\x2a\x2a\0\0") + 4)
    data[record + 24 : record + 60] = b"\xff" * 36
    some, _, problems = loaded(given(tmp_path, bytes(data)))
    assert 0 < len(some) < 7
    assert problems == ["torn-events"]


def test_a_lost_header_and_a_part_of_something_else(tmp_path: Path) -> None:
    chunk = DATA[HEADER : HEADER + CHUNK]
    data = evtx.MAGIC.ljust(HEADER, b"\xff") + b"x" * CHUNK + chunk + b"\0" * CHUNK
    some, _, problems = loaded(given(tmp_path, data))
    assert len(some) == 7
    assert problems == ["torn-events"]


def test_several_parts_are_read_in_order(tmp_path: Path) -> None:
    chunk = DATA[HEADER : HEADER + CHUNK]
    some, files, _ = loaded(given(tmp_path, DATA[:HEADER] + chunk * 5))
    assert [event["Line"] for event in some] == list(range(1, 36))
    assert files[0]["Lines"] == 35


def test_what_is_only_called_an_event_log_is_told(tmp_path: Path) -> None:
    some, files, problems = loaded(given(tmp_path, bytes(range(256)) * 64))
    assert (some, problems) == ([], ["torn-events"])
    assert files[0]["Log"] == "windows_events"


def test_a_reader_that_hangs_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evtx, "SECONDS", 0.0)
    some, _, problems = loaded(given(tmp_path, DATA))
    assert (some, problems) == ([], ["torn-events"])


def test_a_log_that_needs_too_much_room_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written, "MOST_BYTES", 2000)
    some, _, problems = loaded(given(tmp_path, DATA))
    assert 0 < len(some) < 7
    assert problems == ["over-limit"]


def test_without_the_package_the_log_is_told_as_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "evtx.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(hidden))
    some, _, problems = loaded(given(tmp_path, DATA))
    assert (some, problems) == ([], ["no-reader"])


def test_a_wrong_checksum_in_a_zip_is_told(tmp_path: Path) -> None:
    parts = [Part(PLACE.encode(), DATA, listed_crc=1)]
    path = given(tmp_path, build(parts), "a.zip")
    some, _, problems = loaded(path)
    assert len(some) == 7
    assert "bad-crc" in problems


def test_nothing_stays_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    loaded(LOG)
    assert list(scratch.iterdir()) == []


XML = (
    "<?xml version='1.0'?>\r\n<Events><Event xmlns='x'><System><Provider Name='P'/>"
    "<EventID>7</EventID><Level>2</Level></System></Event></Events>"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_exports_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    some, files, _ = loaded(given(tmp_path, XML.encode(encoding), "export.xml"))
    assert [(e["Line"], e["Level"], e["Message"]) for e in some] == [
        (2, "error", "Event 7")
    ]
    assert (files[0]["Lines"], files[0]["Blank"]) == (2, 1)


def test_a_file_of_that_name_that_says_something_else_keeps_its_lines(
    tmp_path: Path,
) -> None:
    (tmp_path / "commands").mkdir()
    given(tmp_path / "commands", b"Access denied.\n\nTry again.", "eventlog-system.csv")
    some, files, _ = loaded(tmp_path)
    assert [(event["Message"], event["Line"]) for event in some] == [
        ("Access denied.", 1),
        ("Try again.", 3),
    ]
    assert (files[0]["Lines"], files[0]["Unparsed"], files[0]["Blank"]) == (3, 2, 1)


def test_a_line_that_is_too_long_is_told(tmp_path: Path) -> None:
    text = f'TimeCreated,Id,Message\n2026-03-10 12:00:00,7,"{"x" * 3_000_000}"\n'
    some, files, problems = loaded(given(tmp_path, text.encode(), "eventlog-a.csv"))
    assert len(some[0]["Message"]) <= 70_000
    assert files[0]["Lines"] == 2
    assert "long-line" in problems


def test_local_times_of_an_export_are_those_of_the_machine(tmp_path: Path) -> None:
    text = "TimeCreated,Id,Message\n13.03.2026 12:00:00,7,x\n"
    path = given(tmp_path, text.encode(), "eventlog-system.csv")
    with load([path], Options(zone="+01:00"), cache=False) as found:
        moment = events(found.store)[0]["TimeGenerated"]
    assert moment.isoformat() == "2026-03-13T11:00:00"
