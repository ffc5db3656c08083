"""A bundle of ours, taken apart and put together with one thing wrong."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

MANIFEST = "manifest.json"
END = "the zip's end"
BEGIN = "the zip's begin"


@dataclass(frozen=True, slots=True)
class Part:
    """A member: its name, all bytes from its header on, and its directory record."""

    name: str
    local: bytes
    record: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """A bundle: members with the manifest last, and what stands at the end."""

    members: tuple[Part, ...]
    end: bytes

    def joined(self) -> bytes:
        """Return a zip that is whole, as a tool would write it."""
        body, records = b"", b""
        for one in self.members:
            offset = struct.pack("<I", len(body))
            records += one.record[:42] + offset + one.record[46:]
            body += one.local
        count = struct.pack("<HH", len(self.members), len(self.members))
        places = struct.pack("<II", len(records), len(body))
        return body + records + self.end[:8] + count + places + self.end[20:]

    def place(self, name: str) -> int:
        """Return where a member begins."""
        at = 0
        for one in self.members:
            if one.name == name:
                return at
            at += len(one.local)
        raise KeyError(name)

    def part_at(self, place: int) -> set[str]:
        """Return what a byte belongs to."""
        for one in self.members:
            if place < len(one.local):
                return {one.name}
            place -= len(one.local)
        for one in self.members:
            if place < len(one.record):
                return {one.name}
            place -= len(one.record)
        return {END}


def take_apart(data: bytes) -> Parts:
    """Return the parts of a whole bundle."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        directory = archive.start_dir
    stops = [info.header_offset for info in infos[1:]] + [directory]
    at = directory
    members = []
    for info, stop in zip(infos, stops, strict=True):
        n, m = struct.unpack_from("<HH", data, at + 28)
        record = data[at : at + 46 + n + m]
        at += len(record)
        members.append(Part(info.filename, data[info.header_offset : stop], record))
    return Parts(tuple(members), data[at:])


def renamed(part: Part, name: str) -> Part:
    """Return a member under another name, in both of its headers."""
    old, new = part.name.encode(), name.encode()
    length = struct.pack("<H", len(new))
    local, record = part.local, part.record
    local = local[:26] + length + local[28:30] + new + local[30 + len(old) :]
    record = record[:28] + length + record[30:46] + new + record[46 + len(old) :]
    return Part(name, local, record)


def with_text(part: Part, text: bytes) -> Part:
    """Return a member that holds another text, stored, with the right CRC and sizes."""
    n = len(part.name.encode())
    crc = struct.pack("<I", zlib.crc32(text))
    sizes = struct.pack("<QQ", len(text), len(text))
    head = part.local[:8] + b"\0\0" + part.local[10:14] + crc + part.local[18 : 34 + n]
    local = head + sizes + part.local[50 + n : 59 + n] + text
    small = struct.pack("<II", len(text), len(text))
    record = part.record[:10] + b"\0\0" + part.record[12:16] + crc + small
    return Part(part.name, local, record + part.record[28:])


Mutation = tuple[bytes, set[str]]


def flip(parts: Parts, rng: random.Random) -> Mutation:
    data = bytearray(parts.joined())
    at = rng.randrange(len(data))
    data[at] ^= 1 << rng.randrange(8)
    return bytes(data), parts.part_at(at)


def flip_in_header(parts: Parts, rng: random.Random) -> Mutation:
    """Also time stamps, names and extra fields: of a member, or of its record."""
    data = bytearray(parts.joined())
    one = rng.choice(parts.members)
    if rng.random() < 0.5:
        at = parts.place(one.name) + rng.randrange(59 + len(one.name.encode()))
    else:
        before = parts.members[: parts.members.index(one)]
        at = sum(len(other.local) for other in parts.members)
        at += sum(len(other.record) for other in before) + rng.randrange(
            len(one.record)
        )
    data[at] ^= 1 << rng.randrange(8)
    return bytes(data), {one.name}


def flip_in_end(parts: Parts, rng: random.Random) -> Mutation:
    data = bytearray(parts.joined())
    data[-1 - rng.randrange(len(parts.end))] ^= 1 << rng.randrange(8)
    return bytes(data), {END}


def drop(parts: Parts, rng: random.Random) -> Mutation:
    one = rng.choice(parts.members)
    left = tuple(other for other in parts.members if other is not one)
    return replace(parts, members=left).joined(), {one.name}


