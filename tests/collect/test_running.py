"""Commands: real programs that hang, flood, fork, fail and say secrets."""

from __future__ import annotations

import io
import json
import os
import sys
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from diag.cli.collectplan import plan_data
from diag.collect import Options, collect, plan_of
from diag.collect.running import MOST_OUTPUT, environment_of, run_program
from diag.collect.told import Told
from diag.content.redaction import redaction_rules
from diag.packing import BundleWriter
from diag.redact import Redactor
from tests.collect.collecting import CREATED, NOW, Bundle

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs of POSIX")


def program(folder: Path, name: str, script: str) -> str:
    """Write a program of the shell and return its path."""
    folder.mkdir(exist_ok=True)
    place = folder / name
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)
    return str(place)


def environment(folder: Path) -> dict[str, str]:
    return environment_of([str(folder), "/usr/bin", "/bin"], os.environ)


def alive(process: int) -> bool:
    """Say whether a process still runs; one that only waits to be reaped does not."""
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as stream:  # noqa: PTH123
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(process: int) -> bool:
    """Return whether a process has ended, or does so soon: a signal takes a moment."""
    end = time.monotonic() + 10
    while alive(process) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(process)


def test_what_it_says_and_how_it_ends_is_kept(tmp_path: Path) -> None:
    path = program(tmp_path / "bin", "one", "echo out; echo err >&2; exit 3")
    ran = run_program([path, "x"], 10, environment(tmp_path / "bin"))
    assert (ran.output, ran.errors, ran.status) == (b"out\n", b"err\n", 3)
    assert not ran.timed_out


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    script = f"trap '' TERM\nsleep 600 & echo $! > {tmp_path}/child\necho begun\nwait"
    path = program(tmp_path / "bin", "one", script)
    ran = run_program([path], 0.5, environment(tmp_path / "bin"))
    assert ran.timed_out
    assert ran.status is None
    assert ran.output == b"begun\n"
    child = int((tmp_path / "child").read_text())
    until = time.monotonic() + 10
    while alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert gone(child)


