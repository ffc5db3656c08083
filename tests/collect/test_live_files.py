"""Files that others write, cut, turn and remove while they are read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.collect import reading
from diag.collect.folders import Folder
from diag.collect.pace import Pace
from diag.collect.reading import LiveFile, Source
from diag.collect.told import Told
from tests.collect.collecting import LOG, collected, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="descriptors of folders")
CHUNK = reading.CHUNK


def live(path: Path, most: int = 1 << 40, *, lines: bool = True) -> LiveFile:
    """Open a file as the collector does; it stays open to the end of the test."""
    folder = Folder.at(str(path.parent))
    source = Source(folder.file(path.name), folder, path.name)
    return LiveFile(source, most=most, lines=lines, pace=Pace(gentle=False, fast=True))


def lines_of(first: int, last: int) -> bytes:
    return b"".join(b"event %07d\n" % number for number in range(first, last))


@POSIX
class TestWhileItIsRead:
    def test_it_grows(self, tmp_path: Path) -> None:
        file = write(tmp_path, "himds.log", lines_of(0, 40_000) + b"begun")
        one = live(file)
        parts = one.chunks()
        taken = next(parts)
        with file.open("ab") as stream:
            stream.write(b" and ended\n" + lines_of(40_000, 50_000))
        taken += b"".join(parts)
        assert taken == lines_of(0, 40_000)
        assert one.facts()["notes"] == ["grew-while-read"]
        assert one.facts()["source_size"] == len(lines_of(0, 40_000)) + 5

    def test_it_does_not_grow(self, tmp_path: Path) -> None:
        text = lines_of(0, 40_000) + b"without an end"
        one = live(write(tmp_path, "himds.log", text))
        assert b"".join(one.chunks()) == text
        assert one.facts() == {"source_size": len(text)}

    def test_it_shrinks(self, tmp_path: Path) -> None:
        file = write(tmp_path, "himds.log", lines_of(0, 60_000))
        one = live(file)
        parts = one.chunks()
        taken = next(parts)
        os.truncate(file, CHUNK + 1000)
        taken += b"".join(parts)
        assert taken == lines_of(0, 60_000)[: len(taken)]
        assert len(taken) == CHUNK + 1000
        assert one.facts()["notes"] == ["truncated-while-read"]

    def test_it_is_cut_to_nothing_and_written_anew(self, tmp_path: Path) -> None:
        file = write(tmp_path, "himds.log", lines_of(0, 60_000))
        one = live(file)
        parts = one.chunks()
        taken = next(parts)
        file.write_bytes(b"new\n")
        taken += b"".join(parts)
        assert taken == lines_of(0, 60_000)[: len(taken)]
        assert one.facts()["notes"] == ["truncated-while-read"]

    def test_it_is_turned(self, tmp_path: Path) -> None:
        file = write(tmp_path, "himds.log", lines_of(0, 60_000))
        one = live(file)
        parts = one.chunks()
        taken = next(parts)
        file.rename(tmp_path / "himds-1.log")
        file.write_bytes(b"new\n")
        taken += b"".join(parts)
        assert taken == lines_of(0, 60_000)
        assert one.facts()["notes"] == ["rotated-while-read"]

    def test_it_is_removed(self, tmp_path: Path) -> None:
        file = write(tmp_path, "himds.log", lines_of(0, 60_000))
        one = live(file)
        parts = one.chunks()
        taken = next(parts)
        file.unlink()
        taken += b"".join(parts)
        assert taken == lines_of(0, 60_000)
        assert one.facts()["notes"] == ["deleted-while-read"]

    def test_a_document_is_taken_as_far_as_it_went(self, tmp_path: Path) -> None:
        file = write(tmp_path, "a.json", b"{" + b" " * 300_000)
        one = live(file, lines=False)
        parts = one.chunks()
        taken = next(parts)
        with file.open("ab") as stream:
            stream.write(b"}")
        taken += b"".join(parts)
        assert len(taken) == 300_001
        assert one.facts()["notes"] == ["grew-while-read"]


@POSIX
class TestTheNewestPart:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
    @given(st.integers(min_value=1, max_value=3000))
    def test_begins_with_a_whole_line(self, encoding: str, most: int) -> None:
        text = "".join(f"{number} \u010a\u0a0a \u00e4\n" for number in range(100))
        file = write(Path(self.folder), "himds.log", text.encode(encoding))
        one = live(file, most)
        taken = b"".join(one.chunks())
        whole = text.encode(encoding)
        assert whole.endswith(taken)
        assert len(taken) <= max(most, 2)
        assert one.skipped == (len(whole) - len(taken) if len(whole) > most else 0)
        if one.skipped:
            decoded = taken.decode("utf-16-le" if encoding == "utf-16" else encoding)
            assert text.endswith(decoded)
            assert re.fullmatch("(?:[0-9]+ \u010a\u0a0a \u00e4\n)*", decoded)

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        type(self).folder = str(tmp_path_factory.mktemp("tail"))

    folder = ""

    def test_a_line_that_begins_right_there_is_whole(self, tmp_path: Path) -> None:
        one = live(write(tmp_path, "himds.log", b"aaaa\nbbbb\ncccc\n"), 10)
        assert b"".join(one.chunks()) == b"bbbb\ncccc\n"
        assert one.facts() == {
            "source_size": 15, "skipped": 5, "notes": ["tail-only"]
        }  # fmt: skip

    def test_a_line_without_an_end_is_taken_and_told(self, tmp_path: Path) -> None:
        one = live(write(tmp_path, "himds.log", b"a" * 5_000_000), 3_000_000)
        taken = b"".join(one.chunks())
        assert 3_000_000 <= len(taken) <= 3_000_002
        assert "begins-inside-a-line" in one.facts()["notes"]

    def test_of_a_hole_of_ten_gigabytes_nothing_is_read(self, tmp_path: Path) -> None:
        file = write(tmp_path, "himds.log", lines_of(0, 1000))
        os.truncate(file, 10 * 1024**3)
        with file.open("r+b") as stream:
            stream.seek(0, os.SEEK_END)
            stream.write(lines_of(1000, 2000))
        one = live(file, 30 * 1024 * 1024)
        taken = b"".join(one.chunks())
        if file.stat().st_blocks * 512 > 1024**3:
            pytest.skip("this file system knows no holes")
        assert one.read < 1024 * 1024
        assert taken.replace(b"\0", b"") == lines_of(0, 2000)
        assert one.facts()["notes"] == ["sparse"]


class Acting(Told):
    """Does something when the collector comes to a file."""

    def __init__(self, name: str, act: Callable[[], object]) -> None:
        self._name, self._act = name, act

    def say(self, what: str) -> None:
        if what == self._name:
            self._name = ""
            self._act()


@POSIX
class TestBetweenTheLookAndTheReading:
    def test_a_file_that_vanishes_is_told(self, tmp_path: Path) -> None:
        root, name = tmp_path / "root", f"{LOG}/himds.log"
        file = write(root, name)
        bundle = collected(root, tmp_path / "b.zip", Acting(name, file.unlink))
        assert bundle.left[name] == "vanished"
        assert bundle.outcome is not None
        assert not bundle.outcome.complete

    def test_a_log_that_was_turned_is_taken_in_both_parts(self, tmp_path: Path) -> None:
        root, name = tmp_path / "root", f"{LOG}/himds.log"
        file = write(root, name, "old\n")

        def turn() -> None:
            file.rename(file.with_name("himds-2026.log"))
            file.write_bytes(b"new\n")

        bundle = collected(root, tmp_path / "b.zip", Acting(name, turn))
        assert bundle.members[name] == b"new\n"
        assert bundle.members[f"{LOG}/himds-2026.log"] == b"old\n"
        assert bundle.outcome is not None
        assert bundle.outcome.complete

    def test_parts_that_move_on_by_one_are_taken_once(self, tmp_path: Path) -> None:
        folder = "var/lib/GuestConfig/ext_mgr_logs"
        root = tmp_path / "root"
        now = write(root, f"{folder}/gc_ext.log", "second\n")
        os.utime(write(root, f"{folder}/gc_ext.1.log", "first\n"), (1, 1))

        def turn() -> None:
            now.with_name("gc_ext.1.log").rename(now.with_name("gc_ext.2.log"))
            now.rename(now.with_name("gc_ext.1.log"))
            now.write_bytes(b"third\n")

        told = Acting(f"{folder}/gc_ext.1.log", turn)
        bundle = collected(root, tmp_path / "b.zip", told)
        texts = [bundle.members[n] for n in bundle.members if n.startswith(folder)]
        assert sorted(texts) == [b"first\n", b"second\n", b"third\n"]
        assert bundle.members[f"{folder}/gc_ext.log (2)"] == b"third\n"

    def test_a_folder_that_was_exchanged_is_not_entered(self, tmp_path: Path) -> None:
        root, name = tmp_path / "root", f"{LOG}/himds.log"
        file = write(root, name, "ours\n")
        write(tmp_path / "other", "himds.log", "theirs\n")

        def swap() -> None:
            file.parent.rename(tmp_path / "aside")
            (tmp_path / "other").rename(file.parent)

        bundle = collected(root, tmp_path / "b.zip", Acting(name, swap))
        assert name not in bundle.members or bundle.members[name] == b"theirs\n"
        assert bundle.left.get(name) in {"unreadable", None}


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """Return a folder that other users may enter; those of pytest are closed."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


