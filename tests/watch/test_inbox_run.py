"""`arcdiag watch --inbox` as a process: bundles of all kinds, and what ends it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from diag.cli.inboxchild import check_apart
from diag.cli.main import main
from diag.watch.inbox import Ended
from diag.watch.inboxstate import Verdict
from tests.analyze.faults.members import DULL, bomb
from tests.cli.calling import SAMPLES, arcdiag, command, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WEB = SAMPLES / "azcmagent-logs-260310T1021-web0004.zip"
WELL = SAMPLES / "healthy-windows.zip"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="processes are in /proc")


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    (home / "tmp").mkdir()
    return {
        "ARCDIAG_STATE_DIR": str(home / "state"),
        "ARCDIAG_CACHE_DIR": str(home / "cache"),
        "TMPDIR": str(home / "tmp"),
    }


@contextmanager
def watching(box: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Watch an inbox until the test is done with it."""
    process = subprocess.Popen(
        command("watch", "--inbox", box, "--settle", "0.4"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(env),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(done: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(one) for one in path.read_text(encoding="ascii").split()]


def report(box: Path, name: str) -> dict[str, Any]:
    found = json.loads((box / f"{name}.report.json").read_bytes())
    assert isinstance(found, dict)
    return found


def test_each_is_checked_as_check_would_whatever_the_others_are(
    tmp_path: Path, env: dict[str, str]
) -> None:
    box = tmp_path / "box"
    (box / "case").mkdir(parents=True)
    shutil.copy(WEB, box / "web.zip")
    (box / "none.zip").write_bytes(b"PK\x05\x06 not a zip at all")
    shutil.move(bomb(b"bomb.txt", DULL)(tmp_path), box / "case" / "bomb.zip")
    words = ("watch", "--inbox", box, "--once", "--settle", "0.1", "-j")
    done = arcdiag(*words, env=env)
    assert done.returncode == 3, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["bundle"]: one["verdict"] for one in lines} == {
        "web.zip": "high",
        "none.zip": "partial",
        "case/bomb.zip": "partial",
    }
    alone = json.loads(arcdiag("check", box / "web.zip", "-j", env=env).stdout)
    there = report(box, "web.zip")
    assert there["findings"] == alone["findings"]
    assert there["bundles"][0]["source"] == "web.zip"
    kinds = {one["kind"] for one in report(box, "case/bomb.zip")["problems"]}
    assert "over-limit" in kinds
    # The same again has nothing to do, and says the same of what is there.
    again = arcdiag(*words, env=env)
    assert (again.returncode, again.stdout) == (3, b"")


@LINUX
def test_it_goes_on_after_a_check_that_died_and_after_it_was_killed(
    tmp_path: Path, env: dict[str, str]
) -> None:
    box = tmp_path / "box"
    box.mkdir()
    with watching(box, env) as process:
        until((box / "index.html").exists)
        shutil.copy(WELL, box / "dies.zip.part")
        (box / "dies.zip.part").rename(box / "dies.zip")
        until(lambda: children(process))
        os.kill(children(process)[0], signal.SIGKILL)
        until((box / "dies.zip.report.json").exists)
        assert "signal 9" in report(box, "dies.zip")["failed"]
        with (box / "slow.zip").open("wb") as stream:  # two at once, one in pieces
            shutil.copy(WELL, box / "other.zip")
            data = WEB.read_bytes()
            for at in range(0, len(data), 1000):
                stream.write(data[at : at + 1000])
                stream.flush()
                time.sleep(0.1)
        until(lambda: children(process))
        process.kill()
        process.wait()
    with watching(box, env) as process:
        until((box / "slow.zip.report.json").exists)
        until((box / "other.zip.report.json").exists)
        until(lambda: "3 bundles" in (box / "index.html").read_text(encoding="utf-8"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout is not None
        said = process.stdout.read().decode()
    assert len(said.splitlines()) == 2  # what was done before is no news
    assert report(box, "slow.zip")["problems"] == []
    assert not list(box.glob("*-2*"))
    assert not list(Path(env["TMPDIR"]).glob("arcdiag-inbox-*"))


def test_only_one_watches_an_inbox(tmp_path: Path, env: dict[str, str]) -> None:
    with watching(tmp_path, env):
        until((tmp_path / "index.html").exists)
        done = arcdiag("watch", "--inbox", tmp_path, "--once", env=env)
    assert done.returncode == 2
    assert b"another arcdiag watches this inbox" in done.stderr


def test_what_stops_a_check_is_its_report(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(WELL, tmp_path / "in" / "a.zip")
    made = check_apart(["--zone", "Nowhere/None"], tmp_path, "a.zip", ended=False)
    assert made.verdict is Verdict.FAILED
    assert "Nowhere/None" in made.said
    assert "Nowhere/None" in made.reports[".txt"].decode()
    begun = threading.active_count()
    with pytest.raises(Ended):
        check_apart([], tmp_path, "a.zip", ended=True)
    assert threading.active_count() == begun


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--inbox", "nothing-here", "--once"], "there is no such folder"),
        (["--inbox", ".", "--settle", "-1"], "'-1' is no time"),
        (["--inbox", ".", "--exec", "mail"], "--exec: it is not for --inbox"),
        (["--once"], "--once is for --inbox"),
        (["logs", "--inbox", ".", "--once"], "--inbox takes the folder itself"),
        (["--inbox", ".", "--once", "--rules", "nothing-here"], "nothing-here"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_done(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["watch", *words]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
