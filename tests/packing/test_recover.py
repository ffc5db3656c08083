"""What a run leaves that dies, and what becomes of it."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from diag.bundle import open_bundle
from diag.errors import OutputError
from diag.packing import BundleWriter, left_in, recover
from diag.packing.lock import _FAR

ROOT = Path(__file__).parents[2]
CREATED = "2026-03-10T12:00:00Z"
LINE = b'time="2026-03-10T11:00:00Z" level=info msg="heartbeat sent"\n'
HEAD = {"machine": "edge0001", "zone": "Europe/Berlin"}
TEXTS = {f"log/{number}.log": LINE * (number * 500 + 1) for number in range(6)}


def left(folder: Path, name: str = "b.zip") -> Path:
    """Return the partial of a run that was stopped within its seventh member."""

    def stopping() -> object:
        yield random.Random(1).randbytes(1_000_000)
        raise KeyboardInterrupt

    target = folder / name
    writer = BundleWriter(str(target), created=CREATED, head=HEAD)
    with pytest.raises(KeyboardInterrupt), writer:  # noqa: PT012 - the context is the point
        for number, (path, text) in enumerate(TEXTS.items()):
            facts = {"truncated": {"of": 9}} if number == 2 else {}
            writer.member(path, [text], mtime=1.5e9 + number, facts=facts)
        writer.left_out("etc/shadow", "deny-list")
        writer.member("last.log", stopping(), mtime=None, facts={})  # type: ignore[arg-type]
    assert writer.left == f"{target}.partial"
    assert not target.exists()
    return target.with_name(f"{name}.partial")


def test_our_reader_opens_it_as_it_is(tmp_path: Path) -> None:
    bundle = open_bundle(left(tmp_path))
    assert [member.name for member in bundle.members] == [*TEXTS, "last.log"]
    assert [member.size for member in bundle.members][:-1] == [
        len(text) for text in TEXTS.values()
    ]


def test_it_becomes_a_bundle(tmp_path: Path) -> None:
    partial = left(tmp_path)
    found = recover(str(partial))
    assert found.members == len(TEXTS)
    assert found.lost > 0
    assert found.path == str(tmp_path / "b-recovered.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["b-recovered.zip"]
    with zipfile.ZipFile(found.path) as archive:
        assert {name: archive.read(name) for name in TEXTS} == TEXTS
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["kind"] == "recovered"
    assert manifest["machine"] == "edge0001"
    assert manifest["members"][2]["truncated"] == {"of": 9}
    assert manifest["not_taken"] == [
        {"path": "etc/shadow", "reason": "deny-list"},
        {"path": "last.log", "reason": "interrupted"},
    ]
    assert open_bundle(Path(found.path)).problems == ()


def test_it_differs_from_a_finished_one_only_in_its_manifest(tmp_path: Path) -> None:
    found = recover(str(left(tmp_path)))
    stream = io.BytesIO()
    whole = tmp_path / "whole.zip"
    with BundleWriter(str(whole), created=CREATED) as writer:
        for number, (path, text) in enumerate(TEXTS.items()):
            writer.member(path, [text], mtime=1.5e9 + number, facts={})
        writer.finish({})
    with zipfile.ZipFile(whole) as archive:
        end = archive.getinfo("manifest.json").header_offset
    stream.write(whole.read_bytes()[:end])
    assert Path(found.path).read_bytes().startswith(stream.getvalue())


@pytest.mark.parametrize("harm", ["gone", "empty", "torn", "nonsense"])
def test_without_its_journal_the_members_are_found_all_the_same(
    harm: str, tmp_path: Path
) -> None:
    partial = left(tmp_path)
    journal = tmp_path / "b.zip.journal"
    if harm == "gone":
        journal.unlink()
    else:
        half = journal.read_bytes()[:-30]
        text = {"empty": b"", "torn": half, "nonsense": b"\xff[[[\n" * 9}[harm]
        journal.write_bytes(text)
    found = recover(str(partial))
    assert found.members == len(TEXTS)
    with zipfile.ZipFile(found.path) as archive:
        assert {name: archive.read(name) for name in TEXTS} == TEXTS
    assert len(list(tmp_path.iterdir())) == 1


def test_the_next_run_of_the_same_name_saves_it(tmp_path: Path) -> None:
    left(tmp_path)
    with BundleWriter(str(tmp_path / "b.zip"), created=CREATED) as writer:
        writer.member("new.log", [LINE], mtime=None, facts={})
        writer.finish({})
    assert writer.recovered == str(tmp_path / "b-recovered.zip")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["b-recovered.zip", "b.zip"]
    left(tmp_path, "c.zip")
    (tmp_path / "c-recovered.zip").touch()
    assert recover(str(tmp_path / "c.zip.partial")).path.endswith("c-recovered-2.zip")


def test_nothing_is_kept_when_no_member_was_whole(tmp_path: Path) -> None:
    writer = BundleWriter(str(tmp_path / "b.zip"), created=CREATED)
    with pytest.raises(KeyboardInterrupt), writer:
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    target = str(tmp_path / "b.zip")
    with BundleWriter(target, created=CREATED) as writer:
        writer.member("a", [LINE], mtime=None, facts={})
        with pytest.raises(OutputError, match="another run is writing"):
            BundleWriter(target, created=CREATED)
        with pytest.raises(OutputError, match="another run is writing"):
            recover(f"{target}.partial")
        writer.finish({})
    assert zipfile.ZipFile(target).testzip() is None


def test_a_planted_partial_is_not_touched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("precious")
    for plant in (os.link, os.symlink):
        partial = tmp_path / "b.zip.partial"
        plant(secret, partial)
        with pytest.raises(OutputError):
            BundleWriter(str(tmp_path / "b.zip"), created=CREATED)
        partial.unlink()
    assert secret.read_text() == "precious"


def test_a_planted_link_is_not_followed_where_no_flag_keeps_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on Windows, where opening a link always opens what it leads to.
    monkeypatch.setattr("diag.packing.target._BY_FOLDER", False)
    monkeypatch.setattr("diag.packing.target._ALWAYS", 0)
    monkeypatch.delattr(os, "O_NOFOLLOW")
    left(tmp_path)
    secret = tmp_path / "secret"
    (tmp_path / "b.zip.partial").rename(secret)
    precious = secret.read_bytes()
    (tmp_path / "b.zip.partial").symlink_to(secret)
    assert left_in(str(tmp_path)) == []
    with pytest.raises(OutputError, match="not ours"):
        BundleWriter(str(tmp_path / "b.zip"), created=CREATED)
    assert secret.read_bytes() == precious


def test_what_cannot_be_locked_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> bool:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr("diag.packing.target.lock", fails)
    with pytest.raises(OutputError, match="Invalid argument"):
        BundleWriter(str(tmp_path / "b.zip"), created=CREATED)
    assert list(tmp_path.iterdir()) == []


def test_windows_can_lock_the_place_that_stands_for_the_file() -> None:
    # The library's `_locking` takes it from a file position of 31 bits.
    assert 0 < _FAR < 1 << 31


@pytest.mark.parametrize("by_folder", [True, False])
def test_by_paths_as_on_windows_it_is_the_same(
    by_folder: bool,  # noqa: FBT001 - a case
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Windows opens no folders; there names are joined to paths, and renamed when shut.
    monkeypatch.setattr("diag.packing.target._BY_FOLDER", by_folder)
    left(tmp_path)
    assert left_in(str(tmp_path)) == [str(tmp_path / "b.zip.partial")]
    with BundleWriter(str(tmp_path / "b.zip"), created=CREATED, expected=9) as writer:
        writer.member("new.log", [LINE], mtime=None, facts={})
        assert left_in(str(tmp_path)) == []
        writer.finish({})
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.read("new.log") == LINE
    with zipfile.ZipFile(tmp_path / "b-recovered.zip") as archive:
        assert {name: archive.read(name) for name in TEXTS} == TEXTS
    with pytest.raises(OutputError, match="there is such a file"):
        BundleWriter(str(tmp_path / "b.zip"), created=CREATED)
    assert len(list(tmp_path.iterdir())) == 2


WRITING = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from diag.packing import BundleWriter
line = {LINE!r}
with BundleWriter(sys.argv[1], created={CREATED!r}, head={{"machine": "m"}}) as writer:
    for number in range(200):
        name = f"log/{{number}}.log"
        writer.member(name, [line * 3000] * 3, mtime=number, facts={{}})
        print(number, flush=True)
    writer.finish({{}})
"""


def test_killed_at_any_moment_nothing_synced_is_lost(tmp_path: Path) -> None:
    for trial in range(12):
        target = tmp_path / f"{trial}.zip"
        run = subprocess.Popen(
            [sys.executable, "-c", WRITING, str(target)], stdout=subprocess.PIPE
        )
        assert run.stdout is not None
        run.stdout.readline()  # it has begun
        time.sleep(trial * 0.013)
        run.send_signal(signal.SIGKILL)
        said = 1 + len(run.communicate()[0].splitlines())
        if target.exists():  # it was done before
            assert said == 200
            continue
        found = recover(f"{target}.partial")
        assert found.members >= said
        with zipfile.ZipFile(found.path) as archive:
            assert archive.testzip() is None
            for number in range(said):
                assert archive.read(f"log/{number}.log") == LINE * 9000
