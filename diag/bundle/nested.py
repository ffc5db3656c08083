"""Members that are packed once more: `.gz` files, and zips inside the bundle.

The agent packs its old logs since 1.49. Gzip data are unpacked as they are read. Of
a zip inside the bundle its members become members of the bundle; a stored one is
read where it lies. What is packed deeper is told, not read.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING

from diag.bundle.diskfile import DiskFile
from diag.bundle.limits import MOST_MEMBERS
from diag.bundle.peek import Held, look_at
from diag.bundle.zipread import list_pieces
from diag.bundle.ziptell import read_zip
from diag.model import Packing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.bundle.names import Names
    from diag.bundle.peek import Look
    from diag.bundle.scratch import Scratch
    from diag.bundle.told import Told
    from diag.model import Member

UNPACK = "Unpack it and give what is inside as well."


class Nested:
    """Replaces what is packed once more by what is inside it."""

    def __init__(self, told: Told, names: Names, scratch: Scratch | None) -> None:
        """Take what is shared by all of one bundle.

        Args:
            told: Where problems go.
            names: Those that are taken.
            scratch: Where zips are unpacked to that are packed inside a zip; None:
                they are told and not read.
        """
        self._told = told
        self._names = names
        self._scratch = scratch
        self._room = MOST_MEMBERS

    def members(self, members: Sequence[Member]) -> tuple[Member, ...]:
        """Return the members, with those of inner zips in the place of these.

        Args:
            members: As the folder or the zip has them.
        """
        self._room -= len(members)
        found: list[Member] = []
        for path, group in groupby(members, key=lambda member: member.path):
            try:
                disk = DiskFile(path, follow=True)
            except OSError:
                found += group  # told when they are read
                continue
            with disk:
                for member in group:
                    found += self._opened(disk, member)
        return tuple(found)

    def _opened(self, disk: DiskFile, member: Member) -> Sequence[Member]:
        try:
            look = look_at(disk, member)
            if look.held in {Held.ZIP, Held.CALLED_ZIP}:
                return self._zip(disk, member, look)
        except OSError:
            return [member]  # told when it is read
        return [self._plain(member, look)]

    def _plain(self, member: Member, look: Look) -> Member:
        if look.held is Held.GZIP:
            return as_gzip(member)
        if look.held is Held.PACKED:
            text = f"It is packed and not read; it seems to be {look.what}. {UNPACK}"
            self._told.add("packed-file", text, member.name)
        return member

    def _zip(self, disk: DiskFile, member: Member, look: Look) -> Sequence[Member]:
        if member.packing is Packing.STORED:
            inner = disk.window(member.offset - disk.base, member.packed)
            if member.crc is not None:
                self._check(member, reduce(_crc, inner.blocks(), 0))
            return self._inner(inner, member, look)
        if self._scratch is None:
            text = f"It is a zip that is packed inside a zip, and not read. {UNPACK}"
            self._told.add("packed-file", text, member.name)
            return [member]
        unpacked = self._scratch.unpack(disk, member)
        for kind, text in unpacked.notes:
            self._told.add(kind, text, member.name)
        if unpacked.path is None:
            return [member]
        if not unpacked.notes:
            self._check(member, unpacked.crc)
        with DiskFile(unpacked.path) as inner:
            return self._inner(inner, member, look)

    def _check(self, member: Member, crc: int) -> None:
        if member.crc not in {None, crc}:
            text = (
                f"The checksum of this zip inside the zip is {crc:08x}, the outer one "
                f"says {member.crc:08x}: it is damaged, and read as far as it goes."
            )
            self._told.add("bad-crc", text, member.name)

    def _inner(self, disk: DiskFile, outer: Member, look: Look) -> Sequence[Member]:
        if self._room <= 0:
            text = (
                f"The bundle has more than {MOST_MEMBERS:,} members; this zip in it "
                "is not read. Ask for a zip of the agent's logs alone."
            )
            self._told.add("too-many-members", text, outer.name)
            return [outer]
        listing = list_pieces(disk, self._room)
        if look.held is Held.CALLED_ZIP and not listing.pieces:
            text = (
                f"It is called a zip but is none; it seems to be {look.what}. If it "
                "should be an old log, ask for it again."
            )
            self._told.add("not-a-zip", text, outer.name)
            return [outer]
        self._room -= len(listing.pieces)
        told = self._told.about(outer.name)
        inner = read_zip(disk, listing, told, self._names, outer.name)
        # A zip without members is told, and stays a file of the bundle.
        return [self._deeper(disk, member) for member in inner] or [outer]

    def _deeper(self, disk: DiskFile, member: Member) -> Member:
        look = look_at(disk, member)
        if look.held in {Held.ZIP, Held.CALLED_ZIP}:
            text = f"It is a zip inside a zip of the bundle, and not read. {UNPACK}"
            self._told.add("too-deep", text, member.name)
        return self._plain(member, look)


def as_gzip(member: Member) -> Member:
    """Return a member whose gzip data are to be unpacked; its size is not known."""
    return replace(member, packing=member.packing.as_gzip, size=None)


def _crc(before: int, block: bytes) -> int:
    return zlib.crc32(block, before)
