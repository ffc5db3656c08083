"""What a bundle should look like, byte for byte, as far as its manifest says."""

from __future__ import annotations

import json
import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diag.bundle.limits import MOST_MEMBERS
from diag.bundle.zipread import list_pieces
from diag.packing import layout, manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.bundle.diskfile import DiskFile
    from diag.packing.layout import Entry

MOST_TEXT = 256 << 20
MOST_BYTES = 1 << 50
# How our manifests begin and end; neither can stand inside a JSON text of ours.
BEGIN = re.compile(re.escape(f'{{\n"format": "{manifest.FORMAT}",'.encode()))
STOP = re.compile(rb"\n\}\nPK\x01\x02")
STOP_LENGTH = 7
DIGITS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A member as it should be: its headers, and where they should stand."""

    path: str
    entry: Entry
    header: bytes
    after: bytes  # the data descriptor of a stream
    at: int
    sha256: str
    packed_sha256: str

    @property
    def length(self) -> int:
        """Bytes from the header to what stands behind the data."""
        return len(self.header) + self.entry.packed + len(self.after)


@dataclass(frozen=True, slots=True)
class Stated:
    """The manifest as it was found: `at` is where its text begins."""

    at: int
    text: bytes
    values: Mapping[str, Any]
    fault: str = ""

    @property
    def header(self) -> bytes:
        """Its local header, as we write it."""
        crc = zlib.crc32(self.text)
        return layout.local_header(
            manifest.entry_of_manifest(self.text, crc, self.values["created"])
        )


HEADER_LENGTH = (
    layout.LOCAL.size + len(manifest.NAME) + layout.WIDE.size + layout.STAMP.size
)


def find_manifest(disk: DiskFile) -> Stated | None:
    """Find the manifest of a bundle of ours, whatever is wrong around it.

    Args:
        disk: The zip.

    Returns:
        None when there is none. With a `fault`, its values are not to be used.
    """
    for at, length in _places(disk):
        if 0 < length <= MOST_TEXT:
            text = disk.read(at, length)
            values, fault = _values(text)
            if values or b'"members_sha256"' in text:
                return Stated(at, text, values, fault)
    return None


def wanted_of(values: Mapping[str, Any]) -> tuple[list[Wanted], str]:
    """Return the members that a manifest lists, in order.

    Args:
        values: The manifest.

    Returns:
        They, and what is wrong with the list; then it is empty.
    """
    found: list[Wanted] = []
    at = 0
    try:
        streamed = manifest.LAYOUTS.index(values["layout"]) == 1
        for one in values["members"]:
            entry = manifest.entry_of(one, values["created"], streamed=streamed)
            hashes = one["sha256"], one["packed_sha256"]
            if entry.packed < 0 or not all(map(DIGITS.fullmatch, hashes)):
                return [], f"sizes or hashes of {one['path']} are none"
            header = layout.local_header(entry)
            after = layout.descriptor(entry)
            found.append(Wanted(one["path"], entry, header, after, at, *hashes))
            at += found[-1].length
            if at > MOST_BYTES or len(found) > MOST_MEMBERS:
                return [], "it lists more than a bundle can hold"
        manifest.unix_time(values["created"])
        if values["members_sha256"] != manifest.members_hash(values["members"]):
            return [], "its hash of all members does not fit its list of them"
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [], f"it is not as we write it ({type(error).__name__}: {error})"
    except (struct.error, OverflowError) as error:
        return [], f"it has a number that no zip holds ({error})"
    return found, ""


def _places(disk: DiskFile) -> list[tuple[int, int]]:
    """Return where manifests may stand, and how long they are; the best first."""
    width = len(f'{{\n"format": "{manifest.FORMAT}",')
    begins = [at for at, _ in disk.find(BEGIN, 0, disk.size, width)]
    found = []
    for at in reversed(begins):
        stops = disk.find(STOP, at, disk.size, STOP_LENGTH)
        stop = next((place + 3 for place, _ in stops), None)
        if stop is None:
            size = disk.read(at - HEADER_LENGTH, HEADER_LENGTH)[-25:-17]
            stop = at + int.from_bytes(size, "little")
        found.append((at, stop - at))
    if not found:
        for piece in list_pieces(disk).pieces:
            local = piece.local.name if piece.local else b""
            if manifest.NAME.encode() in {piece.name, piece.other, local}:
                found.append((piece.data, piece.packed))
    return found


def _values(text: bytes) -> tuple[Mapping[str, Any], str]:
    try:
        values = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return {}, f"it cannot be read as JSON ({error})"
    if not isinstance(values, dict) or values.get("format") != manifest.FORMAT:
        return {}, "it is not a manifest of ours"
    if values.get("format_version") != manifest.VERSION:
        return {}, "it has a format version that this arcdiag does not know"
    return values, ""
