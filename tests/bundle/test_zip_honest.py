"""Zips as their writers meant them: every member, at the right place."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from diag.model import BundleKind
from tests.bundle.opened import content, kinds, names, opened
from tests.bundle.zipmaker import STORED, STREAMED, UTF8, Part, build, extended_time

if TYPE_CHECKING:
    from pathlib import Path

LOG = b"2026-03-10T12:00:00Z line\n" * 300


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_of_an_ordinary_zip(tmp_path: Path, method: int) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("var/opt/azcmagent/log/himds.log", LOG)
        archive.writestr("var/opt/azcmagent/log/", b"")
        archive.writestr("empty.log", b"")
    bundle = opened(path)
    assert bundle.problems == ()
    assert bundle.kind is BundleKind.ZIP
    assert bundle.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert names(bundle) == ["var/opt/azcmagent/log/himds.log", "empty.log"]
    first, empty = bundle.members
    assert (content(first), first.size) == (LOG, len(LOG))
    with zipfile.ZipFile(path) as archive:
        assert first.crc == archive.getinfo(first.original).CRC
    assert (empty.size, content(empty)) == (0, b"")


def test_a_streamed_zip_as_go_writes_it(tmp_path: Path) -> None:
    stamp = 1_773_144_000
    parts = [
        Part(b"ProgramData\\AzureConnectedMachineAgent\\Log\\himds.log", LOG,
             flags=STREAMED | UTF8, extra=extended_time(stamp)),
        Part(b"b.log", b"", flags=STREAMED),
    ]  # fmt: skip
    bundle = opened(tmp_path / "s.zip", build(parts))
    assert bundle.problems == ()
    first = bundle.members[0]
    assert first.name == "ProgramData/AzureConnectedMachineAgent/Log/himds.log"
    assert first.original.count("\\") == 3
    assert first.modified == datetime.fromtimestamp(stamp, UTC)
    assert (first.offset, first.packed) == (parts[0].data, len(parts[0].packed))
    assert content(first) == LOG
    assert bundle.members[1].modified is None


def test_windows_times_are_utc_and_dos_times_are_not_used(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 10, 12, tzinfo=UTC)
    ticks = int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
    times = struct.pack("<IHHQQQ", 0, 1, 24, ticks, ticks, ticks)
    ntfs = struct.pack("<HH", 0x000A, len(times)) + times
    torn = struct.pack("<HHB", 0x5455, 5, 1)
    parts = [Part(b"a.log", extra=ntfs), Part(b"b.log"), Part(b"c.log", extra=torn)]
    bundle = opened(tmp_path / "t.zip", build(parts))
    assert [m.modified for m in bundle.members] == [moment, None, None]


def test_zip64(tmp_path: Path) -> None:
    parts = [Part(b"a.log", LOG), Part(b"b.log", LOG, STORED)]
    bundle = opened(tmp_path / "w.zip", build(parts, wide=True))
    assert bundle.problems == ()
    assert [content(m) for m in bundle.members] == [LOG, LOG]
    assert [m.size for m in bundle.members] == [len(LOG), len(LOG)]
    stub = build(parts, wide=True, prefix=b"MZ stub" * 9, shift=-63)
    assert [content(m) for m in opened(tmp_path / "p.zip", stub).members] == [LOG, LOG]


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("Züri/日本.log".encode(), UTF8, "Züri/日本.log"),
        ("Züri.log".encode(), 0, "Züri.log"),
        ("Züri.log".encode("cp437"), 0, "Züri.log"),
        (b"bad\xff.log", UTF8, "bad\\xff.log".replace("\\", "/")),
    ],
)
def test_encodings_of_names(tmp_path: Path, raw: bytes, flags: int, name: str) -> None:
    bundle = opened(tmp_path / "n.zip", build([Part(raw, flags=flags)]))
    assert names(bundle) == [name]


def test_the_unicode_path_field_counts_if_it_fits_the_name(tmp_path: Path) -> None:
    import zlib

    def field(raw: bytes) -> bytes:
        body = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + "日本.log".encode()
        return struct.pack("<HH", 0x7075, len(body)) + body

    parts = [Part(b"??.log", extra=field(b"??.log")), Part(b"b.log", extra=field(b"x"))]
    assert names(opened(tmp_path / "u.zip", build(parts))) == ["日本.log", "b.log"]


def test_the_comment_is_not_read_as_anything(tmp_path: Path) -> None:
    data = build([Part(b"a.log", LOG)], comment=b"\x1b]0;x\x07" * 100)
    assert opened(tmp_path / "c.zip", data).problems == ()


def test_a_zip_without_members_is_told(tmp_path: Path) -> None:
    bundle = opened(tmp_path / "e.zip", build([]))
    assert (bundle.kind, bundle.members) == (BundleKind.ZIP, ())
    assert kinds(bundle) == ["empty-zip"]


def test_a_stored_zip_inside_is_read_in_place(tmp_path: Path) -> None:
    inner = build([Part(b"inner.log", LOG)])
    parts = [Part(b"a.log", LOG), Part(b"inner.zip", inner, STORED)]
    bundle = opened(tmp_path / "o.zip", build(parts))
    assert bundle.problems == ()
    assert names(bundle) == ["a.log", "inner.zip/inner.log"]
    assert bundle.members[1].path == tmp_path / "o.zip"
    assert bundle.members[1].inside == "inner.zip"
    assert content(bundle.members[1]) == LOG


def test_a_zip_by_another_name_and_behind_a_stub(tmp_path: Path) -> None:
    data = build([Part(b"a.log", LOG)])
    assert names(opened(tmp_path / "download", data)) == ["a.log"]
    stub = opened(tmp_path / "setup.exe", b"MZ" + bytes(5000) + data)
    assert names(stub) == ["a.log"]
    assert content(stub.members[0]) == LOG
