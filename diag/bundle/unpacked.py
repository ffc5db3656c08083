"""The bytes of a member for readers in Python: bounded, and checked."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from diag.bundle.diskfile import DiskFile
from diag.model import Packing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.model import Member

# What a reader makes of a member lies on disk for a while, so less than the core's.
MOST_BYTES = 4 << 30
STEP = 1 << 18
GZIP = 16  # added to the window bits: gzip data, whose checksum zlib looks at

Told = tuple[int, str, str]


class Unpacked:
    """Reads one member from its start; what is wrong with its bytes is told."""

    def __init__(self, member: Member) -> None:
        """Take the member; nothing is read yet."""
        self._member = member
        self._told: list[Told] = []
        self.size = 0

    def blocks(self) -> Iterator[bytes]:
        """Yield the unpacked bytes in blocks of at most 256 KiB."""
        self._told = []
        self.size, crc = 0, 0
        try:
            for block in self._inflated():
                crc = zlib.crc32(block, crc)
                self.size += len(block)
                yield block
                if self.size > MOST_BYTES:
                    self._tell(
                        "over-limit",
                        f"unpacking was stopped after {self.size} bytes; give the end "
                        "of the log as a file of its own",
                    )
                    return
        except OSError as error:
            said = f"reading failed after {self.size} bytes ({error.strerror})"
            self._tell("unreadable", f"{said}; check the file and its rights")
        except zlib.error:
            self._broken("damaged data")
        if not self._told:
            self._check(crc)

    def problems(self) -> list[Told]:
        """Return what was wrong when it was read last."""
        return list(self._told)

    def _inflated(self) -> Iterator[bytes]:
        packing = self._member.packing
        blocks = self._packed()
        if packing in {Packing.DEFLATE, Packing.DEFLATE_GZIP}:
            blocks = self._opened(blocks, -zlib.MAX_WBITS)
        if packing.is_gzip:
            blocks = self._opened(blocks, zlib.MAX_WBITS | GZIP)
        return blocks

    def _opened(self, blocks: Iterator[bytes], bits: int) -> Iterator[bytes]:
        """Yield what deflate data hold; gzip data may have several parts."""
        inflate = zlib.decompressobj(bits)
        begun = False
        for packed in blocks:
            waiting = packed
            while waiting:
                if inflate.eof:
                    if bits < 0 or not waiting.strip(b"\0"):
                        return
                    inflate = zlib.decompressobj(bits)
                begun = True
                made = inflate.decompress(waiting, STEP)
                waiting = inflate.unconsumed_tail or inflate.unused_data
                if made:
                    yield made
        if rest := inflate.flush():
            yield rest
        if begun and not inflate.eof and not self._told:
            self._broken("the compressed data ends too early")

    def _packed(self) -> Iterator[bytes]:
        at, left = self._member.offset, self._member.packed
        # The user named the source; inside a folder links were left out before.
        with DiskFile(self._member.path, follow=True) as disk:
            while left:
                block = disk.read(at, min(left, STEP))
                if not block:
                    self._tell(
                        "size-mismatch",
                        f"the file ends {left} bytes too early: what is there was "
                        "read; get the file again",
                    )
                    return
                at, left = at + len(block), left - len(block)
                yield block

    def _check(self, crc: int) -> None:
        # Of gzip data the zip promises the checksum of what is still packed.
        promised = None if self._member.packing.is_gzip else self._member.crc
        if promised is not None and promised != crc:
            self._tell(
                "bad-crc",
                f"the checksum is {crc:08x}, the archive says {promised:08x}: some of "
                "the content is damaged, all of it was read; get the file again",
            )
        size = self._member.size
        if size is not None and size != self.size:
            self._tell(
                "size-mismatch",
                f"{self.size} bytes were read, {size} were announced: the file was "
                "cut, or changed while it was copied",
            )

    def _broken(self, why: str) -> None:
        self._tell(
            "inflate-failed",
            f"unpacking failed ({why}): the {self.size} bytes before it were kept; get "
            "the file again",
        )

    def _tell(self, kind: str, text: str) -> None:
        self._told.append((0, kind, text))
