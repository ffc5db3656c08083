"""One mutation of a zip that holds a zip and a `.gz`: the rest comes out whole."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from diag.bundle import Scratch
from tests.amount import examples
from tests.bundle.opened import content, opened
from tests.bundle.zipmaker import DEFLATE, STORED, STREAMED, UTF8, Part, build

TEXT = b"2026-03-10T12:00:00Z line\n" * 40


@dataclass(frozen=True)
class Whole:
    """A text, where its bytes lie in the outer zip, and under which name."""

    name: str
    text: bytes
    start: int
    stop: int


@dataclass(frozen=True)
class Archive:
    """The outer zip, and the texts that are to be found in it."""

    data: bytes
    texts: tuple[Whole, ...]


def archive(
    inner_method: int, method: int, bodies: list[bytes], *, streamed: bool
) -> Archive:
    flags = UTF8 | (STREAMED if streamed else 0)
    inside = [
        Part(b"m%d.log" % n, b"inner %d: " % n + body, method, flags)
        for n, body in enumerate(bodies)
    ]
    inner = Part(b"in.zip", build(inside), inner_method, flags)
    packed = Part(b"p.log.gz", gzip.compress(b"gzip: " + TEXT, mtime=0), method, flags)
    plain = Part(b"plain.log", b"plain: " + TEXT, DEFLATE, flags)
    data = build([plain, inner, packed, Part(b"end.log", b"end: " + TEXT)])
    texts = [
        Whole("plain.log", plain.content, plain.header, plain.end),
        Whole("p.log.gz", b"gzip: " + TEXT, packed.header, packed.end),
    ]
    for part in inside:
        start, stop = inner.header, inner.end
        if inner_method == STORED:
            start, stop = inner.data + part.header, inner.data + part.end
        texts.append(Whole(f"in.zip/{part.name.decode()}", part.content, start, stop))
    return Archive(data, tuple(texts))


ARCHIVES = st.builds(
    archive,
    st.sampled_from([STORED, DEFLATE]),
    st.sampled_from([STORED, DEFLATE]),
    st.lists(
        st.sampled_from([TEXT, b"", b"PK\x03\x04" * 5, b"PK\x01\x02", bytes(100)]),
        min_size=1,
        max_size=3,
    ),
    streamed=st.booleans(),
)
PLACE = st.integers(0, 9999).map(lambda number: number / 9999)


def recovered(changed: bytes, intact: list[Whole]) -> None:
    """Every intact text comes out, or what it is in is named."""
    with tempfile.TemporaryDirectory() as folder, Scratch() as own:
        bundle = opened(Path(folder) / "x.zip", changed, own)
        contents = set()
        for member in bundle.members:
            try:
                contents.add(content(member))
            except zlib.error:
                continue  # told when it is read
    words = " ".join(f"{problem.file} {problem.text}" for problem in bundle.problems)
    named = {problem.file for problem in bundle.problems}
    for whole in intact:
        kept = whole.text in contents or whole.name in words
        assert kept or "in.zip" in named & {whole.name.split("/")[0]}, whole.name
    assert bundle.members or bundle.problems


@settings(max_examples=examples(200), deadline=None)
@given(ARCHIVES, PLACE, st.integers(1, 255))
def test_a_flipped_byte(made: Archive, place: float, change: int) -> None:
    at = min(int(place * len(made.data)), len(made.data) - 1)
    data = bytearray(made.data)
    data[at] ^= change
    intact = [one for one in made.texts if not one.start <= at < one.stop]
    recovered(bytes(data), intact)


@settings(max_examples=examples(200), deadline=None)
@given(ARCHIVES, PLACE)
def test_cut_off(made: Archive, place: float) -> None:
    at = int(place * len(made.data))
    recovered(made.data[:at], [one for one in made.texts if one.stop <= at])


@settings(max_examples=examples(200), deadline=None)
@given(ARCHIVES, PLACE, st.binary(max_size=60), st.integers(0, 60))
@example(archive(0, 0, [b"PK\x01\x02"], streamed=False), 7600 / 9999, bytes(6), 0)
def test_bytes_put_in_and_taken_out(
    made: Archive, place: float, put: bytes, taken: int
) -> None:
    at = int(place * len(made.data))
    after = min(at + taken, len(made.data))
    data = made.data[:at] + put + made.data[after:]
    intact = [one for one in made.texts if one.stop <= at or one.start >= after]
    recovered(data, intact)


@settings(max_examples=examples(40), deadline=None)
@given(ARCHIVES)
def test_unchanged(made: Archive) -> None:
    with tempfile.TemporaryDirectory() as folder, Scratch() as own:
        bundle = opened(Path(folder) / "x.zip", made.data, own)
        found = {member.name: content(member) for member in bundle.members}
    assert found == {one.name: one.text for one in made.texts} | {
        "end.log": b"end: " + TEXT
    }
    assert bundle.problems == ()
