"""One log that grows: its new records, each only when its last line has an end."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arcdiag_core import Plan
    from arcdiag_core import Record as Parsed

    from diag.watch.places import Place

BLOCK = 1 << 20
STEP = 1 << 18  # bytes that are read at once
FIRST = 1 << 18  # of what was there before, to know its kinds and newest record
LINE_END = re.compile(rb"\r\n|\n|\r")
WIDE_END = re.compile(r"\r\n|\n|\r")
WIDE = {"utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}
UTF_8 = "utf-8"
MOST_KEPT = 1 << 16  # characters of a record that are kept


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a log, as far as a watch looks at it. `time` is µs since 1970."""

    log: str
    level: str
    message: str
    fields: str
    time: int | None


@dataclass(frozen=True, slots=True)
class Last:
    """The newest record that a log had: where it stood, and its lines."""

    log: str
    name: str
    line: int
    text: str
    time: int


@dataclass(slots=True)
class Tail:
    """An open log.

    `done` is where its last whole line ends, `begun` where the last record begins, on
    line `line`. `start` is where its judgement begins, before which `before` lines are.
    """

    place: Place
    fd: int
    log: str
    plan: Plan
    zone: Sequence[tuple[int, int]]
    encoding: str = UTF_8
    done: int = 0
    begun: int = 0
    line: int = 1
    start: int = 0
    before: int = 0
    last: Last | None = None
    identity: tuple[int, int] = (0, 0)
    seen: tuple[int, int] = field(default=(-1, -1))

    def __post_init__(self) -> None:
        """Note which file it is."""
        status = os.fstat(self.fd)
        self.identity = (status.st_dev, status.st_ino)

    def close(self) -> None:
        """Let the file go."""
        with contextlib.suppress(OSError):
            os.close(self.fd)

    def skip_to_last(self) -> None:
        """Take what is there as read, but for the last 256 KiB."""
        size = os.fstat(self.fd).st_size
        self.begun = self._line_start(max(0, size - FIRST))
        self.line = 1 + count_lines(self.fd, 0, self.begun, self.encoding)
        self.done = self.begun

    def changed(self) -> bool:
        """Return whether it was written to since this was asked last."""
        status = os.fstat(self.fd)
        now = (status.st_size, status.st_mtime_ns)
        was, self.seen = self.seen, now
        return was != now

    def was_cut(self) -> bool:
        """Return whether what was read is no more there: it begins anew, then."""
        if os.fstat(self.fd).st_size >= self.done and self._ends_there():
            return False
        self.done = self.begun = self.start = self.before = 0
        self.line = 1
        self.last = None
        return True

    def _ends_there(self) -> bool:
        end = WIDE.get(self.encoding, b"\n")
        if self.done < len(end):
            return True
        return read_at(self.fd, len(end), self.done - len(end)) == end

    def more(self, reference: int) -> list[Record] | None:
        """Read on, at most 256 KiB.

        Args:
            reference: A time (µs) of which dates without a year are the nearest before.

        Returns:
            The records with lines that are new; None when no whole line is.
        """
        data = read_at(self.fd, STEP, self.begun)
        old = self.done - self.begun
        end = last_end(data, self.encoding)
        if end > old:
            return self._records(data[:end], old, reference)
        if len(data) < STEP:
            return None
        passed = max(old, end) or STEP  # one record fills it all: go on behind it
        self.line += data[:passed].count(b"\n")
        self.begun += passed
        self.done = max(self.done, self.begun)
        return []

    def _records(self, data: bytes, old: int, reference: int) -> list[Record]:
        text, starts = decoded(data, self.encoding)
        known = sum(1 for start in starts if start < old)
        parsed = self.plan.parse(text, list(self.zone), reference)
        self._note_newest(parsed, text)
        self.done = self.begun + len(data)
        if parsed:
            first = min(parsed[-1]["Line"] - 1, len(starts) - 1)
            self.line += first
            self.begun += starts[first]
        return [
            Record(
                self.log,
                one["Level"],
                one["Message"],
                one["Fields"],
                one["TimeGenerated"],
            )
            for one in parsed
            if one["Line"] + one["LineCount"] - 1 > known
        ]

    def _note_newest(self, parsed: Sequence[Parsed], text: str) -> None:
        times = [(one["TimeGenerated"] or 0, at) for at, one in enumerate(parsed)]
        time, at = max(times, default=(0, 0))
        if time <= (self.last.time if self.last else 0):
            return
        first, count = parsed[at]["Line"], parsed[at]["LineCount"]
        lines = WIDE_END.split(text)[first - 1 : first - 1 + count]
        kept = "\n".join(lines)[:MOST_KEPT]
        self.last = Last(self.log, self.place.name, self.line + first - 1, kept, time)

    def _line_start(self, at: int) -> int:
        """Return where the first line behind a place begins."""
        if at == 0:
            return 0
        at -= at % 2  # of wide characters
        data = read_at(self.fd, FIRST, at)
        end = WIDE.get(self.encoding, b"\n")
        place = data.find(end)
        while place >= 0 and len(end) > 1 and place % 2:
            place = data.find(end, place + 1)
        return at + place + len(end) if place >= 0 else at

    def shorten(self, most: int) -> None:
        """Let the judgement begin later, when it would read more than twice `most`.

        Args:
            most: Bytes that are enough.
        """
        if (
            self.encoding not in {UTF_8, "utf-8-bom"}
            or self.done - self.start <= 2 * most
        ):
            return
        start = self._line_start(self.done - most)
        text, starts = decoded(read_at(self.fd, FIRST, start), self.encoding)
        for first, layout in self.plan.match(text):
            if layout >= 0 and first - 1 < len(starts):
                start += starts[first - 1]
                break
        self.before += count_lines(self.fd, self.start, start, self.encoding)
        self.start = start


def read_at(fd: int, length: int, at: int) -> bytes:
    """Return the bytes of a range of an open file, fewer where it ends."""
    if hasattr(os, "pread"):
        return os.pread(fd, length, at)
    os.lseek(fd, at, os.SEEK_SET)
    return os.read(fd, length)


def last_end(data: bytes, encoding: str) -> int:
    """Return where the last whole line of some bytes ends; 0 when there is none."""
    end = WIDE.get(encoding, b"\n")
    place = data.rfind(end)
    while place >= 0 and len(end) > 1 and place % 2:
        place = data.rfind(end, 0, place + 1)
    return place + len(end) if place >= 0 else 0


def decoded(data: bytes, encoding: str) -> tuple[str, list[int]]:
    """Return the text of some bytes, and where each of its lines begins among them."""
    if encoding not in WIDE:
        starts = [0, *(found.end() for found in LINE_END.finditer(data))]
        text = data.decode("utf-8", "replace").removeprefix("\ufeff")
        return text, starts
    text = data.decode(encoding, "replace")
    ends = [found.end() for found in WIDE_END.finditer(text)]
    starts, at, before = [0], 0, 0
    for end in ends:
        at += len(text[before:end].encode(encoding, "surrogatepass"))
        before = end
        starts.append(at)
    return text.removeprefix("\ufeff"), starts


def count_lines(fd: int, start: int, end: int, encoding: str) -> int:
    """Return how many lines end within a range of a file."""
    wanted = WIDE.get(encoding, b"\n")
    count = 0
    while start < end:
        data = read_at(fd, min(BLOCK, end - start), start)
        if not data:
            break
        count += data.count(wanted)
        start += len(data)
    return count
