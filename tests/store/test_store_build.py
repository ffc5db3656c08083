"""A store is there as a whole or not at all: killed, crowded, full and again."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from diag.errors import StoreError
from diag.store import Builder, Store
from diag.store.leftover import OLD_SECONDS, remove_old
from tests.store.made import machine, store_file

ROOT = Path(__file__).parents[2]
LOAD = """
import json, sys
from pathlib import Path
from diag.analyze import load
keep = Path(sys.argv[2]) if len(sys.argv) > 2 else None
with load([Path(sys.argv[1])], keep=keep) as loaded:
    count = loaded.store.query("SELECT count(*) FROM Events").rows[0][0]
    print(json.dumps([count, loaded.cached, loaded.note]))
"""
LINE = 'time="2026-03-10T12:00:00Z" level=info msg="one of many" Status Code=200\n'


def started(
    *arguments: Path, before: str = "", **environment: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", before + LOAD, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, bool, str]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    count, cached, note = json.loads(out)
    return count, cached, note


@pytest.mark.parametrize("written", [0, 500_000])
def test_a_killed_load_leaves_no_store(tmp_path: Path, written: int) -> None:
    lines = 1000 if written == 0 else 300_000
    folder = machine(tmp_path / "m", {"var/opt/azcmagent/log/himds.log": LINE * lines})
    final = tmp_path / "out" / "case.duckdb"
    final.parent.mkdir()
    process = started(folder, final)
    while not any(p.stat().st_size >= written for p in final.parent.glob("*.partial")):
        assert process.poll() is None, "it was over before it could be killed"
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert not final.exists()
    (left,) = final.parent.glob("*.partial")
    content = left.read_bytes()
    count, _, _ = finished(started(folder, final))
    assert count == lines
    # It is not ours to open or to remove as long as it may still be written.
    assert left.read_bytes() == content
    os.utime(left, (0, 0))
    finished(started(folder, final))
    assert [path.name for path in final.parent.iterdir()] == ["case.duckdb"]


def test_two_loads_of_one_input_do_not_break_each_other(tmp_path: Path) -> None:
    folder = machine(tmp_path / "m", {"himds.log": LINE * 20_000})
    cache = tmp_path / "cache"
    both = [started(folder, ARCDIAG_CACHE_DIR=str(cache)) for _ in range(3)]
    assert [finished(one)[0] for one in both] == [20_000] * 3
    assert [path.suffix for path in cache.iterdir()] == [".duckdb"]
    assert finished(started(folder, ARCDIAG_CACHE_DIR=str(cache))) == (20_000, True, "")


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes")
@pytest.mark.parametrize("keep", [True, False])
def test_no_room_is_one_clear_error_and_nothing_is_left(
    tmp_path: Path, *, keep: bool
) -> None:
    folder = machine(tmp_path / "m", {"himds.log": LINE * 2000})
    out = tmp_path / "out"
    out.mkdir()
    process = started(
        folder, *([out / "case.duckdb"] if keep else []), before=FULL,
        ARCDIAG_CACHE_DIR=str(out), TMPDIR=str(tmp_path),
    )  # fmt: skip
    _, err = process.communicate(timeout=300)
    last = err.strip().splitlines()[-1]
    assert last.startswith("diag.errors.StoreError: "), err
    assert "the store cannot be written: " in last
    assert "check free space" in last
    assert list(out.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m", "out"]


def test_a_store_is_private_and_has_its_name_only_when_it_is_whole(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.duckdb"
    builder = Builder(path)
    (partial,) = tmp_path.iterdir()
    assert partial.name.endswith(".partial")
    with pytest.raises(StoreError):
        Store(path)
    builder.finish()
    assert list(tmp_path.iterdir()) == [path]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_given_up_is_removed(tmp_path: Path) -> None:
    builder = Builder(tmp_path / "x.duckdb")
    builder.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_new_store_takes_the_place_of_an_old_one(tmp_path: Path) -> None:
    path = store_file(tmp_path)
    Builder(path).finish()
    with Store(path) as store:
        assert store.query("SELECT count(*) FROM Events").rows == [(0,)]
        assert store.files() == ()


@pytest.mark.parametrize("name", ["missing/x.duckdb", "file/x.duckdb", "folder"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder" / "full").mkdir(parents=True)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(StoreError, match="cannot be written") as caught:
        Builder(tmp_path / name).finish()
    assert caught.value.where == str(tmp_path / name)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_only_old_leftovers_of_the_same_name_are_removed(tmp_path: Path) -> None:
    now = 2_000_000_000.0
    ages = {
        "a.duckdb.1-x.partial": OLD_SECONDS + 1,
        "a.duckdb.1-x.partial.wal": OLD_SECONDS + 1,
        "a.duckdb.2-x.partial": OLD_SECONDS - 1,
        "a.duckdb": OLD_SECONDS * 99,
        "b.duckdb.1-x.partial": OLD_SECONDS + 1,
        "a.duckdb.1-x.partial.d": OLD_SECONDS + 1,
    }
    for name, age in ages.items():
        path = tmp_path / name
        path.mkdir() if name.endswith(".d") else path.touch()
        os.utime(path, (now - age, now - age))
    assert remove_old(tmp_path / "a.duckdb", now) == 2
    assert {path.name for path in tmp_path.iterdir()} == {
        "a.duckdb.2-x.partial", "a.duckdb", "b.duckdb.1-x.partial",
        "a.duckdb.1-x.partial.d",
    }  # fmt: skip
    assert remove_old(tmp_path / "missing" / "a.duckdb", now) == 0
