"""stdout, stderr, result files, colour, and what happens when they break."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, NoReturn

import pytest

from diag.cli import main as door
from diag.cli.exits import Exit
from tests.cli.calling import ROOT, SAMPLES, arcdiag, command, environment
from tests.cli.terminal import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

LOST = SAMPLES / "heartbeat-lost"
ONE = ("--only", "ARC-ID-001")  # one finding is enough, and soon found
SGR = re.compile(r"\x1b\[[0-9;]*m")
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")


# -- the same bytes -----------------------------------------------------------


@pytest.mark.sampled(3)
@pytest.mark.parametrize("options", [(), ("-j",)])
def test_equal_input_gives_equal_bytes(cache: Path, options: tuple[str, ...]) -> None:
    words = ("check", "samples/heartbeat-lost", "samples/crash-loop", *options)
    runs = [
        arcdiag(*words, *more, env={"PYTHONHASHSEED": seed})
        for seed, more in (("1", ()), ("2", ()), ("3", ("--no-cache",)))
    ]
    assert {path.suffix for path in cache.iterdir()} == {".duckdb", ".json"}
    assert {run.returncode for run in runs} == {Exit.ALARM}
    assert len({run.stdout for run in runs}) == 1
    assert {run.stderr for run in runs} == {b""}


def test_the_width_of_no_terminal_matters_in_a_pipe() -> None:
    words = ("check", "samples/heartbeat-lost", *ONE)
    wide = arcdiag(*words, env={"COLUMNS": "200", "LINES": "9"})
    assert wide.stdout == arcdiag(*words).stdout


# -- -o -----------------------------------------------------------------------


@pytest.mark.parametrize("fmt", ["text", "json"])
def test_a_result_file_holds_what_stdout_would(
    call: Call, tmp_path: Path, fmt: str
) -> None:
    expected = call("check", LOST, *ONE, "--format", fmt)
    result = tmp_path / "result"
    result.write_text("older", encoding="utf-8")
    done = call("check", LOST, *ONE, "--format", fmt, "-o", result)
    assert (done.code, done.out, done.err) == (Exit.ALARM, "", "")
    assert result.read_bytes() == expected.out.encode()
    assert list(tmp_path.iterdir()) == [result]


def test_a_result_file_is_written_whole_or_not_at_all(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = tmp_path / "result"
    result.write_text("older", encoding="utf-8")

    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("diag.report.target.os.fsync", full)
    done = call("check", LOST, *ONE, "-o", result)
    assert (done.code, done.out) == (Exit.TOOL_ERROR, "")
    assert f"arcdiag: {result}: the result cannot be written: No space" in done.err
    assert "another name to -o" in done.err
    assert result.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.iterdir()) == [result]


def test_a_result_never_overwrites_a_source(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "himds.log"
    content = (LOST / "var/opt/azcmagent/log/himds.log").read_bytes()
    log.write_bytes(content)
    inside = LOST / "report.txt"
    other = tmp_path / "other.log"
    os.link(log, other)
    for source, result, text in (
        (log, log, "would overwrite a source"),
        (log, tmp_path / "x" / ".." / "himds.log", "no such folder"),
        (log, other, "would overwrite a source"),
        (LOST, inside, f"would lie inside the source {LOST}"),
        (LOST, LOST, "cannot be a folder"),
        (LOST, tmp_path / "no" / "x", "there is no such folder"),
    ):
        done = call("check", source, "-o", result, *ONE)
        assert (done.code, done.out) == (Exit.USAGE, ""), result
        assert f"{result}: " in done.err
        assert text in done.err
    assert log.read_bytes() == content
    assert not inside.exists()


@posix
def test_a_device_is_written_to_and_not_replaced(call: Call) -> None:
    done = call("check", LOST, *ONE, "-o", os.devnull)
    assert (done.code, done.err) == (Exit.ALARM, "")
    assert not os.path.isfile(os.devnull)  # noqa: PTH113 - as short as can be


# -- colour -------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("env", "options", "colour"),
    [
        ({}, (), True),
        ({"NO_COLOR": ""}, (), True),
        ({"NO_COLOR": "1"}, (), False),
        ({"TERM": "dumb"}, (), False),
        ({}, ("--no-color",), False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    env: dict[str, str], options: tuple[str, ...], *, colour: bool
) -> None:
    shown = on_terminal("check", LOST, *ONE, *options, env=env)
    assert bool(SGR.search(shown)) is colour
    assert "\x1b" not in SGR.sub("", shown)
    prose = [
        line
        for line in SGR.sub("", shown).split("\r\n")
        if "$ " not in line and "http" not in line and str(LOST) not in line
    ]
    assert max(map(len, prose)) <= 80


def test_a_pipe_has_no_colour_whatever_the_environment_wants() -> None:
    env = {"FORCE_COLOR": "1", "TERM": "xterm", "CLICOLOR_FORCE": "1"}
    done = arcdiag("check", LOST, *ONE, env=env)
    assert b"\x1b" not in done.stdout


@posix
def test_json_on_a_terminal_is_plain() -> None:
    assert "\x1b" not in on_terminal("check", LOST, *ONE, "-j")


@posix
def test_progress_leaves_nothing_on_the_terminal(tmp_path: Path) -> None:
    words = ("check", LOST, *ONE, "-o", tmp_path / "x")
    shown = on_terminal(*words, err=True)
    assert shown.rpartition("\x1b[K")[2] == ""
    assert on_terminal(*words, "-q", err=True) == ""


# -- broken streams -----------------------------------------------------------


@posix
@pytest.mark.parametrize("options", [(), ("-j",)])
def test_a_reader_that_goes_away_is_no_error(options: tuple[str, ...]) -> None:
    words = command("check", LOST, *ONE, *options)
    with subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert said == b""
    assert running.returncode == Exit.ALARM


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux only")  # noqa: PTH110
@pytest.mark.parametrize("words", [("check", LOST, *ONE), ("--version",), ("--help",)])
def test_a_full_disk_behind_stdout_is_told(words: tuple[object, ...]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            command(*words),
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
        )
    assert done.returncode == Exit.TOOL_ERROR
    assert done.stderr.decode() == (
        "arcdiag: stdout: the result cannot be written: No space left on device\n"
        "  check free space, or give -o FILE\n"
    )


@posix
@pytest.mark.parametrize("words", [("check", str(LOST), *ONE), ("--version",)])
def test_a_closed_stdout_is_told(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command(*words)],
        check=False,
        capture_output=True,
        env=environment(),
    )
    assert done.returncode == Exit.TOOL_ERROR
    assert done.stderr == b"arcdiag: the result cannot be written: stdout is closed\n"


@posix
def test_a_closed_stderr_changes_nothing() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *command("check", "/no/where")],
        check=False,
        capture_output=True,
        env=environment(),
    )
    assert (done.returncode, done.stdout) == (Exit.USAGE, b"")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_any_encoding_of_stdout_will_do(encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding}
    text = arcdiag("check", LOST, *ONE, env=env)
    assert (text.returncode, text.stderr) == (Exit.ALARM, b"")
    assert "CRITICAL" in text.stdout.decode(encoding)
    value = arcdiag("check", LOST, *ONE, "-j", env=env)
    assert value.stdout == arcdiag("check", LOST, *ONE, "-j").stdout


# -- what nobody expects --------------------------------------------------------


def test_an_unexpected_error_is_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> NoReturn:
        raise ValueError("x\n\x1b[2J y")

    monkeypatch.setattr("diag.analyze.load", broken)
    done = call("check", LOST, *ONE)
    assert (done.code, done.out) == (Exit.TOOL_ERROR, "")
    assert done.err == (
        "arcdiag: internal error: ValueError: x \u241b[2J y\n"
        "  run it again with -v and report what it prints\n"
    )
    done = call("check", LOST, *ONE, "-v")
    assert done.code == Exit.TOOL_ERROR
    assert "Traceback (most recent call last):\n" in done.err
    assert "\x1b" not in done.err


def test_ctrl_c_ends_without_a_traceback(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("diag.analyze.load", interrupted)
    done = call("check", LOST, *ONE)
    assert (done.code, done.out) == (Exit.INTERRUPTED, "")
    assert done.err == "arcdiag: interrupted\n"


SLEEPING = """
import sys, time
from diag import analyze
def load(*args, **more):
    print("ready", file=sys.stderr, flush=True)
    time.sleep(60)
