"""Whole processes where room or time ends: one clear sentence, nothing half done."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from tests.analyze.machines import HIMDS, folder, logrus
from tests.bundle.zipmaker import Part, build
from tests.cli.calling import ROOT, command, environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
POSIX = pytest.mark.skipif(os.name != "posix", reason="limits of a process")
TIME = "2026-03-10T12:00:00Z"
WITHIN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))
from diag.cli.main import run
sys.argv[0] = "arcdiag"
run()
"""
MEASURED = """
import sys
from pathlib import Path
from diag.cli.main import main
code = main(sys.argv[1:])
status = Path("/proc/self/status").read_text()
print(code, *(line.split()[1] for line in status.splitlines() if "VmHWM" in line))
"""
MOST_KB = 512_000


def kept_in(cache: Path) -> list[str]:
    """Return what is in the cache beside rule files that were read."""
    names = [path.name for path in cache.iterdir()]
    return [name for name in names if not re.fullmatch(r"rules-\w+-files\.json", name)]


def run(code: str, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *(str(word) for word in words)],
        check=False, capture_output=True, text=True, env=environment(more), cwd=ROOT,
    )  # fmt: skip


def logs(place: Path, lines: int) -> Path:
    text = "".join(logrus(TIME, message=f"Step {n} of {n**5}") for n in range(lines))
    return folder(place, {HIMDS: text})


@POSIX
@pytest.mark.sampled(3)
@pytest.mark.parametrize("room", [1, 20_000, 600_000])
@pytest.mark.parametrize("words", [("check",), ("load", "-o", "kept.duckdb")])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, words: tuple[str, ...], room: int
) -> None:
    source = logs(tmp_path / "m", 20_000)
    places = {name: tmp_path / name for name in ("cache", "tmp", "out")}
    for place in places.values():
        place.mkdir()
    older = places["cache"] / "older.duckdb"
    older.write_bytes(b"of another input")
    kept = [str(places["out"] / word) if "." in word else word for word in words]
    done = run(
        WITHIN.format(bytes=room), *kept, source,
        ARCDIAG_CACHE_DIR=str(places["cache"]), TMPDIR=str(places["tmp"]),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (Exit.TOOL_ERROR, "")
    assert done.stderr.startswith("arcdiag: ")
    assert "Traceback" not in done.stderr
    assert "cannot be written" in done.stderr
    assert "space" in done.stderr
    assert list(places["out"].iterdir()) == list(places["tmp"].iterdir()) == []
    assert kept_in(places["cache"]) == [older.name]
    assert older.read_bytes() == b"of another input"


@LINUX
@pytest.mark.parametrize("lie", ["size", "packed"])
def test_a_size_of_4_gib_that_is_a_lie_takes_no_memory(
    tmp_path: Path, lie: str
) -> None:
    text = logrus(TIME).encode()
    liar = Part(b"var/opt/azcmagent/log/azcmagent.log", text)
    if lie == "size":
        liar.listed_size = 0xFFFFFFFE
    else:
        liar.listed_packed = 0xFFFFFFF0
    source = tmp_path / "m.zip"
    source.write_bytes(build([liar, Part(HIMDS.encode(), text)]))
    done = run(MEASURED, "check", "-j", "--no-cache", "--only", "ARC-HB-001", source)
    report, _, last = done.stdout.rstrip().rpartition("\n")
    assert [one["lines"] for one in json.loads(report)["files"]] == [1, 1]
    assert int(last.split()[1]) < MOST_KB, last


@POSIX
@pytest.mark.sampled(2)
@pytest.mark.parametrize("written", [0, 1, 500_000])
def test_ctrl_c_while_loading_leaves_nothing_and_the_next_run_is_whole(
    call: Call, cache: Path, tmp_path: Path, written: int
) -> None:
    source = logs(tmp_path / "m", 300_000)
    with subprocess.Popen(
        command("check", source, "--only", "ARC-HB-001"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    ) as running:
        stores = "*.duckdb.*.partial"
        while not any(p.stat().st_size >= written for p in cache.glob(stores)):
            assert running.poll() is None, "it was over before it was interrupted"
            time.sleep(0.001)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (Exit.INTERRUPTED, b"")
    assert err == b"arcdiag: interrupted\n"
    assert kept_in(cache) == []
    done = call("check", source, "-j", "--only", "ARC-HB-001")
    assert [one["lines"] for one in json.loads(done.out)["files"]] == [300_000]


BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]"
        for n in range(1, 10)
    ]
)  # fmt: skip


@pytest.mark.parametrize("option", ["--parsers", "--rules"])
def test_aliases_that_multiply_are_refused(
    call: Call, tmp_path: Path, option: str
) -> None:
    source = logs(tmp_path / "m", 1)
    given = tmp_path / "given"
    given.mkdir()
    (given / "bomb.yaml").write_text(BOMB)
    done = call("check", option, given, source)
    assert done.code == Exit.USAGE
    assert "bomb.yaml" in done.err
    assert "the aliases expand to too much data" in done.err
