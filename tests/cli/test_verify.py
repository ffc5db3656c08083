"""`arcdiag verify`: what it says, and its exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from diag.packing import BundleWriter
from tests.cli.calling import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    target = tmp_path / "b.zip"
    with BundleWriter(str(target), created="2026-03-10T12:00:00Z") as writer:
        writer.member("a.log", [b"one line\n" * 99], mtime=1.7e9, facts={})
        writer.member("b\x1b[31m.log", [b"x"], mtime=None, facts={})
        writer.finish({"machine": "edge\x1b]0;x", "zone": "Europe/Berlin"})
    return target


def test_a_bundle_that_is_whole(call: Call, bundle: Path) -> None:
    done = call("verify", bundle)
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert "All 2 members are as written" in done.out
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() in done.out
    assert "\x1b" not in done.out


def test_each_difference_has_its_line(call: Call, bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    data[70] ^= 4
    bundle.write_bytes(data + b"more")
    done = call("verify", bundle)
    assert done.code == Exit.ALARM
    assert "\na.log: " in f"\n{done.out}"
    assert "\nthe zip's end: trailing: 4 bytes stand behind it.\n" in done.out
    assert "All " not in done.out


def test_the_same_as_json(call: Call, bundle: Path) -> None:
    done = call("verify", bundle, "-j")
    value = json.loads(done.out)
    assert value["ok"] is True
    assert value["differences"] == []
    bundle.write_bytes(bundle.read_bytes()[:-1])
    done = call("verify", bundle, "-j")
    value = json.loads(done.out)
    assert done.code == Exit.ALARM
    assert value["ok"] is False
    assert value["differences"][0]["member"] == "the zip's end"


def test_of_other_zips_only_the_crcs(call: Call, tmp_path: Path) -> None:
    done = call("verify", SAMPLES / "healthy-windows.zip")
    assert done.code == Exit.PARTIAL
    assert "no manifest of arcdiag" in done.out
    target = tmp_path / "x.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.log", "some text")
    data = target.read_bytes().replace(b"some text", b"same text")
    target.write_bytes(data)
    done = call("verify", target)
    assert done.code == Exit.ALARM
    assert done.out.startswith("a.log: bad-crc: ")


def test_what_cannot_be_verified_at_all(call: Call, tmp_path: Path) -> None:
    assert call("verify", tmp_path / "none.zip").code == Exit.USAGE
    assert call("verify", tmp_path).code == Exit.USAGE
    os.mkfifo(tmp_path / "pipe")
    assert call("verify", tmp_path / "pipe").code == Exit.USAGE
    page = tmp_path / "page.zip"
    page.write_text("<html></html>")
    done = call("verify", page)
    assert done.code == Exit.ALARM
    assert "not-a-zip" in done.out
