"""What a bundle looks like to zip readers, ours and others, and when there is none."""

from __future__ import annotations

import hashlib
import io
import json
import random
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.bundle import open_bundle
from diag.errors import OutputError
from diag.packing import REASONS, BundleWriter
from diag.packing.encoding import ENCODINGS, encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CREATED = "2026-03-10T12:00:00Z"
HEAD = {"machine": "edge0001", "system": "linux", "zone": "Europe/Berlin"}
LINE = b'time="2026-03-10T11:00:00Z" level=info msg="heartbeat sent"\n'
TEXTS = {
    "var/opt/azcmagent/log/himds.log": LINE * 5000,
    "var/opt/azcmagent/log/azcmagent.log": b"",
    "commands/azcmagent-show.txt": "Größe\n".encode(),
    "noise.bin": random.Random(4).randbytes(300_000),
}


def write(target: Any, texts: dict[str, bytes] = TEXTS) -> dict[str, Any]:
    with BundleWriter(target, created=CREATED) as writer:
        for number, (name, text) in enumerate(texts.items()):
            facts = {"truncated": {"of": 9}} if number == 0 else {}
            mtime = 1_773_140_000.5 + number
            writer.member(name, [text], mtime=mtime, facts=facts)
        writer.left_out("/var/opt/azcmagent/certs", "deny-list")
        return writer.finish(HEAD)


def test_other_readers_get_what_was_put_in(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    manifest = write(str(target))
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*TEXTS, "manifest.json"]
        for name, text in TEXTS.items():
            assert archive.read(name) == text
        assert json.loads(archive.read("manifest.json")) == manifest
        assert archive.getinfo("noise.bin").external_attr >> 16 == 0o100600
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def test_our_reader_finds_nothing_odd_and_the_times(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    write(str(target))
    bundle = open_bundle(target)
    assert bundle.problems == ()
    assert [member.name for member in bundle.members] == [*TEXTS, "manifest.json"]
    assert [
        int(member.modified.timestamp()) for member in bundle.members if member.modified
    ] == [
        *(1_773_140_000 + number for number in range(len(TEXTS))),
        1_773_144_000,
    ]


def test_the_manifest_says_what_was_taken_and_what_not(tmp_path: Path) -> None:
    manifest = write(str(tmp_path / "b.zip"))
    assert manifest["machine"] == "edge0001"
    assert manifest["created"] == CREATED
    assert manifest["kind"] == "collected"
    assert manifest["not_taken"] == [
        {"path": "/var/opt/azcmagent/certs", "reason": "deny-list"}
    ]
    for one in manifest["members"]:
        text = TEXTS[one["path"]]
        assert one["size"] == len(text)
        assert one["sha256"] == hashlib.sha256(text).hexdigest()
    first = manifest["members"][0]
    assert first["mtime"] == "2026-03-10T10:53:20.5Z"
    assert first["truncated"] == {"of": 9}
    assert [one["encoding"] for one in manifest["members"]] == [
        *("ascii", "empty", "utf-8", "binary")
    ]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    write(str(tmp_path / "a.zip"))
    write(str(tmp_path / "b.zip"))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@given(st.lists(st.binary(max_size=200), max_size=30), st.integers(1, 70_000))
def test_the_pieces_in_which_bytes_come_do_not_matter(
    pieces: list[bytes], repeat: int
) -> None:
    def written(chunks: Iterator[bytes]) -> bytes:
        stream = io.BytesIO()
        with BundleWriter(stream, created=CREATED) as writer:
            writer.member("a.log", chunks, mtime=None, facts={})
            writer.finish({})
        return stream.getvalue()

    pieces = [*pieces, b"\x00" * repeat]
    assert written(iter(pieces)) == written(iter([b"".join(pieces)]))


def test_a_stream_holds_the_same_members(tmp_path: Path) -> None:
    stream = io.BytesIO()
    manifest = write(stream)
    target = tmp_path / "s.zip"
    target.write_bytes(stream.getvalue())
    assert manifest["layout"] == "streamed"
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert {n: archive.read(n) for n in TEXTS} == TEXTS
    assert open_bundle(target).problems == ()


def test_facts_that_turn_out_while_reading_are_told(tmp_path: Path) -> None:
    facts: dict[str, Any] = {}

    def chunks() -> Iterator[bytes]:
        yield b"a line\n"
        facts["shrank"] = {"from": 20}

    with BundleWriter(str(tmp_path / "b.zip"), created=CREATED) as writer:
        entry = writer.member("a.log", chunks(), mtime=None, facts=facts)
        writer.finish({})
    assert entry["shrank"] == {"from": 20}


def failing() -> Iterator[bytes]:
    yield b"half of it\n" * 100_000
    raise LookupError


def test_a_member_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    with BundleWriter(str(target), created=CREATED) as writer:
        writer.member("a.log", [LINE], mtime=None, facts={})
        with pytest.raises(LookupError):
            writer.member("b.log", failing(), mtime=None, facts={})
        writer.left_out("b.log", "redaction-failed")
        writer.member("b.log", [LINE], mtime=None, facts={})
        writer.finish({})
    assert open_bundle(target).problems == ()
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["a.log", "b.log", "manifest.json"]
        assert archive.read("b.log") == LINE


def test_in_a_stream_it_is_marked_as_incomplete(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with BundleWriter(stream, created=CREATED) as writer:
        with pytest.raises(LookupError):
            writer.member("b.log", failing(), mtime=None, facts={})
        manifest = writer.finish({})
    assert manifest["members"][0]["incomplete"] is True
    (tmp_path / "s.zip").write_bytes(stream.getvalue())
    assert open_bundle(tmp_path / "s.zip").problems == ()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\x", "x"),
        ("a//./b/", "a/b"),
        ("tab\there\n", "tab%09here%0A"),
        ("bad\udcffbyte", "bad%FFbyte"),
        ("lone\ud800", "lone%uD800"),
        ("", "unnamed"),
        ("manifest.json", "manifest.json (2)"),
        ("x" * 5000, "x" * 4096),
    ],
)
def test_names_are_relative_and_safe(
    given_name: str, kept: str, tmp_path: Path
) -> None:
    with BundleWriter(str(tmp_path / "b.zip"), created=CREATED) as writer:
        writer.member(given_name, [b"x"], mtime=None, facts={})
        writer.finish({})
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.namelist()[0] == kept


