"""What all tests of the reader look at."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from diag.bundle import open_bundle
from diag.model import Packing
from diag.text import show

if TYPE_CHECKING:
    from pathlib import Path

    from diag.bundle import Scratch
    from diag.model import Bundle, Member


def opened(
    path: Path, data: bytes | None = None, scratch: Scratch | None = None
) -> Bundle:
    """Open a source and check what must hold for any."""
    if data is not None:
        path.write_bytes(data)
    bundle = open_bundle(path, scratch)
    for problem in bundle.problems:
        assert show(problem.file) == problem.file
        assert show(problem.text) == problem.text
        assert problem.text.endswith(".")
    names = [member.name for member in bundle.members]
    assert len(set(names)) == len(names)
    for member in bundle.members:
        assert show(member.name) == member.name
        assert member.offset >= 0
        assert member.offset + member.packed <= member.path.stat().st_size
    return bundle


def content(member: Member) -> bytes:
    """Unpack a member as the core does, as far as it goes."""
    with member.path.open("rb") as stream:
        stream.seek(member.offset)
        packed = stream.read(member.packed)
    if member.packing in {Packing.DEFLATE, Packing.DEFLATE_GZIP}:
        packed = zlib.decompressobj(-15).decompress(packed)
    text = b"" if member.packing.is_gzip else packed
    while member.packing.is_gzip and packed.startswith(b"\x1f\x8b"):
        inflate = zlib.decompressobj(31)
        text += inflate.decompress(packed)
        packed = inflate.unused_data
    return text


def kinds(bundle: Bundle) -> list[str]:
    return sorted(problem.kind for problem in bundle.problems)


def names(bundle: Bundle) -> list[str]:
    return [member.name for member in bundle.members]
