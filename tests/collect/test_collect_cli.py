"""`arcdiag collect` as users call it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import jsonschema  # type: ignore[import-untyped]
import pytest

from diag.bundle.manifestschema import manifest_schema
from diag.collect.told import (
    BROKEN,
    CUT,
    GONE,
    GREW,
    LONG_LINE,
    ROTATED,
    SHRANK,
    SLOW,
    SPARSE,
)  # fmt: skip
from tests.cli.calling import ROOT, arcdiag, command, environment
from tests.collect.collecting import LOG, opened, write

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = (ROOT / "docs" / "bundle.md").read_text(encoding="utf-8")
NOTES_DOCUMENTED = BUNDLE.partition("| note |")[2].partition("\n\n")[0]
NOW = ("--now", "2026-03-10T12:00:00Z", "--fast")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a small Linux system with a secret in a log."""
    top = tmp_path / "root"
    write(top, f"{LOG}/himds.log", "proxy http://joe:hunter2pw@proxy.example:80\n" * 9)
    write(top, f"{LOG}/azcmagent.log", "show\n" * 9)
    write(top, "etc/hostname", "web-01\n")
    write(top, "etc/timezone", "Europe/Berlin\n")
    write(top, "var/opt/azcmagent/tokens/1.key", "never")
    for file in top.rglob("*"):
        os.utime(file, (1773140000, 1773140000))
    return top


