"""The bytes of a member, in bounded pieces."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from diag.bundle.diskfile import DiskFile
from diag.model import Packing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.model import Member

PIECE = 1 << 20


def member_pieces(member: Member) -> Iterator[bytes]:
    """Yield what a member holds, unpacked; gzip data inside it stay as they are.

    Args:
        member: Of a zip, a folder or a file.

    Raises:
        OSError: Its file cannot be read.
        zlib.error: It is damaged.
    """
    stored = member.packing in {Packing.STORED, Packing.GZIP}
    with DiskFile(member.path, follow=True) as disk:
        blocks = disk.blocks(member.offset, member.offset + member.packed)
        if stored:
            yield from blocks
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        for block in blocks:
            waiting = block
            while waiting:
                yield inflate.decompress(waiting, PIECE)
                waiting = inflate.unconsumed_tail
        yield inflate.flush()
