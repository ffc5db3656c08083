"""One mutation of a random honest zip: what it did not touch comes out whole."""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.bundle.opened import content, opened
from tests.bundle.zipmaker import (
    DEFLATE,
    STORED,
    STREAMED,
    UTF8,
    Part,
    build,
    extended_time,
)


@dataclass(frozen=True)
class Archive:
    """A zip and its members, whose contents are all different."""

    data: bytes
    parts: tuple[Part, ...]


def archive(
    bodies: list[tuple[bytes, int, bool, bool]],
    comment: bytes,
    prefix: bytes,
    *,
    wide: bool,
) -> Archive:
    parts = []
    for number, (body, method, streamed, signed) in enumerate(bodies):
        parts.append(
            Part(
                b"log/m%d.log" % number,
                b"%d: " % number + body,
                method,
                UTF8 | (STREAMED if streamed else 0),
                extra=extended_time(1_773_144_000 + number),
                signed=signed,
            )
        )
    # zipmaker writes 32-bit descriptors: APPNOTE 4.3.9.2 wants others with zip64.
    wide = wide and not any(part.flags & STREAMED for part in parts)
    data = build(parts, comment=comment, prefix=prefix, wide=wide, shift=0)
    return Archive(data, tuple(parts))


BODIES = st.one_of(
    st.binary(max_size=300),
    st.sampled_from([b"2026-03-10T12:00:00Z line\n" * 40, b"", b"PK\x03\x04" * 5,
                     b"PK\x07\x08", bytes(100)]),
    st.binary(min_size=1, max_size=20).map(lambda piece: piece * 90),
)  # fmt: skip
ARCHIVES = st.builds(
    archive,
    st.lists(
        st.tuples(
            BODIES,
            st.sampled_from([DEFLATE, DEFLATE, STORED]),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([b"", b"a comment", b"\x1b]0;x\x07"]),
    st.sampled_from([b"", b"#!/bin/sh\n"]),
    wide=st.booleans(),
)
PLACE = st.integers(0, 9999).map(lambda number: number / 9999)


def recovered(changed: bytes, intact: list[Part]) -> None:
    """Every intact part is byte-identical in some member, or it is named."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = opened(Path(folder) / "x.zip", changed)
        contents = set()
        for member in bundle.members:
            try:
                contents.add(content(member))
            except zlib.error:
                continue  # told when it is read
    words = " ".join(f"{problem.file} {problem.text}" for problem in bundle.problems)
    for part in intact:
        assert part.content in contents or part.name.decode() in words, part.name
    assert bundle.members or bundle.problems


@settings(max_examples=examples(300), deadline=None)
@given(ARCHIVES, PLACE, st.integers(1, 255))
def test_a_flipped_byte(made: Archive, place: float, change: int) -> None:
    at = min(int(place * len(made.data)), len(made.data) - 1)
    data = bytearray(made.data)
    data[at] ^= change
    intact = [part for part in made.parts if not part.header <= at < part.end]
    recovered(bytes(data), intact)


@settings(max_examples=examples(300), deadline=None)
@given(ARCHIVES, PLACE)
def test_cut_off(made: Archive, place: float) -> None:
    at = int(place * len(made.data))
    recovered(made.data[:at], [part for part in made.parts if part.end <= at])


@settings(max_examples=examples(300), deadline=None)
@given(ARCHIVES, PLACE, st.binary(min_size=1, max_size=60))
def test_bytes_put_in(made: Archive, place: float, put: bytes) -> None:
    at = int(place * len(made.data))
    data = made.data[:at] + put + made.data[at:]
    recovered(data, [part for part in made.parts if not part.header < at < part.end])


@settings(max_examples=examples(300), deadline=None)
@given(ARCHIVES, PLACE, st.integers(1, 60))
def test_bytes_taken_out(made: Archive, place: float, taken: int) -> None:
    at = int(place * len(made.data))
    after = min(at + taken, len(made.data))
    data = made.data[:at] + made.data[after:]
    intact = [p for p in made.parts if p.end <= at or p.header >= after]
    recovered(data, intact)


@settings(max_examples=examples(60), deadline=None)
@given(ARCHIVES)
@example(archive([(b"x", STORED, True, False)], b"", b"", wide=False))
def test_unchanged(made: Archive) -> None:
    recovered(made.data, list(made.parts))
    with tempfile.TemporaryDirectory() as folder:
        bundle = opened(Path(folder) / "x.zip", made.data)
    found = [(m.offset, m.packed, m.crc, m.size) for m in bundle.members]
    assert found == [(p.data, len(p.packed), p.crc, len(p.content)) for p in made.parts]
    assert {problem.kind for problem in bundle.problems} <= {"stray-bytes"}
