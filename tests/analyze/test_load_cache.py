"""What was parsed once is not parsed again, and a cache is never in the way."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.analyze import Loaded, load
from diag.analyze.load import Options
from diag.store import Store
from diag.store.cache import key_of

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = 'time="2026-03-10T12:00:00Z" level=info msg="one"\n'
FAMILY = """\
id: odd
title: One more
kind: log
system: {any: [odd.log]}
record: {layouts: ['{message}']}
time: {codec: none}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "himds.log"
    path.write_text(LOG, encoding="utf-8")
    return path


def state(cache: Path) -> list[tuple[str, int, str]]:
    """Return name, inode and content of each kept store."""
    return [
        (path.name, path.stat().st_ino, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(cache.iterdir())
    ]


def messages(loaded: Loaded) -> list[str]:
    with loaded:
        rows = loaded.store.query("SELECT Message FROM Events ORDER BY EventId").rows
        return [row[0] for row in rows]


def test_the_same_input_is_not_parsed_again(cache: Path, source: Path) -> None:
    first = load([source])
    assert (first.cached, first.note) == (False, "")
    assert messages(first) == ["one"]
    before = state(cache)
    assert len(before) == 1
    again = load([source])
    assert (again.cached, again.note) == (True, "")
    assert messages(again) == ["one"]
    assert state(cache) == before


def test_two_may_have_it_open(source: Path) -> None:
    with load([source]) as first, load([source]) as second:
        assert second.cached
        assert first.store.query("SELECT 1").rows == second.store.query("SELECT 1").rows


def change_content(source: Path) -> Options:
    source.write_text(LOG.replace("one", "two"), encoding="utf-8")
    return Options()


def change_definitions(source: Path) -> Options:
    folder = source.parent / "mine"
    folder.mkdir()
    (folder / "odd.yaml").write_text(FAMILY, encoding="utf-8")
    return Options(parsers=(folder,))


def change_zone(source: Path) -> Options:
    assert source.exists()
    return Options(zone="+02:00")


def change_now(source: Path) -> Options:
    assert source.exists()
    return Options(now=datetime(2026, 3, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    "change", [change_content, change_definitions, change_zone, change_now]
)
def test_what_decides_the_result_decides_the_key(
    cache: Path, source: Path, change: Callable[[Path], Options]
) -> None:
    load([source]).store.close()
    options = change(source)
    with load([source], options) as loaded:
        assert not loaded.cached
    assert len(state(cache)) == 2
    with load([source], options) as loaded:
        assert loaded.cached


def test_another_order_of_sources_is_another_input(cache: Path, source: Path) -> None:
    other = source.with_name("azcmagent.log")
    other.write_text(LOG, encoding="utf-8")
    for sources in ([source, other], [other, source], [source]):
        with load(sources) as loaded:
            assert not loaded.cached
    assert len(state(cache)) == 3


def test_a_store_that_was_used_is_young_again(cache: Path, source: Path) -> None:
    load([source]).store.close()
    (kept,) = cache.iterdir()
    old = kept.stat().st_mtime - timedelta(days=13).total_seconds()
    os.utime(kept, (old, old))
    load([source]).store.close()
    assert kept.stat().st_mtime > old + 1


def test_old_stores_and_leftovers_go_when_something_is_loaded(
    cache: Path, source: Path
) -> None:
    cache.mkdir()
    old, half, young = (key_of([name]) for name in ("old", "half", "young"))
    stale = [f"{old}.duckdb", f"{half}.duckdb.1-x.partial"]
    for name in (*stale, f"{young}.duckdb.1-x.partial"):
        (cache / name).write_bytes(b"x")
    for name in stale:
        os.utime(cache / name, (0, 0))
    load([source]).store.close()
    names = [path.name for path in cache.iterdir()]
    assert f"{young}.duckdb.1-x.partial" in names
    assert len(names) == 2


def test_a_damaged_store_is_made_again(cache: Path, source: Path) -> None:
    load([source]).store.close()
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:5000])
    loaded = load([source])
    assert not loaded.cached
    assert messages(loaded) == ["one"]
    with Store(kept) as store:
        assert store.query("SELECT count(*) FROM Events").rows == [(1,)]


def test_a_half_written_store_is_never_taken(cache: Path, source: Path) -> None:
    load([source]).store.close()
    (kept,) = cache.iterdir()
    partial = kept.rename(f"{kept}.1-abc.partial")
    content = partial.read_bytes()
    loaded = load([source])
    assert not loaded.cached
    loaded.store.close()
    assert partial.read_bytes() == content


def unusable(cache: Path, kind: str) -> Path:
    if kind == "below a file":
        cache.write_bytes(b"")
        return cache / "more"
    if kind == "not to be written":
        if os.geteuid() == 0:
            pytest.skip("root may write everywhere")
        cache.mkdir(mode=0o500)
        return cache
    if not sys.platform.startswith("linux"):
        pytest.skip("a folder that takes no files from anybody")
    return Path("/proc/self")


@pytest.mark.parametrize(
    "kind", ["below a file", "not to be written", "takes no files"]
)
@pytest.mark.skipif(sys.platform == "win32", reason="no such folders")
def test_a_cache_that_cannot_be_used_is_no_error(
    cache: Path, source: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    temporary = source.parent / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    folder = unusable(cache, kind)
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(folder))
    loaded = load([source])
    assert not loaded.cached
    assert loaded.note.startswith("nothing is kept for the next time: ")
    assert str(folder) in loaded.note
    assert loaded.store.problems() == ()
    assert messages(loaded) == ["one"]
    assert list(temporary.iterdir()) == []


def test_without_cache_nothing_is_kept(
    cache: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = source.parent / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    loaded = load([source], cache=False)
    assert len(list(temporary.iterdir())) == 1
    assert messages(loaded) == ["one"]
    assert list(temporary.iterdir()) == []
    assert not cache.exists()


def test_a_store_kept_elsewhere_is_not_cached(cache: Path, source: Path) -> None:
    keep = source.with_name("case.duckdb")
    load([source], keep=keep).store.close()
    assert not cache.exists()
    assert messages(load([keep])) == ["one"]
