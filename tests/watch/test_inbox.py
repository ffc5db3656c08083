"""An inbox: what is taken and when, once, and what is never written over."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from diag.watch.inbox import Checked, Ended, Inbox, Ways
from diag.watch.inboxfind import Mark
from diag.watch.inboxpage import page
from diag.watch.inboxshelf import safe_name
from diag.watch.inboxstate import (
    DamagedError,
    Entry,
    Verdict,
    place_of,
    read_state,
    write_state,
)

if TYPE_CHECKING:
    from pathlib import Path

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="names and links of POSIX")


@dataclass
class Box:
    """An inbox whose check says what the bundle's content says."""

    root: Path
    state: Path
    seen: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    ending: bool = False
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        self.root.mkdir(exist_ok=True)
        self.start()

    def start(self) -> None:
        """Begin as a new process would."""
        place = place_of(self.root, self.state)
        ways = Ways(
            check=self.check,
            failed=lambda _, why: Checked(Verdict.FAILED, why, {".txt": why.encode()}),
            told=lambda name, _: self.told.append(name),
            warn=self.warned.append,
            ended=lambda: self.ending,
        )
        self.inbox = Inbox(self.root, place, read_state(place), ways)

    def check(self, folder: Path, name: str) -> Checked:
        content = (folder / "in" / name).read_bytes()
        self.seen.append(name)
        if content == b"end":
            raise Ended
        if content == b"crash":
            raise KeyboardInterrupt
        verdict = Verdict.HIGH if b"high" in content else Verdict.CLEAN
        counts = {"high": 1} if verdict is Verdict.HIGH else {}
        report = b"about " + content
        return Checked(verdict, "", {".txt": report, ".json": b"{}"}, ("m1",), counts)

    def look(self, settle: float = 0, *landed: str) -> None:
        self.inbox.round(settle, landed)

    def put(self, name: str, content: bytes = b"x") -> Path:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "box", tmp_path / "state")


def test_a_bundle_has_a_report_beside_it_and_a_row(box: Box) -> None:
    box.put("a.zip", b"high")
    box.put("case 7/b.zip")
    box.look()
    assert sorted(box.told) == ["a.zip", "case 7/b.zip"]
    assert box.read("a.zip.report.txt") == "about high"
    assert box.read("case 7/b.zip.report.json") == "{}"
    shown = box.read("index.html")
    assert 'href="./case%207/b.zip.report.txt"' in shown
    assert "2 bundles: 1 high, 1 nothing found." in shown


def test_one_that_grows_slowly_is_taken_when_it_is_whole(box: Box) -> None:
    path = box.put("a.zip", b"")
    for piece in (b"hi", b"gh", b" end"):
        with path.open("ab") as stream:
            stream.write(piece)
        box.look(0.15)
        assert not box.seen
    assert box.inbox.waiting == ["a.zip"]
    end = time.monotonic() + 30
    while not box.told and time.monotonic() < end:
        time.sleep(0.05)
        box.look(0.15)
    assert box.seen == ["a.zip"]
    assert box.read("a.zip.report.txt") == "about high end"


def test_one_that_is_renamed_into_place_is_taken_at_once(box: Box) -> None:
    path = box.put("a.zip.part", b"high")
    box.look(60)
    path.rename(box.root / "a.zip")
    box.look(60, "a.zip")
    assert box.told == ["a.zip"]


@pytest.mark.parametrize(
    "name", ["a.zip.partial", "a.zip.part", "a.zip.tmp", "a.zip~", ".a.zip", "~$a.zip"]
)
def test_what_is_not_finished_is_not_touched(box: Box, name: str) -> None:
    box.put(name)
    box.look()
    assert not box.seen
    assert f"<li>{name}: named as what is not finished" in box.read("index.html")


def test_each_is_checked_once_over_restarts(box: Box) -> None:
    path = box.put("a.zip", b"high")
    box.look()
    before = path.stat()
    for _ in range(2):
        box.start()
        box.look()
    path.touch()  # another time, the same content
    box.look()
    assert box.seen == ["a.zip"]
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    box.start()
    box.look()
    assert box.seen == ["a.zip"]


