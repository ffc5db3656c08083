"""Open a source: find out what it is and list what can be read of it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from diag.bundle.digest import Digest, archive_digest
from diag.bundle.diskfile import DiskFile, NotRegularError
from diag.bundle.folder import RIGHTS, SPECIAL, FolderReader, failure, read_file
from diag.bundle.identify import HEAD, SEND, Content
from diag.bundle.names import Names, normalise, path_text
from diag.bundle.nested import Nested, as_gzip
from diag.bundle.peek import ZIP_STARTS, seems_to_hold
from diag.bundle.told import Told
from diag.bundle.zipend import find_records, verified_ends
from diag.bundle.zipread import list_pieces
from diag.bundle.ziptell import read_zip
from diag.errors import UsageError
from diag.model import Bundle, BundleKind
from diag.text import show

if TYPE_CHECKING:
    from pathlib import Path

    from diag.bundle.scratch import Scratch
    from diag.model import Member


def open_bundle(source: Path, scratch: Scratch | None = None) -> Bundle:
    """Find out what a source is and list its members.

    Args:
        source: A zip, a folder or a single file.
        scratch: Where zips go that are packed inside a zip; it must live as long
            as the members are read. Without one they are told and not read.

    Returns:
        Members and problems. Bad content is never an error: what cannot be
        read is told in `problems`. For a zip `sha256` is that of the file.

    Raises:
        UsageError: There is nothing at this path.
    """
    label = show(path_text(source))
    told = Told(label)
    try:
        mode = source.stat().st_mode
    except PermissionError:
        text = f"It cannot be looked at: permission denied. {RIGHTS}"
        return _without_members(label, told, "denied", text)
    except (OSError, ValueError) as error:
        raise UsageError(
            "there is no such file or folder",
            where=label,
            hint="check the path; a zip, a folder or a log file is wanted",
        ) from error
    if stat.S_ISDIR(mode):
        digest = Digest(BundleKind.FOLDER)
        names = Names()
        members = FolderReader(source, told, digest, names).members()
        members = Nested(told, names, scratch).members(members)
        if not members:
            told.add("no-files", f"No file could be read in the folder. {SEND}")
        return _bundle(label, BundleKind.FOLDER, digest, members, told)
    if not stat.S_ISREG(mode):
        return _without_members(label, told, "special-file", SPECIAL)
    return _open_file(source, label, told, scratch)


def _open_file(source: Path, label: str, told: Told, scratch: Scratch | None) -> Bundle:
    try:
        with DiskFile(source, follow=True) as disk:
            head = disk.read(0, HEAD)
            members = _open_zip(disk, head, told, scratch)
            if members is not None:
                digest = archive_digest(disk)
                return Bundle(label, BundleKind.ZIP, digest, members, told.rows())
    except NotRegularError:
        return _without_members(label, told, "special-file", SPECIAL)
    except OSError as error:
        text = f"It cannot be read ({error.strerror}). {RIGHTS}"
        return _without_members(label, told, failure(error), text)
    return _open_single(source, label, told, head)


def _open_zip(
    disk: DiskFile, head: bytes, told: Told, scratch: Scratch | None
) -> tuple[Member, ...] | None:
    """Return the members if the file is a zip, whole or damaged."""
    starts = head.startswith(ZIP_STARTS)
    named = _named_zip(disk.path)
    if not starts and not named:
        # A zip behind a stub; a log that merely quotes the mark does not verify.
        ends = verified_ends(disk, find_records(disk))
        if not any(end.count for end in ends):
            return None
    listing = list_pieces(disk)
    if not starts and not listing.pieces:
        return None
    names = Names()
    members = read_zip(disk, listing, told, names)
    return Nested(told, names, scratch).members(members)


def _open_single(source: Path, label: str, told: Told, head: bytes) -> Bundle:
    digest = Digest(BundleKind.FILE)
    packed, seems = seems_to_hold(head)
    named = _named_zip(source)
    if seems.content is Content.PACKED or (named and seems.content is not Content.LOG):
        kind = "not-a-zip" if named else "packed-file"
        text = f"It is no zip; it seems to be {seems.what}. {seems.advice}"
        return _without_members(label, told, kind, text)
    if named:
        text = (
            "It is called a zip but is a log, and is read as one. "
            "Send logs under their own names, or the zip itself."
        )
        told.add("not-a-zip", text)
    elif seems.content is Content.EMPTY:
        told.add("empty-file", f"It is {seems.what}. {SEND}")
    original = path_text(source.name)
    name = normalise(original)
    for kind, text in name.notes:
        told.add(kind, text, name.text)
    member = read_file(source, name.text, original, told, digest, follow=True)
    if member is None:
        return _bundle(label, BundleKind.FILE, digest, (), told)
    members = (as_gzip(member) if packed else member,)
    return _bundle(label, BundleKind.FILE, digest, members, told)


def _named_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _bundle(
    label: str,
    kind: BundleKind,
    digest: Digest,
    members: tuple[Member, ...],
    told: Told,
) -> Bundle:
    problems = told.rows()
    digest.add_problems(problems, label)
    return Bundle(label, kind, digest.hexdigest(), members, problems)


def _without_members(label: str, told: Told, kind: str, text: str) -> Bundle:
    told.add(kind, text)
    return _bundle(label, BundleKind.FILE, Digest(BundleKind.FILE), (), told)