def test_a_bundle_and_what_is_said_about_it(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    run = arcdiag("collect", "--root", root, "-o", target, "--case-id", "A-1", *NOW)
    assert run.returncode == 0, run.stderr
    assert run.stdout == b""
    said = run.stderr.decode()
    assert hashlib.sha256(target.read_bytes()).hexdigest() in said
    assert str(target) in said
    assert "deny-list" in said
    bundle = opened(target)
    assert bundle.manifest["machine"] == "web-01"
    assert bundle.manifest["zone"] == "Europe/Berlin"
    assert bundle.manifest["case_id"] == "A-1"
    assert bundle.manifest["created"] == "2026-03-10T12:00:00Z"
    assert bundle.manifest["redactions"]
    assert not any(b"hunter2pw" in data for data in bundle.members.values())
    assert bundle.members[f"{LOG}/himds.log"].count(b"\n") == 9
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_without_a_name_it_is_named_by_host_time_and_case(
    root: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    arcdiag("collect", "--root", root, "--case-id", "A-1", *NOW, cwd=here)
    assert [one.name for one in here.iterdir()] == [
        "arcdiag-A-1-web-01-20260310T120000Z.zip"
    ]
    again = arcdiag("collect", "--root", root, "--case-id", "A-1", *NOW, cwd=here)
    assert again.returncode == 1
    assert b"there is such a file already" in again.stderr


def test_the_same_input_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        arcdiag("collect", "--root", root, "-o", tmp_path / name, *NOW)
    first = (tmp_path / "a.zip").read_bytes()
    assert first == (tmp_path / "b.zip").read_bytes()
    assert first


def test_to_stdout(root: Path, tmp_path: Path) -> None:
    run = arcdiag("collect", "--root", root, "-o", "-", *NOW)
    target = tmp_path / "s.zip"
    target.write_bytes(run.stdout)
    assert f"{LOG}/himds.log" in opened(target).members
    assert hashlib.sha256(run.stdout).hexdigest() in run.stderr.decode()


def test_a_dry_run_writes_nothing_and_says_what_would_be(
    root: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    run = arcdiag("collect", "--root", root, "--dry-run", cwd=here)
    assert run.returncode == 0
    assert f"{LOG}/himds.log" in run.stdout.decode()
    assert run.stderr == b""
    data = json.loads(
        arcdiag("collect", "--root", root, "--dry-run", "-j", cwd=here).stdout
    )
    assert list(here.iterdir()) == []
    arcdiag("collect", "--root", root, "-o", here / "b.zip", *NOW)
    bundle = opened(here / "b.zip")
    files = {one["path"] for one in data["files"]}
    taken = {one["path"] for one in bundle.manifest["members"]}
    assert files == taken - {"commands/listing.txt"}
    assert data["not_taken"] == [
        {"detail": "", **one} for one in bundle.manifest["not_taken"]
    ]


def test_times_may_be_durations(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    arcdiag("collect", "--root", root, "-o", target, "--since", "-3d", "--until", "1h")
    bundle = opened(target)
    assert bundle.left[f"{LOG}/himds.log"] == "outside-window"
    assert re.fullmatch(r"[0-9T:-]{19}Z", bundle.manifest["options"]["since"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--root", "not-there"), "cannot be opened"),
        (("--root", "."), "neither a Linux system"),
        (("--since", "tomorrow"), "is no time"),
        (("--max-size", "much"), "is no size"),
        (("--case-id", "../x"), "is no case id"),
        (("--fast", "--gentle"), "not allowed with"),
        (("--ful",), "did you mean '--full'?"),
    ],
)
def test_what_cannot_be_is_told(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    run = arcdiag("collect", *words, cwd=tmp_path)
    assert run.returncode == 2, run.stderr
    assert said in run.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_is_told(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "none" / "b.zip"
    run = arcdiag("collect", "--root", root, "-o", target, *NOW)
    assert run.returncode == 1
    assert b"none" in run.stderr
    assert b"Traceback" not in run.stderr


def test_pseudonyms_keep_their_map_for_the_customer(root: Path, tmp_path: Path) -> None:
    write(root, f"{LOG}/himds.log", "level=info msg=x Machine Name: web-01\n")
    here = tmp_path / "here"
    here.mkdir()
    run = arcdiag("collect", "--root", root, "--pseudonyms", *NOW, cwd=here)
    assert run.returncode == 0, run.stderr
    target = next(here.glob("*.zip"))
    table = next(here.glob("*.names.json"))
    assert "web-01" not in target.name
    with zipfile.ZipFile(target) as archive:
        assert not [n for n in archive.namelist() if b"web-01" in archive.read(n)]
    assert "web-01" in table.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(table.stat().st_mode) == 0o600


def test_names_of_files_cannot_act_on_the_terminal(root: Path, tmp_path: Path) -> None:
    write(root, "var/log/azure/x\x1b]0;t\x07/a.log").chmod(0)
    run = arcdiag("collect", "--root", root, "--dry-run")
    assert b"\x1b" not in run.stdout
    run = arcdiag("collect", "--root", root, "-o", tmp_path / "b.zip", *NOW)
    assert b"\x1b" not in run.stderr


def test_quiet_says_only_what_is_missing(root: Path, tmp_path: Path) -> None:
    words = ("collect", "-q", "--root", root, *NOW, "-o")
    assert arcdiag(*words, tmp_path / "a.zip").stderr == b""
    write(root, "var/lib/GuestConfig/ext_mgr_logs/gc_ext.1.zip", "no zip")
    run = arcdiag(*words, tmp_path / "b.zip")
    assert run.returncode == 5
    assert b"gc_ext.1.zip" in run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
def test_a_bundle_is_not_written_to_a_terminal(root: Path, tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    words = command("collect", "--root", root, "-o", "-", *NOW)
    run = subprocess.run(
        words, stdout=theirs, stderr=subprocess.PIPE, check=False,
        env=environment(), cwd=tmp_path,
    )  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert run.returncode == 2
    assert b"stdout is a terminal" in run.stderr


def test_what_a_manifest_says_is_what_its_schema_allows(
    root: Path, tmp_path: Path
) -> None:
    write(root, "var/lib/GuestConfig/ext_mgr_logs/gc_ext.1.zip", "no zip")
    write(root, f"{LOG}/himds.log", "x" * 63 + "\n" + "y" * 200_000)
    words = ("--root", root, "--max-size", "70K", "-o", tmp_path / "a.zip", *NOW)
    assert arcdiag("collect", *words).returncode == 5
    arcdiag("collect", "--fast", "-o", tmp_path / "b.zip")
    for name in ("a.zip", "b.zip"):
        jsonschema.validate(opened(tmp_path / name).manifest, manifest_schema())
    notes = opened(tmp_path / "a.zip").notes(f"{LOG}/himds.log")
    documented = re.findall(r"`([a-z-]+)`", NOTES_DOCUMENTED)
    assert notes
    assert set(notes) <= set(documented)
    assert {CUT, GREW, SHRANK, ROTATED, GONE, SPARSE, SLOW, BROKEN, LONG_LINE} <= set(
        documented
    )
