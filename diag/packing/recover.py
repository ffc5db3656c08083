"""What a run left that died: a `.partial` becomes a bundle of kind `recovered`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.errors import OutputError
from diag.packing import manifest
from diag.packing.journal import MOST_BYTES, Journal, read_journal
from diag.packing.layout import LOCAL, local_header
from diag.packing.lock import lock
from diag.packing.target import (
    JOURNAL,
    OTHER_NAME,
    PARTIAL,
    Folder,
    PartialFile,
    fail,
    is_plain,
    told,
)
from diag.packing.writer import tail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.packing.layout import Entry

BLOCK = 1 << 20
RECOVERED = "-recovered"


class Recovered(NamedTuple):
    """What became of a `.partial`.

    `path` is the bundle, empty when no member was whole; `members` were saved,
    `lost` bytes belonged to one that was not written to its end.
    """

    path: str
    members: int
    lost: int


def recover(partial: str) -> Recovered:
    """Make a bundle of what a run left that died.

    Args:
        partial: `NAME.zip.partial`; `NAME.zip.journal` lies beside it. Both are gone
            when the bundle is there.

    Raises:
        OutputError: It is none, is still being written, or cannot be finished.
    """
    if not partial.endswith(PARTIAL):
        fail("it is no .partial of a bundle", partial, "name one that is")
    folder = Folder(partial[: -len(PARTIAL)])
    try:
        if folder.status(folder.name + PARTIAL) is None:
            fail("there is no such file", partial, "check the path")
        return _recover(folder)
    finally:
        folder.close()


def take_over(folder: Folder) -> str:
    """Make room for a new bundle of the same name; what is left of the old is saved.

    Args:
        folder: The folder of the result, which knows its name.

    Returns:
        The path of the bundle that a `.partial` became, or an empty text.

    Raises:
        OutputError: The `.partial` is not ours, or another run is writing it.
    """
    if folder.status(folder.name + PARTIAL) is None:
        return ""
    return _recover(folder).path


def _recover(folder: Folder) -> Recovered:
    where = folder.path + PARTIAL
    with told(where, "it cannot be opened"):
        fd = folder.open(folder.name + PARTIAL, os.O_RDWR)
    file = PartialFile.adopt(folder, fd)
    try:
        if not is_plain(os.fstat(fd)):
            fail("it is in the way and is not ours", where, OTHER_NAME)
        if not lock(fd):
            fail("another run is writing this bundle", where, f"wait, or {OTHER_NAME}")
        journal = _journal_of(folder)
        with told(where, "what an earlier run left cannot be finished"):
            return _finish(folder, file, journal)
    finally:
        file.close()


def _journal_of(folder: Folder) -> Journal:
    try:
        fd = folder.open(folder.name + JOURNAL, os.O_RDONLY)
    except OSError:
        return Journal({}, [], [])
    with os.fdopen(fd, "rb") as stream:
        if not is_plain(os.fstat(fd)):
            return Journal({}, [], [])
        return read_journal(stream.read(MOST_BYTES).splitlines(keepends=True))


def _finish(folder: Folder, file: PartialFile, journal: Journal) -> Recovered:
    size = os.fstat(file.fd).st_size
    created = _created(journal.head)
    entries: list[tuple[Entry, int]] = []
    members: list[dict[str, Any]] = []
    at = 0
    for offset, one in journal.members:
        entry = _entry(one, created)
        if offset != at or entry is None or not _stands(file.fd, at, entry, one):
            break
        entries.append((entry, at))
        members.append(one)
        at += len(local_header(entry)) + entry.packed
    not_taken = list(journal.not_taken)
    torn = _name_at(file.fd, at)
    if torn:
        not_taken.append({"path": torn, "reason": "interrupted"})
    if not members:
        folder.remove(file.name)
        _remove_journal(folder)
        return Recovered("", 0, size)
    head = journal.head.get("head")
    text, _ = manifest.manifest_text(
        "recovered",
        created,
        "sized",
        head if isinstance(head, dict) else {},
        not_taken,
        members,
    )
    file.cut(at)
    for part in tail(entries, text, created, at):
        file.write(part)
    final = _free_name(folder)
    file.finish(final)
    _remove_journal(folder)
    path = os.path.join(os.path.split(folder.path)[0], final)
    return Recovered(path, len(members), size - at)


def _created(head: Mapping[str, Any]) -> str:
    created = head.get("created")
    try:
        manifest.unix_time(created if isinstance(created, str) else "")
    except ValueError:
        return "1980-01-01T00:00:00Z"
    return str(created)


def _entry(one: Mapping[str, Any], created: str) -> Entry | None:
    try:
        return manifest.entry_of(one, created, streamed=False)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _stands(fd: int, at: int, entry: Entry, one: Mapping[str, Any]) -> bool:
    """Say whether a member stands at a place just as the journal says."""
    header = local_header(entry)
    os.lseek(fd, at, os.SEEK_SET)
    if os.read(fd, len(header)) != header:
        return False
    whole, crc, left = hashlib.sha256(), 0, entry.packed
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0:
        block = os.read(fd, min(BLOCK, left))
        if not block:
            return False
        whole.update(block)
        left -= len(block)
        try:
            while block:
                text = inflate.decompress(block, BLOCK)
                crc = zlib.crc32(text, crc)
                block = inflate.unconsumed_tail
        except zlib.error:
            return False
    return crc == entry.crc and whole.hexdigest() == one.get("packed_sha256")


def _name_at(fd: int, at: int) -> str:
    """Return the name of the member that was not written to its end, if any."""
    os.lseek(fd, at, os.SEEK_SET)
    head = os.read(fd, LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(b"PK\x03\x04"):
        return ""
    name = os.read(fd, LOCAL.unpack(head)[-2]).decode("utf-8", "replace")
    return "" if name == manifest.NAME else name


def _free_name(folder: Folder) -> str:
    stem, ending = os.path.splitext(folder.name)
    name, number = f"{stem}{RECOVERED}{ending}", 1
    while folder.status(name) is not None:
        number += 1
        name = f"{stem}{RECOVERED}-{number}{ending}"
    return name


def _remove_journal(folder: Folder) -> None:
    with contextlib.suppress(OSError, OutputError):
        folder.remove(folder.name + JOURNAL)
