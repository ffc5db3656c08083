"""What the first bytes of a member say: text, or packed once more."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from diag.bundle.identify import UNPACK, Content, Seems, identify
from diag.model import Packing

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile
    from diag.model import Member

# Packed bytes that are read, and unpacked bytes that are looked at: a tar archive
# has its mark at byte 257.
PEEK = 4096
LOOK = 1024
GZIP_MARK = b"\x1f\x8b\x08"
RAW, GZIP = -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
# A member, the end of an empty zip, the two marks before a split one.
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK", b"PK00PK")
# Zips by their form that are documents or programs by their meaning.
NO_ARCHIVES = (
    *(".docx", ".xlsx", ".pptx", ".odt", ".ods", ".jar", ".war", ".nupkg", ".vsix"),
    *(".msix", ".appx", ".apk", ".whl"),
)
NAMED_PACKED = (".gz", ".tgz", ".tar", ".7z", ".xz", ".bz2", ".zst", ".cab", ".rar")


class Held(StrEnum):
    """What a member holds."""

    PLAIN = "plain"
    GZIP = "gzip"
    ZIP = "zip"
    CALLED_ZIP = "called zip"
    PACKED = "packed"


@dataclass(frozen=True, slots=True)
class Look:
    """What a member holds, and in words what it seems to be."""

    held: Held
    what: str = ""


def look_at(disk: DiskFile, member: Member) -> Look:
    """Say what a member holds.

    Args:
        disk: The file that holds it, or its zip.
        member: The member.
    """
    start = member.offset - disk.base
    head = disk.read(start, min(member.packed, PEEK))
    if member.packing is Packing.DEFLATE:
        head, _ = _unpacked(head, RAW)
    return look(head, member.name)


def look(head: bytes, name: str) -> Look:
    """Say what a file holds.

    Args:
        head: Its first bytes.
        name: What it is called: of some zips the name says that they are none.
    """
    suffix = name.lower()
    if head.startswith(GZIP_MARK):
        return _look_into_gzip(head)
    if head.startswith(ZIP_STARTS):
        return Look(Held.PLAIN if suffix.endswith(NO_ARCHIVES) else Held.ZIP)
    seems = identify(head)
    if suffix.endswith(".zip"):
        return Look(Held.CALLED_ZIP, seems.what)
    if seems.content is Content.PACKED:
        return Look(Held.PACKED, seems.what)
    if seems.content is Content.BINARY and suffix.endswith(NAMED_PACKED):
        return Look(Held.PACKED, "damaged, or an archive of an unknown kind")
    return Look(Held.PLAIN)


def seems_to_hold(head: bytes) -> tuple[bool, Seems]:
    """Say whether a file is gzip data to be unpacked, and what then there is.

    Args:
        head: Its first 64 KiB, or all of it.
    """
    if not head.startswith(GZIP_MARK):
        return False, identify(head)
    found = _look_into_gzip(head)
    if found.held is Held.PACKED:
        return False, Seems(Content.PACKED, found.what, UNPACK)
    inner, whole = _unpacked(head, GZIP)
    if not inner and not whole:
        return True, Seems(Content.BINARY, "a damaged gzip file")
    seems = identify(inner)
    return True, Seems(seems.content, f"a gzip file that holds {seems.what}")


def _look_into_gzip(head: bytes) -> Look:
    """Say whether gzip data hold text: of an archive the text would be nonsense."""
    inner, _ = _unpacked(head, GZIP)
    if inner.startswith(ZIP_STARTS):
        return Look(Held.PACKED, "a gzip file that holds a zip")
    seems = identify(inner)
    if seems.content is Content.PACKED:
        return Look(Held.PACKED, f"a gzip file that holds {seems.what}")
    return Look(Held.GZIP)


def _unpacked(data: bytes, window: int) -> tuple[bytes, bool]:
    """Return the first unpacked bytes, and whether these are all."""
    inflate = zlib.decompressobj(window)
    try:
        return inflate.decompress(data, LOOK), inflate.eof
    except zlib.error:
        return b"", False
