"""What a run left that died: a `.partial` becomes a bundle of kind `recovered`."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.errors import OutputError
from diag.packing import manifest
from diag.packing.journal import MOST_BYTES, Journal, read_journal
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
from diag.packing.walk import name_at, whole_members
from diag.packing.writer import tail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diag.packing.walk import Standing

RECOVERED = "-recovered"
ENDING = ".zip" + PARTIAL


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


def left_in(folder: str) -> list[str]:
    """Return the `.partial` files of bundles that runs left in a folder that died.

    Args:
        folder: Its path.

    Returns:
        Paths, sorted; not those that are being written, or of somebody else.
    """
    found = []
    try:
        names = sorted(os.listdir(folder or os.curdir))
    except OSError:
        return []
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith(ENDING) and _is_left(path):
            found.append(path)
    return found


def _is_left(path: str) -> bool:
    flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        fd = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    except OSError:
        return False
    try:
        return is_plain(os.fstat(fd)) and is_plain(os.lstat(path)) and lock(fd)
    except OSError:
        return False
    finally:
        os.close(fd)


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
        # Where no flag keeps from following a link, what has the name is no plain file.
        there = folder.status(file.name)
        if there is None or not is_plain(there) or not is_plain(os.fstat(fd)):
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
    created = _created(journal.head, os.fstat(file.fd).st_mtime)
    noted = dict(journal.members)
    standing = list(whole_members(file.fd))
    at = standing[-1].end if standing else 0
    torn = name_at(file.fd, at)
    if not standing:
        file.remove()
        _remove_journal(folder)
        return Recovered("", 0, size)
    not_taken = list(journal.not_taken)
    if torn and torn != manifest.NAME:
        not_taken.append({"path": torn, "reason": "interrupted"})
    head = journal.head.get("head")
    text, _ = manifest.manifest_text(
        "recovered",
        created,
        "sized",
        head if isinstance(head, dict) else {},
        not_taken,
        [_with_facts(one, noted.get(one.at), created) for one in standing],
    )
    file.cut(at)
    pairs = [(one.entry, one.at) for one in standing]
    for part in tail(pairs, text, created, at):
        file.write(part)
    final = _free_name(folder)
    file.finish(final)
    _remove_journal(folder)
    path = os.path.join(os.path.split(folder.path)[0], final)
    return Recovered(path, len(standing), size - at)


def _created(head: Mapping[str, Any], written: float) -> str:
    """Return when the run was, by its journal, else by the time of the file."""
    created = head.get("created")
    try:
        manifest.unix_time(created if isinstance(created, str) else "")
    except ValueError:
        return manifest.iso_time(int(written)) or "1980-01-01T00:00:00Z"
    return str(created)


def _with_facts(
    one: Standing, noted: Mapping[str, Any] | None, created: str
) -> dict[str, Any]:
    """Return the journal's entry if it is about this member, else what was measured."""
    hashes = ("sha256", "packed_sha256")
    if noted is None or any(noted.get(key) != one.known[key] for key in hashes):
        return one.known
    try:
        same = manifest.entry_of(noted, created, streamed=False) == one.entry
    except (ValueError, KeyError, TypeError, AttributeError):
        same = False
    return dict(noted) if same else one.known


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
