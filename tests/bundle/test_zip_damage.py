"""Any damage to an honest zip: no error, and nothing is lost in silence."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.bundle.opened import opened
from tests.bundle.zipmaker import DEFLATE, STORED, STREAMED, UTF8, Part, build

LOGS = [b"2026-03-10T12:00:00Z line\n" * 20, b"", b"x", bytes(range(256)) * 3]


def archive(style: int) -> tuple[bytes, list[Part]]:
    method = (DEFLATE, STORED)[style & 1]
    flags = UTF8 | (STREAMED if style & 2 else 0)
    parts = [
        Part(b"log/%d.log" % n, text, method, flags) for n, text in enumerate(LOGS * 2)
    ]
    return build(parts, wide=bool(style & 4)), parts


def check(data: bytes, parts: list[Part], damage: int, after: int) -> None:
    """Every member outside of the damaged bytes is listed or named."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = opened(Path(folder) / "x.zip", data)
    places = {member.offset for member in bundle.members}
    words = " ".join(f"{p.file} {p.text}" for p in bundle.problems)
    for part in parts:
        if part.end <= damage or part.header >= after:
            assert part.data in places or part.name.decode() in words, part.name
    assert bundle.members or bundle.problems


STYLE = st.integers(0, 7)


@settings(max_examples=examples(300), deadline=None)
@given(STYLE, st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_one_wrong_byte(style: int, place: float, change: int) -> None:
    data, parts = archive(style)
    at = int(place * len(data))
    damaged = bytearray(data)
    damaged[at] ^= change
    check(bytes(damaged), parts, at, at + 1)


@settings(max_examples=examples(200), deadline=None)
@given(STYLE, st.floats(0, 1))
@example(0, 0.0)
@example(2, 1.0)
def test_a_cut(style: int, place: float) -> None:
    data, parts = archive(style)
    at = int(place * len(data))
    check(data[:at], parts, at, len(data))


@settings(max_examples=examples(200), deadline=None)
@given(STYLE, st.floats(0, 1), st.binary(max_size=60), st.integers(0, 60))
def test_bytes_replaced(style: int, place: float, put: bytes, taken: int) -> None:
    data, parts = archive(style)
    at = int(place * len(data))
    moved = len(put) != taken
    after = len(data) if moved else at + taken
    check(data[:at] + put + data[at + taken :], parts, at, after)


@settings(max_examples=examples(100), deadline=None)
@given(STYLE, st.integers(0, 2**32))
def test_many_wrong_bytes(style: int, seed: int) -> None:
    data, parts = archive(style)
    chance = random.Random(seed)
    damaged = bytearray(data)
    places = [chance.randrange(len(data)) for _ in range(chance.randrange(1, 40))]
    for at in places:
        damaged[at] = chance.randrange(256)
    with tempfile.TemporaryDirectory() as folder:
        opened(Path(folder) / "x.zip", bytes(damaged))
    assert parts


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.sampled_from(
    [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07",
     b"PK\x07\x08", b"\x00" * 12, b"\xff" * 8, b"a" * 30, b"\x01\x00"]
), max_size=30))  # fmt: skip
def test_signatures_in_any_order(pieces: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        opened(Path(folder) / "x.zip", b"PK\x03\x04" + b"".join(pieces))


@pytest.mark.parametrize("style", range(8))
def test_undamaged_is_whole(style: int) -> None:
    data, parts = archive(style)
    with tempfile.TemporaryDirectory() as folder:
        bundle = opened(Path(folder) / "x.zip", data)
    assert bundle.problems == ()
    assert [m.offset for m in bundle.members] == [p.data for p in parts]
    assert [m.crc for m in bundle.members] == [p.crc for p in parts]