analyze.load = load
from diag.cli.main import run
sys.argv = ["arcdiag", "check", sys.argv[1]]
run()
"""


@posix
def test_the_signal_of_ctrl_c_gives_130() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPING, LOST],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    ) as running:
        assert running.stderr is not None
        assert running.stderr.readline() == b"ready\n"
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert running.returncode == Exit.INTERRUPTED
    assert (out, err) == (b"", b"arcdiag: interrupted\n")


def test_the_installed_command_is_this_door() -> None:
    [script] = entry_points(group="console_scripts", name="arcdiag")
    assert script.load() is door.run


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="Linux only")  # noqa: PTH112
def test_what_the_system_refuses_is_told_without_a_traceback(call: Call) -> None:
    done = call("check", LOST, *ONE, "--no-cache", "--tmp-dir", "/proc")
    assert (done.code, done.out) == (Exit.TOOL_ERROR, "")
    assert done.err.startswith("arcdiag: /proc/arcdiag-")
    assert done.err.endswith("\n  check space and rights\n")


@posix
def test_whatever_a_library_makes_of_ctrl_c_is_an_interrupt(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> NoReturn:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            # Another thread may be the one that the system tells of the signal.
            for _turn in range(1000):
                time.sleep(0.01)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None
        raise AssertionError

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("diag.analyze.load", interrupted)
    done = call("check", LOST, *ONE)
    assert (done.code, done.err) == (Exit.INTERRUPTED, "arcdiag: interrupted\n")
    assert signal.getsignal(signal.SIGINT) is before