def test_one_of_the_same_name_is_a_new_one(box: Box) -> None:
    path = box.put("a.zip", b"high")
    box.look()
    times = path.stat()
    path.unlink()
    box.put("a.zip", b"fine")  # as long as the one before, and with its time
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    box.look()
    assert box.seen == ["a.zip", "a.zip"]
    assert box.read("a.zip.report.txt") == "about fine"
    assert not list(box.root.glob("*-2*"))


def test_a_bundle_that_is_gone_keeps_its_row(box: Box) -> None:
    path = box.put("a.zip", b"high")
    box.look()
    path.unlink()
    box.look()
    assert "no longer in the inbox" in box.read("index.html")
    assert box.inbox.verdicts == []


def test_a_check_that_was_cut_off_is_begun_again_but_not_for_ever(box: Box) -> None:
    box.put("a.zip", b"x")
    place = place_of(box.root, box.state)
    for _ in range(2):  # the process dies, as with kill -9: nothing is put right
        box.look(60)
        state = read_state(place)
        mark = box.inbox.sight.bundles["a.zip"]
        old = state.entries.get("a.zip")
        sha = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        entry = old or Entry(sha, mark, "2026-03-10T00:00:00Z", begun=0)
        entry.begun += 1
        state.entries["a.zip"] = entry
        write_state(place, state)
        box.start()
    box.look()
    assert not box.seen
    assert "begun 2 times" in box.read("a.zip.report.txt")
    box.look()
    assert box.told == ["a.zip"]
    assert "Not checked" in box.read("index.html")


def test_being_ended_is_no_fault_of_the_bundle(box: Box) -> None:
    path = box.put("a.zip", b"end")
    for _ in range(4):
        box.look()
        box.start()
    assert box.seen == ["a.zip"] * 4
    path.write_bytes(b"crash")
    with pytest.raises(KeyboardInterrupt):
        box.look()
    path.write_bytes(b"fine")
    box.look()
    assert box.told == ["a.zip"]


def test_what_is_not_ours_is_never_written_over(box: Box) -> None:
    box.put("a.zip.report.txt", b"mine")
    box.put("index.html", b"my page")
    box.put("a.zip", b"high")
    box.look()
    assert box.read("a.zip.report.txt") == "mine"
    assert box.read("index.html") == "my page"
    assert box.read("a.zip.report-2.txt") == "about high"
    assert "a.zip.report-2.txt" in box.read("index-2.html")
    # Ours, but somebody wrote into it: it is theirs now.
    box.put("a.zip.report-2.txt", b"about high, and my notes")
    box.put("a.zip", b"fine")
    box.look()
    assert box.read("a.zip.report-2.txt") == "about high, and my notes"
    assert box.read("a.zip.report-3.txt") == "about fine"


@POSIX
def test_links_are_neither_followed_nor_written_through(box: Box) -> None:
    outside = box.root.parent / "outside"
    outside.mkdir()
    (outside / "b.zip").write_bytes(b"secret")
    (box.root / "case").symlink_to(outside)
    (box.root / "b.zip").symlink_to(outside / "b.zip")
    (box.root / "a.zip.report.txt").symlink_to(outside / "target")
    os.mkfifo(box.root / "pipe.zip")
    box.put("a.zip", b"high")
    box.look()
    assert box.told == ["a.zip"]
    assert sorted(path.name for path in outside.iterdir()) == ["b.zip"]
    shown = box.read("index.html")
    for said in ("b.zip: a link", "case: a link", "pipe.zip: no regular file"):
        assert f"<li>{said}" in shown


