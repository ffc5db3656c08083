"""Reading a file that others write: up to where it ended when it was opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from diag.collect.folders import identity_of
from diag.collect.holes import FILL, Span, last_of, spans_of
from diag.collect.lineends import LONGEST_LINE, Held, LineEnd
from diag.collect.pace import FILE_SECONDS, let_go
from diag.collect.told import (
    BROKEN,
    CUT,
    GONE,
    GREW,
    LONG_LINE,
    ROTATED,
    SHRANK,
    SLOW,
    SPARSE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.collect.pace import Pace

CHUNK = 128 * 1024
HEAD = 4096  # bytes by which the encoding is judged


class Source(NamedTuple):
    """An open file, the folder it lies in and its name there."""

    number: int
    folder: Any
    name: str


class LiveFile:
    """One file while it is read. `notes` and the rest are complete when it has been."""

    def __init__(self, source: Source, *, most: int, lines: bool, pace: Pace) -> None:
        """Fix what will be read.

        Args:
            source: The file; the caller closes it.
            most: Bytes; of more only the end is taken, if it is text.
            lines: It is a log: it may be cut, and grow by lines.
            pace: Rests between reads.

        Raises:
            OSError: It cannot be read.
        """
        self._source = source
        self._lines = lines
        self._pace = pace
        status = os.fstat(source.number)
        self.size = status.st_size
        self.mtime = status.st_mtime
        self.identity = identity_of(status)
        self.skipped = 0  # bytes before what is taken
        self.read = 0
        self.notes: list[str] = []
        self._head = self._at(0, min(HEAD, self.size))
        self._end = LineEnd(self._head)
        self._spans = spans_of(source.number, self.size)
        if lines and sum(span.cost for span in self._spans) > most:
            self._cut(most)

    def head(self, most: int) -> bytes:
        """Return the first bytes of the file, 4,096 at most."""
        return self._head[:most]

    def facts(self) -> dict[str, Any]:
        """Return what is known of how it was read, for the manifest."""
        facts: dict[str, Any] = {"source_size": self.size}
        if self.skipped:
            facts["skipped"] = self.skipped
        if self.notes:
            facts["notes"] = sorted(set(self.notes))
        return facts

    def chunks(self) -> Iterator[bytes]:
        """Yield what is taken; reads no further than the file went at first."""
        began = self._pace.worked()
        held = Held(self._end)
        for data in self._text():
            if self._lines:
                yield from held.add(data)
            else:
                yield data
            if self._pace.worked() - began > FILE_SECONDS or self._pace.over():
                self.notes.append(SLOW)
                break
        self._look_back()
        if self._lines and not {GREW, SLOW} & set(self.notes) and held.rest():
            yield held.rest()
        let_go(self._source.number)

    def _cut(self, most: int) -> None:
        self._spans = last_of(self._spans, most)
        self.notes.append(CUT)
        if not self._spans:
            return
        first = self._spans[0]
        self.skipped = first.start
        if not first.hole:
            # One character more: a line that begins right there is whole.
            start = max(first.start - self._end.unit + first.start % self._end.unit, 0)
            self._spans[0] = Span(start, first.end, False)

    def _text(self) -> Iterator[bytes]:
        """Yield all, or from a line's begin on."""
        parts = self._raw()
        if CUT not in self.notes or not self._spans or self._spans[0].hole:
            yield from parts
            return
        start = self._spans[0].start
        before = b""
        for data in parts:
            before += data
            at = self._end.after_first(before, start)
            if at < 0 and len(before) > LONGEST_LINE:
                self.notes.append(LONG_LINE)
                at = 0
            if at >= 0:
                self.skipped = start + at
                yield before[at:]
                break
        yield from parts

    def _raw(self) -> Iterator[bytes]:
        for span in self._spans:
            if span.hole:
                self.notes.append(SPARSE)
                yield bytes(min(FILL, span.end - span.start))
                continue
            at = span.start
            while at < span.end:
                try:
                    data = self._at(at, min(CHUNK, span.end - at))
                except OSError:
                    self.notes.append(BROKEN)
                    return
                if not data:
                    self.notes.append(SHRANK)
                    return
                at += len(data)
                self.read += len(data)
                yield data
                self._pace.rest(len(data))

    def _at(self, offset: int, size: int) -> bytes:
        os.lseek(self._source.number, offset, os.SEEK_SET)
        return os.read(self._source.number, size)

    def _look_back(self) -> None:
        """Note what became of the file while it was read."""
        status = os.fstat(self._source.number)
        if status.st_size > self.size:
            self.notes.append(GREW)
        if status.st_size < self.size:
            self.notes.append(SHRANK)
        try:
            there = identity_of(self._source.folder.look(self._source.name))
        except OSError:
            self.notes.append(GONE)
            return
        if there != self.identity:
            self.notes.append(ROTATED)
