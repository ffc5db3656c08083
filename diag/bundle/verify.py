"""Check a bundle against its manifest: every byte of the file is compared.

The manifest has a hash of each member, packed and unpacked, and all headers can be
written again from what it says. The zip's comment has the hash of the manifest and of
what stands behind it. That finds every accident. It does not find somebody who makes
all of it anew: for that the hash of the whole file has to come by another way.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from diag.bundle.comparing import compare_members
from diag.bundle.digest import archive_digest
from diag.bundle.diskfile import DiskFile, NotRegularError
from diag.bundle.ending import COMMENT_LENGTH, compare_end
from diag.bundle.expected import find_manifest, wanted_of
from diag.bundle.folder import SPECIAL
from diag.bundle.membertext import member_pieces
from diag.bundle.names import path_text
from diag.bundle.opener import open_bundle
from diag.bundle.verdict import MANIFEST, THE_FILE, Verdict
from diag.errors import DiagError, UsageError
from diag.packing import manifest

if TYPE_CHECKING:
    from pathlib import Path

    from diag.model import Member

# What is inside a member is not looked at here.
NO_DAMAGE = frozenset({"packed-file", "same-content"})


def verify(source: Path) -> Verdict:
    """Check a bundle.

    Args:
        source: A zip that `arcdiag collect` or `arcdiag redact` wrote; of any other
            one only the CRCs of its members can be checked.

    Raises:
        UsageError: There is no such file, or it is a folder or a device.
        DiagError: It cannot be read.
    """
    where = path_text(source)
    try:
        with DiskFile(source, follow=True) as disk:
            verdict = Verdict(where, archive_digest(disk))
            _compare(disk, verdict)
            if not verdict.members and not verdict.manifest:
                _by_crc(source, verdict)
            return verdict
    except (NotRegularError, IsADirectoryError) as error:
        hint = "only zips can be verified, as only they have a manifest"
        raise UsageError(SPECIAL, where=where, hint=hint) from error
    except FileNotFoundError as error:
        hint = "check the path"
        raise UsageError("there is no such file", where=where, hint=hint) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise DiagError(f"it cannot be read: {why}", where=where) from error


def _compare(disk: DiskFile, verdict: Verdict) -> None:
    stated = find_manifest(disk)
    comment = disk.read(disk.size - COMMENT_LENGTH, len(manifest.COMMENT))
    verdict.ours = stated is not None or comment == manifest.COMMENT.encode()
    if stated is None:
        if verdict.ours:
            text = "It is not in the bundle any more, or cannot be found."
            verdict.differs(MANIFEST, "missing", text)
        return
    wanted, fault = wanted_of(stated.values) if not stated.fault else ([], stated.fault)
    if fault:
        text = f"It was changed: {fault}. So members are checked by their CRC only."
        verdict.differs(MANIFEST, "changed", text)
        return
    verdict.manifest = stated.values
    verdict.members = len(wanted)
    places = compare_members(disk, wanted, stated.at - len(stated.header), verdict)
    compare_end(disk, stated, wanted, places, verdict)


def _by_crc(source: Path, verdict: Verdict) -> None:
    """Check what any zip lets one check."""
    bundle = open_bundle(source)
    for problem in bundle.problems:
        if problem.kind in NO_DAMAGE:
            continue
        verdict.differs(problem.file, problem.kind, problem.text)
    for member in bundle.members:
        if member.name != MANIFEST or not verdict.ours:
            verdict.members += 1
            if member.crc is not None and _crc(member) != member.crc:
                text = "Its content does not fit its CRC."
                verdict.differs(member.name, "bad-crc", text)
    if not bundle.members and not bundle.problems:
        verdict.differs(THE_FILE, "empty-zip", "There is nothing in it.")


def _crc(member: Member) -> int | None:
    """Return the CRC-32 of a member's text, None when it cannot be unpacked."""
    crc = 0
    try:
        for piece in member_pieces(member):
            crc = zlib.crc32(piece, crc)
    except (OSError, zlib.error):
        return None
    return crc