@POSIX
def test_hostile_names_act_nowhere(box: Box) -> None:
    for name in (
        'x"><script>alert(1)</script>.zip',
        "-rf $(id) ;&|.zip",
        "\x1b]0;owned\x07\u202egnp.zip",
        os.fsdecode(b"\xff\xfe.zip"),
        "a" * 240 + ".zip",
        "line\nend.zip",
    ):
        # Not made through `put`: no slash is meant as a folder.
        descriptor = os.open(
            box.root / name.replace("/", "_"), os.O_CREAT | os.O_WRONLY
        )
        os.write(descriptor, b"high")
        os.close(descriptor)
    box.look()
    assert len(box.told) == 6
    ours = [path.name for path in box.root.iterdir() if ".report." in path.name]
    assert len(ours) == 12
    for name in ours:
        assert all(c.isalnum() or c in "._-" for c in name), name
        assert name[0].isalnum() or name[0] == "_"
        assert len(os.fsencode(name)) < 255
    shown = box.read("index.html")
    assert "<script" not in shown
    for acting in "\x1b\x07\u202e":
        assert acting not in shown
    box.start()
    box.look()
    assert len(box.told) == 6


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may")
def test_a_folder_that_may_not_be_written_to_is_told_once(box: Box) -> None:
    box.put("case/a.zip", b"high")
    (box.root / "case").chmod(0o500)
    try:
        for _ in range(3):
            box.look()
    finally:
        (box.root / "case").chmod(0o700)
    assert len(box.warned) == 1
    assert box.seen == ["case/a.zip"]


def test_reports_that_cannot_be_written_wait_without_a_new_check(box: Box) -> None:
    box.put("a.zip", b"high")
    # All names are taken by folders, which nothing can replace.
    for count in range(1, 210):
        ending = ".txt" if count == 1 else f"-{count}.txt"
        (box.root / f"a.zip.report{ending}").mkdir()
    for _ in range(3):
        box.look()
    assert len(box.warned) == 1
    assert "cannot be written" in box.warned[0]
    assert box.seen == ["a.zip"]
    assert "a.zip: its report cannot be written" in box.read("index.html")
    (box.root / "a.zip.report.txt").rmdir()
    box.start()
    box.look()
    assert box.read("a.zip.report.txt") == "about high"
    assert box.told == ["a.zip"]


def test_a_state_that_is_damaged_is_no_state(box: Box) -> None:
    box.put("a.zip")
    box.look()
    place = place_of(box.root, box.state)
    whole = place.read_bytes()
    for content in (b"", b"{}", b"[1]", whole[:-9], whole.replace(b'm": 1', b'm": 2')):
        place.write_bytes(content)
        with pytest.raises(DamagedError):
            read_state(place)


def test_the_page_has_the_worst_first_and_the_newest_first() -> None:
    def entry(verdict: Verdict, arrived: str) -> Entry:
        made = Entry("0", Mark(0, 0, 0, 0), arrived, verdict=verdict)
        made.stage = type(made.stage)("done")
        return made

    entries = {
        "clean.zip": entry(Verdict.CLEAN, "2026-03-12T00:00:00Z"),
        "old.zip": entry(Verdict.HIGH, "2026-03-10T00:00:00Z"),
        "worst.zip": entry(Verdict.CRITICAL, "2026-03-09T00:00:00Z"),
        "new-b.zip": entry(Verdict.HIGH, "2026-03-11T00:00:00Z"),
        "new-a.zip": entry(Verdict.HIGH, "2026-03-11T00:00:00Z"),
    }
    shown = page(entries, []).decode()
    names = ["worst.zip", "new-a.zip", "new-b.zip", "old.zip", "clean.zip"]
    assert sorted(names, key=lambda name: shown.index(f">{name}<")) == names
    assert page(dict(reversed(entries.items())), []) == page(entries, [])


def test_names_of_reports_stay_apart() -> None:
    assert safe_name("case-1.zip") == "case-1.zip"
    assert safe_name("a b.zip") != safe_name("a_b.zip") != safe_name("a\tb.zip")
    assert len({safe_name("a b.zip"), safe_name("a_b.zip"), safe_name("a\tb.zip")}) == 3
