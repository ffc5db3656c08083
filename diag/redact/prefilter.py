"""Finds the words of all rules in a block.

A pattern of many words is slow, because nearly every letter begins one of them. So
each word hangs on its rarest byte: one pattern looks for these bytes, and then for what
stands around them. Its cost depends on how rare the bytes are, not on how many words
there are. Words of frequent bytes alone are looked for one by one.

What is quicker (`Finder`), where there is such a thing, gives the same places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Protocol

    class Places(Protocol):
        """Knows words, and finds them all."""

        def places(self, text: bytes, start: int, end: int) -> list[tuple[int, int]]:
            """Return where which word begins, also of words that overlap."""

    Finder = Callable[[Sequence[bytes]], Places]

# From rare to frequent in lower-case logs, counted over public excerpts and generated
# logs of the agent; each is less than one byte in a hundred.
RARE = b"~@%q#!j$?x*w&+_k|zvyh"


class Hit(NamedTuple):
    """A word that was found: its place, its end and the rules that it belongs to."""

    start: int
    end: int
    owners: tuple[int, ...]


class Word(NamedTuple):
    """A word of a rule, in lower case, and a pattern of what has to follow it."""

    text: bytes
    follow: bytes
    owner: int


class _Known(NamedTuple):
    text: bytes
    offset: int  # of the byte that it hangs on
    owners: tuple[int, ...]
    follow: bytes


class Prefilter:
    """The words of all rules as one pattern."""

    def __init__(self, words: Iterable[Word], finder: Finder | None = None) -> None:
        """Compile the words.

        Args:
            words: Of all rules.
            finder: Finds the words instead of patterns.
        """
        owners: dict[bytes, list[Word]] = {}
        for word in words:
            owners.setdefault(word.text, []).append(word)
        self._places: Callable[..., list[tuple[int, int]]] | None = None
        self._rare: dict[int, list[_Known]] = {}
        self._others: list[_Known] = []
        for text in sorted(owners):
            offset = _rarest(text)
            follow = b"|".join(sorted({word.follow for word in owners[text]}))
            numbers = tuple(sorted({word.owner for word in owners[text]}))
            known = _Known(text, max(0, offset), numbers, follow)
            if offset < 0:
                self._others.append(known)
            else:
                self._rare.setdefault(text[offset], []).append(known)
        if finder is not None:
            self._listen(finder)
            return
        pattern = b"|".join(
            re.escape(bytes([byte]))
            + b"(?:"
            + b"|".join(sorted({_around(word) for word in self._rare[byte]}))
            + b")"
            for byte in sorted(self._rare)
        )
        self._find = re.compile(pattern or b"(?!)").finditer

    def _listen(self, finder: Finder) -> None:
        rare = [word for byte in sorted(self._rare) for word in self._rare[byte]]
        follows = {word.follow: re.compile(word.follow).match for word in rare}
        # There are more places than anything else: what is asked of each lies ready.
        self._words = [
            *((len(word.text), follows[word.follow], word.owners) for word in rare),
            *((len(word.text), None, word.owners) for word in self._others),
        ]
        self._places = finder([word.text for word in [*rare, *self._others]]).places

    def hits(self, low: bytes, start: int, end: int) -> list[Hit]:
        """Return the words in a text, in order.

        Args:
            low: The text in lower case.
            start: Where words may begin.
            end: Where they end at the latest.
        """
        if self._places is not None:
            return self._listed(self._places(low, start, end), low, end)
        found = []
        for match in self._find(low, start, end):
            at = match.start()
            for word in self._rare[low[at]]:
                begin = at - word.offset
                if begin >= start and low.startswith(word.text, begin):
                    found.append(Hit(begin, begin + len(word.text), word.owners))
        for word in self._others:
            at = low.find(word.text, start, end)
            while at >= 0:
                found.append(Hit(at, at + len(word.text), word.owners))
                at = low.find(word.text, at + 1, end)
        found.sort()
        return found

    def _listed(self, places: list[tuple[int, int]], low: bytes, end: int) -> list[Hit]:
        found, words = [], self._words
        for begin, number in places:
            length, follow, owners = words[number]
            after = begin + length
            if follow is None or follow(low, after, end):
                found.append(Hit(begin, after, owners))
        found.sort()
        return found


def _rarest(text: bytes) -> int:
    """Return the place of the rarest byte, or -1 if all are frequent."""
    places = [(RARE.find(text[at]), at) for at in range(len(text))]
    return min((one for one in places if one[0] >= 0), default=(0, -1))[1]


def _around(word: _Known) -> bytes:
    # Nothing of what stands behind is consumed: it may belong to the next word.
    before, after = word.text[: word.offset + 1], word.text[word.offset + 1 :]
    ahead = b"(?=" + re.escape(after) + b"(?:" + word.follow + b"))"
    if word.offset == 0:
        return ahead
    return b"(?<=" + re.escape(before) + b")" + ahead
