"""The bytes of a record as they stand in its source, if that is still there."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from diag import bundle
from diag.bundle.membertext import member_pieces
from diag.errors import DiagError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.model import Member

MOST = 4_096  # bytes of a record
MOST_WIDE = 64 << 20  # bytes of a file in UTF-16, which is read as a whole
PIECE = 1 << 20
END = re.compile(rb"\r\n|\r|\n")
WIDE_END = re.compile(r"\r\n|\r|\n")
GONE = "read the sources again to see their bytes"
WHERE = """
SELECT f.BundleId, f.FileId - (SELECT min(FileId) FROM Files g
    WHERE g.BundleId = f.BundleId), f.OriginalPath, f.File, f.Log, f.Encoding,
  b.Sha256, b.Source, e.Line, e.LineCount
FROM EventRows e JOIN Files f USING (FileId) JOIN Bundles b ON b.BundleId = f.BundleId
WHERE e.rowid = $row"""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a record stands: what `WHERE` says of it."""

    bundle: int
    member: int
    original: str
    file: str
    log: str
    encoding: str
    sha256: str
    source: str
    line: int
    lines: int


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes of a record; `cut` says that there are more than are shown."""

    data: bytes
    cut: bool


def raw_bytes(spot: Spot, sources: Sequence[Path], parsers: Sequence[Path] = ()) -> Raw:
    """Read a record from its source.

    Args:
        spot: Where it stands.
        sources: What was opened, in its order; of a store it is looked for where the
            store was made from.
        parsers: Folders with more log definitions.

    Raises:
        DiagError: There are none: the source is gone or another one, or the log is
            not text by lines.
    """
    from diag.formats import load_families

    family = load_families(parsers).get(spot.log)
    if family is not None and family.objects is not None and family.objects.readers:
        raise DiagError("this log is no text: its records have no lines", hint="")
    stored = any(one.suffix.lower() == ".duckdb" for one in sources)
    source = Path(spot.source) if stored else sources[spot.bundle - 1]
    if not source.exists():
        raise DiagError("the source is no longer there", where=str(source), hint=GONE)
    try:
        with bundle.Scratch() as scratch:
            opened = bundle.open_bundle(source, scratch)
            if opened.sha256 != spot.sha256:
                said = "the source is not what it was when it was read"
                raise DiagError(said, where=str(source), hint=GONE)
            member = opened.members[spot.member]
            if member.original != spot.original:
                raise DiagError("its file is not found in the source", hint=GONE)
            return _record(_content(member), spot)
    except (OSError, zlib.error, IndexError) as error:
        said = f"its file cannot be read: {error}"
        raise DiagError(said, where=str(source), hint=GONE) from error


def _content(member: Member) -> Iterator[bytes]:
    """Yield the bytes of a member, unpacked."""
    pieces = member_pieces(member)
    if not member.packing.is_gzip:
        yield from pieces
        return
    inflate = zlib.decompressobj(31)
    for piece in pieces:
        waiting = piece
        while waiting:
            yield inflate.decompress(waiting, PIECE)
            waiting = inflate.unconsumed_tail
            if inflate.eof:  # parts of gzip data stand one behind the other
                waiting = inflate.unused_data
                inflate = zlib.decompressobj(31)


def _record(pieces: Iterator[bytes], spot: Spot) -> Raw:
    wide = spot.encoding.lower()
    if wide.startswith("utf-16"):
        return _wide_record(pieces, spot, wide)
    before, begun, kept = spot.line - 1, False, b""
    for piece in _unsplit(pieces):
        start = 0
        if not begun:
            ends = piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n")
            if ends < before:
                before -= ends
                continue
            begun = True
            for end in islice(END.finditer(piece), before):
                start = end.end()
        kept += piece[start:]
        if len(kept) > MOST:
            break
    return _cut(kept, spot.lines)


def _unsplit(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces, none of which ends between CR and LF."""
    kept = b""
    for piece in pieces:
        whole = kept + piece
        kept = b"\r" if whole.endswith(b"\r") else b""
        yield whole[: len(whole) - len(kept)]
    yield kept


def _cut(data: bytes, lines: int) -> Raw:
    """Return the first lines of bytes, as many of them as are shown."""
    end = len(data)
    for found in islice(END.finditer(data), lines - 1, lines):
        end = found.end()
    return Raw(data[: min(end, MOST)], end > MOST)


def _wide_record(pieces: Iterator[bytes], spot: Spot, encoding: str) -> Raw:
    """Find lines of two bytes for each character; the file is read as a whole."""
    data = b"".join(islice(pieces, MOST_WIDE // PIECE + 1))
    if len(data) > MOST_WIDE:
        raise DiagError("a file in UTF-16 of this size is not looked through")
    order = "utf-16-be" if "be" in encoding else "utf-16-le"
    text = data[: len(data) // 2 * 2].decode(order, "surrogatepass")
    found = [0, *(end.end() for end in WIDE_END.finditer(text)), len(text)]
    last = min(spot.line - 1 + spot.lines, len(found) - 1)
    raw = text[found[spot.line - 1] : found[last]].encode(order, "surrogatepass")
    return Raw(raw[:MOST], len(raw) > MOST)
