"""Members of a zip that are damaged, lie or try to do something."""

from __future__ import annotations

import stat
import struct
import zlib
from typing import TYPE_CHECKING

from tests.analyze.faults.fault import (
    COUNT,
    OTHER,
    OTHER_TEXT,
    TEXT,
    Fault,
    raw_deflate,
    raw_zip,
    written,
    zip_file,
)
from tests.analyze.machines import HIMDS
from tests.bundle.zipmaker import (
    DEFLATE,
    ENCRYPTED,
    STORED,
    STREAMED,
    UTF8,
    Part,
    build,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTE = b"one line\n"


def one(name: bytes, **more: object) -> Callable[[Path], Path]:
    """Return a zip with himds.log and one small member behind it."""
    return zip_file(Part(name, NOTE, **more))  # type: ignore[arg-type]


def names(*raw: bytes) -> Callable[[Path], Path]:
    return zip_file(*(Part(name, NOTE + b"%d\n" % n) for n, name in enumerate(raw)))


def rotten(parts: list[Part]) -> bytes:
    # Two stored blocks, the second of a kind that does not exist.
    text = OTHER_TEXT[: OTHER_TEXT.index(b"\n", 2000) + 1]
    block = struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text
    parts[1] = Part(OTHER.encode(), block + b"\x07" + bytes(99), STORED)
    return deflated(build(parts), 1)


def deflated(data: bytes, number: int) -> bytes:
    """Call a stored member deflated, which its content is."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = -1
        for _ in range(number + 1):
            place = changed.index(mark, place + 1)
        struct.pack_into("<H", changed, place + at, DEFLATE)
    return bytes(changed)


def forged_packed(parts: list[Part]) -> bytes:
    parts[1].listed_packed = 0xFFFFFFF0
    return build(parts)


def shared(parts: list[Part]) -> bytes:
    length = len(parts[0].packed)
    parts += [
        Part(
            HIMDS.encode(), b"", listed_offset=0, listed_packed=length,
            listed_size=1 << (20 + n % 8),
        )
        for n in range(20)
    ]  # fmt: skip
    return build(parts)


def hidden(parts: list[Part]) -> bytes:
    parts[1].listed = False
    return build(parts)


def damaged_header(parts: list[Part]) -> bytes:
    data = bytearray(build(parts))
    data[parts[1].header] ^= 0xFF
    return bytes(data)


def wrong_place(parts: list[Part]) -> bytes:
    parts[1].listed_offset = 7
    return build(parts)


def bomb(name: bytes, text: bytes) -> Callable[[Path], Path]:
    """Return what writes a zip with deflated data before himds.log."""

    def make(folder: Path) -> Path:
        crc = zlib.crc32(text)
        part = Part(
            name, raw_deflate(text), STORED, listed_size=len(text), listed_crc=crc
        )
        data = build([part, Part(HIMDS.encode(), TEXT)])
        return written(folder / "m.zip", deflated(data, 0))

    return make


def bad_dates(parts: list[Part]) -> bytes:
    data = bytearray(build(parts))
    for mark, at in ((b"PK\x03\x04", 10), (b"PK\x01\x02", 12)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            data[place + at : place + at + 4] = b"\xff" * 4
    return bytes(data)


DULL = (b"a" * 999 + b"\n") * 28_000
DULL_LOG = b'time="2026-03-10T12:00:00Z" level=info msg=' + b"x" * 956 + b"\n"
WHOLE = {OTHER: COUNT}

FAULTS = (
    Fault(
        "encrypted, the old way",
        "all other members; there is never a question for a password",
        one(b"secret.log", flags=UTF8 | ENCRYPTED),
        ("encrypted",),
    ),
    Fault(
        "encrypted with AES",
        "all other members",
        one(b"secret.log", method=99),
        ("encrypted",),
    ),
    Fault(
        "encrypted, its header masked",
        "all other members",
        one(b"secret.log", flags=UTF8 | 0x2000),
        ("encrypted",),
    ),
    Fault(
        "packed by LZMA or another method",
        "all other members",
        one(b"odd.log", method=14),
        ("unknown-method",),
    ),
    Fault(
        "a symbolic link",
        "all other members; links are not followed",
        one(b"link.log", external=(stat.S_IFLNK | 0o777) << 16),
        ("symlink",),
    ),
    Fault(
        "a pipe or a device",
        "all other members",
        zip_file(
            Part(b"pipe", NOTE, external=(stat.S_IFIFO | 0o644) << 16),
            Part(b"disk", NOTE, external=(stat.S_IFBLK | 0o644) << 16),
        ),
        ("special-file",),
    ),
    Fault(
        "its check sum is wrong",
        "all lines",
        one(b"x.txt", listed_crc=1),
        ("bad-crc",),
        {"x.txt": 1},
    ),
    Fault(
        "bit rot in packed data",
        "the lines before the damage",
        raw_zip(rotten),
        ("inflate-failed",),
        {OTHER: OTHER_TEXT.count(b"\n", 0, OTHER_TEXT.index(b"\n", 2000) + 1)},
    ),
    Fault(
        "it says that it has 4 GiB",
        "all lines",
        one(b"x.txt", listed_size=0xFFFFFFFE),
        ("size-mismatch",),
        {"x.txt": 1},
    ),
    Fault(
        "it says that it has 4 GiB of packed data",
        "all members",
        raw_zip(forged_packed),
        ("bad-header",),
        WHOLE,
    ),
    Fault(
        "many members that share the same bytes",
        "these bytes once",
        raw_zip(shared),
        ("duplicate-name", "overlap", "unlisted"),
        WHOLE,
    ),
    Fault(
        "text of an unknown kind that grows a thousandfold",
        "16 MiB or 200 times its packed size, and all other members",
        bomb(b"bomb.txt", DULL),
        ("over-limit",),
    ),
    Fault(
        "a known log that grows a thousandfold",
        "all lines: logs may be dull",
        bomb(OTHER.encode(), DULL_LOG * 20_000),
        (),
        {OTHER: 20_000},
    ),
    Fault(
        "two members of one name",
        "both; the second as `name (2)`",
        names(b"x.txt", b"x.txt"),
        ("duplicate-name",),
        {"x.txt": 2, "x.txt (2)": 2},
    ),
    Fault(
        "names that differ in upper and lower case",
        "all",
        names(b"X.txt", b"x.txt"),
        (),
        {"X.txt": 2, "x.txt": 2},
    ),
    Fault(
        "reserved names, streams, names that end with a dot or a blank",
        "all",
        names(b"CON", b"nul.txt", b"x.txt:stream", b"x.txt.", b"x.txt "),
        (),
        {"CON": 2, "nul.txt": 2, "x.txt:stream": 2, "x.txt.": 2, "x.txt ": 2},
    ),
    Fault(
        "names that look alike (composed and decomposed letters)",
        "all",
        names("\u00e9.txt".encode(), "e\u0301.txt".encode()),
        (),
        {"\u00e9.txt": 2, "e\u0301.txt": 2},
    ),
    Fault(
        "a name that leads out of its folder",
        "read under what is left of it; nothing is written",
        names(b"..\\..\\etc/x.txt", b"\\\\server\\share\\y.txt"),
        ("unsafe-name",),
        {"etc/x.txt": 2, "server/share/y.txt": 2},
    ),
    Fault(
        "an absolute name, or one with a drive",
        "read under what is left of it",
        names(b"/etc/x.txt", b"C:\\y.txt"),
        (),
        {"etc/x.txt": 2, "y.txt": 2},
    ),
    Fault(
        "a name that acts on a terminal, hides letters or has none",
        "read under a name that is safe to show",
        names(b"x\x1b]0;y\x07\n\x00.txt", "a\u202etxt".encode(), b""),
        ("bad-name",),
        {"x\u241b]0;y\u2407\u240a\u2400.txt": 2, "unnamed": 2},
    ),
    Fault(
        "a name whose bytes are no text",
        "read under a name in code page 437",
        one(b"caf\xe9.txt", flags=0),
        (),
        {"caf\u0398.txt": 1},
    ),
    Fault(
        "a name of 40,000 characters",
        "read under its beginning and end",
        one(b"d/" * 20_000 + b"x.txt"),
        ("bad-name",),
    ),
    Fault(
        "a date that does not exist",
        "read; its date is unknown",
        raw_zip(bad_dates),
        (),
        WHOLE,
    ),
    Fault(
        "the directory does not list it",
        "read all the same",
        raw_zip(hidden),
        ("unlisted",),
        WHOLE,
    ),
    Fault(
        "its own header is damaged",
        "read all the same",
        raw_zip(damaged_header),
        ("bad-header",),
        WHOLE,
    ),
    Fault(
        "the directory has a wrong place for it",
        "read all the same",
        raw_zip(wrong_place),
        ("missing-header",),
        WHOLE,
    ),
    Fault(
        "directory and header name it differently",
        "read under the directory's name",
        one(b"real.txt", local_name=b"other.txt"),
        ("name-mismatch",),
        {"real.txt": 1},
    ),
    Fault(
        "written as a stream, with its size behind it (as the agent does)",
        "all lines",
        zip_file(Part(OTHER.encode(), OTHER_TEXT, flags=UTF8 | STREAMED)),
        (),
        WHOLE,
    ),
)
