"""Name the members of a zip, and tell in plain words what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diag.bundle.zipend import disk_number
from diag.bundle.zipjudge import differing_name, member, name_of
from diag.bundle.ziplayout import AGAIN

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile
    from diag.bundle.names import Names
    from diag.bundle.told import Told
    from diag.bundle.zipend import End
    from diag.bundle.ziplayout import Piece
    from diag.bundle.zipread import Listing
    from diag.model import Member


def read_zip(
    disk: DiskFile, listing: Listing, told: Told, names: Names, inside: str = ""
) -> tuple[Member, ...]:
    """Name the members of an archive and tell what is wrong with them.

    Args:
        disk: The archive.
        listing: What `list_pieces` found in it.
        told: Where problems go.
        names: Those that are taken in the bundle.
        inside: The name of the archive if it is a member of the bundle itself.

    Returns:
        The members that can be read.
    """
    _tell_archive(disk, listing, told)
    members = []
    for piece in listing.pieces:
        if piece.refused and piece.refused[0] == "directory":
            continue
        original = name_of(piece)
        name = names.take(original, inside)
        for kind, text in (*name.notes, *piece.notes):
            told.add(kind, text, name.text)
        differing = differing_name(piece, original)
        if differing is not None:
            told.add(*differing, name.text)
        if piece.refused is not None:
            told.add(*piece.refused, name.text)
            continue
        found = member(piece, name, original, disk)
        members.append(replace(found, inside=inside) if inside else found)
    return tuple(members)


def _tell_archive(disk: DiskFile, listing: Listing, told: Told) -> None:
    if listing.cut:
        told.add("too-many-members", _too_many(listing))
    if listing.end is None:
        _tell_no_end(disk, listing, told)
        return
    _tell_directory(listing, told)
    _tell_strays(disk, listing, listing.end, told)
    if not listing.pieces:
        told.add(
            "empty-zip",
            "The zip has no members. Run 'azcmagent logs' again as administrator or "
            "root, and send what it writes.",
        )


def _too_many(listing: Listing) -> str:
    said = f"It says it has {listing.end.count:,}. " if listing.end else ""
    return (
        f"The zip has more members than the {len(listing.pieces):,} that are listed. "
        f"{said}Ask for a zip of the agent's logs alone."
    )


def _tell_no_end(disk: DiskFile, listing: Listing, told: Told) -> None:
    count = f"{listing.recovered:,} of its members were found by their own headers"
    number = max((disk_number(disk, at) for at in listing.records), default=0)
    if number:
        text = (
            f"It is part {number + 1} of a split zip; {count}. "
            "Ask for all parts joined into one zip."
        )
        told.add("split-zip", text)
    elif listing.records:
        text = f"The directory of the zip is damaged; {count}. {AGAIN}"
        told.add("bad-directory", text)
    else:
        text = (
            f"The zip has no directory; {count}. Ask for the zip again: the upload "
            f"was cut off after {disk.size:,} bytes."
        )
        told.add("truncated-zip", text)


def _tell_directory(listing: Listing, told: Told) -> None:
    end = listing.end
    if end is None:
        return
    listed = len(listing.pieces) - listing.recovered
    if listing.lost:
        text = (
            f"The directory of the zip is damaged at byte {listing.lost[0]:,}; "
            f"{listed:,} of {end.count:,} entries could be used. {AGAIN}"
        )
        told.add("bad-directory", text)
    for other in listing.others:
        if other.start != end.start and not _inside(other, listing.pieces):
            text = (
                f"A second end record at byte {other.at:,} names another directory, "
                f"of {other.count:,} members, which is not used. Ask who changed the "
                "zip."
            )
            told.add("second-directory", text)


def _inside(end: End, pieces: list[Piece]) -> bool:
    return any(piece.data <= end.at < piece.end for piece in pieces)


def _tell_strays(disk: DiskFile, listing: Listing, end: End, told: Told) -> None:
    first = min((p.at for p in listing.pieces if p.at >= 0), default=end.start)
    for count, where in (
        (min(first, end.start), "before its first member"),
        (disk.size - end.after, "behind its end"),
    ):
        if count > 0:
            text = (
                f"The zip has {count:,} bytes {where} that belong to nothing. It was "
                "read all the same; if that looks wrong, ask for the zip again."
            )
            told.add("stray-bytes", text)
