"""Full disks, missing rights, links, exchanged files: never half a bundle."""

from __future__ import annotations

import errno
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.errors import OutputError
from diag.packing import BundleWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CREATED = "2026-03-10T12:00:00Z"
MEMBERS, EACH = 40, 50_000  # bytes that do not pack

# Writes a bundle of about 2 MB; says what went wrong as the command line does.
WRITING = f"""
import _strptime, os, random, sys
sys.path.insert(0, {str(ROOT)!r})
from diag.errors import DiagError
from diag.packing import BundleWriter
if len(sys.argv) > 2:
    os.seteuid(int(sys.argv[2]))
noise = random.Random(1)
try:
    with BundleWriter(sys.argv[1], created={CREATED!r}) as writer:
        for number in range({MEMBERS}):
            data = noise.getrandbits({EACH} * 8).to_bytes({EACH}, "little")
            writer.member(f"{{number}}.log", [data], mtime=number, facts={{}})
        writer.finish({{}})
except DiagError as error:
    sys.exit(f"arcdiag: {{error}}")
"""


def writing(
    target: object, *more: object, limit: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it, with a limit for the size of files if one is given."""

    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    words = [sys.executable, "-B", "-c", WRITING, str(target), *map(str, more)]
    return subprocess.run(
        words, check=False, capture_output=True, text=True, preexec_fn=limited
    )


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a file system of 1 MiB, where the system lets us mount one."""
    folder = tmp_path_factory.mktemp("small")
    mount = shutil.which("mount")
    words = [str(mount), "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    done = mount and subprocess.run(words, check=False, capture_output=True)
    if not done or done.returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_leaves_nothing_and_says_how_much_is_needed(
    small_disk: Path,
) -> None:
    older = small_disk / "older.zip"
    older.write_bytes(b"an older bundle")
    done = writing(small_disk / "b.zip")
    assert done.returncode == 1
    assert re.search(r"[\d,]+ bytes were written, about [\d,]+ more are", done.stderr)
    assert re.search(r"needed, [\d,]+ are free", done.stderr)
    assert "Traceback" not in done.stderr
    assert [path.name for path in small_disk.iterdir()] == ["older.zip"]
    assert older.read_bytes() == b"an older bundle"


def test_room_is_asked_for_before_anything_is_written(small_disk: Path) -> None:
    names = {path.name for path in small_disk.iterdir()}
    with pytest.raises(OutputError, match="5,000,000 bytes are needed"):
        BundleWriter(str(small_disk / "c.zip"), created=CREATED, expected=5_000_000)
    with pytest.raises(OutputError, match="are to stay so"):
        BundleWriter(
            str(small_disk / "c.zip"), created=CREATED, expected=9, keep_free=1 << 30
        )
    assert {path.name for path in small_disk.iterdir()} == names


def test_no_quota_leaves_half_a_bundle(tmp_path: Path) -> None:
    older = tmp_path / "older.zip"
    older.write_bytes(b"an older bundle")
    rng = random.Random(3)
    whole = MEMBERS * EACH
    limits = [
        0,
        1,
        30,
        whole // 2,
        whole + 500,
        *(rng.randrange(whole) for _ in "12345"),
    ]
    for limit in limits:
        done = writing(tmp_path / "b.zip", limit=limit)
        assert done.returncode == 1, limit
        assert "there is no room for the bundle" in done.stderr, done.stderr
        assert [path.name for path in tmp_path.iterdir()] == ["older.zip"]
    assert older.read_bytes() == b"an older bundle"
    assert writing(tmp_path / "b.zip", limit=whole * 2).returncode == 0


def test_a_full_stdout_is_an_error(tmp_path: Path) -> None:
    words = [sys.executable, "-B", "-c", WRITING, "-"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, check=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert b"there is no room for the bundle" in done.stderr
    closed, gone = os.pipe()
    os.close(closed)
    done = subprocess.run(words, check=False, stdout=gone, stderr=subprocess.PIPE)
    os.close(gone)
    assert done.returncode == 1
    assert os.strerror(errno.EPIPE).encode() in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_where_one_may_not_write(tmp_path: Path) -> None:
    folder = tmp_path / "others"
    folder.mkdir()
    nobody = 65_534 if os.geteuid() == 0 else os.geteuid()
    folder.chmod(0o555)
    for path in (tmp_path, *tmp_path.parents):
        if not path.stat().st_mode & 1 and nobody == 65_534:
            folder = Path("/")  # nobody cannot even come here
    done = writing(folder / "b.zip", nobody)
    assert done.returncode == 1
    assert "the bundle cannot be created: Permission denied" in done.stderr
    assert "give another name to -o" in done.stderr


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no such folder") as caught:
        BundleWriter(str(tmp_path / "no" / "b.zip"), created=CREATED)
    assert "make the folder" in caught.value.hint
    with pytest.raises(OutputError, match="cannot be a folder"):
        BundleWriter(str(tmp_path), created=CREATED)
    with pytest.raises(OutputError, match="cannot be a folder"):
        BundleWriter(f"{tmp_path}/", created=CREATED)


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    for name, goal in (("to-file.zip", precious), ("dangling.zip", tmp_path / "no")):
        link = tmp_path / name
        link.symlink_to(goal)
        for replace in (False, True):
            with pytest.raises(OutputError, match="it is a link"):
                BundleWriter(str(link), created=CREATED, replace=replace)
        assert link.is_symlink()
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(OutputError, match="no regular file"):
        BundleWriter(str(tmp_path / "pipe.zip"), created=CREATED, replace=True)
    assert precious.read_text() == "mine"
    assert not (tmp_path / "no").exists()


def test_a_link_in_place_of_the_partial_is_no_way_out(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    journal = tmp_path / "b.zip.journal"
    journal.symlink_to(precious)
    with pytest.raises(OutputError):
        BundleWriter(str(tmp_path / "b.zip"), created=CREATED)
    assert precious.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("b.zip.journal", "precious")
    ]


@pytest.mark.parametrize("how", ["removed", "exchanged", "folder gone"])
def test_what_is_done_to_the_partial_is_seen(how: str, tmp_path: Path) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    partial = folder / "b.zip.partial"
    writer = BundleWriter(str(folder / "b.zip"), created=CREATED)
    with writer:
        writer.member("a.log", [b"x" * 1000], mtime=None, facts={})
        if how == "folder gone":
            shutil.rmtree(folder)
        else:
            partial.unlink()
        if how == "exchanged":
            partial.write_bytes(b"planted")
        with pytest.raises(OutputError, match="somebody removed or exchanged it"):
            writer.finish({})
    assert not (folder / "b.zip").exists()
    assert writer.left == ""
    if how == "exchanged":
        assert partial.read_bytes() == b"planted"


def test_a_folder_that_is_exchanged_for_a_link_leads_nowhere(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    with BundleWriter(str(folder / "b.zip"), created=CREATED) as writer:
        writer.member("a.log", [b"x" * 1000], mtime=None, facts={})
        folder.rename(tmp_path / "moved")
        folder.symlink_to(elsewhere)
        writer.finish({})
    assert list(elsewhere.iterdir()) == []
    assert zipfile.is_zipfile(tmp_path / "moved" / "b.zip")


def test_what_cannot_be_written_once_is_not_tried_again(tmp_path: Path) -> None:
    done = writing(tmp_path / "b.zip", limit=EACH)
    assert done.stderr.count("arcdiag: ") == 1


@pytest.mark.skipif(
    os.environ.get("ARCDIAG_TESTS") != "all", reason="4 GiB are written"
)
def test_members_and_bundles_beyond_32_bits(tmp_path: Path) -> None:
    from diag.bundle import open_bundle
    from diag.bundle.verify import verify

    block = random.Random(2).randbytes(1 << 20)
    target = tmp_path / "b.zip"
    with BundleWriter(str(target), created=CREATED) as writer:
        writer.member("big.log", (block for _ in range(4100)), mtime=1, facts={})
        writer.member("small.log", [b"x"], mtime=1, facts={})
        writer.finish({})
    with zipfile.ZipFile(target) as archive:
        assert archive.getinfo("big.log").file_size == 4100 << 20
        assert archive.read("small.log") == b"x"
    assert open_bundle(target).problems == ()
    assert verify(target).differences == []


@pytest.mark.skipif(
    os.environ.get("ARCDIAG_TESTS") != "all", reason="70,000 members are written"
)
def test_more_members_than_16_bits(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    with target.open("wb") as stream, BundleWriter(stream, created=CREATED) as writer:
        for number in range(70_000):
            writer.member(f"{number}", [b"x"], mtime=1, facts={})
        writer.finish({})
    with zipfile.ZipFile(target) as archive:
        assert len(archive.namelist()) == 70_001
