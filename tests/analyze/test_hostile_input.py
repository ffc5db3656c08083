"""Input that is damaged or lies, loaded as a whole: told, counted, never an error."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from diag import bundle, formats
from diag.analyze.load import Options, fill
from diag.store import Builder, Store
from tests.analyze.machines import (
    GC_AGENT,
    HIMDS,
    JOURNAL,
    bracket,
    folder,
    logrus,
    syslog,
)
from tests.analyze.stored import check_account, events, lines_in, snapshot, table
from tests.bundle.zipmaker import DEFLATE, ENCRYPTED, STORED, STREAMED, UTF8, Part
from tests.bundle.zipmaker import build as build_zip

if TYPE_CHECKING:
    from pathlib import Path

TIME = "2026-03-10T12:00:00Z"
TEXT = "".join(logrus(TIME, message=str(n**9)) for n in range(200)).encode()
Held = dict[str, list[dict[str, Any]]]


def tar_of(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def load_zip(tmp_path: Path, parts: list[Part], data: bytes | None = None) -> Held:
    path = tmp_path / "m.zip"
    path.write_bytes(build_zip(parts) if data is None else data)
    return snapshot([path])


def told(held: Held) -> dict[str, list[str]]:
    """Return the kinds of problems by file."""
    found: dict[str, list[str]] = {}
    for row in held["Problems"]:
        found.setdefault(row["File"], []).append(row["Kind"])
    return found


def lines_of(held: Held) -> dict[str, int]:
    return {row["File"]: row["Lines"] for row in held["Files"]}


def test_a_wrong_crc_is_told_and_all_lines_are_there(tmp_path: Path) -> None:
    parts = [Part(HIMDS.encode(), TEXT, listed_crc=1), Part(b"b.txt", b"x\n")]
    held = load_zip(tmp_path, parts)
    assert told(held) == {HIMDS: ["bad-crc"]}
    assert lines_of(held) == {HIMDS: 200, "b.txt": 1}


@pytest.mark.parametrize("flags", [UTF8, UTF8 | STREAMED])
def test_bit_rot_keeps_what_stood_before_it(tmp_path: Path, flags: int) -> None:
    parts = [Part(HIMDS.encode(), TEXT, flags=flags), Part(b"b.txt", b"x\n")]
    data = bytearray(build_zip(parts))
    middle = (parts[0].data + parts[0].end) // 2
    data[middle : middle + 8] = b"\xff" * 8
    held = load_zip(tmp_path, parts, bytes(data))
    assert set(told(held)[HIMDS]) <= {"inflate-failed", "bad-crc", "bad-utf8"}
    assert 0 < lines_of(held)[HIMDS] <= 200
    first = next(row for row in held["Events"] if row["File"] == HIMDS)
    assert first["Message"] == "0"
    assert lines_of(held)["b.txt"] == 1


def test_a_zip_that_was_cut_off_keeps_the_first_lines(tmp_path: Path) -> None:
    parts = [Part(b"b.txt", b"x\n"), Part(HIMDS.encode(), TEXT)]
    data = build_zip(parts)
    held = load_zip(tmp_path, parts, data[: (parts[1].data + parts[1].end) // 2])
    assert told(held)[HIMDS] == ["inflate-failed", "torn"]
    assert "truncated-zip" in told(held)[str(tmp_path / "m.zip")]
    assert 50 < lines_of(held)[HIMDS] < 200


def test_forged_sizes_are_told(tmp_path: Path) -> None:
    parts = [
        Part(HIMDS.encode(), TEXT, listed_size=0xFFFFFFFE),
        Part(b"b.txt", b"x\n", listed_size=1),
    ]
    held = load_zip(tmp_path, parts)
    assert told(held) == {HIMDS: ["size-mismatch"], "b.txt": ["size-mismatch"]}
    assert lines_of(held) == {HIMDS: 200, "b.txt": 1}
    assert [row["Bytes"] for row in held["Files"]] == [len(TEXT), 2]


def test_a_size_that_no_database_can_hold(tmp_path: Path) -> None:
    wide = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    binary = bytes(range(256)) * 9
    part = Part(b"x.bin", binary, STORED, extra=wide, listed_size=0xFFFFFFFF)
    held = load_zip(tmp_path, [part, Part(HIMDS.encode(), TEXT)])
    row = held["Files"][0]
    assert (row["Encoding"], row["Bytes"], row["Lines"]) == ("binary", 2**63 - 1, 0)
    assert lines_of(held)[HIMDS] == 200


def test_a_bomb_is_stopped_and_the_next_member_is_read(tmp_path: Path) -> None:
    # A thousand to one; unknown text may grow 200 : 1, or to 16 MiB.
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = bomb.compress((b"a" * 999 + b"\n") * 28_000) + bomb.flush()
    part = Part(b"bomb.txt", packed, STORED)
    data = bytearray(build_zip([part, Part(HIMDS.encode(), TEXT)]))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(mark) + at, DEFLATE)
    held = load_zip(tmp_path, [], bytes(data))
    assert told(held)["bomb.txt"] == ["over-limit"]
    assert lines_of(held)[HIMDS] == 200
    assert held["Files"][0]["Bytes"] < 20 << 20


def test_refused_members_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    parts = [
        Part(b"secret.log", TEXT, flags=UTF8 | ENCRYPTED),
        Part(b"odd.log", TEXT, 14),
        Part(b"link.log", b"/etc/shadow", STORED, external=0o120777 << 16),
        Part(HIMDS.encode(), TEXT),
        Part(HIMDS.encode(), TEXT + TEXT),
        Part(b"..\\..\\evil.txt", b"x\n"),
    ]
    held = load_zip(tmp_path, parts)
    assert told(held) == {
        "secret.log": ["encrypted"],
        "odd.log": ["unknown-method"],
        "link.log": ["symlink"],
        f"{HIMDS} (2)": ["duplicate-name"],
        "evil.txt": ["unsafe-name"],
    }
    assert lines_of(held) == {HIMDS: 200, f"{HIMDS} (2)": 400, "evil.txt": 1}
    assert [row["Log"] for row in held["Files"]] == ["himds", "himds", ""]
    assert [path.name for path in tmp_path.iterdir()] == ["m.zip"]


def test_names_with_zero_bytes_and_escapes_are_stored_as_text(tmp_path: Path) -> None:
    raw = b"a\x00b\x1b[31m.txt"
    held = load_zip(tmp_path, [Part(raw, b"x\n")])
    (row,) = held["Files"]
    assert row["File"] == "a\u2400b\u241b[31m.txt"
    assert row["OriginalPath"] == raw.decode()


@pytest.mark.skipif(os.name != "posix", reason="names that are no text")
def test_a_file_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/bad\xff.txt"
    with open(raw, "wb") as stream:  # noqa: PTH123 - a name that is no text
        stream.write(b"one\ntwo\n")
    held = snapshot([tmp_path])
    assert lines_of(held) == {"bad/xff.txt": 2}
    assert [row["Message"] for row in held["Events"]] == ["one", "two"]


def test_an_archive_in_a_bundle_is_named_as_not_read(tmp_path: Path) -> None:
    old = "var/lib/GuestConfig/arc_policy_logs/gc_agent.1"
    files = {
        f"{old}.7z": b"7z\xbc\xaf\x27\x1c" + bytes(99),
        f"{old}.tar": tar_of("gc_agent.1.log", TEXT),
        f"{old}.tar.gz": gzip.compress(tar_of("gc_agent.1.log", TEXT)),
        f"{old}.log.GZ.gz": gzip.compress(gzip.compress(TEXT)),
        HIMDS: TEXT,
    }
    held = snapshot([folder(tmp_path / "a", files)])
    packed = {name: ["packed-file"] for name in files if name != HIMDS}
    assert told(held) == packed
    assert lines_of(held) == dict.fromkeys(packed, 0) | {HIMDS: 200}
    parts = [Part(name.encode(), data) for name, data in files.items()]
    assert told(load_zip(tmp_path, parts)) == packed


TEXTS = [
    # Only LF, CRLF and a lone CR end a line.
    (b"a\x0bb\x0cc\xc2\x85d\xe2\x80\xa8e\xe2\x80\xa9f\x1cg\n", 1, []),
    (b"a\rb\r\nc\n\rd", 5, []),
    (b"a\r\n\r\nb\r\r", 4, []),
    (b"torn", 1, []),
    (b"a\x00b\n", 1, ["nul-bytes"]),
    (b"a\n" + bytes(1 << 20) + b"\nb\n", 3, ["nul-bytes"]),
    (b"caf\xe9 and \xff\n\xc3\n", 2, ["bad-utf8"]),
    ("é\n\n\u2713".encode("utf-16"), 3, []),
    ("plain text\nmore\n".encode("utf-16-le"), 2, ["guessed-encoding"]),
    ("plain text\nmore\n".encode("utf-16-be"), 2, ["guessed-encoding"]),
    (b"\xff\xfea\x00\n\x00\x00\xd8b\x00", 2, ["bad-utf8"]),
    (b"\xef\xbb\xbfa\nb\n", 2, []),
    (b"x" * (3 << 20) + b"\nnext\n", 2, ["long-line"]),
    (b"", 0, []),
    (b"\n\n\n", 3, []),
    (b"\xef\xbb\xbf", 0, []),
]


@pytest.mark.parametrize(("data", "lines", "kinds"), TEXTS, ids=range(len(TEXTS)))
def test_any_text(tmp_path: Path, data: bytes, lines: int, kinds: list[str]) -> None:
    held = snapshot([folder(tmp_path, {"notes.txt": data, HIMDS: logrus(TIME)})])
    assert lines_of(held) == {"notes.txt": lines, HIMDS: 1}
    assert told(held).get("notes.txt", []) == kinds
    if b"\0" not in data[:4] and not data.startswith((b"\xff", b"\xfe")):
        assert lines == lines_in(data.removeprefix(b"\xef\xbb\xbf"))
    for row in held["Events"]:
        assert "\0" not in row["Message"]
        assert len(row["Message"]) < 100_000


def test_a_long_record_is_counted_in_full(tmp_path: Path) -> None:
    text = bracket("2026-03-10 12:00:00.000") + "  goes on and on\n" * 120_000
    held = snapshot([folder(tmp_path, {GC_AGENT: text})])
    (row,) = held["Events"]
    assert row["LineCount"] == 120_001
    assert row["Message"].startswith("asked\n  goes on")
    assert told(held) == {GC_AGENT: ["long-record"]}


def test_impossible_dates_keep_their_events(tmp_path: Path) -> None:
    times = ["2026-02-30T12:00:00Z", "2026-03-10T25:00:00Z", TIME]
    files = {HIMDS: logrus(*times), JOURNAL: syslog("Feb 30 12:00:00")}
    held = snapshot([folder(tmp_path, files)])
    assert [row["TimeGenerated"] is None for row in held["Events"]] == [
        True, True, True, False,
    ]  # fmt: skip
    assert told(held) == {HIMDS: ["bad-time"], JOURNAL: ["bad-time"]}
    assert [p["Line"] for p in held["Problems"]] == [1, 1]


@pytest.mark.parametrize("change", ["gone", "cut", "grown", "a folder now"])
def test_what_changes_between_opening_and_reading(tmp_path: Path, change: str) -> None:
    place = folder(tmp_path / "m", {HIMDS: TEXT, JOURNAL: syslog("Mar 10 12:00:00")})
    opened = bundle.open_bundle(place)
    path = place / HIMDS
    if change == "cut":
        path.write_bytes(TEXT[:1000])
    elif change == "grown":
        path.write_bytes(TEXT + TEXT)
    else:
        path.unlink()
        if change == "a folder now":
            path.mkdir()
    store = tmp_path / "s.duckdb"
    fill(Builder(store), [opened], formats.load_families(), [], Options())
    with Store(store) as held:
        check_account(held)
        kinds = [problem.kind for problem in held.problems()]
        (row,) = [row for row in table(held, "Files") if row["File"] == HIMDS]
        rows = events(held, HIMDS)
    expected = {"cut": ["size-mismatch"], "grown": []}.get(change, ["unreadable"])
    assert kinds == expected
    lines = {"cut": lines_in(TEXT[:1000]), "grown": 200}.get(change, 0)
    assert (row["Lines"], row["Log"]) == (lines, "himds")
    assert sum(found["LineCount"] for found in rows) == lines


def test_a_log_that_claims_mad_offsets_is_still_read(tmp_path: Path) -> None:
    times = [
        f"2026-03-10T12:00:00{sign}{hour:02}:{minute:02}"
        for sign in "+-"
        for hour in (0, 14, 23)
        for minute in (0, 59)
    ]
    mad = [
        "2026-03-10T12:00:00+24:00",
        "2026-03-10T12:00:00+99:99",
        "1066-10-14T09:00Z",
    ]
    files = {HIMDS: logrus(*times, *mad), GC_AGENT: bracket("2026-03-10 12:00:00.000")}
    held = snapshot([folder(tmp_path, files)])
    assert lines_of(held) == {HIMDS: len(times) + 3, GC_AGENT: 1}
    assert held["Bundles"][0]["TimeZone"].startswith("machine: ")
