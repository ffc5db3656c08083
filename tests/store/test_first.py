"""By what a case is known without being read: anything that changed makes another."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

from diag.store import first
from diag.store.first import First, Mark, keep_first, mark_of, read_first


def marked(tmp_path: Path, *sources: Path, decides: str = "") -> Mark:
    made = mark_of(tmp_path, sources, (), decides)
    assert made is not None
    return made


def same_size(path: Path) -> None:
    """Change what stands in a file, and nothing that a program can set."""
    status = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.skipif(sys.platform == "win32", reason="no time of change there")
@pytest.mark.parametrize("within", [False, True])
def test_other_bytes_with_the_old_size_and_time_are_another_source(
    tmp_path: Path, *, within: bool
) -> None:
    folder = tmp_path / "case" / "deep"
    folder.mkdir(parents=True)
    file = folder / "one.log"
    file.write_text("abc")
    source = tmp_path / "case" if within else file
    before = marked(tmp_path, source)
    assert marked(tmp_path, source) == before
    time.sleep(0.02)
    same_size(file)
    assert file.read_text() == "cba"
    assert marked(tmp_path, source).path != before.path


def test_what_decides_is_in_the_name(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    file = folder / "one.log"
    file.write_text("abc")
    rule = tmp_path / "mine.yaml"
    rule.write_text("a")
    marks = [
        marked(tmp_path, folder),
        marked(tmp_path, folder, decides="other"),
        marked(tmp_path, folder, file),
        mark_of(tmp_path, (folder,), (rule,), ""),
    ]
    rule.write_text("other")
    marks.append(mark_of(tmp_path, (folder,), (rule,), ""))
    (folder / "two.log").touch()
    marks.append(marked(tmp_path, folder))
    file.rename(folder / "three.log")
    marks.append(marked(tmp_path, folder))
    assert len({one.path for one in marks if one}) == len(marks)


def test_a_case_that_has_to_be_read_to_be_known_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.log").touch()
    (tmp_path / "two.log").touch()
    assert mark_of(None, (tmp_path,), (), "") is None
    assert mark_of(tmp_path, (tmp_path / "none",), (), "") is None
    assert mark_of(tmp_path, (Path("with\0zero"),), (), "") is None
    assert mark_of(tmp_path, (tmp_path,), (), "") is not None
    monkeypatch.setattr(first, "MOST_ENTRIES", 1)
    assert mark_of(tmp_path, (tmp_path,), (), "") is None


def test_a_source_that_changed_a_moment_ago_may_change_again(tmp_path: Path) -> None:
    file = tmp_path / "one.log"
    file.touch()
    mark = marked(tmp_path, file)
    now = time.time_ns()
    assert not mark.is_settled(now)
    assert mark.is_settled(now + 10_000_000_000)


def test_what_was_kept_is_read_as_it_was_and_nothing_else_is(tmp_path: Path) -> None:
    store = tmp_path / "one.duckdb"
    store.write_bytes(b"store")
    mark = marked(tmp_path, store)
    assert read_first(mark) is None
    made = First(str(store), "diagnosis-1.json", ("a", "b"), {"machines": []})
    keep_first(mark, made)
    assert read_first(mark) == made
    good = json.loads(mark.path.read_bytes())
    for change in (
        {"store": str(tmp_path / "none")},
        {"store": 1},
        {"judged": f"..{os.sep}other.json"},
        {"hashes": [1]},
        {"hashes": None},
        {"bytes": 6},
    ):
        mark.path.write_text(json.dumps({**good, **change}))
        assert read_first(mark) is None, change
    for data in (b"", b"[]", b"\xff", b"{}"):
        mark.path.write_bytes(data)
        assert read_first(mark) is None
    keep_first(mark, First(str(tmp_path / "none"), "x", (), {}))
    assert read_first(mark) is None
