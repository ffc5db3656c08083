"""Cache keys, age limit and the private folder."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from diag.errors import StoreError
from diag.store.cache import MAX_AGE_DAYS, Cache, default_folder, key_of

if TYPE_CHECKING:
    from pathlib import Path


def test_the_environment_names_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(tmp_path / "here"))
    assert default_folder() == tmp_path / "here"


@pytest.mark.skipif(sys.platform == "win32", reason="no modes on Windows")
def test_the_folder_is_private(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700


def test_purge_removes_only_what_is_ours_and_too_old(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    now = 2_000_000_000.0
    old, new = f"{key_of(['old'])}", f"{key_of(['new'])}"
    half = f"{key_of(['half'])}.duckdb.12-ab.partial"
    ages: dict[str, float] = {
        f"{new}.duckdb": MAX_AGE_DAYS - 1,
        f"{old}.duckdb": MAX_AGE_DAYS + 1,
        f"rules-{old}.json": MAX_AGE_DAYS + 1,
        half: 1.5,
        f"{half}.wal": 1.5,
        half.replace("12", "13"): 0.5,
        "mine.duckdb": 99,
        "other.txt": 99,
    }
    for name, days in ages.items():
        path = tmp_path / name
        path.touch()
        os.utime(path, (now - days * 86_400,) * 2)
    assert cache.purge(now) == 4
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{new}.duckdb", half.replace("12", "13"), "mine.duckdb", "other.txt",
    }  # fmt: skip


def spilled(folder: Path, name: str, days: float, now: float) -> Path:
    made = folder / name
    made.mkdir()
    for path in (made / "duckdb_temp_storage_DEFAULT-0.tmp", made):
        path.touch()
        os.utime(path, (now - days * 86_400,) * 2)
    return made


@pytest.mark.skipif(sys.platform == "win32", reason="makes a link")
def test_what_a_killed_run_spilled_is_removed_when_it_is_old(tmp_path: Path) -> None:
    now = 2_000_000_000.0
    store = f"{key_of(['half'])}.duckdb"
    old = spilled(tmp_path, f"{store}.12-ab.partial.tmp", 1.5, now)
    new = spilled(tmp_path, f"{store}.13-ab.partial.tmp", 0.5, now)
    used = spilled(tmp_path, f"{store}.14-ab.partial.tmp", 1.5, now)
    os.utime(next(used.iterdir()), (now, now))
    foreign = spilled(tmp_path, store, 99, now)
    mine = spilled(tmp_path, "mine", 99, now)
    link = tmp_path / f"{store}.15-ab.partial.tmp"
    link.symlink_to(mine)
    os.utime(link, (now - 2 * 86_400,) * 2, follow_symlinks=False)
    assert Cache(tmp_path).purge(now) == 2
    assert not old.exists()
    assert not link.is_symlink()
    assert all(any(one.iterdir()) for one in (new, used, foreign, mine))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="ARCDIAG_CACHE_DIR"):
        Cache(tmp_path / "file" / "cache")


def test_keys_differ_when_parts_do_and_when_they_are_cut_elsewhere() -> None:
    keys = {key_of(p) for p in (["ab", "c"], ["a", "bc"], ["ab", "c", ""], ["abc"])}
    assert len(keys) == 4
    assert key_of(["ab", "c"]) in keys
