"""`arcdiag redact`: copies, audits, pseudonyms, and their exit codes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from tests.cli.calling import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

LOG = "var/opt/azcmagent/log/azcmagent.log"
LINE = (
    'time="2026-03-10T10:00:00Z" level=info msg="login --password hunter2!x on web01"'
)
SECRET = b"hunter2!x"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a log, a packed log, a zip of logs and a file of a token."""
    top = tmp_path / "logs"
    place = top / "var" / "opt" / "azcmagent"
    (place / "log").mkdir(parents=True)
    (place / "tokens").mkdir()
    (place / "tokens" / "a.key").write_bytes(b"a token")
    text = f"first\n{LINE}\nsecret=x1y2z3\nlast\n".encode()
    (place / "log" / "azcmagent.log").write_bytes(text)
    (place / "log" / "himds-1.log.gz").write_bytes(gzip.compress(text))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("old.log", text)
    (place / "log" / "old.zip").write_bytes(inner.getvalue())
    return top


def state(top: Path) -> dict[str, tuple[str, int]]:
    """Return hash and time of every file."""
    return {
        str(path): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def contents(target: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(target) as made:
        return {name: made.read(name) for name in made.namelist()}


def test_a_copy_has_no_secret_anywhere(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    before = state(folder)
    target = tmp_path / "out.zip"
    done = call("redact", folder, "-o", target)
    assert done.code == Exit.PARTIAL  # the token was left out
    assert "tokens/a.key: not in the copy" in done.err
    assert "redacted: 3 password, 3 secret" in done.out
    assert state(folder) == before
    members = contents(target)
    assert set(members) == {
        *(LOG, "var/opt/azcmagent/log/himds-1.log.gz", "manifest.json"),
        "var/opt/azcmagent/log/old.zip/old.log",
    }
    text = members[LOG]
    assert gzip.decompress(members["var/opt/azcmagent/log/himds-1.log.gz"]) == text
    assert members["var/opt/azcmagent/log/old.zip/old.log"] == text
    assert text.count(b"\n") == 4
    assert b"--password <redacted:password:1> on web01" in text
    assert not any(SECRET in data for data in members.values())
    manifest = json.loads(members["manifest.json"])
    assert manifest["kind"] == "redacted"
    assert manifest["redactions"] == {"password": 3, "secret": 3}
    [left] = manifest["not_taken"]
    assert (left["reason"], left["path"]) == (
        "deny-list", "var/opt/azcmagent/tokens/a.key",
    )  # fmt: skip
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert call("verify", target).code == Exit.CLEAN
    assert call("redact", target, "--audit").code == Exit.CLEAN


def test_the_same_source_gives_the_same_bytes(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    made = []
    for name in ("a.zip", "b.zip"):
        call("redact", folder, "-o", tmp_path / name)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_a_redacted_copy_of_a_copy_keeps_what_the_manifest_says(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    call("redact", folder, "-o", tmp_path / "a.zip")
    call("redact", tmp_path / "a.zip", "-o", tmp_path / "b.zip")
    first = json.loads(contents(tmp_path / "a.zip")["manifest.json"])
    second = json.loads(contents(tmp_path / "b.zip")["manifest.json"])
    assert first == second


def test_an_audit_names_places_and_never_values(call: Call, folder: Path) -> None:
    done = call("redact", folder, "--audit")
    assert done.code == Exit.ALARM
    lines = done.out.splitlines()
    assert f"{LOG}:2: password" in lines
    assert f"{LOG}:3: secret" in lines
    assert "var/opt/azcmagent/log/old.zip/old.log:2: password" in lines
    assert "var/opt/azcmagent/tokens/a.key:0: deny-list" in lines
    assert lines[-1] == "7 secrets are left in 4 members"
    assert SECRET.decode() not in done.out + done.err
    value = json.loads(call("redact", folder, "--audit", "-j").out)
    assert {"file": LOG, "line": 2, "kind": "password"} in value["left"]
    assert len(value["left"]) == 7


def test_an_audit_of_a_clean_source(call: Call) -> None:
    done = call("redact", SAMPLES / "heartbeat-lost", "--audit")
    assert (done.code, done.err) == (Exit.CLEAN, "")
    assert done.out.startswith("no secrets are left in ")


def test_what_cannot_be_read_is_told(call: Call, tmp_path: Path) -> None:
    done = call("redact", SAMPLES / "half-missing.zip", "--audit")
    assert done.code == Exit.PARTIAL
    assert "arcproxy.log: It is encrypted" in done.err
    done = call("redact", SAMPLES / "half-missing.zip", "-o", tmp_path / "o.zip", "-j")
    assert done.code == Exit.PARTIAL
    texts = [one["text"] for one in json.loads(done.out)["problems"]]
    assert any("encrypted" in text for text in texts)
    manifest = json.loads(contents(tmp_path / "o.zip")["manifest.json"])
    assert any(one["reason"] == "unreadable" for one in manifest["not_taken"])
    assert any("source_problems" in one for one in manifest["members"])


def test_what_is_packed_in_unknown_ways_is_left_out(call: Call, tmp_path: Path) -> None:
    top = tmp_path / "logs"
    top.mkdir()
    (top / "a.log").write_bytes(b"password=hunter2!x\n")
    (top / "b.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(500))
    done = call("redact", top, "-o", tmp_path / "o.zip")
    assert done.code == Exit.PARTIAL
    assert "b.7z: not in the copy" in done.err
    assert set(contents(tmp_path / "o.zip")) == {"a.log", "manifest.json"}
    assert call("redact", top, "--audit").code == Exit.ALARM


def test_pseudonyms_and_their_table(call: Call, tmp_path: Path) -> None:
    source = SAMPLES / "heartbeat-lost"
    table = tmp_path / "private" / "names.json"
    table.parent.mkdir()
    words = ("--pseudonyms", "--map", table)
    done = call("redact", source, "-o", tmp_path / "a.zip", *words)
    assert done.code == Exit.CLEAN
    assert f"pseudonyms: {table} (keep it)" in done.out
    if sys.platform != "win32":
        assert stat.S_IMODE(table.stat().st_mode) == 0o600
    members = contents(tmp_path / "a.zip")
    names = json.loads(table.read_text(encoding="utf-8"))
    assert "db0003" in names["label"]
    for data in members.values():
        assert b"db0003" not in data.lower()
        assert not any(guid.encode() in data.lower() for guid in names["guid"])
    call("redact", source, "-o", tmp_path / "b.zip", *words)
    assert contents(tmp_path / "b.zip") == members
    call("redact", source, "-o", tmp_path / "c.zip", "--pseudonyms")
    assert (tmp_path / "c.map.json").is_file()
    assert contents(tmp_path / "c.zip") != members


def test_a_single_file_and_the_default_name(
    call: Call, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("redact", folder / LOG, "-j")
    assert done.code == Exit.CLEAN
    value = json.loads(done.out)
    assert value["output"] == "azcmagent.log-redacted.zip"
    assert value["redactions"] == {"password": 1, "secret": 1}
    assert (
        SECRET not in contents(tmp_path / "azcmagent.log-redacted.zip")["azcmagent.log"]
    )


def test_a_bundle_that_is_there_stays(call: Call, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    target.write_bytes(b"mine")
    done = call("redact", folder, "-o", target)
    assert done.code == Exit.USAGE
    assert target.read_bytes() == b"mine"
    assert "--force" in done.err
    assert call("redact", folder, "-o", target, "--force").code == Exit.PARTIAL
    assert zipfile.is_zipfile(target)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--audit", "-o", "x.zip"), "an audit writes nothing"),
        (("--audit", "--pseudonyms"), "an audit writes nothing"),
        (("--map", "x.json"), "it is the table of --pseudonyms"),
        (("-o", "{source}/x.zip"), "would lie inside the source"),
    ],
)
def test_what_cannot_be_asked(
    call: Call, folder: Path, words: tuple[str, ...], text: str
) -> None:
    done = call("redact", folder, *(word.format(source=folder) for word in words))
    assert done.code == Exit.USAGE
    assert text in done.err
    assert not (folder / "x.zip").exists()


def test_a_store_cannot_be_redacted(call: Call, tmp_path: Path) -> None:
    done = call("redact", tmp_path / "x.duckdb")
    assert done.code == Exit.USAGE
    assert "a store holds what was parsed" in done.err


def test_a_wrong_table_is_refused_before_anything_is_written(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "names.json"
    table.write_text('{"version": 9}', encoding="utf-8")
    words = ("-o", tmp_path / "o.zip", "--pseudonyms", "--map", table)
    done = call("redact", folder, *words)
    assert done.code == Exit.USAGE
    assert not (tmp_path / "o.zip").exists()
    assert table.read_text(encoding="utf-8") == '{"version": 9}'


@pytest.mark.skipif(os.name == "nt", reason="names of Windows hold no such characters")
def test_names_are_cleaned_and_shown(call: Call, tmp_path: Path) -> None:
    top = tmp_path / "logs"
    top.mkdir()
    (top / "a&password=hunter2!x.log").write_bytes(b"x\n")
    (top / "b\x1b[31m.log").write_bytes(b"password=hunter2!x\n")
    done = call("redact", top, "-o", tmp_path / "o.zip")
    assert done.code == Exit.CLEAN
    with zipfile.ZipFile(tmp_path / "o.zip") as made:
        assert "a&password=<redacted:password:1>" in made.namelist()[0]
    done = call("redact", top, "--audit")
    assert "\x1b" not in done.out
    assert done.code == Exit.ALARM