# Writes events with numbers, and turns the log again and again.
WRITER = """
import os, sys, time
folder, way = sys.argv[1:]
number = 0
turns = 0
while True:
    with open(os.path.join(folder, "gc_ext.log"), "ab", buffering=0) as log:
        for _ in range(200):
            log.write(b"event %07d\\n" % number)
            number += 1
            if number == 2000:
                print("ready", flush=True)
    turns += 1
    if way == "dated":
        os.rename(os.path.join(folder, "gc_ext.log"),
                  os.path.join(folder, "gc_ext-%07d.log" % turns))
    else:
        for old in range(turns, 0, -1):
            before = ".%d" % (old - 1) if old > 1 else ""
            os.rename(os.path.join(folder, "gc_ext%s.log" % before),
                      os.path.join(folder, "gc_ext.%d.log" % old))
    time.sleep(0.05)
"""
EVENT = re.compile(rb"^event ([0-9]{7})$", re.MULTILINE)


@POSIX
@pytest.mark.parametrize("way", ["dated", "numbered"])
def test_no_event_twice_and_none_lost_while_logs_are_turned(
    way: str, tmp_path: Path
) -> None:
    folder = tmp_path / "root" / "var/lib/GuestConfig/ext_mgr_logs"
    folder.mkdir(parents=True)
    words = [sys.executable, "-c", WRITER, str(folder), way]
    for number in range(10):
        for old in folder.iterdir():
            old.unlink()
        with subprocess.Popen(words, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            try:
                assert writer.stdout.readline() == b"ready\n"
                bundle = collected(tmp_path / "root", tmp_path / f"{number}.zip")
            finally:
                writer.kill()
        whole = b"".join(
            data for name, data in bundle.members.items() if name.startswith("var/")
        )
        events = [int(found) for found in EVENT.findall(whole)]
        assert len(events) == len(set(events)), "an event is there twice"
        told = {p for p, reason in bundle.left.items() if reason == "vanished"}
        if not told:
            assert set(range(2000)) <= set(events), "an event was lost, and not told"


@POSIX
def test_what_may_not_be_read_is_told_and_the_rest_is_taken(open_to_all: Path) -> None:
    root = open_to_all / "root"
    write(root, f"{LOG}/himds.log", "ours\n")
    write(root, f"{LOG}/azcmagent.log", "denied\n").chmod(0)
    write(root, "var/lib/GuestConfig/ext_mgr_logs/gc_ext.log", "denied\n")
    (root / "var/lib/GuestConfig/ext_mgr_logs").chmod(0)
    script = (
        "import os, sys, pathlib\n"
        "from tests.collect.collecting import collected\n"
        "root, out = (pathlib.Path(word) for word in sys.argv[1:])\n"
        "collected(root, out / 'warm.zip')  # imports what it may not read later\n"
        "if os.getuid() == 0:\n    os.setgroups([])\n    os.setgid(65534)\n"
        "    os.setuid(65534)\n"
        "b = collected(root, out / 'b.zip')\n"
        "print(sorted(p for p, r in b.left.items() if r == 'denied'))\n"
        "print(sorted(n for n in b.members if n.startswith('var/')))\n"
        "print(b.outcome.complete)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(root), str(open_to_all)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    (root / "var/lib/GuestConfig/ext_mgr_logs").chmod(0o755)
    assert run.stdout.splitlines() == [
        f"['var/lib/GuestConfig/ext_mgr_logs', '{LOG}/azcmagent.log']",
        f"['{LOG}/himds.log']",
        "False",
    ], run.stderr


@POSIX
class TestWhenTimeIsUp:
    def test_of_a_slow_file_whole_lines_are_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "FILE_SECONDS", -1.0)
        one = live(write(tmp_path, "himds.log", lines_of(0, 60_000)))
        taken = b"".join(one.chunks())
        assert 0 < len(taken) <= CHUNK
        assert lines_of(0, 60_000).startswith(taken)
        assert taken.endswith(b"\n")
        assert one.facts()["notes"] == ["timed-out"]

    def test_what_is_not_read_any_more_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("diag.collect.pace.RUN_SECONDS", -1.0)
        root = tmp_path / "root"
        write(root, f"{LOG}/himds.log")
        write(root, f"{LOG}/azcmagent.log")
        bundle = collected(root, tmp_path / "b.zip")
        for name in ("himds.log", "azcmagent.log"):
            assert bundle.left[f"{LOG}/{name}"] == "timed-out"
        assert bundle.outcome is not None
        assert not bundle.outcome.complete


@POSIX
def test_a_lock_of_the_writer_is_none_for_us(tmp_path: Path) -> None:
    import fcntl

    root = tmp_path / "root"
    file = write(root, f"{LOG}/himds.log", "ours\n")
    with file.open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        fcntl.lockf(stream, fcntl.LOCK_EX)
        bundle = collected(root, tmp_path / "b.zip")
    assert bundle.members[f"{LOG}/himds.log"] == b"ours\n"


@POSIX
@pytest.mark.parametrize("full", [False, True])
def test_a_sparse_log_takes_no_room(*, full: bool, tmp_path: Path) -> None:
    root = tmp_path / "root"
    file = write(root, f"{LOG}/himds.log", lines_of(0, 1000))
    os.truncate(file, 10 * 1024**3)
    if file.stat().st_blocks * 512 > 1024**3:
        pytest.skip("this file system knows no holes")
    write(root, f"{LOG}/azcmagent.log", "ours\n")
    most = 1024 * 1024 * 1024
    bundle = collected(root, tmp_path / "b.zip", full=full, max_size=most)
    assert bundle.outcome is not None
    assert bundle.outcome.size < 1024 * 1024
    assert bundle.members[f"{LOG}/himds.log"].startswith(lines_of(0, 1000))
    assert bundle.about(f"{LOG}/himds.log")["source_size"] == 10 * 1024**3
    assert bundle.notes(f"{LOG}/himds.log") == ["sparse"]
