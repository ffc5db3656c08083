"""Find the members of a zip: by its directory and by their own headers.

The headers count where there is no directory, or where it is silent about a part
of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from diag.bundle.limits import MOST_MEMBERS
from diag.bundle.zipdir import read_entries
from diag.bundle.zipend import find_records, verified_ends
from diag.bundle.zipjudge import judge
from diag.bundle.ziplayout import AGAIN, Piece, fit, gaps, place
from diag.bundle.ziplocal import SIGNATURE, Walker

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile
    from diag.bundle.zipend import End
    from diag.bundle.ziplocal import Found


@dataclass(slots=True)
class Listing:
    """What an archive holds.

    `records` are places of end records, `others` the ends that verify but were not
    believed, `lost` the places of unreadable directory records; `cut` says that
    there are more members than are listed.
    """

    pieces: list[Piece] = field(default_factory=list)
    end: End | None = None
    others: list[End] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    cut: bool = False
    recovered: int = 0


def list_pieces(disk: DiskFile, most: int = MOST_MEMBERS) -> Listing:
    """Find all members of an archive.

    Args:
        disk: Any file.
        most: How many of them to list.

    Returns:
        The members, readable or refused: those of the directory in its order,
        then those found by their headers alone, in the order of the file.
    """
    listing = Listing()
    _find_end(disk, listing)
    end = listing.end
    if end is not None:
        directory = read_entries(disk, end.start, end.stop, most)
        listing.lost, listing.cut = directory.lost, directory.cut
        listing.pieces = [place(disk, entry, end) for entry in directory.entries]
        # When bytes are missing it seems to begin too early, within a member.
        end = replace(end, start=max(end.start, directory.first))
        fit(disk, listing.pieces, end)
        for piece in listing.pieces:
            judge(piece)
    if not listing.cut:
        _recover(disk, listing, end, most)
    return listing


def _find_end(disk: DiskFile, listing: Listing) -> None:
    listing.records = find_records(disk)
    ends = verified_ends(disk, listing.records)
    if not ends:
        listing.records = find_records(disk, everywhere=True)
        ends = verified_ends(disk, listing.records)
    shifted = [end for end in ends if end.shift > 0]
    if shifted and disk.read(0, 4) == SIGNATURE:
        # A whole zip stored inside a torn one ends like a zip behind a stub.
        outer = Walker(disk).walk(0, disk.size)
        inside = [
            end
            for end in shifted
            if any(f.local.data <= end.at < f.local.data + f.packed for f in outer)
        ]
        ends = [end for end in ends if end not in inside]
    if ends:
        listing.end, listing.others = ends[0], ends[1:]


def _recover(disk: DiskFile, listing: Listing, end: End | None, most: int) -> None:
    """Add the members that stand where the directory knows of nothing."""
    pieces = listing.pieces
    elsewhere: set[int] = set()
    misplaced = {
        piece.name: piece
        for piece in pieces
        if piece.refused and piece.refused[0] == "missing-header"
    }
    walker = Walker(disk, most - len(pieces))
    for start, stop in gaps(pieces, end, disk.size):
        for found in walker.walk(start, stop):
            piece = _piece(found, disk.size)
            listed = misplaced.pop(piece.name, None)
            if listed is not None:
                piece.external = listed.external
                piece.notes.append(("missing-header", _MISPLACED))
                elsewhere.add(id(listed))
            elif end is not None:
                piece.notes.append(("unlisted", _UNLISTED))
            judge(piece)
            pieces.append(piece)
            listing.recovered += 1
    listing.pieces = [piece for piece in pieces if id(piece) not in elsewhere]
    listing.cut = walker.cut


_MISPLACED = (
    "The zip's directory has a wrong place for it; it was found by its own header. "
    + AGAIN
)
_UNLISTED = (
    "The zip's directory does not list it; it was found by its own header. It was "
    f"hidden or deleted, or the directory is damaged. {AGAIN}"
)


def _piece(found: Found, size: int) -> Piece:
    local = found.local
    piece = Piece(
        local.name,
        (local.extra,),
        local.flags,
        local.method,
        local.at,
        local.data,
        found.packed,
        found.crc,
        found.size,
    )
    if found.torn:
        where = (
            "The zip ends inside it"
            if piece.end == size
            else f"Its end is damaged, something else begins at byte {piece.end:,}"
        )
        piece.notes.append(
            ("torn", f"{where}: the first {piece.packed:,} bytes are read. {AGAIN}")
        )
    return piece
