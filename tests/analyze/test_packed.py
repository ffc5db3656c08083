"""Packed and rotated logs, loaded as a whole."""

from __future__ import annotations

import gzip
import itertools
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from diag.analyze import load
from diag.analyze.parts import place_of
from diag.errors import StoreError
from diag.model import Member, Packing
from tests.analyze.machines import (
    GC_AGENT,
    HIMDS,
    JOURNAL,
    bracket,
    folder,
    logrus,
    syslog,
    zipped,
)
from tests.analyze.stored import check_account, events, snapshot
from tests.bundle.zipmaker import DEFLATE, STORED, Part, build

if TYPE_CHECKING:
    from pathlib import Path

EXT = "ProgramData/GuestConfig/ext_mgr_logs"
LOGS = "var/opt/azcmagent/log"


def times(day: int, count: int = 3) -> str:
    return bracket(*(f"2026-03-{day:02d} 12:00:{n:02d}.000" for n in range(count)))


def hours(day: int) -> str:
    return logrus(*(f"2026-03-{day:02d}T12:00:{n:02d}Z" for n in range(3)))


def read(held: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return the files in the order in which their events are numbered."""
    rows = sorted(held["Events"], key=lambda row: row["EventId"])
    return [file for file, _ in itertools.groupby(row["File"] for row in rows)]


def told(held: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    return [(row["File"], row["Kind"]) for row in held["Problems"]]


@pytest.mark.parametrize("place", ["alone", "folder", "stored", "deflate"])
def test_a_gzip_log_is_a_log_wherever_it_lies(tmp_path: Path, place: str) -> None:
    data = gzip.compress(hours(10).encode())
    name = "himds.log.gz" if place == "alone" else f"{LOGS}/himds.log.gz"
    if place in {"alone", "folder"}:
        root = folder(tmp_path / "m", {name: data})
        source = root / name if place == "alone" else root
    else:
        method = STORED if place == "stored" else DEFLATE
        source = tmp_path / "m.zip"
        source.write_bytes(build([Part(name.encode(), data, method)]))
    held = snapshot([source])
    (row,) = held["Files"]
    assert (row["File"], row["Log"], row["Lines"], row["Events"]) == (
        name, "himds", 3, 3,
    )  # fmt: skip
    assert row["Bytes"] == len(hours(10))
    assert held["Problems"] == []
    assert held["Bundles"][0]["Os"] == ("" if place == "alone" else "linux")


@pytest.mark.parametrize("method", [STORED, DEFLATE, None])
def test_logs_that_the_agent_packed_are_read(
    tmp_path: Path, method: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old = {
        f"{EXT}/gc_ext.{n}.zip": build(
            [Part(b"gc_ext.%d.log" % n, times(20 - n).encode())]
        )
        for n in (1, 2, 10)
    }
    # A member that is called like the live file is what the zip's name says.
    old[f"{EXT}/gc_ext.3.zip"] = build([Part(b"gc_ext.log", times(17).encode())])
    files: dict[str, str | bytes] = {**old, f"{EXT}/gc_ext.log": times(20)}
    if method is None:
        source = folder(tmp_path / "m", files)
    else:
        source = tmp_path / "m.zip"
        parts = [
            Part(n.encode(), t.encode() if isinstance(t, str) else t, method)
            for n, t in files.items()
        ]
        source.write_bytes(build(parts))
    before = sorted(tmp_path.iterdir())
    held = snapshot([source])
    assert sorted(tmp_path.iterdir()) == before
    assert held["Problems"] == []
    assert {row["Log"] for row in held["Files"]} == {"gc_ext"}
    assert {row["Events"] for row in held["Files"]} == {3}
    assert held["Bundles"][0]["Os"] == "windows"
    assert read(held) == [
        f"{EXT}/gc_ext.10.zip/gc_ext.10.log",
        f"{EXT}/gc_ext.3.zip/gc_ext.log",
        f"{EXT}/gc_ext.2.zip/gc_ext.2.log",
        f"{EXT}/gc_ext.1.zip/gc_ext.1.log",
        f"{EXT}/gc_ext.log",
    ]
    moments = [row["TimeGenerated"] for row in held["Events"]]
    assert moments == sorted(moments)


def test_the_scratch_folder_is_gone_when_loading_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    inner = build([Part(b"gc_ext.1.log", times(9).encode())])
    source = zipped(tmp_path / "m.zip", {f"{EXT}/gc_ext.1.zip": inner})
    with pytest.raises(StoreError):
        load([source], keep=tmp_path / "no folder" / "x.duckdb")
    assert list((tmp_path / "t").iterdir()) == []
    with load([source], keep=tmp_path / "x.duckdb") as loaded:
        assert list((tmp_path / "t").iterdir()) == []
        check_account(loaded.store)
        assert len(events(loaded.store)) == 3


def test_a_zip_that_could_not_be_unpacked_is_not_remembered_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = build([Part(b"gc_ext.1.log", times(9).encode())])
    source = zipped(tmp_path / "m.zip", {f"{EXT}/gc_ext.1.zip": inner})
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(tmp_path / "cache"))
    with monkeypatch.context() as full:
        full.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        with load([source]) as loaded:
            assert [p.kind for p in loaded.store.problems()] == [
                "no-known-log", "unreadable",
            ]  # fmt: skip
    with load([source]) as loaded:
        assert loaded.cached is False
        assert len(events(loaded.store)) == 3
    with load([source]) as loaded:
        assert loaded.cached is True


ORDERS = [
    # By numbers: 1 is the newest old part.
    ["gc_ext.10.log", "gc_ext.9.log", "gc_ext.1.log", "gc_ext.log"],
    ["gc_ext.2.log.gz", "gc_ext.1.log", "gc_ext.log"],
    # By the stamp of their rotation.
    [
        "gc_ext-2026-03-08.log",
        "gc_ext-2026-03-09T09-00-00.000.log.gz",
        "gc_ext-2026-03-09T10-11-12.345.log",
        "gc_ext.log",
    ],
]


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("order", ORDERS, ids=range(len(ORDERS)))
@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_parts_of_a_log_are_read_from_the_oldest_on(
    tmp_path: Path, order: list[str], kind: str, *, timed: bool
) -> None:
    files: dict[str, str | bytes] = {}
    for day, name in enumerate(order, start=1):
        text = times(day) if timed else "no time in it\n" * 3
        files[f"{EXT}/{name}"] = gzip.compress(text.encode()) if "gz" in name else text
    files = dict(sorted(files.items()))
    files["readme.txt"] = "x\n"
    make = zipped if kind == "zip" else folder
    held = snapshot([make(tmp_path / "m.zip", files)])
    assert read(held) == [*(f"{EXT}/{name}" for name in order), "readme.txt"]
    # What is shown stays in the order of the names.
    assert [row["File"] for row in held["Files"]] == list(files)
    assert [row["FileId"] for row in held["Files"]] == list(range(1, len(files) + 1))


def test_times_are_better_evidence_than_names(tmp_path: Path) -> None:
    files = {
        f"{LOGS}/himds-2026-03-07.log": hours(9),
        f"{LOGS}/himds-2026-03-08.log": "nothing with a time\n",
        f"{LOGS}/himds-2026-03-09.log": hours(7),
        f"{LOGS}/himds.log": hours(8),
    }
    held = snapshot([folder(tmp_path / "m", files)])
    assert [name.removeprefix(f"{LOGS}/") for name in read(held)] == [
        "himds-2026-03-09.log",
        "himds-2026-03-08.log",
        "himds.log",
        "himds-2026-03-07.log",
    ]


def test_other_members_keep_their_places(tmp_path: Path) -> None:
    files = {
        f"{EXT}/gc_ext.1.log": times(8),
        HIMDS: hours(1),
        f"{EXT}/gc_ext.log": times(9),
        GC_AGENT: times(1),
        f"{EXT}/gc_ext.2.log": times(7),
        "other/gc_ext.1.log": times(2),
        JOURNAL: syslog("Mar  1 12:00:00"),
    }
    held = snapshot([zipped(tmp_path / "m.zip", files)])
    assert read(held) == [
        f"{EXT}/gc_ext.2.log",
        HIMDS,
        f"{EXT}/gc_ext.1.log",
        GC_AGENT,
        f"{EXT}/gc_ext.log",
        "other/gc_ext.1.log",
        JOURNAL,
    ]


NAMES = [
    ("d/gc_ext.3.log", "", ("d", "gc_ext.log", (0, -3))),
    ("d/himds.log.12", "", ("d", "himds.log", (0, -12))),
    ("d/HIMDS.LOG.2.GZ", "", ("d", "himds.log", (0, -2))),
    ("d/himds.log", "", ("d", "himds.log", (2, 0))),
    ("himds.log.gz", "", ("", "himds.log", (2, 0))),
    ("d/messages-20260308", "", ("d", "messages", (1, int(f"20260308{0:015}")))),
    (
        "d/himds-2026-03-09T10-11-12.345.log",
        "",
        ("d", "himds.log", (1, int(f"20260309101112345{0:06}"))),
    ),
    ("d/gc_ext.1.zip/gc_ext.1.log", "d/gc_ext.1.zip", ("d", "gc_ext.log", (0, -1))),
    ("d/gc_ext.4.zip/gc_ext.log", "d/gc_ext.4.zip", ("d", "gc_ext.log", (0, -4))),
    ("a.zip/d/gc_ext.log", "a.zip", ("/d", "gc_ext.log", (2, 0))),
    ("d/himds.1.log (2)", "", ("d", "himds.log (2)", (0, -1))),
    ("d/1.58.3.log", "", ("d", "1.58.log", (0, -3))),
    ("d/.1", "", ("d", ".1", (2, 0))),
]


@pytest.mark.parametrize(("name", "inside", "place"), NAMES)
def test_what_a_name_says(
    tmp_path: Path, name: str, inside: str, place: tuple[str, str, tuple[int, int]]
) -> None:
    member = Member(name, name, tmp_path, 0, 0, Packing.STORED, inside=inside)
    assert place_of(member) == place


def test_what_is_there_plain_and_packed_is_told(tmp_path: Path) -> None:
    text = times(9)
    files: dict[str, str | bytes] = {
        f"{EXT}/gc_ext.1.log": text,
        f"{EXT}/gc_ext.1.log.gz": gzip.compress(text.encode()),
        f"{EXT}/gc_ext.1.zip": build([Part(b"gc_ext.1.log", text.encode())]),
        f"{EXT}/gc_ext.2.log.gz": gzip.compress(times(8).encode()),
        f"{EXT}/gc_ext.log": times(9, 4),
        "copy/gc_ext.log": text,
        "empty/gc_ext.log": "",
        "empty/gc_ext.1.log.gz": gzip.compress(b""),
    }
    held = snapshot([folder(tmp_path / "m", files)])
    assert told(held) == [
        (f"{EXT}/gc_ext.1.log.gz", "same-content"),
        (f"{EXT}/gc_ext.1.zip/gc_ext.1.log", "same-content"),
    ]
    assert held["Problems"][0]["Text"].startswith(
        f"It has the same content as {EXT}/gc_ext.1.log."
    )
    assert {row["Events"] for row in held["Files"]} == {0, 3, 4}


def test_a_document_may_be_packed_too(tmp_path: Path) -> None:
    show = b"Resource Name  : web-1\nAgent Version  : 1.58.03228.700\n"
    held = snapshot(
        [
            folder(
                tmp_path / "m", {"commands/azcmagent-show.txt.gz": gzip.compress(show)}
            )
        ]
    )
    assert held["Bundles"][0]["Computer"] == "web-1"
    assert held["Bundles"][0]["AgentVersion"] == "1.58.03228.700"
