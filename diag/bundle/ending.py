"""Compare what stands behind the members: manifest, directory, end, comment."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from diag.bundle.verdict import MANIFEST, THE_END
from diag.bundle.zipdir import RECORD, SIGNATURE
from diag.bundle.ziplocal import Walker
from diag.packing import layout, manifest
from diag.packing.writer import tail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.bundle.diskfile import DiskFile
    from diag.bundle.expected import Stated, Wanted
    from diag.bundle.placing import Places
    from diag.bundle.verdict import Verdict

RECORDS = re.compile(rb"PK(?:\x01\x02|\x05\x06|\x06\x06)")
HASH = re.compile(re.escape(manifest.COMMENT.encode()) + rb"[0-9a-f]{64}")
FAR = 1 << 20  # from the end of the file, where the comment is looked for
OFFSET = slice(42, 46)  # of the header, in a record of the directory
COMMENT_LENGTH = len(manifest.COMMENT) + 64


def compare_end(
    disk: DiskFile,
    stated: Stated,
    wanted: Sequence[Wanted],
    places: Places,
    verdict: Verdict,
) -> None:
    """Compare everything from the manifest's header on; each difference is noted.

    Args:
        disk: The bundle.
        stated: The manifest, whose values are those of `wanted`.
        wanted: What it lists.
        places: Where the members lie.
        verdict: Where differences go.
    """
    created = stated.values["created"]
    crc = zlib.crc32(stated.text)
    entry = manifest.entry_of_manifest(stated.text, crc, created)
    header = layout.local_header(entry)
    if disk.read(stated.at - len(header), len(header)) != header:
        text = "It, or its header, was changed: what they say of its bytes differs."
        verdict.differs(MANIFEST, "changed", text)
    at = stated.at + len(stated.text)
    names = [one.path for one in wanted] + [MANIFEST]
    records = [
        {
            layout.directory_record(one.entry, one.at),
            layout.directory_record(
                one.entry, places.placed[n].at if n in places.placed else one.at
            ),
        }
        for n, one in enumerate(wanted)
    ]
    total = sum(one.length for one in wanted)
    starts = {stated.at - len(header), total}
    records.append({layout.directory_record(entry, start) for start in starts})
    size = sum(len(next(iter(one))) for one in records)
    usual = size + len(layout.end_records(len(names), size, at, 0))
    if at + usual + COMMENT_LENGTH != disk.size:
        at = _behind_others(disk, at, verdict)
    length = _compare_directory(disk, at, names, records, verdict)
    end = layout.end_records(len(names), length, at, COMMENT_LENGTH)
    _compare_last(disk, at + length, end, verdict)
    _compare_comment(disk, at + length + len(end), stated, wanted, verdict)


def _compare_comment(
    disk: DiskFile,
    at: int,
    stated: Stated,
    wanted: Sequence[Wanted],
    verdict: Verdict,
) -> None:
    """Compare the hash in the comment with that of the end as it was written.

    That end follows from the manifest alone, so whatever else is wrong, the hash tells
    whether the manifest is the one that was written.
    """
    pairs = [(one.entry, one.at) for one in wanted]
    total = sum(one.length for one in wanted)
    *_, right = tail(pairs, stated.text, stated.values["created"], total)
    if disk.read(at, COMMENT_LENGTH) == right:
        return
    reach = max(disk.size - FAR, 0)
    found = [text for _, text in disk.find(HASH, reach, disk.size, COMMENT_LENGTH)]
    if right in found:
        return  # it stands elsewhere, which was told
    text = "The comment of the zip, with the hash of manifest and directory, differs."
    verdict.differs(THE_END, "comment", text)
    if found:
        text = "It, or the hash of it in the zip's comment, was changed."
        verdict.differs(MANIFEST, "hash", text)


def _behind_others(disk: DiskFile, at: int, verdict: Verdict) -> int:
    """Note what stands between manifest and directory; returns where that begins."""
    start = next((place for place, _ in disk.find(RECORDS, at, disk.size, 4)), at)
    for found in Walker(disk).walk(at, start):
        name = found.local.name.decode("utf-8", "backslashreplace")
        text = f"It was added behind the manifest (byte {found.local.at:,})."
        verdict.differs(name, "added", text)
    if start > at:
        text = f"Behind it, {start - at:,} bytes belong to no member (at byte {at:,})."
        verdict.differs(MANIFEST, "gap", text)
    return start


def _compare_directory(
    disk: DiskFile,
    at: int,
    names: Sequence[str],
    records: Sequence[set[bytes]],
    verdict: Verdict,
) -> int:
    """Compare the records of the directory; returns how long it is."""
    lengths = [len(next(iter(one))) for one in records]
    there = _parsed(disk, at)
    if there is None or [len(one) for one in there] == lengths:
        for name, known, length in zip(names, records, lengths, strict=True):
            if disk.read(at, length) not in known:
                _entry_differs(name, verdict)
            at += length
        return sum(lengths)
    where: dict[bytes, list[int]] = {}
    for number, one in reversed(list(enumerate(there))):
        where.setdefault(one, []).append(number)
    order = []
    missing: dict[bytes, str] = {}
    for name, known in zip(names, records, strict=True):
        same = next((one for one in known if where.get(one)), None)
        if same is None:
            _entry_differs(name, verdict)
            missing |= {one[OFFSET]: name for one in known}
        else:
            order.append((where[same].pop(), name))
    for (_, name), (_, instead) in zip(order, sorted(order), strict=True):
        if name != instead:
            _entry_differs(name, verdict)
    for one in (there[number] for left in where.values() for number in left):
        if one[OFFSET] not in missing:
            text = "The zip's directory lists it, the manifest does not, or once more."
            verdict.differs(_name(one), "added", text)
    return sum(map(len, there))


def _entry_differs(name: str, verdict: Verdict) -> None:
    text = "Its entry in the zip's directory was changed, moved or removed."
    verdict.differs(name, "directory", text)


def _parsed(disk: DiskFile, at: int) -> list[bytes] | None:
    """Return the records up to the end of the directory, None if one is damaged."""
    found: list[bytes] = []
    while True:
        head = disk.read(at, RECORD.size)
        if head.startswith((b"PK\x05\x06", b"PK\x06\x06")):
            return found
        if len(head) < RECORD.size or not head.startswith(SIGNATURE):
            return None
        length = RECORD.size + sum(
            int.from_bytes(head[start : start + 2], "little") for start in (28, 30, 32)
        )
        found.append(disk.read(at, length))
        at += length


def _name(record: bytes) -> str:
    length = int.from_bytes(record[28:30], "little")
    name = record[RECORD.size : RECORD.size + length]
    return name.decode("utf-8", "backslashreplace")


def _compare_last(disk: DiskFile, at: int, end: bytes, verdict: Verdict) -> None:
    if disk.read(at, len(end)) != end:
        text = "The record at its end was changed, or other bytes stand before it."
        verdict.differs(THE_END, "end", text)
    more = disk.size - (at + len(end) + COMMENT_LENGTH)
    if more > 0:
        verdict.differs(THE_END, "trailing", f"{more:,} bytes stand behind it.")
    elif more < 0:
        verdict.differs(THE_END, "cut", f"Its last {-more:,} bytes are missing.")
