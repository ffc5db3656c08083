"""Whatever is given: it is told where, what, and what to do next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.cli.exits import Exit
from tests.cli.calling import SAMPLES, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.calling import Call

HIMDS = SAMPLES / "healthy-linux" / "var" / "opt" / "azcmagent" / "log" / "himds.log"
NOBODY = 65534
ONE = ("--only", "ARC-HB-001")  # which rules run does not matter here, but takes time


def told(call: Call, source: Path, code: Exit, *expected: tuple[str, str, str]) -> None:
    """Check text and JSON for file, kind and words of each problem."""
    done = call("check", source, *ONE, "-j")
    assert (done.code, done.err) == (code, "")
    problems = json.loads(done.out)["problems"]
    shown = call("check", source, *ONE)
    assert (shown.code, shown.err) == (code, "")
    words = " ".join(shown.out.split())
    for file, kind, text in expected:
        fitting = [p for p in problems if p["file"] == file and p["kind"] == kind]
        assert len(fitting) == 1, problems
        assert text in fitting[0]["text"]
        assert f"{file} {kind}" in words
        assert text in words


def test_a_missing_path(call: Call, tmp_path: Path) -> None:
    missing = tmp_path / "missing.zip"
    done = call("check", missing)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert done.err == (
        f"arcdiag: {missing}: there is no such file or folder\n"
        "  check the path; a zip, a folder or a log file is wanted\n"
    )


def test_one_missing_path_of_several(call: Call, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    done = call("check", SAMPLES / "healthy-linux", missing)
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert f"{missing}: " in done.err


def test_a_zip_that_is_none(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    path.write_text("<!DOCTYPE html><html>Sign in</html>", encoding="utf-8")
    advice = "Download the zip again while signed in"
    told(
        call,
        path,
        Exit.PARTIAL,
        (str(path), "not-a-zip", "an HTML page"),
        (str(path), "not-a-zip", advice),
        (str(path), "no-known-log", "Give the zip that 'azcmagent logs' wrote"),
    )


def test_a_truncated_zip(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    whole = (SAMPLES / "healthy-windows.zip").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    text = f"the upload was cut off after {len(whole) // 2:,} bytes"
    told(call, path, Exit.PARTIAL, (str(path), "truncated-zip", text))


def test_an_encrypted_member_a_wrong_crc_and_a_torn_member(call: Call) -> None:
    log = "var/opt/azcmagent/log"
    told(
        call,
        SAMPLES / "half-missing.zip",
        Exit.PARTIAL,
        (f"{log}/arcproxy.log", "encrypted", "Ask for the zip without a password"),
        (f"{log}/azcmagent.log", "bad-crc", "get the file again"),
        ("commands/journalctl-arcproxyd.txt", "inflate-failed", "get the file again"),
    )


def test_a_folder_without_any_known_log(call: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing\n", encoding="utf-8")
    text = "No log of the agent was recognised in it."
    told(call, tmp_path, Exit.PARTIAL, (str(tmp_path), "no-known-log", text))


def test_an_empty_folder(call: Call, tmp_path: Path) -> None:
    text = "No file could be read in the folder. Send the zip"
    told(call, tmp_path, Exit.PARTIAL, (str(tmp_path), "no-files", text))


@pytest.mark.parametrize("name", ["himds.log", "empty.log", "empty.zip"])
def test_an_empty_file(call: Call, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    kind = "not-a-zip" if name.endswith(".zip") else "empty-file"
    told(call, path, Exit.PARTIAL, (str(path), kind, "an empty file"))


def test_a_known_name_with_another_content(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "himds.log"
    path.write_text("this is\nno log\n", encoding="utf-8")
    text = "none of its 2 lines reads like one"
    told(call, path, Exit.PARTIAL, ("himds.log", "not-understood", text))


def test_a_packed_file(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "logs.tar.gz"
    with tarfile.open(path, "w:gz") as packed:
        packed.add(__file__, "x.log")
    text = "Unpack it and give the folder"
    told(call, path, Exit.PARTIAL, (str(path), "packed-file", text))


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """Return a folder in which links can be made."""
    try:
        (tmp_path / "probe").symlink_to(tmp_path, target_is_directory=True)
    except OSError:  # Windows without the right to make links
        pytest.skip("no links here")
    (tmp_path / "probe").unlink()
    return tmp_path


def test_a_link_to_a_folder_is_that_folder(call: Call, links: Path) -> None:
    link = links / "link"
    link.symlink_to(SAMPLES / "healthy-linux", target_is_directory=True)
    done = call("check", link, *ONE)
    assert (done.code, done.err) == (Exit.CLEAN, "")


def test_links_inside_a_folder_are_not_followed(call: Call, links: Path) -> None:
    folder = links / "logs"
    folder.mkdir()
    (folder / "himds.log").write_bytes(HIMDS.read_bytes())
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "gc_agent.log").symlink_to(SAMPLES / "README.md")
    text = "not followed. Give the file it leads to"
    told(
        call,
        folder,
        Exit.PARTIAL,
        ("loop", "symlink", text),
        ("gc_agent.log", "symlink", text),
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_not_opened(call: Call, tmp_path: Path) -> None:
    pipe = tmp_path / "himds.log"
    os.mkfifo(pipe)
    text = "not opened. Give regular files."
    told(call, pipe, Exit.PARTIAL, (str(pipe), "special-file", text))
    told(call, tmp_path, Exit.PARTIAL, ("himds.log", "special-file", text))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that everybody may enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="arcdiag-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


# Root may read everything, so the command gives its rights away first: after a run
# that loads what would else be imported from where nobody else may look.
AS_NOBODY = """
import os, sys
from diag.cli.main import main
main(["check", sys.argv[1], "--no-cache", "-o", os.devnull, "--only", "ARC-HB-001"])
if os.geteuid() == 0:
    os.setegid({nobody})
    os.seteuid({nobody})
sys.exit(main(["check", sys.argv[2], "--no-cache", "-j", "--only", "ARC-HB-001"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="rights work differently there")
def test_a_file_that_may_not_be_read(open_folder: Path) -> None:
    logs = open_folder / "logs"
    logs.mkdir()
    (logs / "himds.log").write_bytes(HIMDS.read_bytes())
    (logs / "gc_agent.log").write_text("secret\n", encoding="utf-8")
    (logs / "gc_agent.log").chmod(0)
    locked = logs / "locked"
    locked.mkdir(mode=0)
    code = AS_NOBODY.format(nobody=NOBODY)
    done = subprocess.run(
        [sys.executable, "-c", code, SAMPLES / "healthy-linux", logs],
        capture_output=True,
        check=False,
        env=environment({"TMPDIR": "/tmp"}),
    )
    locked.chmod(0o700)
    assert (done.returncode, done.stderr) == (Exit.PARTIAL, b"")
    problems = {p["file"]: p for p in json.loads(done.stdout)["problems"]}
    for name in ("gc_agent.log", "locked/"):
        assert problems[name]["kind"] == "denied"
        assert "Run as a user who may read it" in problems[name]["text"]


def test_a_source_that_is_given_twice_is_read_twice(call: Call) -> None:
    source = SAMPLES / "healthy-linux"
    done = call("check", source, source, "-j", *ONE)
    assert done.code == Exit.CLEAN
    assert len(json.loads(done.out)["bundles"]) == 2
