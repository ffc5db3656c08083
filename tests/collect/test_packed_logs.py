"""Old logs that the agent packed: looked through before they leave the server."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from diag.collect import Options, collect
from diag.collect.told import Told
from diag.content.redaction import redaction_rules
from diag.packing import BundleWriter
from diag.redact import Redactor
from tests.collect.collecting import CREATED, NOW, Bundle, opened, the_plan, write

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "var/lib/GuestConfig/ext_mgr_logs"
SECRET = b"hunter2pw"
LINE = b"level=info msg=x url=http://joe:hunter2pw@proxy.example:8080/\n"


def redacted(root: Path, target: Path) -> Bundle:
    options = Options(root=str(root), now=NOW, fast=True)
    with BundleWriter(str(target), created=CREATED) as writer:
        redactor = Redactor(redaction_rules())
        done = collect(the_plan(), options, writer, redactor, Told())
    bundle = opened(target, done)
    for name, data in bundle.members.items():
        assert SECRET not in data, name
    return bundle


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_logs_in_a_zip_are_taken_one_by_one(tmp_path: Path) -> None:
    files = {"gc_ext.log": LINE * 9, "old/gc_ext.1.log": b"b\n", "old/": b""}
    write(tmp_path / "root", f"{FOLDER}/gc_ext.1.zip", zipped(files))
    bundle = redacted(tmp_path / "root", tmp_path / "b.zip")
    assert bundle.members[f"{FOLDER}/gc_ext.1.zip/gc_ext.log"].count(b"\n") == 9
    assert bundle.members[f"{FOLDER}/gc_ext.1.zip/old/gc_ext.1.log"] == b"b\n"
    assert f"{FOLDER}/gc_ext.1.zip" not in bundle.members


def test_logs_in_gzip_stay_packed(tmp_path: Path) -> None:
    write(tmp_path / "root", f"{FOLDER}/gc_ext.1.log.gz", gzip.compress(LINE * 9))
    bundle = redacted(tmp_path / "root", tmp_path / "b.zip")
    text = gzip.decompress(bundle.members[f"{FOLDER}/gc_ext.1.log.gz"])
    assert text.count(b"\n") == 9
    assert SECRET not in text
    assert b"proxy.example:8080" in text


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK\x05\x06", b"no zip " + LINE, zipped({"a.log": LINE * 99})[:-30],
        zipped({f"{number}.log": b"" for number in range(300)}),
    ],
    ids=["empty", "end", "text", "cut", "many"],
)  # fmt: skip
def test_what_cannot_be_unpacked_is_told(data: bytes, tmp_path: Path) -> None:
    write(tmp_path / "root", f"{FOLDER}/gc_ext.1.zip", data)
    bundle = redacted(tmp_path / "root", tmp_path / "b.zip")
    assert bundle.left[f"{FOLDER}/gc_ext.1.zip"] == "unreadable"


def test_damage_in_one_stays_in_it(tmp_path: Path) -> None:
    noise = os.urandom(300_000)
    data = zipped({"a.log": noise, "b.log": LINE})
    at = data.index(noise[1000:1010]) if noise[1000:1010] in data else 200_000
    data = data[:at] + bytes(byte ^ 255 for byte in data[at : at + 9]) + data[at + 9 :]
    write(tmp_path / "root", f"{FOLDER}/gc_ext.1.zip", data)
    bundle = redacted(tmp_path / "root", tmp_path / "b.zip")
    assert bundle.left[f"{FOLDER}/gc_ext.1.zip/a.log"] == "unreadable"
    assert f"{FOLDER}/gc_ext.1.zip/b.log" in bundle.members


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    data = zipped({"a.log": bytes(40_000_000), "b.log": b"b\n"})
    write(tmp_path / "root", f"{FOLDER}/gc_ext.1.zip", data)
    bundle = redacted(tmp_path / "root", tmp_path / "b.zip")
    assert bundle.left[f"{FOLDER}/gc_ext.1.zip/a.log"] == "over-budget"
    assert f"{FOLDER}/gc_ext.1.zip/b.log" in bundle.members


def test_a_binary_event_log_stays_where_it_is(tmp_path: Path) -> None:
    name = "Windows/System32/winevt/Logs/System.evtx"
    write(tmp_path / "root", name, b"ElfFile\0" + SECRET)
    bundle = redacted(tmp_path / "root", tmp_path / "b.zip")
    assert bundle.left[name] == "redaction-failed"


@pytest.mark.skipif(sys.platform == "win32", reason="names of POSIX")
def test_secrets_in_names_and_reasons_are_taken_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    name = "var/log/azure/x/password=hunter2pw.log"
    write(root, name, "a\n")
    (root / "var/log/azure/x/password=hunter2pw2.log").symlink_to("x")
    bundle = redacted(root, tmp_path / "b.zip")
    assert len([one for one in bundle.members if one.startswith("var/")]) == 1