def add(parts: Parts, rng: random.Random) -> Mutation:
    new = renamed(rng.choice(parts.members), f"new-{rng.randrange(99)}.log")
    members = list(parts.members)
    members.insert(rng.randrange(len(members) + 1), new)
    return replace(parts, members=tuple(members)).joined(), {new.name}


def double(parts: Parts, rng: random.Random) -> Mutation:
    one = rng.choice(parts.members)
    members = list(parts.members)
    members.insert(rng.randrange(len(members) + 1), one)
    return replace(parts, members=tuple(members)).joined(), {one.name}


def rename(parts: Parts, rng: random.Random) -> Mutation:
    at = rng.randrange(len(parts.members))
    one = parts.members[at]
    longer = rng.choice([one.name[:-1] + "~", one.name + "x", one.name[1:]])
    members = list(parts.members)
    members[at] = renamed(one, longer)
    return replace(parts, members=tuple(members)).joined(), {one.name}


def swap_places(parts: Parts, rng: random.Random) -> Mutation:
    members = list(parts.members)
    i, j = rng.sample(range(len(members) - 1), 2)
    members[i], members[j] = members[j], members[i]
    names = {members[i].name, members[j].name}
    return replace(parts, members=tuple(members)).joined(), names


def swap_names(parts: Parts, rng: random.Random) -> Mutation:
    members = list(parts.members)
    i, j = rng.sample(range(len(members) - 1), 2)
    one, other = members[i], members[j]
    members[i], members[j] = renamed(one, other.name), renamed(other, one.name)
    return replace(parts, members=tuple(members)).joined(), {one.name, other.name}


def swap_records(parts: Parts, rng: random.Random) -> Mutation:
    data = parts.joined()
    body = sum(len(one.local) for one in parts.members)
    i, j = sorted(rng.sample(range(len(parts.members)), 2))
    records, at = [], body
    for one in parts.members:
        records.append(data[at : at + len(one.record)])
        at += len(one.record)
    records[i], records[j] = records[j], records[i]
    names = {parts.members[i].name, parts.members[j].name}
    return data[:body] + b"".join(records) + data[at:], names


def other_text(parts: Parts, rng: random.Random) -> Mutation:
    at = rng.randrange(len(parts.members) - 1)
    members = list(parts.members)
    members[at] = with_text(members[at], rng.randbytes(rng.randrange(2000)))
    return replace(parts, members=tuple(members)).joined(), {members[at].name}


def other_manifest(parts: Parts, rng: random.Random) -> Mutation:
    """Change a word of the manifest, and make the zip fit."""
    last = parts.members[-1]
    text = bytearray(last.local[59 + len(MANIFEST) :])
    places = [at for at, byte in enumerate(text) if chr(byte).isalnum()]
    at = rng.choice(places)
    text[at] = ord(rng.choice("0123456789abcdef".replace(chr(text[at]), "")))
    members = (*parts.members[:-1], with_text(last, bytes(text)))
    return replace(parts, members=members).joined(), {MANIFEST}


def gap(parts: Parts, rng: random.Random) -> Mutation:
    """Put bytes between members; the directory leads around them."""
    at = rng.randrange(len(parts.members))
    members = list(parts.members)
    more = rng.randbytes(rng.randrange(1, 300))
    if at:
        before = members[at - 1]
        members[at - 1] = replace(before, local=before.local + more)
        return replace(parts, members=tuple(members)).joined(), {before.name}
    return more + parts.joined(), {BEGIN}


def insert(parts: Parts, rng: random.Random) -> Mutation:
    """Put bytes anywhere, and let nothing lead around them."""
    data = parts.joined()
    at = rng.randrange(1, len(data))
    more = rng.randbytes(rng.randrange(1, 40))
    return data[:at] + more + data[at:], parts.part_at(at) | parts.part_at(at - 1)


def trailing(parts: Parts, rng: random.Random) -> Mutation:
    return parts.joined() + rng.randbytes(rng.randrange(1, 300)), {END}


def cut(parts: Parts, rng: random.Random) -> Mutation:
    data = parts.joined()
    length = rng.randrange(len(data) - len(parts.end), len(data))
    return data[:length], {END}


def other_comment(parts: Parts, rng: random.Random) -> Mutation:
    data = parts.joined()
    return data[:-64] + rng.randbytes(32).hex().encode(), {END}


MUTATIONS: tuple[Callable[[Parts, random.Random], Mutation], ...] = (
    flip,
    flip_in_header,
    flip_in_end,
    drop,
    add,
    double,
    rename,
    swap_places,
    swap_names,
    swap_records,
    other_text,
    other_manifest,
    gap,
    insert,
    trailing,
    cut,
    other_comment,
)
