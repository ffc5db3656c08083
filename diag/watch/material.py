"""What a judgement reads: the very files that are followed, up to their whole lines."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from diag.model import Member, Packing
from diag.watch.places import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from diag.watch.tail import Last, Tail

MOST_ALL = 8 << 20  # bytes of logs that one judgement reads, where there is a limit
OWN_FILES = Path("/proc/self/fd")


class Material:
    """The members to be judged; documents are held open until the end of the context.

    `before` says how many lines of a file stand before those that are judged.
    """

    def __init__(
        self,
        tails: Iterable[Tail],
        documents: Iterable[Place],
        lost: Iterable[Last],
        most: int,
    ) -> None:
        """Take what is there.

        Args:
            tails: Logs.
            documents: Files that are read as a whole.
            lost: Records of logs that are gone.
            most: Bytes of each log that are enough, from its end; 0 for all.
        """
        self._stack = ExitStack()
        self._most = most
        found = {tail.place.name: tail for tail in self._within(tails)}
        self.before = {name: t.before for name, t in found.items() if t.before}
        members = [_log_member(tail) for tail in found.values()]
        members += [self._lost(last, found.keys()) for last in lost]
        members += [member for one in documents for member in self._document(one)]
        self.members = sorted(members, key=lambda member: member.name)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go what was held open."""
        self._stack.close()

    def _within(self, tails: Iterable[Tail]) -> Iterator[Tail]:
        """Yield the newest logs that fit into what a judgement may read."""
        left = MOST_ALL
        for tail in sorted(tails, key=_age):
            if self._most:
                tail.shorten(self._most)
            left -= tail.done - tail.start
            if left >= 0 or not self._most:
                yield tail

    def _document(self, place: Place) -> Iterator[Member]:
        with suppress(OSError):  # it went away: told at the next look
            fd = place.open()
            self._stack.callback(os.close, fd)
            yield member_of(place, fd, os.fstat(fd).st_size)

    def _lost(self, last: Last, taken: Iterable[str]) -> Member:
        """Return a record whose file is gone as a file of its own, so silence shows."""
        name = f"{last.name}.1" if last.name in taken else last.name
        fd, path = tempfile.mkstemp(prefix="arcdiag-")
        self._stack.callback(Path(path).unlink, missing_ok=True)
        self._stack.callback(os.close, fd)  # first, or Windows does not remove it
        os.write(fd, last.text.encode("utf-8", "replace") + b"\n")
        self.before[name] = last.line - 1
        return member_of(Place(name, Path(path), "", ()), fd, os.fstat(fd).st_size)


def _age(tail: Tail) -> int:
    return -(tail.last.time if tail.last else 0)


def _log_member(tail: Tail) -> Member:
    size = tail.done - tail.start
    whole = member_of(tail.place, tail.fd, tail.done)
    return replace(whole, offset=tail.start, packed=size, size=size)


def member_of(place: Place, fd: int, size: int) -> Member:
    """Return an open file as a member: the very file, whatever its name leads to.

    Args:
        place: Where it was found.
        fd: The open file.
        size: How many bytes of it count.
    """
    path = OWN_FILES / str(fd) if OWN_FILES.is_dir() else place.path
    return Member(place.name, place.name, path, 0, size, Packing.STORED, size)
