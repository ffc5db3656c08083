"""Where the members of a zip lie: none inside another, none beyond the archive.

Directory entries may share bytes, as in overlap bombs, or claim lengths that
reach into the next member. Each member ends at the latest where the next
begins, so the bytes that are read are never more than the archive has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from diag.bundle import ziplocal

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile
    from diag.bundle.zipdir import Entry
    from diag.bundle.zipend import End

AGAIN = "Ask for the zip again."

# Bits 0, 6 and 13 of the flags: encrypted, strongly, with a masked header.
ENCRYPTED = 0x0001 | 0x0040 | 0x2000
# Methods that the core unpacks: stored and deflate.
READABLE = frozenset({0, 8})


@dataclass(slots=True)
class Piece:
    """A member on its way to the list.

    `at` and `data` are bytes of the file, `crc` and `size` None if unknown.
    `refused` holds kind and text of the problem that keeps it out; `notes` are
    problems that do not. `other` is the local header's name if it is another
    one.
    """

    name: bytes
    extras: tuple[bytes, ...]
    flags: int
    method: int
    at: int
    data: int
    packed: int
    crc: int | None
    size: int | None
    external: int = 0
    refused: tuple[str, str] | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    other: bytes = b""
    local: ziplocal.Local | None = None

    @property
    def end(self) -> int:
        """The first byte behind the packed data."""
        return self.data + self.packed


def place(disk: DiskFile, entry: Entry, end: End) -> Piece:
    """Follow a directory entry to its local header.

    Args:
        disk: The archive.
        entry: The entry.
        end: The end record that its directory belongs to.
    """
    local, signed = _header(disk, entry, end)
    at = local.at if local else entry.offset + end.shift
    piece = Piece(
        entry.name,
        (entry.extra, local.extra) if local else (entry.extra,),
        entry.flags,
        entry.method,
        at,
        local.data if local else at,
        entry.packed,
        entry.crc,
        entry.size,
        entry.external,
    )
    if local is None:
        text = (
            f"The zip's directory says that it begins at byte {at:,}, where no member "
            f"begins. {AGAIN}"
        )
        piece.refused = ("missing-header", text)
        return piece
    if local.name != entry.name:
        piece.other = local.name
    piece.local = local
    if not signed:
        text = f"Its header at byte {at:,} is damaged; its data were found. {AGAIN}"
        piece.notes.append(("bad-header", text))
    else:
        _compare(piece, local)
    return piece


def _compare(piece: Piece, local: ziplocal.Local) -> None:
    """Settle what directory and header say differently about the packed data."""
    if (piece.flags ^ local.flags) & ENCRYPTED:
        # The data stand behind the header, so it is the one to know.
        piece.flags = local.flags
        text = f"Directory and header disagree on whether it is encrypted. {AGAIN}"
        piece.notes.append(("bad-header", text))
    if piece.method != local.method:
        text = (
            f"Directory and header name two packing methods, {piece.method} and "
            f"{local.method}. {AGAIN}"
        )
        piece.notes.append(("bad-header", text))
        if piece.method not in READABLE and local.method in READABLE:
            piece.method = local.method


def _header(
    disk: DiskFile, entry: Entry, end: End
) -> tuple[ziplocal.Local | None, bool]:
    first: ziplocal.Local | None = None
    places = [entry.offset + by for by in dict.fromkeys((end.shift, 0))]
    for at in places:
        local = ziplocal.read_local(disk, at)
        if local is not None and local.name == entry.name:
            return local, True
        first = first or local
    if first is not None:
        return first, True
    for at in places:
        local = ziplocal.read_local(disk, at, signed=False)
        if local is not None and entry.name and local.name == entry.name:
            return local, False
    return None, False


def fit(disk: DiskFile, pieces: list[Piece], end: End) -> None:
    """Bound each member by the next one, by the directory and by the file.

    Args:
        disk: The archive.
        pieces: All members that the directory lists; changed in place.
        end: The end record.
    """
    placed = sorted((p for p in pieces if p.refused is None), key=lambda p: p.at)
    distinct: list[Piece] = []
    for piece in placed:
        if distinct and distinct[-1].at == piece.at:
            piece.refused = _shared(distinct[-1])
        else:
            distinct.append(piece)
    edges = [*(piece.at for piece in distinct), disk.size]
    for piece, after in zip(distinct, edges[1:], strict=True):
        limit = min(after, end.start) if piece.at < end.start else after
        _bound(disk, piece, limit)


def _shared(other: Piece) -> tuple[str, str]:
    text = (
        f"It has the same bytes as another member (at byte {other.at:,}), which is "
        "read. Zip bombs are made so: ask who made the zip."
    )
    return "overlap", text


def _bound(disk: DiskFile, piece: Piece, limit: int) -> None:
    room = limit - piece.data
    if room < 0:
        text = (
            f"Another member begins inside its header at byte {piece.at:,}. Zip bombs "
            "are made so: ask who made the zip."
        )
        piece.refused = ("overlap", text)
        return
    if piece.packed != room and piece.local is not None:
        _choose(disk, piece, piece.local, limit)
    if piece.packed > room:
        text = (
            f"It is said to have {piece.packed:,} packed bytes, but after {room:,} of "
            f"them something else begins. These are read. {AGAIN}"
        )
        piece.notes.append(("overlap", text))
        piece.packed, piece.crc, piece.size = room, None, None


def _choose(disk: DiskFile, piece: Piece, local: ziplocal.Local, limit: int) -> None:
    """Take the packed length that leads to where something else begins."""
    listed, crc = piece.packed, piece.crc or 0
    if local.streamed:
        if ziplocal.begins(disk, piece.end) or ziplocal.described(
            disk, piece.end, crc, listed
        ):
            return
    elif local.packed == listed:
        return
    found = ziplocal.measured(disk, local, limit)
    if found is None or found == listed:
        return
    right = piece.data + found == limit or ziplocal.begins(disk, piece.data + found)
    listed_right = piece.end < limit and ziplocal.begins(disk, piece.end)
    # An entry with another name may belong to another member.
    if right and (piece.other or not listed_right):
        piece.packed = found
    text = (
        f"The directory gives it {listed:,} packed bytes, its own header or descriptor "
        f"{found:,}; {piece.packed:,} are read. {AGAIN}"
    )
    piece.notes.append(("bad-header", text))


def gaps(pieces: list[Piece], end: End | None, size: int) -> list[tuple[int, int]]:
    """Return the ranges of the file that belong to nothing that is known.

    Args:
        pieces: The members, none inside another.
        end: The end record, if there is one.
        size: Length of the file in bytes.
    """
    taken = [
        (p.at, p.end) for p in pieces if p.refused is None or p.refused[0] in OCCUPY
    ]
    if end is not None:
        taken += [(end.start, end.stop), (end.at, end.after)]
    free = []
    for (_, before), (after, _) in pairwise([(0, 0), *_merged(taken), (size, size)]):
        if after - before >= ziplocal.HEADER.size:
            free.append((before, after))
    return free


# Refused for what they are, not for where they lie.
OCCUPY = frozenset(
    {"encrypted", "unknown-method", "symlink", "special-file", "directory"}
)


def _merged(taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(taken):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
