"""The bytes of a record, found again in the source that it came from."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import pytest

from diag import analyze
from diag.analyze.load import Options
from diag.analyze.rawbytes import MOST, WHERE, Spot, raw_bytes
from diag.errors import DiagError
from diag.store.browse import Browser
from diag.tui.logview.bytesview import byte_rows, escaped
from tests.cli.calling import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NAME = "var/opt/azcmagent/log/himds.log"


def row(n: int, end: str = "\n") -> str:
    return f'time="2026-03-10T04:{n:02}:00Z" level=info msg="r\u00e4w {n}"{end}'


def found(sources: list[Path], line: int, file: str = "") -> Spot:
    """Load sources; return where the record of a line is."""
    return all_found(sources, [line], file)[0]


def all_found(sources: list[Path], lines: list[int], file: str = "") -> list[Spot]:
    """Load sources; return where the records of lines are."""
    with analyze.load(sources, Options(lenient=True), cache=False) as loaded:
        browser = Browser(loaded.store)
        where = "f.File LIKE $file AND e.Line = $line"
        text = WHERE.replace("e.rowid = $row", where)
        rows = [
            browser.rows(text, {"file": f"%{file}", "line": line})[0] for line in lines
        ]
        browser.close()
        return [Spot(*row) for row in rows]


@pytest.mark.parametrize(
    ("packing", "end"),
    [
        ("folder", "\n"),
        ("stored", "\r"),
        ("deflated", "\r\n"),
        ("gz", "\n"),
    ],
)
def test_it_is_found_in_every_packing(tmp_path: Path, packing: str, end: str) -> None:
    rows = [row(n, end) for n in range(40)]
    data = "".join(rows).encode()
    source = tmp_path / "case"
    if packing == "folder":
        target = source / NAME
        target.parent.mkdir(parents=True)
        target.write_bytes(data)
    else:
        source = tmp_path / "case.zip"
        how = zipfile.ZIP_STORED if packing == "stored" else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(source, "w", how) as archive:
            archive.writestr("other.txt", "nothing")
            if packing == "gz":
                archive.writestr(f"{NAME}.1.gz", gzip.compress(data))
            else:
                archive.writestr(NAME, data)
    wanted = [1, 17, 40]
    for line, spot in zip(wanted, all_found([source], wanted, "himds%"), strict=True):
        raw = raw_bytes(spot, [source])
        assert raw.data.decode() == rows[line - 1]
        assert not raw.cut


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_it_is_found_in_utf_16(tmp_path: Path, order: str) -> None:
    rows = [row(n, "\r\n") for n in range(9)]
    (tmp_path / "himds.log").write_bytes(("\ufeff" + "".join(rows)).encode(order))
    source = tmp_path / "himds.log"
    raw = raw_bytes(found([source], 5), [source])
    assert raw.data.decode(order) == rows[4]


def test_a_record_of_several_lines_is_whole_and_a_long_one_is_cut(
    tmp_path: Path,
) -> None:
    source = tmp_path / "himds.log"
    more = "".join(f"    at frame {n}\n" for n in range(3))
    source.write_text(row(1) + more + row(2)[:-2] + "x" * 3 * MOST + '"\n' + row(3))
    first = raw_bytes(found([source], 1), [source])
    assert first.data.decode() == row(1) + more
    second = raw_bytes(found([source], 5), [source])
    assert (len(second.data), second.cut) == (MOST, True)


def test_the_second_of_two_sources_is_the_second(tmp_path: Path) -> None:
    sources = []
    for number in (1, 2):
        folder = tmp_path / f"m{number}" / NAME
        folder.parent.mkdir(parents=True)
        folder.write_text("".join(row(n + number) for n in range(5)))
        sources.append(tmp_path / f"m{number}")
    spot = found(sources, 3, f"m2/{NAME}")
    assert raw_bytes(spot, sources).data.decode() == row(4)


def test_what_is_gone_or_another_is_told(tmp_path: Path) -> None:
    source = tmp_path / "himds.log"
    source.write_text(row(1) + row(2))
    spot = found([source], 2)
    source.write_text(row(1) + row(3))
    with pytest.raises(DiagError, match="not what it was"):
        raw_bytes(spot, [source])
    source.unlink()
    with pytest.raises(DiagError, match="no longer there"):
        raw_bytes(spot, [source])


def test_a_store_finds_its_source(tmp_path: Path) -> None:
    source = tmp_path / "himds.log"
    source.write_text(row(1) + row(2))
    spot = found([source], 2)
    assert raw_bytes(spot, [tmp_path / "x.duckdb"]).data.decode() == row(2)


def test_a_log_without_lines_is_told() -> None:
    source = ROOT / "tests" / "data" / "events" / "security-short.evtx"
    with analyze.load([source], Options(lenient=True), cache=False) as loaded:
        browser = Browser(loaded.store)
        rows = browser.rows(WHERE.replace("e.rowid = $row", "true LIMIT 1"), {})
        browser.close()
    with pytest.raises(DiagError, match="no text"):
        raw_bytes(Spot(*rows[0]), [source])


def test_bytes_are_shown_as_what_acts_on_nothing() -> None:
    data = b"a\x1b]0;x\x07\xff\t\\\r\n"
    assert escaped(data) == "a\\x1b]0;x\\x07\\xff\\t\\\\\\r\\n"
    from diag.analyze.rawbytes import Raw

    rows = byte_rows("f:1", Raw(data, cut=True))
    text = "".join(
        part if isinstance(part, str) else part[0] for r in rows for part in r
    )
    assert all(" " <= one <= "~" for one in text)
    assert "611b5d30 3b78" in text
