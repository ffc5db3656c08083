"""Finds the words of all rules in one pass over a block.

A pattern of many words is slow, because nearly every letter begins one of them. So each
word hangs on its rarest byte: the pattern looks for that byte and then for what stands
around it. The cost then depends on how rare the bytes are, not on how many words
there are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# From rare to frequent in lower-case logs, counted over public excerpts and generated
# logs of the agent; what is not listed is rarest.
BY_FREQUENCY = b"@~%q#!j$?x*w{}&+_k|zvy=hb/'\\,g.mpul[](f:-d<>9rc8s7oin\"3465a21t0e \n"


class Hit(NamedTuple):
    """A word that was found: its place, its end and the rules that it belongs to."""

    start: int
    end: int
    owners: tuple[int, ...]


class _Word(NamedTuple):
    text: bytes
    offset: int  # of the byte that it hangs on
    owners: tuple[int, ...]


class Prefilter:
    """The words of all rules as one pattern."""

    def __init__(self, words: Iterable[tuple[bytes, int]]) -> None:
        """Compile the words.

        Args:
            words: Lower-case words, each with the number of its rule.
        """
        owners: dict[bytes, list[int]] = {}
        for text, owner in words:
            mine = owners.setdefault(text, [])
            if owner not in mine:
                mine.append(owner)
        self._words: dict[int, list[_Word]] = {}
        for text in sorted(owners):
            offset = _rarest(text)
            word = _Word(text, offset, tuple(owners[text]))
            self._words.setdefault(text[offset], []).append(word)
        pattern = b"|".join(
            re.escape(bytes([byte]))
            + b"(?:"
            + b"|".join(sorted({_around(word) for word in self._words[byte]}))
            + b")"
            for byte in sorted(self._words)
        )
        self._find = re.compile(pattern or b"(?!)").finditer

    def hits(self, low: bytes, start: int) -> Iterator[Hit]:
        """Yield the words in a text, by the place of their rarest byte.

        Args:
            low: The text in lower case.
            start: Where words may begin.
        """
        for match in self._find(low, start):
            at = match.start()
            for word in self._words[low[at]]:
                begin = at - word.offset
                if begin >= start and low.startswith(word.text, begin):
                    yield Hit(begin, begin + len(word.text), word.owners)


def _rarest(text: bytes) -> int:
    return min(range(len(text)), key=lambda at: (BY_FREQUENCY.find(text[at]), at))


def _around(word: _Word) -> bytes:
    # Nothing of what stands behind is consumed: it may belong to the next word.
    before, after = word.text[: word.offset], word.text[word.offset + 1 :]
    behind = b"(?<=" + re.escape(before + word.text[word.offset : word.offset + 1])
    ahead = b"(?=" + re.escape(after) + b")" if after else b""
    return behind + b")" + ahead
