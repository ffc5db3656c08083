"""A look at the start or the end of a member reads as the whole does."""

from __future__ import annotations

import tempfile
from pathlib import Path

import arcdiag_core
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amount import examples
from tests.core.ingested import deflated

LINES = st.lists(
    st.text(st.sampled_from("ab é😀"), max_size=30), min_size=1, max_size=40
)


def look(data: bytes, packing: str, limit: int, *, tail: bool) -> tuple[str, str]:
    packed = deflated(data) if packing == "deflate" else data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(b"head" + packed + b"behind")
        return arcdiag_core.sample(path, 4, len(packed), packing, limit, tail)


@pytest.mark.parametrize("packing", ["stored", "deflate"])
@settings(max_examples=examples(60), deadline=None)
@given(LINES, st.integers(1, 400), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_both_ends_are_parts_of_the_text(
    packing: str, lines: list[str], limit: int, encoding: str
) -> None:
    text = "head of it\n" + "\n".join(lines) + "\n"
    data = text.encode(encoding)
    head, name = look(data, packing, limit, tail=False)
    tail, same = look(data, packing, limit, tail=True)
    assert (
        name
        == same
        == {"utf-8-sig": "utf-8-bom", "utf-16": "utf-16-le"}.get(encoding, encoding)
    )
    if len(data) <= limit:
        assert head == tail == text
        return
    assert text.startswith(head)
    assert text.endswith(tail)
    assert tail in {"", text} or text[: -len(tail)].endswith("\n")
    assert len(tail.encode(encoding)) <= limit + 3


@pytest.mark.parametrize("size", [255_000, 262_144, 262_145, 300_000, 2_000_000])
@pytest.mark.parametrize("limit", [1, 100, 4096, 16_384, 262_144, 400_000])
def test_the_end_of_a_large_member(size: int, limit: int) -> None:
    data = b"".join(b"line %09d\n" % number for number in range(size // 15))
    for packing in ("stored", "deflate"):
        tail, _ = look(data, packing, limit, tail=True)
        whole = data if limit >= len(data) else data[-limit:].partition(b"\n")[2]
        assert tail == whole.decode()


def test_damage_ends_the_look_where_it_is() -> None:
    data = b"".join(b"line %09d\n" % number for number in range(50_000))
    packed = deflated(data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(packed[: len(packed) // 2])
        tail, _ = arcdiag_core.sample(path, 0, len(packed), "deflate", 1000, tail=True)
    assert tail.encode() in data
    assert tail.startswith("line ")


def test_binary_content_has_no_text() -> None:
    assert look(b"PK\x03\x04 and so on", "stored", 100, tail=False) == ("", "binary")
    assert look(b"", "stored", 100, tail=True) == ("", "utf-8")
