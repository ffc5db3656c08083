"""Recorded logs as something that grows: which bytes of which file were there when."""

from __future__ import annotations

import os
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diag import formats
from diag.bundle.unpacked import Unpacked
from diag.model import Packing
from diag.watch.follow import is_log
from diag.watch.places import Found, Place
from diag.watch.tail import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from diag.formats import Detected, Families
    from diag.model import Bundle, Member
    from diag.store import Store

EVENTS = """
SELECT f.File, e.Line, e.TimeGenerated FROM EventRows e JOIN Files f USING (FileId)
WHERE e.TimeGenerated IS NOT NULL ORDER BY e.FileId, e.Line"""
MOST_STEPS = 2_000  # in which a recording is played, unless that makes them wide
WIDEST = timedelta(seconds=30)
LARGEST = 64 << 20  # bytes of a log that is played; larger ones come as a whole


@dataclass(slots=True)
class Growing:
    """A log on its way: `times[i]` is when the bytes up to `ends[i]` were there."""

    member: Member
    whole: Path
    path: Path
    times: list[datetime] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    done: int = 0

    def until(self, moment: datetime | None) -> None:
        """Write on, up to what was there at a time; to the end for None."""
        if moment is None:
            end = self.whole.stat().st_size
        else:
            place = bisect_right(self.times, moment)
            end = self.ends[place - 1] if place else 0
        if end <= self.done:
            return
        with self.whole.open("rb") as source, self.path.open("ab") as target:
            source.seek(self.done)
            target.write(source.read(end - self.done))
        self.done = end


class Recording:
    """A bundle that is played into a folder of ours; a listing for who follows it."""

    zone = ""

    def __init__(self, bundle: Bundle, store: Store, folder: Path) -> None:
        """Take the bundle and what is known of its events; nothing is written yet.

        Args:
            bundle: What is played.
            store: Its events.
            folder: An empty folder.
        """
        self.bundle = bundle
        self.label = bundle.source
        self.growing: dict[str, Growing] = {}
        self._folder = folder
        self._lines: dict[str, list[tuple[int, datetime]]] = {}
        for file, line, time in store.stream(EVENTS, {}):
            self._lines.setdefault(file, []).append((line, time.replace(tzinfo=UTC)))

    def prepare(self, families: Families) -> None:
        """Unpack the logs that can be played line by line."""
        for number, found in enumerate(formats.detect(self.bundle, families)):
            lines = self._lines.get(found.member.name)
            if lines and is_log(found) and _is_plain(found):
                self._unpack(found, lines, number)

    def _unpack(
        self, found: Detected, lines: list[tuple[int, datetime]], number: int
    ) -> None:
        member = found.member
        one = Growing(
            member, self._folder / f"{number}.whole", self._folder / str(number)
        )
        source = Unpacked(member)
        with one.whole.open("wb") as stream:
            for block in source.blocks():
                stream.write(block)
        if source.problems() or source.size != member.size:
            one.whole.unlink()
            return  # what is wrong with it has to be told from the bundle itself
        _, starts = decoded(one.whole.read_bytes(), found.encoding)
        latest = lines[0][1]
        for at, (_, time) in enumerate(lines):
            latest = max(latest, time)
            following = lines[at + 1][0] if at + 1 < len(lines) else len(starts) + 1
            end = starts[following - 1] if following <= len(starts) else source.size
            one.times.append(latest)
            one.ends.append(end)
        self.growing[member.name] = one

    def span(self) -> tuple[datetime, datetime] | None:
        """Return when the first and the last line came that are played."""
        times = [one.times for one in self.growing.values()]
        if not times:
            return None
        return min(one[0] for one in times), max(one[-1] for one in times)

    def moments(self) -> Iterator[datetime]:
        """Yield the times at which lines came, those close to each other once."""
        span = self.span()
        if span is None:
            return
        first, last = span
        step = min((last - first) / MOST_STEPS, WIDEST)
        due = first
        times = sorted({time for one in self.growing.values() for time in one.times})
        for place, time in enumerate(times):
            if place + 1 == len(times) or times[place + 1] > due + step:
                yield time
                due = max(due + step, time)

    def until(self, moment: datetime | None) -> None:
        """Let all logs grow up to a time, to their ends for None."""
        for one in self.growing.values():
            one.until(moment)

    def look(self) -> Found:
        """Return the files that are there by now, under the names of the members."""
        found = Found(folders={self._folder})
        for name, one in self.growing.items():
            if one.done:
                top, part = str(self._folder), one.path.name
                found.places[name] = Place(name, one.path, top, (part,))
        return found

    def so_far(self, ends: dict[str, int]) -> Bundle:
        """Return the bundle as far as its lines came.

        Args:
            ends: Of the logs that are followed, where the last whole line ends.
        """
        members = [
            # When it was written last, and so collected, is not known yet.
            replace(_grown(one, ends[name]), modified=None)
            for name, one in self.growing.items()
            if ends.get(name)
        ]
        return replace(self.bundle, members=tuple(members), problems=())

    def whole(self) -> Bundle:
        """Return all of the bundle, what was played as it lies in our folder."""
        members = []
        for member in self.bundle.members:
            one = self.growing.get(member.name)
            if one is not None:
                _set_time(one.path, member.path)
            members.append(_grown(one, one.done) if one else member)
        return replace(self.bundle, members=tuple(members))


def _grown(one: Growing, size: int) -> Member:
    whole = size == one.member.size
    return replace(
        one.member,
        path=one.path,
        offset=0,
        packed=size,
        packing=Packing.STORED,
        size=size,
        crc=one.member.crc if whole else None,
    )


def _is_plain(found: Detected) -> bool:
    member = found.member
    small = member.size is not None and member.size <= LARGEST
    return small and member.packing in {Packing.STORED, Packing.DEFLATE}


def _set_time(path: Path, source: Path) -> None:
    """Give our file the time stamp of the source, by which some dates are read."""
    with suppress(OSError):
        status = source.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
