"""What is taken when not everything can be: size, time, components."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.collect import Options
from diag.collect.choose import SMALLEST_CUT, begins_of, choose
from diag.collect.folders import Identity
from diag.collect.plan import DOCUMENT, LOG, Candidate
from diag.collect.walk import Found
from tests.collect.collecting import LOG as FOLDER
from tests.collect.collecting import collected, the_plan, write

if TYPE_CHECKING:
    from pathlib import Path

GUEST = "var/lib/GuestConfig"
KB = 1024


def log(root: Path, name: str, size: int, written: float) -> str:
    """Write a log of so many bytes, in lines of 64, and date it."""
    line = f"{name[-20:]:<63}\n".encode()
    os.utime(write(root, name, line * (size // 64)), (written, written))
    return name


class TestSize:
    def test_of_every_component_there_is_something(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        names = [
            log(root, f"{FOLDER}/himds.log", 900 * KB, 100),
            log(root, f"{FOLDER}/azcmagent.log", 900 * KB, 100),
            log(root, f"{FOLDER}/arcproxy.log", 900 * KB, 100),
            log(root, f"{GUEST}/ext_mgr_logs/gc_ext.log", 900 * KB, 100),
            log(root, f"{GUEST}/arc_policy_logs/gc_agent.log", 900 * KB, 100),
            log(root, "var/log/syslog", 900 * KB, 100),
        ]
        bundle = collected(root, tmp_path / "b.zip", max_size=600 * KB)
        assert set(names) <= set(bundle.members)
        sizes = [len(bundle.members[name]) for name in names]
        assert sum(sizes) <= 600 * KB
        assert min(sizes) >= SMALLEST_CUT - 64
        for name in names:
            about = bundle.about(name)
            assert about["notes"] == ["tail-only"]
            assert about["skipped"] + about["size"] == about["source_size"]

    def test_the_newest_come_first_and_a_smaller_one_may_follow(
        self, tmp_path: Path
    ) -> None:
        root = tmp_path / "root"
        new = log(root, f"{FOLDER}/himds.log", 64 * KB, 500)
        middle = log(root, f"{FOLDER}/himds-3.log", 128 * KB, 400)
        old = log(root, f"{FOLDER}/himds-2.log", 256 * KB, 300)
        oldest = log(root, f"{FOLDER}/himds-1.log", 64 * KB, 200)
        bundle = collected(root, tmp_path / "b.zip", max_size=300 * KB)
        assert {new, middle, oldest} <= set(bundle.members)
        assert bundle.left[old] == "over-budget"

    def test_what_ranks_higher_comes_first(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        ours = log(root, f"{FOLDER}/himds-1.log", 64 * KB, 100)
        log(root, f"{FOLDER}/himds.log", 64 * KB, 200)
        log(root, "var/log/syslog", 64 * KB, 900)
        theirs = log(root, "var/log/syslog.1", 64 * KB, 800)
        bundle = collected(root, tmp_path / "b.zip", max_size=192 * KB)
        assert ours in bundle.members
        assert bundle.left[theirs] == "over-budget"

    def test_a_document_is_never_cut(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        name = f"{GUEST}/extension_reports/x_report.txt"
        write(root, name, b"{" * 500 * KB)
        bundle = collected(root, tmp_path / "b.zip", max_size=300 * KB)
        assert bundle.left[name] == "over-budget"

    def test_full_takes_what_is_otherwise_cut(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("diag.collect.options.TAIL", 100 * KB)
        root = tmp_path / "root"
        name = log(root, f"{FOLDER}/himds.log", 500 * KB, 100)
        part = collected(root, tmp_path / "a.zip")
        whole = collected(root, tmp_path / "b.zip", full=True)
        assert len(part.members[name]) == 100 * KB
        assert len(whole.members[name]) == 500 * KB
        assert "notes" not in whole.about(name)


class TestTime:
    def test_of_logs_only_those_of_the_window_are_taken(self, tmp_path: Path) -> None:
        root = tmp_path / "root"
        ends = {1: 100.0, 2: 200.0, 3: 300.0, 4: 400.0}
        for number, end in ends.items():
            log(root, f"{FOLDER}/himds-{number}.log", 64, end)
        log(root, f"{FOLDER}/himds.log", 64, 500)
        shown = f"{GUEST}/extension_reports/x_report.txt"
        os.utime(write(root, shown), (1, 1))
        bundle = collected(root, tmp_path / "b.zip", since=250.0, until=350.0)
        logs = [name for name in bundle.members if name.startswith(FOLDER)]
        # himds-4.log may hold what was written from 300 on.
        assert sorted(logs) == [f"{FOLDER}/himds-3.log", f"{FOLDER}/himds-4.log"]
        assert shown in bundle.members, "a document holds until it is written anew"
        for name in ("himds-1.log", "himds-2.log", "himds.log"):
            assert bundle.left[f"{FOLDER}/{name}"] == "outside-window"
        assert bundle.outcome is not None
        assert bundle.outcome.complete

    def test_logs_of_other_names_say_nothing_of_each_other(
        self, tmp_path: Path
    ) -> None:
        root = tmp_path / "root"
        folder = "var/log/azure/x"
        log(root, f"{folder}/install.log", 64, 900)
        log(root, f"{folder}/enable.log", 64, 950)
        bundle = collected(root, tmp_path / "b.zip", until=10.0)
        assert {f"{folder}/install.log", f"{folder}/enable.log"} <= set(bundle.members)


def found(number: int, component: int, size: int, kind: str) -> Found:
    """Return a file of one of several components."""
    path = f"var/log/azure/c{component}/f{number}.log"
    candidate = Candidate(path, "linux", kind, f"c{component}", component)
    return Found(
        parts=tuple(path.split("/")),
        candidate=candidate,
        identity=Identity(1, number),
        folders=(),
        size=size,
        allocated=size,
        mtime=float(number % 7),
        links=1,
        own=False,
    )


FILES = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 5_000_000), st.sampled_from([LOG, DOCUMENT])
    ),
    max_size=40,
).map(lambda rows: [found(number, *row) for number, row in enumerate(rows)])


@given(FILES, st.integers(1, 20_000_000))
def test_every_file_is_taken_or_left_with_a_reason(
    files: list[Found], most: int
) -> None:
    choice = choose(files, Options(max_size=most))
    taken = [pick.found.name for pick in choice.picks]
    assert sorted([*taken, *(one.name for one in choice.left)]) == sorted(
        one.name for one in files
    )
    components = {one.candidate.component for one in files}
    read = sum(min(pick.found.size, pick.most) for pick in choice.picks)
    assert read <= max(most, SMALLEST_CUT * len(components)) + SMALLEST_CUT
    with_logs = {f.candidate.component for f in files if f.candidate.kind == LOG}
    assert with_logs <= {pick.found.candidate.component for pick in choice.picks}


@given(FILES)
def test_everything_is_taken_when_there_is_room(files: list[Found]) -> None:
    choice = choose(files, Options(max_size=1 << 40, full=True))
    assert len(choice.picks) == len(files)
    assert all(pick.most >= pick.found.size for pick in choice.picks)
    assert not choice.left


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("gc_ext.1.log", "gc_ext.log"),
        ("gc_ext.10.log", "gc_ext.9.log"),
        ("himds-2026-03-10T04-00-00.117.log", "himds.log"),
        ("himds.log.2.gz", "himds.log.1"),
        ("syslog-20260310", "syslog"),
        ("arcproxy-20260310.log", "arcproxy.log"),
    ],
)
def test_parts_of_one_log_are_known_by_their_names(older: str, newer: str) -> None:
    first, second = found(1, 1, 1, LOG), found(2, 1, 1, LOG)
    first = first._replace(parts=("a", older))
    second = second._replace(parts=("a", newer))
    assert begins_of([second, first]) == {second: first.mtime}


def test_the_order_of_components_is_that_of_the_plan() -> None:
    ranks = {
        one.component: one.rank for one in the_plan().candidates if one.kind == LOG
    }
    assert ranks["himds"] < ranks["azcmagent"] < ranks["extensions"] < ranks["system"]
