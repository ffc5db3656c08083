"""The command itself, in processes of its own: killed, ended, and without inotify."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from diag.cli.exits import Exit
from diag.cli.main import main
from diag.watch.state import StateFile
from tests.watch.happenings import happened
from tests.watch.server import FAILED, LOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 60.0  # seconds: the machine may be busy
SCHEMAS = Path(__file__).parents[2] / "diag" / "watch"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


class Running:
    """A watch that runs, and what it wrote."""

    def __init__(self, top: Path, words: list[str], before: list[str]) -> None:
        self.out, self.err = top / "out", top / "err"
        environment = {
            **os.environ,
            "ARCDIAG_STATE_DIR": str(top / "state"),
            "ARCDIAG_CACHE_DIR": str(top / "cache"),
        }
        environment.pop("JOURNAL_STREAM", None)
        command = [*before, sys.executable, "-m", "diag", "watch", *words]
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=err, env=environment
            )

    def until(self, test: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while not (found := test()):
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < end, (
                f"{self.out.read_text()}{self.err.read_text()}"
            )
            time.sleep(0.05)
        return found

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Machine:
    """A folder with a log of the agent, and the watches over it."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.log = top / "root" / "var" / "opt" / "azcmagent" / "log" / "himds.log"
        self.log.parent.mkdir(parents=True)
        self.status = top / "status.json"
        self.started: list[Running] = []
        self.write("Heartbeat sent", "info")

    def write(self, text: str, level: str = "error") -> None:
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with self.log.open("a") as stream:
            stream.write(f'time="{stamp}" level={level} msg="{text}"\n')

    def watch(self, *words: str, before: tuple[str, ...] = ()) -> Running:
        self.status.unlink(missing_ok=True)
        own = ["--root", str(self.top / "root"), "--status", str(self.status)]
        made = Running(self.top, [*own, *words], list(before))
        self.started.append(made)
        made.until(self.status.exists)
        return made


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    for one in made.started:
        one.kill()


def events_of(running: Running) -> list[Any]:
    found = [json.loads(line) for line in running.out.read_text().splitlines()]
    schema = json.loads((SCHEMAS / "event-1.schema.json").read_text())
    for one in found:
        jsonschema.validate(one, schema, jsonschema.Draft202012Validator)
    return found


def without_inotify() -> tuple[str, ...]:
    """Return what stands before a command so that the system has none left for it."""
    none_left = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"'
    before = ("unshare", "-Ur", "sh", "-c", none_left, "sh")
    if shutil.which("unshare") is None:
        return ()
    run = subprocess.run([*before, "true"], check=False, capture_output=True)
    return () if run.returncode else before


def test_killed_and_started_again_without_inotify(machine: Machine) -> None:
    hook = machine.top / "hook.py"
    given = machine.top / "given"
    hook.write_text(
        f"import sys\nopen({str(given)!r}, 'a').write(sys.stdin.read())\n"
        "print('\\x1b]0;nobody reads this')\n"
    )
    first = machine.watch("-j", "--exec", f"{sys.executable} {hook}")
    machine.write(LOST)
    [raised] = first.until(lambda: events_of(first))
    assert (raised["event"], raised["rule"]) == ("raised", "ARC-NET-004")
    assert raised["finding"]["evidence"][0]["line"] == 2
    first.until(lambda: given.exists() and given.read_text().endswith("\n"))
    assert json.loads(given.read_text()) == raised
    first.until(lambda: json.loads(machine.status.read_text())["open"]["high"] == 1)
    first.kill()

    machine.write(FAILED)  # while nobody watches
    before = without_inotify()
    more = () if before else ("--poll", "0.2")
    second = machine.watch("-j", *more, before=before)
    rules = [one["rule"] for one in second.until(lambda: events_of(second))]
    assert rules == ["ARC-HB-004"]
    said = second.err.read_text()
    assert ("the system does not tell of changes" in said) == bool(before)
    status = json.loads(machine.status.read_text())
    schema = json.loads((SCHEMAS / "status-1.schema.json").read_text())
    jsonschema.validate(status, schema, jsonschema.Draft202012Validator)
    assert {one["rule"] for one in status["findings"]} == {"ARC-NET-004", "ARC-HB-004"}
    machine.write(FAILED)
    last = second.until(lambda: events_of(second)[1:])[-1]
    assert (last["event"], last["rule"]) == ("worse", "ARC-HB-004")
    assert second.end(signal.SIGTERM) == 0
    assert "Traceback" not in second.err.read_text()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, Exit.CLEAN), (signal.SIGINT, 130)]
)
def test_a_signal_ends_it(
    number: int, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "himds.log").write_text(
        'time="2026-03-10T10:00:00Z" level=info msg="Heartbeat sent"\n'
    )
    state = tmp_path / "state.json"

    def end_when_begun() -> None:
        while not state.exists():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    other = threading.Thread(target=end_when_begun)
    other.start()
    assert main(["watch", str(tmp_path), "--state", str(state), "--poll", "1"]) == code
    other.join()
    shown = capsys.readouterr()
    assert " open    high     ARC-HB-002 " in shown.out
    assert "files are looked at every 1 s" in shown.err


def test_what_was_not_told_is_told_after_the_next_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.json"
    state = StateFile(path)
    state.write([], [happened()], [])
    state.close()

    def end_when_told() -> None:
        while b'"untold": []' not in path.read_bytes():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)

    other = threading.Thread(target=end_when_told)
    other.start()
    assert main(["watch", str(tmp_path / "log"), "--state", str(path)]) == Exit.CLEAN
    other.join()
    assert "something broke (perhaps told before)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--now", "today"], "a watch judges as of now"),
        (["DIR", "--root", "OTHER"], "not both"),
        (["DIR", "--replay", "samples"], "either DIR or --replay"),
        (["--poll", "0"], "0.1 to 3600"),
        (["--forget", "soon"], "no span"),
        (["--replay", "x", "--speed", "fast"], "neither a number nor max"),
        (["--replay", "/no/such/thing"], "no such file or folder"),
        (["--replay", "a.duckdb"], "no lines that could be played"),
        (["DIR", "--exec", "/no/such/program"], "there is no program"),
        (["DIR", "--syslog", "/no/such/log"], "--syslog"),
    ],
)
def test_what_cannot_be_is_said(
    words: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ARCDIAG_STATE_DIR", str(tmp_path))
    assert main(["watch", *words]) == Exit.USAGE
    assert said in capsys.readouterr().err
