"""Which members of a zip can be read, and why the others cannot."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from diag.bundle.names import Name, decode_name, normalise
from diag.bundle.zipextra import modified, unicode_name
from diag.bundle.ziplayout import ENCRYPTED
from diag.model import Member, Packing
from diag.text import show

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile
    from diag.bundle.ziplayout import Piece

AES = 99
PACKINGS = {0: Packing.STORED, 8: Packing.DEFLATE}
METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "xz",
    97: "WavPack",
    98: "PPMd",
}
SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
# An empty folder deflated by a careless writer: one empty block.
EMPTY_DEFLATED = 2
LONGEST_QUOTE = 200


def name_of(piece: Piece) -> str:
    """Return the name that the archive gives a member, as text."""
    better = unicode_name(piece.extras[0], piece.name)
    if better is not None:
        return better.decode("utf-8", "backslashreplace")
    return decode_name(piece.name, piece.flags)


def judge(piece: Piece) -> None:
    """Refuse what is no file or cannot be unpacked, unless it is refused already."""
    if piece.refused is None:
        piece.refused = _refusal(piece)


def _refusal(piece: Piece) -> tuple[str, str] | None:
    kind = stat.S_IFMT(piece.external >> 16)
    if kind == stat.S_IFLNK:
        text = "It is a symbolic link and not followed. Ask for the file it leads to."
        return "symlink", text
    if kind in SPECIAL:
        text = f"It is {SPECIAL[kind]}, no file. Ask for a zip of regular files."
        return "special-file", text
    if _is_folder(piece):
        return "directory", ""
    if piece.flags & ENCRYPTED or piece.method == AES:
        text = "It is encrypted. Ask for the zip without a password."
        return "encrypted", text
    if piece.method not in PACKINGS:
        method = METHODS.get(piece.method, f"method number {piece.method}")
        text = f"It is packed by {method}. Ask for a zip packed by Deflate."
        return "unknown-method", text
    return None


def _is_folder(piece: Piece) -> bool:
    names = (piece.name, piece.other or piece.name)
    named = all(name.endswith((b"/", b"\\")) for name in names)
    return named and not piece.size and piece.packed <= EMPTY_DEFLATED


def differing_name(piece: Piece, listed: str) -> tuple[str, str] | None:
    """Return the problem that directory and header name a member differently.

    Args:
        piece: The member.
        listed: Its name by the directory.
    """
    if not piece.other:
        return None
    other = decode_name(piece.other, piece.flags)
    if normalise(other).text == normalise(listed).text:
        return None
    text = (
        f"Its own header calls it '{show(other[:LONGEST_QUOTE])}'. It is read under "
        "the directory's name. Ask for the zip again, or who changed it."
    )
    return "name-mismatch", text


def member(piece: Piece, name: Name, original: str, disk: DiskFile) -> Member:
    """Return the member that the core can read.

    Args:
        piece: One that is not refused.
        name: What it is called.
        original: Its name in the archive.
        disk: The archive.
    """
    return Member(
        name=name.text,
        original=original,
        path=disk.path,
        offset=disk.base + piece.data,
        packed=piece.packed,
        packing=PACKINGS[piece.method],
        size=piece.size,
        crc=piece.crc,
        modified=modified(*piece.extras),
    )
