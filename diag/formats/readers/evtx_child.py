"""Reads chunks of a binary event log in a process of its own. Run as a script.

The library that reads them may hang or end on a hostile file; then only this
process does. It imports nothing of ours, so that it starts at once. On stdin come
chunks of 64 KiB, each after its length; on stdout goes one answer for each: its
length, and JSON with `records` (trees) and `failed` (a count).
"""

from __future__ import annotations

import io
import json
import struct
import sys
import zlib

CHUNK = 65_536
LENGTH = struct.Struct("<I")
MOST_MEMORY = 2 << 30
MOST_ANSWER = 64 << 20
MOST_FAILED = 5000


def header() -> bytes:
    """Return the header of a file with one chunk."""
    start = struct.pack("<8sQQQIHHHH", b"ElfFile\0", 0, 0, 1, 128, 1, 3, 4096, 1)
    begun = start.ljust(120, b"\0")
    return (begun + struct.pack("<II", 0, zlib.crc32(begun))).ljust(4096, b"\0")


def answer(chunk: bytes, parser: type) -> dict[str, object]:
    """Return what stands in one chunk."""
    found: list[object] = []
    failed = size = 0
    cut = False
    try:
        records = parser(
            io.BytesIO(header() + chunk), number_of_threads=1
        ).records_json()
        while failed < MOST_FAILED:
            try:
                data = next(records)["data"]
                size += len(data)
                if size > MOST_ANSWER:
                    cut = True
                    break
                found.append(json.loads(data)["Event"])
            except StopIteration:
                break
            except (RuntimeError, ValueError, KeyError, TypeError, RecursionError):
                failed += 1
    except (RuntimeError, OSError, MemoryError):
        failed += 1
    return {"records": found, "failed": failed, "cut": cut}


def bounded() -> None:
    """Allow this process no more memory than any log needs."""
    try:
        import resource
    except ImportError:
        return  # Windows has other means, and no swap that a process could fill
    limit = getattr(resource, "RLIMIT_AS", None)
    if limit is not None:
        try:
            resource.setrlimit(limit, (MOST_MEMORY, MOST_MEMORY))
        except (ValueError, OSError):
            return


def main() -> int:
    """Answer until stdin ends; 3 says that the library is not there."""
    try:
        from evtx import PyEvtxParser
    except ImportError:
        return 3
    bounded()
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(size := source.read(LENGTH.size)) == LENGTH.size:
        chunk = source.read(LENGTH.unpack(size)[0])
        # A record with lone surrogates is no UTF-8; as JSON it is ASCII.
        made = json.dumps(answer(chunk, PyEvtxParser)).encode("ascii")
        target.write(LENGTH.pack(len(made)) + made)
        target.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
