"""Old logs that the agent packed into a zip: taken one by one, to be looked through.

Redaction cannot look into a zip. What is in it goes into the bundle under the zip's
name, as readers call it: `gc_ext.1.zip/gc_ext.log`.
"""

from __future__ import annotations

import calendar
import os
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.collect.pace import Pace

CHUNK = 128 * 1024
MOST_INNER = 200  # files in one zip
MOST_DIRECTORY = 256 * 1024  # bytes of the list of them, which is read as a whole
END = struct.Struct("<4s4H2LH")
END_MARK = b"PK\x05\x06"
LONGEST_COMMENT = 65535
ENCRYPTED = 1


class DamagedError(Exception):
    """A zip, or a file in it, cannot be unpacked."""


class Inner(NamedTuple):
    """A file in a zip. `problem` says why it cannot be unpacked; empty if it can."""

    name: str
    size: int
    mtime: float | None
    problem: str
    chunks: Iterator[bytes]


def inner_of(number: int, pace: Pace) -> Iterator[Inner]:
    """Yield the files in a zip.

    Args:
        number: Descriptor of the zip; stays open.
        pace: Rests between reads.

    Raises:
        DamagedError: It is none, or not one that the agent would write.
    """
    with os.fdopen(os.dup(number), "rb") as stream:
        _check(stream.fileno())
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
            raise DamagedError(f"it cannot be unpacked: {error}") from error
        with archive:
            for info in archive.infolist():
                if not info.filename.endswith("/"):
                    yield _inner(archive, info, pace)


def _check(number: int) -> None:
    """Refuse a zip whose list of files would take too much memory."""
    size = os.fstat(number).st_size
    os.lseek(number, max(size - END.size - LONGEST_COMMENT, 0), os.SEEK_SET)
    tail = os.read(number, END.size + LONGEST_COMMENT)
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) - at < END.size:
        raise DamagedError("it is no zip, or only a part of one")
    _, _, _, _, count, directory, _, _ = END.unpack_from(tail, at)
    if count > MOST_INNER or directory > MOST_DIRECTORY:
        raise DamagedError(f"it has more than {MOST_INNER} files")


def _inner(archive: zipfile.ZipFile, info: zipfile.ZipInfo, pace: Pace) -> Inner:
    problem = ""
    if info.flag_bits & ENCRYPTED:
        problem = "it is encrypted"
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problem = "it is packed by another method than Deflate"
    try:
        mtime: float | None = float(calendar.timegm((*info.date_time, 0, 0, 0)))
    except (ValueError, OverflowError):
        mtime = None
    chunks = _chunks(archive, info, pace)
    return Inner(info.filename, info.file_size, mtime, problem, chunks)


def _chunks(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, pace: Pace
) -> Iterator[bytes]:
    try:
        with archive.open(info) as stream:
            while True:
                data = stream.read(CHUNK)  # never more than the size it announces
                if not data:
                    return
                yield data
                pace.rest(len(data))
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
    ) as error:  # fmt: skip
        raise DamagedError(f"it cannot be unpacked: {error}") from error
