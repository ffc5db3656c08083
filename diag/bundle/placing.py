"""Where the members of a bundle really lie, whatever was done to the zip."""

from __future__ import annotations

import bisect
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag.bundle.ziplocal import SIGNATURE, read_local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.bundle.diskfile import DiskFile
    from diag.bundle.expected import Wanted
    from diag.bundle.ziplocal import Local

MARK = re.compile(re.escape(SIGNATURE))
MOST_MARKS = 100_000
# Of so many lost members the data are looked for, and so often the file is read.
MOST_LOST = 200
MOST_READS = 8
MOST_COPIES = 20


@dataclass(slots=True)
class Placed:
    """Where a member lies: header, data, and the first byte behind all of it."""

    wanted: Wanted
    at: int
    data: int

    @property
    def end(self) -> int:
        """The first byte behind the member."""
        return self.data + self.wanted.entry.packed + len(self.wanted.after)


@dataclass(slots=True)
class Places:
    """Members by their number in the manifest, and the headers of others."""

    placed: dict[int, Placed] = field(default_factory=dict)
    strangers: list[Local] = field(default_factory=list)

    def in_order(self) -> list[tuple[int, Placed]]:
        """Return the members in the order of the file."""
        return sorted(self.placed.items(), key=lambda item: item[1].at)


def find_places(disk: DiskFile, wanted: Sequence[Wanted], stop: int) -> Places:
    """Find all members.

    Args:
        disk: The bundle.
        wanted: What the manifest lists.
        stop: Where the manifest begins, behind the last member.
    """
    search = _Search(disk, wanted, stop)
    search.as_written()
    total = sum(one.length for one in wanted)
    if len(search.places.placed) < len(wanted) or total != stop:
        search.by_header()
        search.by_data()
        search.between()
        search.others()
    return search.places


def hash_of(disk: DiskFile, start: int, length: int) -> str:
    """Return the SHA-256 of a range of the file."""
    whole = hashlib.sha256()
    for block in disk.blocks(start, start + length):
        whole.update(block)
    return whole.hexdigest()


class _Search:
    def __init__(self, disk: DiskFile, wanted: Sequence[Wanted], stop: int) -> None:
        self.places = Places()
        self._disk = disk
        self._wanted = wanted
        self._stop = stop
        self._headers: list[Local] = []

    def as_written(self) -> None:
        """Look where each member should be."""
        for number, one in enumerate(self._wanted):
            self._at(number, one.at)

    def by_header(self) -> None:
        """Look for the very headers of those that are elsewhere."""
        marks = self._disk.find(MARK, 0, self._stop, len(SIGNATURE))
        for count, (at, _) in enumerate(marks):
            local = read_local(self._disk, at)
            if local is not None and count < MOST_MARKS:
                self._headers.append(local)
        starts: dict[bytes, list[int]] = {}
        for local in self._headers:
            starts.setdefault(local.name, []).append(local.at)
        for number, one in self._missing():
            named = starts.get(one.entry.name, [])
            before = self._neighbours(number)[0] if len(named) > 1 else 0
            # Of two copies the one that stands behind the right member is meant.
            for at in sorted(named, key=lambda at: abs(at - before))[:MOST_COPIES]:
                if self._at(number, at):
                    break

    def by_data(self) -> None:
        """Look for the data of those whose header is another one now."""
        budget = MOST_READS * self._disk.size
        for number, one in self._missing()[:MOST_LOST]:
            before, after = self._neighbours(number)
            guesses = [
                before + len(one.header),
                after - len(one.after) - one.entry.packed,
            ]
            guesses += [
                local.data
                for local in self._headers
                if one.entry.packed in {local.packed, 0} or local.name == one.entry.name
            ]
            for data in dict.fromkeys(guesses):
                budget -= one.entry.packed
                if data < 0 or self._taken(data) or budget < 0:
                    continue
                if hash_of(self._disk, data, one.entry.packed) == one.packed_sha256:
                    at = next((h.at for h in self._headers if h.data == data), None)
                    at = data - len(one.header) if at is None else at
                    if at >= 0:
                        self.places.placed[number] = Placed(one, at, data)
                        break

    def between(self) -> None:
        """Take a member for one that fits exactly between its neighbours."""
        for number, one in self._missing()[:MOST_LOST]:
            before, after = self._neighbours(number)
            named = [h for h in self._headers if h.name == one.entry.name]
            if after - before == one.length:
                self._put(number, before)
            elif named and not self._taken(named[0].at):
                self.places.placed[number] = Placed(one, named[0].at, named[0].data)

    def others(self) -> None:
        """Keep the headers that stand in no member."""
        reached = 0
        known = sorted((one.at, one.end) for one in self.places.placed.values())
        starts = [at for at, _ in known]
        for local in self._headers:
            before = bisect.bisect_right(starts, local.at) - 1
            inside = before >= 0 and local.at < known[before][1]
            if not inside and local.at >= reached:
                self.places.strangers.append(local)
                reached = local.data + min(local.packed, self._stop - local.data)

    def _missing(self) -> list[tuple[int, Wanted]]:
        known = self.places.placed
        return [(n, one) for n, one in enumerate(self._wanted) if n not in known]

    def _at(self, number: int, at: int) -> bool:
        header = self._wanted[number].header
        if number in self.places.placed or self._disk.read(at, len(header)) != header:
            return False
        self._put(number, at)
        return True

    def _put(self, number: int, at: int) -> None:
        one = self._wanted[number]
        self.places.placed[number] = Placed(one, at, at + len(one.header))

    def _taken(self, place: int) -> bool:
        return any(one.at <= place < one.end for one in self.places.placed.values())

    def _neighbours(self, number: int) -> tuple[int, int]:
        """Return where the member before ends and the one behind begins."""
        placed = self.places.placed
        known = [n for n in placed if n < number]
        before = placed[max(known)].end if known else 0
        gap = range(max(known, default=-1) + 1, number)
        before += sum(self._wanted[n].length for n in gap)
        later = [n for n in placed if n > number]
        after = placed[min(later)].at if later else self._stop
        gap = range(number + 1, min(later, default=len(self._wanted)))
        after -= sum(self._wanted[n].length for n in gap)
        return before, after
