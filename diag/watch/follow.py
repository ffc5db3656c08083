"""All logs and documents that are followed, over rotation, truncation and new files.

What a doorbell says is only a reason to look: what is there now is compared with what
was there before, so that no event of the system has to be believed, or missed.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag import formats
from diag.formats.detect import detect_member
from diag.formats.plan import compiled
from diag.watch.material import Material, member_of
from diag.watch.tail import Last, Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from diag.formats import Detected, Families, ZoneChoice
    from diag.watch.places import Found, Listing, Place
    from diag.watch.tail import Record

SELDOM = 300_000_000  # µs between two changes of a document that are told
MOST_OPEN = 256  # files; newer ones go first
MOST_GONE = 1_000  # files that were turned away, and may come back by another name


@dataclass(slots=True)
class News:
    """What a look brought beside records: what changed, and what is to be told.

    `shorter` are logs of which lines are gone, with their file or cut off. `stirred`
    says that a document changed that did so a short while ago.
    """

    changed: list[str] = field(default_factory=list)
    stirred: bool = False
    shorter: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Document:
    """A file that is read as a whole: no log, or one that is not read by lines."""

    place: Place
    seen: tuple[int, ...]
    log: bool


class Follower:
    """Follows what a listing finds."""

    def __init__(
        self, listing: Listing, families: Families, zone: str = "", most: int = 0
    ) -> None:
        """Take what to follow; nothing is read yet.

        Args:
            listing: Where files are looked for.
            families: The definitions to read by.
            zone: A zone for local times given by the user, else empty.
            most: Bytes of each log that a judgement reads, from its end; 0 for all.
        """
        self.tails: dict[str, Tail] = {}
        self.kept: dict[str, Last] = {}
        self.folders: set[Path] = set()
        self._listing = listing
        self._families = families
        self._zone = zone
        self._most = most
        self._documents: dict[str, _Document] = {}
        self._stirred: dict[str, int] = {}
        self._unknown: dict[str, tuple[int, int]] = {}
        self._empty: dict[str, Place] = {}
        self._left: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self.needed: frozenset[str] = frozenset()
        self.sink: Callable[[list[Record]], None] = _nowhere
        self._gone: dict[tuple[int, int], tuple[int, int, int]] = {}
        self._were: dict[str, str] = {}  # the log that a place had
        self._machine: ZoneChoice = formats.choose_zone([], zone or listing.zone)

    @property
    def logs(self) -> int:
        """How many logs are followed."""
        return len(self.tails)

    def begin(self, reference: int) -> News:
        """Take what is there as it is; of logs the last records go to the sink.

        Args:
            reference: The time, in µs since 1970.
        """
        news = News()
        found = self._listing.look()
        self._machine = formats.choose_zone([], self._zone or self._listing.zone)
        self._take(found, news, reference, known=True)
        return news

    def look(self, reference: int, *, anew: bool) -> News:
        """Return what is new; records go to the sink, not many at once.

        Args:
            reference: The time, in µs since 1970.
            anew: Look for new files, too, and not only into those that are known.
        """
        news = News()
        turned = [one for one in self.tails.values() if not _is_there(one)]
        for tail in turned:
            self._turn(tail, news, reference)
        for tail in list(self.tails.values()):
            if tail.changed():
                self._go_on(tail, news, reference)
        for place in list(self._empty.values()):
            self._add(place, news, reference, known=False)
        for name, one in list(self._documents.items()):
            self._check_document(name, one, news, reference)
        if anew or turned:  # a file that is gone may have another name now
            self._take(self._listing.look(), news, reference, known=False)
        news.shorter |= {one.log for one in turned if one.identity in self._gone}
        return news

    def _turn(self, tail: Tail, news: News, reference: int) -> None:
        """Let a file go that is no more in its place, and take what is there."""
        self._read(tail, reference)  # what was written before it was turned
        if len(self._gone) > MOST_GONE:
            self._gone.clear()
        self._gone[tail.identity] = (tail.done, tail.begun, tail.line)
        tail.close()
        del self.tails[tail.place.name]
        self._add(tail.place, news, reference, known=False)

    def _go_on(self, tail: Tail, news: News, reference: int) -> None:
        if tail.was_cut():
            name = tail.place.name
            news.notes.append(f"{name}: it was cut and is read from its start")
            news.shorter.add(tail.log)
        self._read(tail, reference)

    def _read(self, tail: Tail, reference: int) -> None:
        with suppress(OSError):
            while (records := tail.more(reference)) is not None:
                self.sink(records)
        self._keep(tail)

    def _keep(self, tail: Tail) -> None:
        """Remember the newest record of each log, whatever becomes of its file."""
        last = tail.last
        if last is not None and last.time >= self.newest(last.log):
            self.kept[last.log] = last

    def newest(self, log: str) -> int:
        """Return the time of the newest record of a log, in µs since 1970, or 0."""
        return self.kept[log].time if log in self.kept else 0

    def _check_document(
        self, name: str, one: _Document, news: News, reference: int
    ) -> None:
        seen = _seen(one.place.status())
        if seen == one.seen:
            return
        self._stir(one, news, reference)
        one.seen = seen
        if not seen:
            del self._documents[name]

    def _stir(self, one: _Document, news: News, reference: int) -> None:
        """Tell of a change: of documents that are written all the time not of each."""
        name = one.place.name
        news.stirred = True
        if one.log or abs(reference - self._stirred.get(name, 0)) >= SELDOM:
            news.changed.append(name)
            self._stirred[name] = reference

    def _take(self, found: Found, news: News, reference: int, *, known: bool) -> None:
        self.folders = found.folders
        for name, why in found.left.items():
            if self._left.get(name) != why:
                news.notes.append(f"{name}: {why}")
        self._left = found.left
        for name, place in found.places.items():
            if name not in self.tails and name not in self._documents:
                self._add(place, news, reference, known=known)

    def _add(self, place: Place, news: News, reference: int, *, known: bool) -> None:
        """Begin to follow a file, if it is one that we understand."""
        status = place.status()
        self._empty.pop(place.name, None)
        if status is None or len(self.tails) >= MOST_OPEN:
            return
        if not status.st_size:  # its first line is waited for, as a rotation leaves it
            self._empty[place.name] = place
        if self._unknown.get(place.name) == (status.st_ino, status.st_size):
            return
        try:
            fd = place.open()
        except OSError as error:
            why = error.strerror or str(error)
            if self._refused.get(place.name) != why:
                self._refused[place.name] = why
                news.notes.append(f"{place.name}: it cannot be read: {why}")
            return
        self._refused.pop(place.name, None)
        found = detect_member(member_of(place, fd, status.st_size), self._families)
        family = found.family
        if family is None or not status.st_size:
            self._unknown[place.name] = (status.st_ino, status.st_size)
            os.close(fd)
        elif is_log(found):
            self._add_log(place, fd, found, news, reference, known=known)
        else:
            os.close(fd)
            one = _Document(place, _seen(status), log=family.kind == "log")
            self._documents[place.name] = one
            if not known:
                self._stir(one, news, reference)

    def _add_log(
        self, place: Place, fd: int, found: Detected, news: News, reference: int,
        *, known: bool,
    ) -> None:  # fmt: skip
        assert found.family is not None  # noqa: S101 - of a log it is known
        plan = compiled(formats.core_plan(found.family))
        zone = formats.file_zone(found.family, self._machine).table
        tail = Tail(place, fd, found.family.id, plan, zone, found.encoding)
        self.tails[place.name] = tail
        before = self._were.get(place.name)
        self._were[place.name] = tail.log
        tail.changed()
        if known:
            with suppress(OSError):
                tail.skip_to_last()
            self._read(tail, reference)
            return
        if tail.identity in self._gone:  # a log that was turned
            tail.done, tail.begun, tail.line = self._gone.pop(tail.identity)
            if tail.was_cut():
                news.shorter.add(tail.log)
        elif before != tail.log:  # else it goes on where another was: by its lines
            news.changed.append(place.name)
        self._read(tail, reference)

    def material(self) -> Material:
        """Return what is to be judged, held open until it is closed."""
        places = [one.place for one in self._documents.values()]
        return Material(self.tails.values(), places, self._lost(), self._most)

    def _lost(self) -> Iterator[Last]:
        """Yield the newest record of needed logs that are gone with their lines."""
        for log in sorted(self.needed & self.kept.keys()):
            last = self.kept[log]
            there = (tail.last for tail in self.tails.values() if tail.log == log)
            if not any(one and one.time >= last.time for one in there):
                yield last

    def close(self) -> None:
        """Let all files go."""
        for tail in self.tails.values():
            tail.close()
        self.tails = {}


def _is_there(tail: Tail) -> bool:
    """Say whether a file still stands in its place."""
    status = tail.place.status()
    if status is None:
        return False
    return (status.st_dev, status.st_ino) == tail.identity


def _nowhere(records: list[Record]) -> None:
    del records


def is_log(found: Detected) -> bool:
    """Say whether a file grows by records that the core reads line by line."""
    family = found.family
    if family is None or found.as_json or not family.text or family.word:
        return False
    readers = family.objects.readers if family.objects else ()
    return family.kind == "log" and not readers and not family.header


def _seen(status: os.stat_result | None) -> tuple[int, ...]:
    if status is None:
        return ()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