@given(st.lists(st.text(max_size=5), max_size=20))
def test_no_two_members_have_one_name(names: list[str]) -> None:
    stream = io.BytesIO()
    with BundleWriter(stream, created=CREATED) as writer:
        taken = [
            writer.member(name, [b""], mtime=None, facts={})["path"] for name in names
        ]
        writer.finish({})
    assert len({*taken, "manifest.json"}) == len(names) + 1


def test_a_reason_that_is_not_on_the_list_is_a_mistake(tmp_path: Path) -> None:
    with BundleWriter(str(tmp_path / "b.zip"), created=CREATED) as writer:
        with pytest.raises(ValueError, match="because"):
            writer.left_out("x", "because")
        for reason in REASONS:
            writer.left_out("x", reason)


@pytest.mark.parametrize("mtime", [None, -1e10, 0, 2**31, 1e11, 1e300, float("inf")])
def test_times_that_no_header_holds_are_no_error(
    mtime: float | None, tmp_path: Path
) -> None:
    with BundleWriter(str(tmp_path / "b.zip"), created=CREATED) as writer:
        writer.member("a", [b"x"], mtime=mtime, facts={})
        writer.finish({})
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.testzip() is None


def test_a_bundle_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    target.write_text("mine")
    with pytest.raises(OutputError, match="there is such a file already") as caught:
        BundleWriter(str(target), created=CREATED)
    assert caught.value.hint
    assert target.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def test_unless_one_says_so_and_then_only_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    target.write_text("mine")
    with BundleWriter(str(target), created=CREATED, replace=True) as writer:
        writer.member("a", [b"x"], mtime=None, facts={})
        assert target.read_text() == "mine"
        writer.finish({})
    assert zipfile.is_zipfile(target)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (b"", "empty"),
        (b"plain\n", "ascii"),
        ("gr\u00f6\u00dfe".encode(), "utf-8"),
        ("\ufeffx".encode(), "utf-8-bom"),
        ("Zeile\r\n".encode("utf-16"), "utf-16-le"),
        ("Zeile\r\n".encode("utf-16-be"), "utf-16-be"),
        ("gr\u00f6\u00dfe".encode("cp1252"), "8-bit"),
        (bytes(range(256)), "binary"),
        (b"x" * 65_535 + "\u00f6".encode(), "utf-8"),
    ],
)
def test_encodings_are_told_apart(text: bytes, encoding: str) -> None:
    assert encoding_of(text) == encoding
    assert encoding in ENCODINGS
