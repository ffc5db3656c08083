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
from diag.packing.lock import lock
from diag.watch.clocks import Bell
from diag.watch.inbox import Ended
from diag.watch.inboxevents import Arrivals, events
from diag.watch.inboxstate import Verdict, place_of
from tests.amount import ALL
from tests.analyze.faults.members import DULL, bomb
from tests.cli.calling import SAMPLES, command, environment

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
def watching(
    box: Path, env: dict[str, str], *more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Watch an inbox until the test is done with it."""
    process = subprocess.Popen(
        command("watch", "--inbox", box, "--settle", "0.4", *more),
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
    tmp_path: Path,
    env: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    box = tmp_path / "box"
    (box / "case").mkdir(parents=True)
    shutil.copy(WEB, box / "web.zip")
    shutil.move(bomb(b"bomb.txt", DULL)(tmp_path), box / "case" / "bomb.zip")
    words = ["watch", "--inbox", str(box), "--once", "--settle", "0.1", "-j"]
    assert main(words) == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["bundle"]: one["verdict"] for one in lines} == {
        "web.zip": "high",
        "case/bomb.zip": "partial",
    }
    assert main(["check", str(box / "web.zip"), "-j"]) == 3
    alone = json.loads(capsys.readouterr().out)
    there = report(box, "web.zip")
    assert there["findings"] == alone["findings"]
    assert there["bundles"][0]["source"] == "web.zip"
    kinds = {one["kind"] for one in report(box, "case/bomb.zip")["problems"]}
    assert "over-limit" in kinds
    # The same again has nothing to do, and says the same of what is there.
    assert main(words) == 3
    assert capsys.readouterr().out == ""


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


def test_one_that_does_not_stand_still_is_left_and_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ARCDIAG_STATE_DIR", str(tmp_path / "state"))
    box = tmp_path / "box"
    box.mkdir()
    ended = threading.Event()

    def grow() -> None:
        with (box / "grows.zip").open("wb") as stream:
            while not ended.wait(0.01):
                stream.write(b"x")
                stream.flush()

    thread = threading.Thread(target=grow)
    thread.start()
    until((box / "grows.zip").exists)
    try:
        code = main(["watch", "--inbox", str(box), "--once", "--settle", "0.1"])
    finally:
        ended.set()
        thread.join()
    assert code == 5
    assert "grows.zip: left for the next time" in capsys.readouterr().err
    assert "No bundle was checked yet" in (box / "index.html").read_text()


@pytest.mark.skipif(not ALL, reason="a part of the tests")
def test_an_inbox_that_is_gone_for_a_while_is_taken_up_again(
    tmp_path: Path, env: dict[str, str]
) -> None:
    box = tmp_path / "box"
    box.mkdir()
    with watching(box, env, "--poll", "0.2") as process:
        until((box / "index.html").exists)
        box.rename(tmp_path / "away")
        assert process.stderr is not None
        said = b""
        while b"cannot be listed" not in said:
            said = process.stderr.readline()
            assert said
        (tmp_path / "away" / "none.zip").write_bytes(b"PK\x03\x04")
        (tmp_path / "away").rename(box)
        until((box / "none.zip.report.json").exists)
        assert process.poll() is None


def test_a_rename_is_told_and_where_no_events_come_that_is_known(
    tmp_path: Path,
) -> None:
    bell = Bell()
    arrivals = Arrivals(tmp_path, bell)
    (tmp_path / "case").mkdir()
    with events(tmp_path, arrivals) as without:
        assert not without
        for name in ("a.zip", "case/b.zip"):
            (tmp_path / f"{name}.part").write_bytes(b"")
            (tmp_path / f"{name}.part").rename(tmp_path / name)
            found: set[str] = set()
            for _ in range(300):
                if not found:
                    bell.wait(0.1)
                    found = arrivals.landed()
            assert found == {name}
    with events(tmp_path / "nothing", arrivals) as without:
        assert without


def test_only_one_watches_an_inbox(
    tmp_path: Path,
    env: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ARCDIAG_STATE_DIR", env["ARCDIAG_STATE_DIR"])
    place = place_of(tmp_path, Path(env["ARCDIAG_STATE_DIR"]))
    place.parent.mkdir(exist_ok=True)
    with place.with_suffix(".lock").open("wb") as held:
        assert lock(held.fileno())
        assert main(["watch", "--inbox", str(tmp_path), "--once"]) == 2
    assert "another arcdiag watches this inbox" in capsys.readouterr().err


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
        (["--inbox", ".", "--replay", "."], "give one of the two"),
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