def test_what_a_program_leaves_behind_is_ended(tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/child; echo done"
    path = program(tmp_path / "bin", "one", script)
    ran = run_program([path], 30, environment(tmp_path / "bin"))
    assert ran.output == b"done\n"
    assert ran.status == 0
    assert ran.seconds < 10
    assert gone(int((tmp_path / "child").read_text()))


def test_one_that_leaves_its_group_does_not_hold_us_up(tmp_path: Path) -> None:
    script = "setsid sleep 8 &\necho done"
    path = program(tmp_path / "bin", "one", script)
    ran = run_program([path], 30, environment(tmp_path / "bin"))
    assert ran.output == b"done\n"
    assert ran.seconds < 8


def test_a_flood_is_cut_and_ended(tmp_path: Path) -> None:
    path = program(tmp_path / "bin", "one", "while :; do head -c 65536 /dev/zero; done")
    ran = run_program([path], 60, environment(tmp_path / "bin"))
    assert ran.flooded
    assert len(ran.output) == MOST_OUTPUT


def test_a_flood_of_errors_does_not_stop_it(tmp_path: Path) -> None:
    path = program(tmp_path / "bin", "one", "head -c 9000000 /dev/zero >&2; echo done")
    ran = run_program([path], 60, environment(tmp_path / "bin"))
    assert ran.output == b"done\n"
    assert ran.status == 0
    assert len(ran.errors) == 4096


def test_it_has_no_input_and_few_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_CALLER", "x")
    monkeypatch.setenv("LD_PRELOAD_LIKE", "x")
    path = program(tmp_path / "bin", "one", "cat; env; pwd")
    ran = run_program([path], 10, environment(tmp_path / "bin"))
    assert b"LC_ALL=C\n" in ran.output
    assert b"OF_THE_CALLER" not in ran.output
    assert b"LD_PRELOAD_LIKE" not in ran.output
    assert ran.output.endswith(b"\n/\n")


def test_one_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    place = tmp_path / "one"
    place.write_bytes(b"\x7fELF no program")
    place.chmod(0o755)
    ran = run_program([str(place)], 10, environment(tmp_path))
    assert ran.failed
    assert ran.status is None


def live(folder: Path, commands: list[dict[str, Any]], **wishes: Any) -> Bundle:
    """Collect the state by some commands, from a system without any files."""
    data = {**plan_data(), "commands": commands, "candidates": []}
    options = Options(now=NOW, fast=True)._replace(**wishes)
    redactor = Redactor(redaction_rules()) if options.redact else None
    stream = io.BytesIO()
    search = [str(folder), "/usr/bin", "/bin"]
    with BundleWriter(stream, created=CREATED) as writer:
        done = collect(plan_of(data), options, writer, redactor, Told(), search)
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return Bundle(members, json.loads(members["manifest.json"]), done)


def command(name: str, *run: str, seconds: float = 10) -> dict[str, Any]:
    return {"name": name, "system": "any", "run": list(run), "seconds": seconds}


def test_the_manifest_says_how_every_command_ended(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    program(folder, "good", 'echo "$@"')
    program(folder, "bad", "echo said; echo wrong >&2; exit 3")
    program(folder, "slow", "echo begun; sleep 600")
    program(folder, "mute", "exit 1")
    bundle = live(
        folder,
        [
            command("good.txt", "good", "--since=@{since_epoch}", "{until}"),
            command("bad.txt", "bad"),
            command("slow.txt", "slow", seconds=0.3),
            command("mute.txt", "mute"),
            command("none.txt", "not-there"),
        ],
        since=NOW - 60,
    )
    said = b"--since=@1773143940 2026-03-10T12:00:00Z\n"
    assert bundle.members["commands/good.txt"] == said
    assert bundle.members["commands/bad.txt"] == b"said\n"
    assert bundle.members["commands/slow.txt"] == b"begun\n"
    rows = {row["member"]: row for row in bundle.manifest["commands"]}
    assert rows["commands/good.txt"]["status"] == 0
    assert rows["commands/bad.txt"]["status"] == 3
    assert rows["commands/bad.txt"]["errors"] == "wrong"
    assert rows["commands/slow.txt"]["timed_out"] is True
    assert rows["commands/none.txt"]["missing"] == "not-there"
    assert all("seconds" in row for row in rows.values() if "missing" not in row)
    assert bundle.left == {
        "commands/slow.txt": "timed-out",
        "commands/mute.txt": "absent",
        "commands/none.txt": "absent",
    }
    assert bundle.outcome is not None
    assert not bundle.outcome.complete


def test_secrets_that_commands_and_variables_say_are_taken_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://joe:hunter2pw@proxy.example:8080")
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://localhost:40342/metadata")
    folder = tmp_path / "bin"
    url = "proxy.url : http://joe:hunter2pw@proxy.example:8080"
    program(folder, "one", f"echo '{url}'; echo '{url}' >&2")
    bundle = live(folder, [command("azcmagent-config-list.txt", "one")])
    for name, data in bundle.members.items():
        assert b"hunter2pw" not in data, name
    seen = bundle.members["commands/environment.txt"].decode()
    assert "proxy.example:8080" in seen
    assert "IDENTITY_ENDPOINT=http://localhost:40342/metadata" in seen
    open_one = live(folder, [command("a.txt", "one")], redact=False)
    assert b"hunter2pw" in open_one.members["commands/a.txt"]


def test_no_command_is_run_for_another_system(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    program(folder, "one", f"touch {tmp_path}/ran")
    (tmp_path / "root/var").mkdir(parents=True)
    bundle = live(folder, [command("a.txt", "one")], root=str(tmp_path / "root"))
    assert not (tmp_path / "ran").exists()
    assert bundle.manifest["commands"] == []


def test_time_that_commands_take_is_not_that_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.collect.pace.RUN_SECONDS", 1.0)
    folder = tmp_path / "bin"
    program(folder, "slow", "sleep 600")
    bundle = live(folder, [command("a.txt", "slow", seconds=1.2)])
    assert bundle.left == {"commands/a.txt": "timed-out"}
    assert bundle.outcome is not None
