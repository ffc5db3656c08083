"""Zips that are damaged or lie as a whole."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tests.analyze.faults.fault import (
    COUNT,
    OTHER,
    OTHER_TEXT,
    Fault,
    lone,
    raw_zip,
)
from tests.bundle.zipmaker import STORED, STREAMED, Part, build, end_record

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = {OTHER: COUNT}
PAGE = b"<!DOCTYPE html><html><title>Sign in to your account</title></html>"


def cut(parts: list[Part]) -> bytes:
    data = build(parts)
    return data[: parts[1].data + len(parts[1].packed) // 2]


def without_directory(parts: list[Part]) -> bytes:
    for part in parts:
        part.flags |= STREAMED
    return build(parts, end=False)[: parts[1].end]


def lying_zip64(parts: list[Part]) -> bytes:
    data = bytearray(build(parts, wide=True))
    wide = data.index(b"PK\x06\x06")
    data[wide + 24 : wide + 56] = struct.pack("<QQQQ", 1 << 60, 1 << 60, 1 << 62, 1)
    return bytes(data)


def split(parts: list[Part]) -> bytes:
    data = bytearray(build(parts))
    end = data.rindex(b"PK\x05\x06")
    data[end + 4] = 2
    data[end + 12 : end + 20] = b"\xf0" * 8
    return bytes(data)


def damaged_record(parts: list[Part]) -> bytes:
    data = bytearray(build(parts))
    data[data.rindex(b"PK\x01\x02") + 1] ^= 0xFF
    return bytes(data)


def hole(parts: list[Part]) -> bytes:
    parts.insert(1, Part(b"between.txt", b"line\n" * 50, STORED))
    data = build(parts)
    place = parts[1].data + 5
    return data[:place] + data[place + 7 :]


def empty(folder: Path) -> Path:
    path = folder / "m.zip"
    path.write_bytes(end_record(0, 0, 0))
    return path


FAULTS = (
    Fault(
        "cut off within a member",
        "all members before the cut, and the beginning of that one",
        raw_zip(cut),
        ("inflate-failed", "torn", "truncated-zip"),
    ),
    Fault(
        "the directory at the end is missing",
        "all members, by their own headers",
        raw_zip(without_directory),
        ("truncated-zip",),
        WHOLE,
    ),
    Fault(
        "only the last 22 bytes are missing",
        "all members",
        raw_zip(lambda parts: build(parts, end=False)),
        ("truncated-zip",),
        WHOLE,
    ),
    Fault(
        "an entry of the directory is damaged",
        "all members",
        raw_zip(damaged_record),
        ("bad-directory", "unlisted"),
        WHOLE,
    ),
    Fault(
        "behind a program or a script",
        "all members",
        raw_zip(lambda parts: build(parts, prefix=b"#!/bin/sh\nexit\n")),
        ("stray-bytes",),
        WHOLE,
    ),
    Fault(
        "zeros behind its end, as after a failed copy",
        "all members",
        raw_zip(lambda parts: build(parts) + bytes(100_000)),
        ("stray-bytes",),
        WHOLE,
    ),
    Fault(
        "all offsets are wrong by the same number",
        "all members",
        raw_zip(lambda parts: build(parts, shift=13)),
        (),
        WHOLE,
    ),
    Fault(
        "zip64, honest",
        "all members",
        raw_zip(lambda parts: build(parts, wide=True)),
        (),
        WHOLE,
    ),
    Fault(
        "zip64 with numbers that lie",
        "all members",
        raw_zip(lying_zip64),
        ("bad-directory",),
        WHOLE,
    ),
    Fault(
        "one part of a split zip",
        "the members in this part",
        raw_zip(split),
        ("split-zip",),
        WHOLE,
    ),
    Fault(
        "another end of a zip in its comment",
        "all members; what the other one names is not believed",
        raw_zip(lambda parts: build(parts, comment=build([Part(b"other.log")]))),
        ("second-directory",),
        WHOLE,
    ),
    Fault(
        "a comment that acts on a terminal",
        "all members; the comment is never shown",
        raw_zip(lambda parts: build(parts, comment=b"\x1b]52;c;eA==\x07")),
        (),
        WHOLE,
    ),
    Fault(
        "two zips in one file",
        "the members of both",
        raw_zip(lambda parts: build(parts[1:]) + build(parts[:1])),
        ("second-directory", "unlisted"),
        WHOLE,
    ),
    Fault(
        "bytes are missing within a member",
        "all other members, and that one up to the damage",
        raw_zip(hole),
        ("overlap",),
        WHOLE,
    ),
    Fault(
        "a zip without members",
        "nothing",
        empty,
        ("empty-zip", "no-known-log"),
        {},
        beside=False,
    ),
    Fault(
        "called a zip, but an HTML page of a sign-in",
        "nothing",
        lone("m.zip", PAGE),
        ("no-known-log", "not-a-zip"),
        {},
        beside=False,
    ),
    Fault(
        "called a zip, but an error answer in XML",
        "nothing",
        lone("m.zip", b"<?xml version='1.0'?><Error>AuthenticationFailed</Error>"),
        ("no-known-log", "not-a-zip"),
        {},
        beside=False,
    ),
    Fault(
        "called a zip, but nothing but zeros",
        "nothing",
        lone("m.zip", bytes(200_000)),
        ("no-known-log", "not-a-zip"),
        {},
        beside=False,
    ),
    Fault(
        "called a zip, but empty",
        "nothing",
        lone("m.zip", b""),
        ("no-known-log", "not-a-zip"),
        {},
        beside=False,
    ),
    Fault(
        "called a zip, but a log",
        "the log",
        lone("azcmagent.zip", OTHER_TEXT),
        ("not-a-zip",),
        {"azcmagent.zip": COUNT},
        beside=False,
    ),
)
