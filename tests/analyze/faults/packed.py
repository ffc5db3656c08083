"""Files that are packed once more inside the bundle."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile

from tests.analyze.faults.fault import (
    COUNT,
    OTHER,
    OTHER_TEXT,
    Fault,
    folder_of,
    lone,
    zip_file,
)
from tests.bundle.zipmaker import ENCRYPTED, STORED, UTF8, Part, build

INNER = build([Part(b"azcmagent.log", OTHER_TEXT)])
ZIP = "var/opt/azcmagent/log/azcmagent.1.zip"
IN_ZIP = {f"{ZIP}/azcmagent.log": COUNT}
GZ = f"{OTHER}.1.gz"
DATA = gzip.compress(OTHER_TEXT, mtime=0)


def tar_of(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("azcmagent.log")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def wrong_sum() -> bytes:
    return DATA[:-8] + struct.pack("<II", 1, len(OTHER_TEXT))


def torn_inner() -> bytes:
    second = Part(b"second.txt", b"line\n" * 9)
    return build([Part(b"azcmagent.log", OTHER_TEXT), second])[: second.header]


FAULTS = (
    Fault(
        "a zip in the zip, stored",
        "its members",
        zip_file(Part(ZIP.encode(), INNER, STORED)),
        (),
        IN_ZIP,
    ),
    Fault(
        "a zip in the zip, deflated",
        "its members",
        zip_file(Part(ZIP.encode(), INNER)),
        (),
        IN_ZIP,
    ),
    Fault(
        "a zip in a folder",
        "its members",
        folder_of({ZIP: INNER}),
        (),
        IN_ZIP,
    ),
    Fault(
        "a zip in a zip in the zip",
        "all but the innermost one",
        zip_file(Part(b"all.zip", build([Part(b"deep.zip", INNER), Part(b"x.txt")]))),
        ("too-deep",),
        {"all.zip/x.txt": 40, "all.zip/deep.zip": 0},
    ),
    Fault(
        "a zip in the zip that was cut off",
        "its members before the cut",
        zip_file(Part(ZIP.encode(), torn_inner())),
        ("truncated-zip",),
        IN_ZIP,
    ),
    Fault(
        "a zip in the zip with a password",
        "all other members",
        zip_file(Part(ZIP.encode(), build([Part(b"x", flags=UTF8 | ENCRYPTED)]))),
        ("encrypted",),
    ),
    Fault(
        "a zip in the zip whose names lead out of it",
        "its members, under what is left of their names",
        zip_file(Part(ZIP.encode(), build([Part(b"../../x.txt", b"x\n")]))),
        ("unsafe-name",),
        {f"{ZIP}/x.txt": 1},
    ),
    Fault(
        "in a bundle, called a zip but none",
        "what it is: text, or nothing",
        folder_of({ZIP: b"<html>not found</html>\n"}),
        ("not-a-zip",),
        {ZIP: 1},
    ),
    Fault(
        "gzip, in one or several parts",
        "all lines",
        folder_of(
            {GZ: gzip.compress(OTHER_TEXT[:500]) + gzip.compress(OTHER_TEXT[500:])}
        ),
        (),
        {GZ: COUNT},
    ),
    Fault(
        "gzip in the zip",
        "all lines",
        zip_file(Part(GZ.encode(), DATA)),
        (),
        {GZ: COUNT},
    ),
    Fault(
        "gzip that was cut off",
        "the lines before the cut",
        zip_file(Part(GZ.encode(), DATA[: len(DATA) // 2])),
        ("inflate-failed",),
    ),
    Fault(
        "gzip that was cut off in its last 8 bytes",
        "all lines",
        folder_of({GZ: DATA[:-3]}),
        ("inflate-failed",),
        {GZ: COUNT},
    ),
    Fault(
        "gzip with a wrong check sum",
        "all lines",
        folder_of({GZ: wrong_sum()}),
        ("bad-crc",),
        {GZ: COUNT},
    ),
    Fault(
        "gzip with something else behind it",
        "all lines of the gzip data",
        folder_of({GZ: DATA + b"garbage"}),
        ("trailing-bytes",),
        {GZ: COUNT},
    ),
    Fault(
        "gzip with zeros behind it",
        "all lines",
        folder_of({GZ: DATA + bytes(512)}),
        ("stray-bytes",),
        {GZ: COUNT},
    ),
    Fault(
        "gzip of an unknown kind that grows a thousandfold",
        "16 MiB or 200 times its packed size",
        folder_of({"x.txt.gz": gzip.compress((b"a" * 999 + b"\n") * 28_000)}),
        ("over-limit",),
    ),
    Fault(
        "the same log plain and packed",
        "both",
        folder_of({OTHER: OTHER_TEXT, f"{OTHER}.gz": DATA}),
        ("same-content",),
        {OTHER: COUNT, f"{OTHER}.gz": COUNT},
    ),
    Fault(
        "tar, 7-Zip, xz, bzip2 and the like",
        "nothing of it",
        folder_of(
            {
                "x.tar": tar_of(OTHER_TEXT),
                "x.7z": b"7z\xbc\xaf\x27\x1c" + bytes(99),
                "x.xz": b"\xfd7zXZ\x00" + bytes(99),
                "x.bz2": b"BZh9" + bytes(range(256)),
            }
        ),
        ("packed-file",),
        {"x.tar": 0, "x.7z": 0, "x.xz": 0, "x.bz2": 0},
    ),
    Fault(
        "gzip that holds a tar archive, a zip or gzip again",
        "nothing of it",
        folder_of(
            {
                "x.tgz": gzip.compress(tar_of(OTHER_TEXT)),
                "x.zip.gz": gzip.compress(INNER),
                "x.gz.gz": gzip.compress(DATA),
            }
        ),
        ("packed-file",),
        {"x.tgz": 0, "x.zip.gz": 0, "x.gz.gz": 0},
    ),
    Fault(
        "a tar archive in gzip as the source",
        "nothing; the text says to unpack it",
        lone("logs.tar.gz", gzip.compress(tar_of(OTHER_TEXT))),
        ("no-known-log", "packed-file"),
        {},
        beside=False,
    ),
    Fault(
        "one log in gzip as the source",
        "all lines",
        lone("azcmagent.log.gz", DATA),
        (),
        {"azcmagent.log.gz": COUNT},
        beside=False,
    ),
)
