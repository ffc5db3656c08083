"""Ways to tell: what is sent, to whom, and what never stops the watch."""

from __future__ import annotations

import json
import socket
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from diag.errors import DiagError, UsageError
from diag.report.json import safe_line
from diag.watch.clocks import PlayedClock
from diag.watch.hook import MOST_PER_MINUTE, Hook, words_of
from diag.watch.ledger import Event, Ledger, What
from diag.watch.state import StateFile
from diag.watch.system import PrefixWay, SyslogWay, level_of
from diag.watch.telling import Telling
from tests.watch.happenings import AT, EVIL, happened

if TYPE_CHECKING:
    from pathlib import Path


def test_syslog_gets_one_safe_line_with_its_level(tmp_path: Path) -> None:
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("there are no such sockets")
    path = str(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(path)
        way = SyslogWay(path)
        way.put(happened())
        text = log.recv(8192).decode()
    assert text.startswith(
        "<27>arcdiag: 2026-03-10T12:00:00Z raised  high     ARC-X-001"
    )
    assert "himds.log:7: /D \u241b[31m evil\u240aline" in text
    # The log is started anew: the next message finds it.
    (tmp_path / "log").unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(path)
        way.put(happened(What.CLEARED))
        assert log.recv(8192).decode().startswith("<30>arcdiag: ")
    way.close()


def test_syslog_by_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
        log.bind(("127.0.0.1", 0))
        way = SyslogWay(f"127.0.0.1:{log.getsockname()[1]}")
        way.put(happened(severity="critical"))
        way.close()
        assert log.recv(8192).startswith(b"<26>arcdiag: ")


@pytest.mark.parametrize("address", ["/no/such/log", "localhost:http"])
def test_a_log_that_is_not_there_is_told_at_once(address: str) -> None:
    with pytest.raises(UsageError):
        SyslogWay(address)


@pytest.mark.parametrize(
    ("what", "severity", "level"),
    [
        (What.RAISED, "critical", 2),
        (What.WORSE, "high", 3),
        (What.EASED, "medium", 4),
        (What.RAISED, "low", 5),
        (What.CLEARED, "critical", 6),
        (What.OPEN, "critical", 6),
    ],
)
def test_levels(what: What, severity: str, level: int) -> None:
    assert level_of(happened(what, severity)) == level
    lines: list[str] = []
    PrefixWay(lines.extend).put(happened(what, severity))
    assert lines[0].startswith(f"<{level}>2026-03-10T12:00:00Z")
    assert "\x1b" not in lines[0]


class Program:
    """A program for --exec, and what it was given."""

    def __init__(self, top: Path, code: str) -> None:
        self.given = top / "given"
        self.said: list[str] = []
        path = top / "program.py"
        path.write_text(f"GIVEN = {str(self.given)!r}\n{code}")
        self.clock = PlayedClock(AT)
        command = f"'{sys.executable}' '{path}'"
        self.hook = Hook(command, self.clock, safe_line, self.said.append)

    def all(self) -> list[Any]:
        """Wait for what runs, minute by minute, and return what was given."""
        while self.hook.busy:
            if self.hook.running is not None:
                self.hook.running.wait(30)
            self.hook.go_on()
            self.clock.set(self.clock.now() + timedelta(seconds=1))
        return [json.loads(line) for line in self.given.read_text().splitlines()]


KEEP = "import sys\nopen(GIVEN, 'a').write(sys.stdin.read())\n"


def test_a_program_gets_each_finding_but_not_many_in_a_minute(tmp_path: Path) -> None:
    program = Program(tmp_path, KEEP)
    count = MOST_PER_MINUTE + 2
    for number in range(count):
        program.hook.put(happened(number=number))
    found = program.all()
    assert [one["id"] for one in found] == [f"ARC-X-001-{n:08x}" for n in range(count)]
    assert found[0]["finding"]["evidence"][0]["text"] == EVIL
    assert program.clock.elapsed() > 60.0


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    program = Program(tmp_path, "import time\ntime.sleep(600)\n")
    program.hook.put(happened())
    running = program.hook.running
    assert running is not None
    program.clock.set(AT + timedelta(seconds=11))
    program.hook.go_on()
    assert running.wait(30) < 0
    assert program.said == ["--exec: it was ended after 10 s"]
    assert not program.hook.busy


def test_a_program_that_fails_or_reads_nothing_is_told(tmp_path: Path) -> None:
    program = Program(tmp_path, "open(GIVEN, 'w')\nraise SystemExit(7)\n")
    program.hook.put(happened())
    assert program.all() == []
    assert program.said == ["--exec: it ended with 7"]


@pytest.mark.parametrize("command", ["", "/no/such/program", "'unfinished"])
def test_there_has_to_be_a_program(command: str) -> None:
    with pytest.raises(UsageError):
        Hook(command, PlayedClock(AT), safe_line, print)


@pytest.mark.parametrize(
    ("command", "windows", "words"),
    [
        ("/a/b 'c d' e\\ f", False, ["/a/b", "c d", "e f"]),
        (
            r'"C:\Program Files\x.exe" -a "b c"',
            True,
            [r"C:\Program Files\x.exe", "-a", "b c"],
        ),
        (
            r"C:\x.exe it's --to=\\host\share",
            True,
            [r"C:\x.exe", "it's", r"--to=\\host\share"],
        ),
        (r'C:\"Program Files"\x.exe ""', True, [r"C:\Program Files\x.exe", ""]),
    ],
)
def test_quotes_are_those_of_the_system(
    command: str,
    windows: bool,  # noqa: FBT001 - a case
    words: list[str],
) -> None:
    assert words_of(command, windows=windows) == words


def test_an_open_quote_is_none_on_windows() -> None:
    with pytest.raises(ValueError, match="quotation"):
        words_of('"C:\\x', windows=True)


class Broken:
    """A way that cannot tell."""

    def put(self, event: Event) -> None:
        del event
        raise OSError(28, "No space left on device")


def test_a_way_that_fails_is_told_once_and_the_others_go_on() -> None:
    said: list[str] = []
    told: list[str] = []
    telling = Telling([Broken(), PrefixWay(told.extend)], said.append)
    telling.tell([happened(), happened()])
    assert len(told) == 2
    assert said == ["Broken: a finding was not told: No space left on device"]


class Dies:
    """A way during which the watch is killed."""

    def put(self, event: Event) -> None:
        del event
        raise KeyboardInterrupt


def test_what_was_not_told_before_the_end_is_in_the_state(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state" / "one.json")
    telling = Telling([Dies()], print, state)
    telling.ledger = Ledger(lambda _one: {}, timedelta(0))
    telling.ledger.open = {happened().known.id: happened().known}
    with pytest.raises(KeyboardInterrupt):
        telling.tell([happened()])
    kept = state.read()
    assert kept.begun
    assert kept.untold == [happened()]
    assert kept.open == {happened().known.id: happened().known}
    state.close()


def test_two_watches_do_not_share_a_state(tmp_path: Path) -> None:
    first = StateFile(tmp_path / "state.json")
    with pytest.raises(DiagError, match="another watch uses this state"):
        StateFile(tmp_path / "state.json")
    first.close()
    StateFile(tmp_path / "state.json").close()


@pytest.mark.parametrize("text", ["", "{", '{"form": 99}', '{"form": 1, "open": [1]}'])
def test_a_damaged_state_is_told_and_left_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    state = StateFile(path)
    kept = state.read()
    assert not kept.begun
    assert "not used" in kept.note
    state.close()


def test_a_state_that_cannot_be_kept_keeps_nobody_from_being_told(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    told: list[str] = []
    state = StateFile(tmp_path / "state" / "one.json")
    telling = Telling([PrefixWay(told.extend)], said.append, state)
    telling.ledger = Ledger(lambda _one: {}, timedelta(0))
    (tmp_path / "state").rename(tmp_path / "gone")
    telling.tell([happened()])
    telling.tell([happened(What.CLEARED)])
    assert len(told) == 2
    assert len(said) == 1
    assert "not kept for the next start" in said[0]
    state.close()
