"""The bytes that readers get: the same as the core's, bounded and checked."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from diag.bundle import unpacked
from diag.bundle.unpacked import Unpacked
from diag.model import Member, Packing

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"".join(b"line %d of a log\r\n" % number for number in range(60_000))


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


PACKED = {
    Packing.STORED: TEXT,
    Packing.DEFLATE: deflated(TEXT),
    Packing.GZIP: gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:]) + b"\0" * 9,
    Packing.DEFLATE_GZIP: deflated(gzip.compress(TEXT)),
}
EACH = pytest.mark.parametrize("packing", list(Packing))


def member(
    path: Path, packing: Packing, data: bytes, *, cut: int = 0, crc: int | None = None
) -> Member:
    before = b"x" * 77
    path.write_bytes(before + data[: len(data) - cut] + b"y" * (0 if cut else 50))
    return Member("a", "a", path, len(before), len(data), packing, None, crc)


@EACH
def test_every_packing_gives_the_same_bytes(tmp_path: Path, packing: Packing) -> None:
    source = Unpacked(member(tmp_path / "a", packing, PACKED[packing]))
    for _ in range(2):
        assert b"".join(source.blocks()) == TEXT
        assert source.problems() == []
        assert source.size == len(TEXT)
    assert max(map(len, source.blocks())) <= unpacked.STEP


@EACH
def test_of_data_that_are_cut_the_beginning_is_kept(
    tmp_path: Path, packing: Packing
) -> None:
    data = PACKED[packing]
    source = Unpacked(member(tmp_path / "a", packing, data, cut=len(data) // 2))
    found = b"".join(source.blocks())
    assert found
    assert TEXT.startswith(found)
    assert [kind for _, kind, _ in source.problems()] == ["size-mismatch"]


@pytest.mark.parametrize("packing", [Packing.DEFLATE, Packing.GZIP])
def test_damage_ends_the_reading_and_is_told(tmp_path: Path, packing: Packing) -> None:
    data = bytearray(PACKED[packing])
    at = len(data) // 2
    data[at : at + 40] = b"\xff" * 40
    source = Unpacked(member(tmp_path / "a", packing, bytes(data)))
    assert len(b"".join(source.blocks())) < len(TEXT) + unpacked.STEP
    assert source.problems()


def test_a_wrong_checksum_is_told(tmp_path: Path) -> None:
    source = Unpacked(member(tmp_path / "a", Packing.STORED, TEXT, crc=1))
    assert b"".join(source.blocks()) == TEXT
    assert [kind for _, kind, _ in source.problems()] == ["bad-crc"]


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "MOST_BYTES", 1 << 20)
    bomb = deflated(b"\0" * (16 << 20))
    source = Unpacked(member(tmp_path / "a", Packing.DEFLATE, bomb))
    assert sum(map(len, source.blocks())) <= (1 << 20) + unpacked.STEP
    assert [kind for _, kind, _ in source.problems()] == ["over-limit"]


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    one = member(tmp_path / "a", Packing.STORED, TEXT)
    one.path.unlink()
    source = Unpacked(one)
    assert list(source.blocks()) == []
    assert [kind for _, kind, _ in source.problems()] == ["unreadable"]
