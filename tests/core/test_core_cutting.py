"""Where the bytes are cut, and who parses them, makes no difference to the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import (
    Answer,
    deflated,
    ingest,
    plan_of,
    read,
    spec,
)

if TYPE_CHECKING:
    from pathlib import Path

    from arcdiag_core import FileSpec

CHUNK = 512 << 10  # what the core reads at once
LARGE = 4 << 20  # from here on a file is unpacked by a thread of its own
HEAD = 4096  # what it looks at before that
BORDERS = [HEAD, HEAD + CHUNK]
OPTIONS = [
    {"threads": threads, "batch_rows": rows, "memory": memory}
    for threads in (1, 2, 4)
    for rows, memory in ((7, 1), (1000, 1 << 16), (122_880, 128 << 20))
]
FAMILIES = ["gc_agent", "himds"]
BRACKET = "[2026-03-10 12:00:00.123] [PID 7] [TID 8] [Rest Server] [INFO] ["
GUID = "00000000-0000-0000-0000-000000000000"


def himds(number: int) -> str:
    minute, second = divmod(number % 3600, 60)
    more = "\n  goes on\n\n  and on" if number % 50 == 0 else ""
    return (
        f'time="2026-03-10T12:{minute:02d}:{second:02d}Z" level=info '
        f'msg="Request {number} é 😀{more}" Status Code={number % 600}\n'
    )


def gc_agent(number: int) -> str:
    return f"{BRACKET}{GUID}] job {number} of {number % 7} ended\n"


def large(number: int) -> str:
    return f"{BRACKET}{GUID}] job {number} {'of many ' * 100}ended\n"


def mixed_files(folder: Path) -> list[FileSpec]:
    """Write files of many sizes and packings, some larger than a chunk."""
    texts = [
        ("himds", "".join(map(himds, range(5000)))),
        ("gc_agent", "".join(map(gc_agent, range(30))) + "goes on\n\n"),
        ("himds", ""),
        ("gc_agent", "".join(map(large, range(5000)))),
        (None, "some text\n" * 1000 + "torn"),
        ("himds", "before any record\n" + "".join(map(himds, range(200)))),
    ]
    files = []
    for number, (family, text) in enumerate(texts, start=1):
        data = text.encode("utf-16" if number == 4 else "utf-8")
        packing = "deflate" if number % 2 else "stored"
        path = folder / f"{number}.log"
        path.write_bytes(deflated(data) if number % 2 else data)
        plan = None if family is None else FAMILIES.index(family)
        files.append(
            spec(path, file_id=number, packing=packing, size=len(data), plan=plan)
        )
    assert files[3]["packed"] > 2 * LARGE
    return files


def test_threads_batches_and_memory_change_nothing(tmp_path: Path) -> None:
    files = mixed_files(tmp_path)
    plans = [plan_of(name) for name in FAMILIES]
    first, *others = [ingest(files, plans, **options) for options in OPTIONS]
    assert len(first.rows) == 5000 + 30 + 5000 + 1001 + 201
    for options, other in zip(OPTIONS[1:], others, strict=True):
        assert other == first, options


@pytest.mark.parametrize("rows", [1, 2, 3, 122_880])
def test_every_batch_size_gives_all_rows(rows: int, tmp_path: Path) -> None:
    path = tmp_path / "himds.log"
    path.write_text("".join(map(himds, range(300))), encoding="utf-8", newline="")
    answer = ingest([spec(path)], [plan_of("himds")], batch_rows=rows)
    assert [row.line for row in answer.rows][:3] == [1, 5, 6]
    assert len(answer.rows) == 300


def at_border(border: int, back: int, piece: bytes, behind: bytes) -> bytes:
    """Return lines in which `piece` begins `back` bytes before a border."""
    before = border - back
    rows = gc_agent(1).encode() * (before // len(gc_agent(1)) - 2)
    head = f"{BRACKET}{GUID}] ".encode()
    filler = b"x" * (before - len(rows) - len(head))
    return rows + head + filler + piece + behind


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        (b"\r\n", "\n"),
        (b"\r\r\n\n", "\n\n\n"),
        ("é".encode(), "é"),
        ("€".encode(), "€"),
        ("😀".encode(), "😀"),
        (b"\xf0\x9f\x98", r"\xf0\x9f\x98"),
        (b"\xe2\x82\xff", r"\xe2\x82\xff"),
        (b"\xc3", r"\xc3"),
        (b"\0\0\0\0", "␀␀␀␀"),
        (b"\r\0\n", "\n␀\n"),
    ],
)
def test_what_lies_over_a_border_stays_whole(
    border: int, piece: bytes, shown: str
) -> None:
    answers = [
        read(at_border(border, back, piece, b"behind\nlast\n"), "gc_agent")
        for back in range(len(piece) + 2)
    ]
    for answer in answers:
        message = answer.rows[-1].message.lstrip("x")
        assert message == shown + "behind\nlast"
        assert answer.report["continued"] == message.count("\n")


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("back", range(6))
def test_a_surrogate_pair_over_a_border_stays_whole(order: str, back: int) -> None:
    text = gc_agent(1) * ((CHUNK + HEAD - back) // 2 // len(gc_agent(1)))
    filler = "x" * ((CHUNK + HEAD - back) // 2 - len(text) - 1)
    data = ("\ufeff" + text + filler + "😀 end\n").encode(f"utf-16-{order}")
    answer = read(data, "gc_agent")
    assert answer.rows[-1].message.endswith("\n" + filler + "😀 end")
    assert answer.report["encoding"] == f"utf-16-{order}"
    assert answer.kinds == []


@settings(max_examples=examples(15), deadline=None)
@given(
    st.integers(0, 400),
    st.lists(st.sampled_from(["\n", "\r\n", "é", "x" * 50, "😀", "\r"]), max_size=60),
)
def test_a_record_over_a_border_is_one(shift: int, pieces: list[str]) -> None:
    body = "".join(pieces)
    head = f"{BRACKET}{GUID}] start "
    small = read(f"{head}{body}|end\n".encode(), "gc_agent")
    large = read(
        at_border(CHUNK + HEAD, shift, b"\n" + head.encode(), f"{body}|end\n".encode()),
        "gc_agent",
    )
    assert large.rows[-1].message == small.rows[-1].message
    assert large.rows[-1].line_count == small.rows[-1].line_count


def test_the_same_file_packed_and_stored_reads_the_same() -> None:
    data = "".join(map(himds, range(9000))).encode()
    answers: list[Answer] = [read(data, "himds", deflate=way) for way in (False, True)]
    assert answers[0] == answers[1]
    assert answers[0].report["bytes"] == len(data) > 2 * CHUNK // 2
