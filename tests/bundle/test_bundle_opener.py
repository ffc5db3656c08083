"""What a source is: and if it is the wrong thing, which one it seems to be."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.bundle import open_bundle
from diag.bundle.identify import Content, identify
from diag.errors import UsageError
from diag.model import BundleKind
from tests.bundle.opened import content, kinds, names, opened
from tests.bundle.zipmaker import Part, build

if TYPE_CHECKING:
    from pathlib import Path

LOG = b"[2026-03-10 12:00:00.123] [INFO] line\n" * 40
HTML = b"\xef\xbb\xbf\r\n<!DOCTYPE html><html><title>Sign in</title></html>"


def tar(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        entry = tarfile.TarInfo("himds.log")
        entry.size = len(LOG)
        archive.addfile(entry, io.BytesIO(LOG))
    return out.getvalue()


def test_a_single_log(tmp_path: Path) -> None:
    bundle = opened(tmp_path / "himds.log", LOG)
    assert (bundle.kind, bundle.problems) == (BundleKind.FILE, ())
    assert names(bundle) == ["himds.log"]
    assert content(bundle.members[0]) == LOG
    other = opened(tmp_path / "other.log", LOG)
    assert bundle.sha256 != other.sha256
    assert bundle.source == str(tmp_path / "himds.log")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (HTML, "an HTML page"),
        (b"<?xml version='1.0'?><Error><Code>AuthenticationFailed", "an XML document"),
        (tar("w"), "a tar archive"),
        (tar("w:gz"), "a gzip file"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(99), "a 7-Zip archive"),
        (b"", "an empty file"),
        (bytes(200_000), "nothing but zero bytes"),
        (b"Just a note.\n", "plain text"),
        (bytes(range(256)) * 9, "a binary file"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"MZ\x90\x00" + bytes(99), "a Windows program"),
    ],
    # Without the bytes: those of gzip have the time in them.
    ids=range(11),
)
def test_called_a_zip_but_none(tmp_path: Path, data: bytes, words: str) -> None:
    bundle = opened(tmp_path / "azcmagent-logs.ZIP", data)
    assert bundle.members == ()
    assert kinds(bundle) == ["not-a-zip"]
    assert f"seems to be {words}" in bundle.problems[0].text


@pytest.mark.parametrize(
    "data",
    [
        LOG,
        LOG.decode().encode("utf-16"),
        LOG.decode().encode("utf-16-be"),
        b'time="2026-03-10T12:00:00Z" level=info msg="x"\n',
        b"Mar  1 12:00:00 host himdsd[1]: x\n",
    ],
)
def test_a_log_called_a_zip_is_read_and_told(tmp_path: Path, data: bytes) -> None:
    bundle = opened(tmp_path / "himds.zip", data)
    assert bundle.kind is BundleKind.FILE
    assert [content(m) for m in bundle.members] == [data]
    assert kinds(bundle) == ["not-a-zip"]


GZIPPED_ZIP = gzip.compress(build([Part(b"a.log", LOG)]))


@pytest.mark.parametrize(
    "data",
    [tar("w"), tar("w:gz"), GZIPPED_ZIP, gzip.compress(gzip.compress(LOG))],
    ids=["tar", "tar in gzip", "zip in gzip", "gzip in gzip"],
)
def test_other_archives_say_how_to_go_on(tmp_path: Path, data: bytes) -> None:
    bundle = opened(tmp_path / "logs.tgz", data)
    assert bundle.members == ()
    assert kinds(bundle) == ["packed-file"]
    assert bundle.problems[0].text.endswith("give the folder or the file inside.")


def test_a_single_empty_file_is_told(tmp_path: Path) -> None:
    bundle = opened(tmp_path / "himds.log", b"")
    assert names(bundle) == ["himds.log"]
    assert kinds(bundle) == ["empty-file"]


def test_a_log_that_quotes_zip_marks_is_a_log(tmp_path: Path) -> None:
    data = LOG + b"PK\x03\x04" + LOG + b"PK\x05\x06" + bytes(18) + LOG
    bundle = opened(tmp_path / "x.log", data)
    assert bundle.kind is BundleKind.FILE
    assert content(bundle.members[0]) == data


def test_a_zip_whose_first_bytes_are_lost(tmp_path: Path) -> None:
    parts = [Part(b"a.log", LOG), Part(b"b.log", LOG + b"b")]
    data = b"\0" * 8 + build(parts)[8:]
    bundle = opened(tmp_path / "x.zip", data)
    assert bundle.kind is BundleKind.ZIP
    assert content(bundle.members[-1]) == LOG + b"b"


@pytest.mark.parametrize("name", ["nothing", "file/below", "nul\0byte"])
def test_nothing_there_is_a_usage_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError) as error:
        open_bundle(tmp_path / name)
    assert error.value.hint
    assert "\0" not in str(error.value)


@pytest.mark.skipif(os.name != "posix", reason="pipes and links")
def test_a_pipe_a_dangling_link_and_a_good_link(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    assert kinds(opened(tmp_path / "pipe.zip")) == ["special-file"]
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    with pytest.raises(UsageError):
        open_bundle(tmp_path / "gone")
    (tmp_path / "himds.log").write_bytes(LOG)
    (tmp_path / "link.log").symlink_to(tmp_path / "himds.log")
    assert content(opened(tmp_path / "link.log").members[0]) == LOG
    (tmp_path / "logs.zip").write_bytes(build([Part(b"a.log", LOG)]))
    (tmp_path / "link.zip").symlink_to(tmp_path / "logs.zip")
    assert names(opened(tmp_path / "link.zip")) == ["a.log"]


@pytest.mark.skipif(os.name != "posix", reason="names that are no text")
def test_t5_the_name_of_the_source_is_shown(tmp_path: Path) -> None:
    name = "a\x1b]0;x\x07\udcff.zip"
    bundle = opened(tmp_path / name, HTML)
    assert bundle.source.endswith("a\u241b]0;x\u2407\\xff.zip")
    bundle = opened(tmp_path / "a\x1b.log", LOG)
    assert names(bundle) == ["a\u241b.log"]


@given(st.binary(max_size=600))
def test_anything_seems_to_be_something(head: bytes) -> None:
    seems = identify(head)
    assert seems.what
    assert seems.advice.endswith(".")
    assert seems.content is not Content.LOG or head
