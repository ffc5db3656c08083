"""The single-file collector does on every Python what `arcdiag collect` does."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from diag.bundle.verify import verify
from diag.cli.exits import Exit
from tests.amount import ALL
from tests.cli.calling import ROOT, SAMPLES, Call, arcdiag
from tests.pythons import able, too_old

if TYPE_CHECKING:
    from pathlib import Path

# All of them write the first tree; what differs in the others is the logs.
ENDS = able() if ALL else sorted({able()[0], able()[-1]})
NOW = "2026-03-10T12:00:00Z"
TREES = ("healthy-linux", "heartbeat-lost", "crash-loop")


@pytest.fixture(scope="module")
def onefile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("onefile") / "collector.pyz"
    run = arcdiag("collect", "--write-pyz", target)
    assert run.returncode == Exit.CLEAN, run.stderr
    return target


def run(python: str, *words: object, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a program as a server would: nothing of ours, no packages, no settings."""
    return subprocess.run(
        [python, "-I", *(str(word) for word in words)],
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
    )


def secrets(tree: Path) -> None:
    """Add a log with secrets, one that is UTF-16, and one that is never taken."""
    log = tree / "var/opt/azcmagent/log/himds.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as stream:
        stream.write(
            'time="2026-03-10T11:00:00Z" level=info msg="proxy '
            'http://joe:tops3cret@proxy.example:8080"\n'
            'time="2026-03-10T11:00:01Z" level=debug msg="sig=abc%2Bdef'
            '0123456789ABCDEF0123456789abcdef%3D&se=2026"\n'
        )
    state = tree / "var/lib/GuestConfig/ext_mgr_logs/gc_ext.9.log"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_bytes(
        "[2026-03-10 11:00:00.000] [PID 1] gr\u00fc\u00dfe\r\n".encode("utf-16")
    )
    token = tree / "var/opt/azcmagent/tokens/1.key"
    token.parent.mkdir(parents=True, exist_ok=True)
    token.write_text("never")


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    import shutil

    folder = tmp_path_factory.mktemp("trees")
    made = []
    for name in TREES:
        tree = folder / name
        shutil.copytree(SAMPLES / name, tree)
        secrets(tree)
        made.append(tree)
    return made


@pytest.mark.sampled(3)
@pytest.mark.parametrize("more", [(), ("--no-redact", "--full", "--case-id", "4711")])
def test_every_python_writes_the_same_bundle(
    more: tuple[str, ...], onefile: Path, trees: list[Path], tmp_path: Path
) -> None:
    assert able(), "no Python was found"
    for tree in trees:
        words = ["--root", tree, "--now", NOW, "--fast", *more]
        ours = tmp_path / f"{tree.name}.zip"
        whole = arcdiag("collect", *words, "-o", ours)
        assert ours.exists(), whole.stderr
        with zipfile.ZipFile(ours) as archive:
            assert len(archive.namelist()) > 3
            data = b"".join(map(archive.read, archive.namelist()))
            assert (b"tops3cret" in data) is ("--no-redact" in more)
            assert b"never" not in data.replace(b"never taken", b"")
        for python in able() if tree is trees[0] else ENDS:
            target = tmp_path / "onefile.zip"
            done = run(python, onefile, *words, "-o", target, cwd=tmp_path)
            assert done.returncode == whole.returncode, done.stderr
            assert target.read_bytes() == ours.read_bytes(), python
            assert stat.S_IMODE(target.stat().st_mode) == 0o600
            target.unlink()


def test_pseudonyms_work_on_every_python(
    onefile: Path, trees: list[Path], tmp_path: Path
) -> None:
    target = tmp_path / "b.zip"
    for python in able():
        words = ("--root", trees[0], "--now", NOW, "--fast", "--pseudonyms")
        done = run(python, onefile, *words, "-o", target, cwd=tmp_path)
        assert done.returncode in {Exit.CLEAN, Exit.PARTIAL}, done.stderr
        assert verify(target).differences == []
        assert json.loads((tmp_path / "b.names.json").read_bytes())
        target.unlink()


def test_it_writes_to_stdout(onefile: Path, trees: list[Path], tmp_path: Path) -> None:
    for python in (able()[0], able()[-1]):
        words = (onefile, "--root", trees[0], "--now", NOW, "--fast", "-o", "-")
        done = run(python, *words, cwd=tmp_path)
        target = tmp_path / "s.zip"
        target.write_bytes(done.stdout)
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
    assert {path.name for path in tmp_path.iterdir()} == {"s.zip"}


def test_a_dry_run_lists_the_same(
    onefile: Path, trees: list[Path], tmp_path: Path
) -> None:
    words = ("--root", trees[0], "--now", NOW, "--dry-run", "-j")
    whole = json.loads(arcdiag("collect", *words).stdout)
    for python in ENDS:
        done = run(python, onefile, *words, cwd=tmp_path)
        assert json.loads(done.stdout) == whole


@pytest.mark.skipif(not too_old(), reason="there is no Python that is too old")
def test_a_python_that_is_too_old_says_so(onefile: Path, tmp_path: Path) -> None:
    for python in too_old():
        done = subprocess.run(
            [python, str(onefile)], check=False, capture_output=True, cwd=tmp_path
        )
        assert done.returncode == 1
        assert b"needs Python 3.6 or newer" in done.stderr
        assert b"Traceback" not in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_it_can_be_run_by_its_name_and_is_the_same_each_time(
    onefile: Path, tmp_path: Path
) -> None:
    assert onefile.read_bytes().startswith(b"#!/usr/bin/env python3\n")
    assert os.access(onefile, os.X_OK)
    again = tmp_path / "again.pyz"
    arcdiag("collect", "--write-pyz", again)
    assert again.read_bytes() == onefile.read_bytes()
    done = subprocess.run([str(onefile), "--help"], check=False, capture_output=True)
    assert done.returncode == 0
    assert b"--since" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["again.pyz"]


def test_it_takes_the_options_of_the_command(onefile: Path, tmp_path: Path) -> None:
    ours = {
        word
        for word in arcdiag("collect", "--help").stdout.split()
        if word[:2] == b"--"
    }
    theirs = {
        word
        for word in run(able()[0], onefile, "--help", cwd=tmp_path).stdout.split()
        if word[:2] == b"--"
    }
    missing = {word.strip(b",]") for word in ours} - {
        word.strip(b",]") for word in theirs
    }
    assert missing <= {*(b"--write-pyz", b"--parsers", b"--verbose", b"--no-color")}


def test_where_it_cannot_be_written(call: Call, tmp_path: Path) -> None:
    assert call("collect", "--write-pyz", tmp_path).code == Exit.USAGE
    assert call("collect", "--write-pyz", tmp_path / "no" / "x").code == Exit.USAGE
    assert ROOT.is_dir()
