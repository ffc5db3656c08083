"""Compare the members of a bundle with what its manifest says of them."""

from __future__ import annotations

import bisect
import hashlib
import struct
import zlib
from typing import TYPE_CHECKING

from diag.bundle.limits import BLOCK
from diag.bundle.placing import find_places, hash_of
from diag.bundle.zipextra import fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.bundle.diskfile import DiskFile
    from diag.bundle.expected import Wanted
    from diag.bundle.placing import Placed, Places
    from diag.bundle.verdict import Verdict
    from diag.bundle.ziplocal import Local

NAME_AT = 30
# Fields of a local header by their places (APPNOTE 4.3.7).
PARTS = (
    (0, 4, "signature"),
    (4, 6, "version"),
    (6, 8, "flags"),
    (8, 10, "method"),
    (10, 14, "time stamp"),
    (14, 18, "CRC"),
    (18, 26, "sizes"),
    (26, 30, "lengths"),
)


def compare_members(
    disk: DiskFile, wanted: Sequence[Wanted], stop: int, verdict: Verdict
) -> Places:
    """Compare everything before the manifest; each difference is noted.

    Args:
        disk: The bundle.
        wanted: What the manifest lists.
        stop: Where the manifest's header begins.
        verdict: Where differences go.

    Returns:
        Where the members lie.
    """
    places = find_places(disk, wanted, stop)
    for number, one in enumerate(wanted):
        placed = places.placed.get(number)
        if placed is None:
            verdict.differs(one.path, "missing", "It is not in the bundle any more.")
        else:
            _compare(disk, placed, wanted, verdict)
    _compare_order(places, wanted, verdict)
    names = {one.entry.name for one in wanted}
    for local in places.strangers:
        _tell_stranger(local, names, verdict)
    _tell_gaps(places, stop, verdict)
    return places


def _compare(
    disk: DiskFile, placed: Placed, wanted: Sequence[Wanted], verdict: Verdict
) -> None:
    one = placed.wanted
    header = disk.read(placed.at, placed.data - placed.at)
    if header != one.header:
        verdict.differs(one.path, "header", _header_text(header, one))
    end = placed.data + one.entry.packed
    if disk.read(end, len(one.after)) != one.after:
        text = "The sizes and CRC that stand behind its data are not those of it."
        verdict.differs(one.path, "header", text)
    packed = hash_of(disk, placed.data, one.entry.packed)
    text_hash = _text_hash(disk, placed)
    if packed == one.packed_sha256 and text_hash == one.sha256:
        return
    if text_hash == one.sha256:
        text = "Its packed bytes were changed; its text is the same."
        verdict.differs(one.path, "packed", text)
        return
    others = [other.path for other in wanted if other.sha256 == text_hash]
    says = f" It holds what belongs to {others[0]}." if others else ""
    text = f"Its content is not the one that was collected.{says}"
    verdict.differs(one.path, "changed", text)


def _text_hash(disk: DiskFile, placed: Placed) -> str:
    """Return the hash of what a member unpacks to, never of more than it should."""
    whole, size = hashlib.sha256(), 0
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    entry = placed.wanted.entry
    try:
        for block in disk.blocks(placed.data, placed.data + entry.packed):
            waiting = block
            while waiting and size <= entry.size:
                piece = inflate.decompress(waiting, BLOCK)
                whole.update(piece)
                size += len(piece)
                waiting = inflate.unconsumed_tail
    except zlib.error:
        return ""
    return whole.hexdigest() if inflate.eof and size == entry.size else ""


def _header_text(header: bytes, one: Wanted) -> str:
    """Say what of a header is another than it should be."""
    length = len(one.entry.name)
    name = header[NAME_AT : NAME_AT + length]
    changed = [
        word
        for start, stop, word in PARTS
        if header[start:stop] != one.header[start:stop]
    ]
    if len(header) != len(one.header):
        (length,) = struct.unpack_from("<H", header.ljust(NAME_AT, b"\0"), 26)
        name = header[NAME_AT : NAME_AT + length]
    if name != one.entry.name:
        shown = name.decode("utf-8", "backslashreplace")
        return f"It was renamed: its header calls it {shown}."
    if header[NAME_AT + length :] != one.header[NAME_AT + length :]:
        now = fields(header[NAME_AT + length :])
        then = fields(one.header[NAME_AT + length :])
        known = {0x0001: "sizes", 0x5455: "time stamp"}
        changed += [
            known[kind] for kind in known if now.get(kind) != then.get(kind)
        ] or ["extra fields"]
    return f"Its header was changed: {', '.join(dict.fromkeys(changed))}."


def _compare_order(places: Places, wanted: Sequence[Wanted], verdict: Verdict) -> None:
    there = places.in_order()
    for (number, _), place in zip(there, sorted(places.placed), strict=True):
        if number != place:
            text = "It lies at another place of the zip than it was written to."
            verdict.differs(wanted[number].path, "moved", text)


def _tell_stranger(local: Local, names: set[bytes], verdict: Verdict) -> None:
    name = local.name.decode("utf-8", "backslashreplace")
    if local.name in names:
        text = f"There is a second one of this name, at byte {local.at:,}."
        verdict.differs(name, "duplicate", text)
    else:
        text = f"It was added: the manifest does not list it (byte {local.at:,})."
        verdict.differs(name, "added", text)


def _tell_gaps(places: Places, stop: int, verdict: Verdict) -> None:
    """Note bytes that belong to no member, by the member that they stand behind."""
    starts = sorted(one.at for one in places.strangers)
    known = [(one.at, one.end, one.wanted.path) for _, one in places.in_order()]
    reached, before = 0, ""
    for at, end, path in [*known, (stop, stop, "")]:
        following = bisect.bisect_left(starts, reached)
        inside = following < len(starts) and starts[following] < at
        if at > reached and not inside:
            where = f"Behind it, {at - reached:,}" if before else f"{at - reached:,}"
            text = f"{where} bytes belong to no member (at byte {reached:,})."
            verdict.differs(before or "the zip's begin", "gap", text)
        if end >= reached:
            reached, before = end, path
