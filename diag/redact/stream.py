"""Cleans a text that comes in pieces: a window at a time, lines of any length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.redact import keys, shapes, tokens, tree, values
from diag.redact.found import Found, parts
from diag.redact.prefilter import Prefilter, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diag.redact.prefilter import Finder, Hit
    from diag.redact.rules import Rule

    Told = Callable[[int, bytes], None]

BLOCK = 1 << 20
# What is looked ahead: a secret that begins before it ends in it, or is cut off.
AHEAD = values.LONGEST + (1 << 16)
BACK = 2048  # bytes in front of a place that rules look at
BEHIND = 1024  # so far apart a word and the begin of its secret may be
_LINE_END = re.compile(rb"[\r\n]")
_REDACTED = re.compile(rb"(?:<|&lt;)redacted:[a-z-]{0,24}\Z")
_WRAPPABLE = re.compile(rb"[A-Za-z0-9+/_.=~-]{24,}")


class Engine:
    """All rules, compiled: what every text of a bundle is looked at with."""

    def __init__(self, rules: Sequence[Rule], finder: Finder | None = None) -> None:
        """Compile the words and patterns of the rules; `finder` as for `Prefilter`."""
        self.rules = rules
        self.patterns = [
            keys.pattern_of(rule) if rule.form == "key" else None for rule in rules
        ]
        words = [
            Word(word, keys.follow_of(rule), number)
            for number, rule in enumerate(rules)
            for word in rule.words
        ]
        self.prefilter = Prefilter(words, finder)

    def for_member(self, name: str) -> frozenset[int]:
        """Return the numbers of the rules that hold for a member."""
        low = name.lower().encode("utf-8", "surrogateescape")
        return frozenset(
            number
            for number, rule in enumerate(self.rules)
            if rule.files is None or rule.files.search(low)
        )

    def found(
        self, hit: Hit, text: bytes, low: bytes, active: frozenset[int]
    ) -> Found | None:
        """Return the secret that a word belongs to, by the first rule that says so."""
        span = (hit.start, hit.end)
        for number in hit.owners:
            if number not in active:
                continue
            found = self._by(number, text, low, span)
            if found is not None:
                before = low[max(0, hit.start - 40) : hit.start]
                return None if _REDACTED.search(before) else found
        return None

    def _by(
        self, number: int, text: bytes, low: bytes, span: tuple[int, int]
    ) -> Found | None:
        rule, pattern = self.rules[number], self.patterns[number]
        if pattern is not None:
            found = keys.find(rule, pattern, text, low, span)
        elif rule.form == "shape":
            found = shapes.find(rule, text, span)
        elif rule.form == "address":
            return shapes.address(rule, text, span)
        else:
            return shapes.armour(rule, text, span)
        if found is None or not rule.wrapped or found.tree or found.quote:
            return found
        if _WRAPPABLE.fullmatch(text, found.start, found.end):
            return shapes.wrapped(found, text)
        return found


class Stream:
    """Cleans one text. Feed it pieces, then `flush`; the answers together are all."""

    def __init__(
        self,
        engine: Engine,
        numbers: tokens.Tokens,
        active: frozenset[int],
        *,
        fixed: bool = False,
        told: Told | None = None,
    ) -> None:
        """Begin a text.

        Args:
            engine: The rules.
            numbers: Those of the bundle.
            active: The rules that hold for the member.
            fixed: Nothing may change its length.
            told: Is called with the line, from 1, and the kind of each secret.
        """
        self._engine = engine
        self._numbers = numbers
        self._active = active
        self._fixed = fixed
        self._told = told
        self._window = b""
        self._start = 0  # what lies before was given out
        self._floor = 0  # words before it belong to what was written over
        self._xml: bool | None = None
        self._dropping = False
        self.lines = 0  # line ends that were given out
        self._counted, self._line = 0, 0  # those of the window, up to this place

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what is clean by now."""
        self._window += data
        if len(self._window) - self._start < BLOCK + AHEAD:
            return b""
        return self._clean(last=False)

    def flush(self) -> bytes:
        """Return the rest; a new text may begin then."""
        out = self._clean(last=True)
        self._window, self._start, self._floor = b"", 0, 0
        self._dropping = False
        return out

    def _clean(self, *, last: bool) -> bytes:
        text = self._window
        if self._xml is None:
            self._xml = text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        limit = len(text) if last else len(text) - AHEAD
        at = self._dropped(text, limit) if self._dropping else self._start
        out: list[bytes] = []
        if at < limit:
            for start, end, new in self._edits(text, at, limit, last=last):
                out += (text[at:start], new)
                at = end
        cut = max(at, limit)
        if text[cut - 1 : cut + 1] == b"\r\n":
            cut += 1  # one line end, which counts once
        out.append(text[at:cut])
        if self._told is not None:
            self.lines += _line_ends(text, self._start, cut)
        keep = max(0, cut - BACK)
        self._floor = max(self._floor - keep, cut - keep - BEHIND, 0)
        self._window, self._start = text[keep:], cut - keep
        return b"".join(out)

    def _dropped(self, text: bytes, limit: int) -> int:
        """Skip the rest of a line whose secret was too long."""
        end = _LINE_END.search(text, self._start, limit)
        self._dropping = end is None
        return limit if end is None else end.start()

    def _edits(
        self, text: bytes, at: int, limit: int, *, last: bool
    ) -> Iterator[tuple[int, int, bytes]]:
        until = min(len(text), limit + BEHIND)
        low = text[:until].lower()
        self._counted, self._line = self._start, 0
        for hit in self._engine.prefilter.hits(low, self._floor, until):
            if hit.start < self._floor:
                continue
            found = self._engine.found(hit, text, low, self._active)
            if found is None or found.start < at or found.start >= limit:
                continue
            if found.tree:
                for one in tree.leaves(found, text, last=last):
                    yield from self._written(one, text)
                    at = self._floor = one.end
                continue
            end = found.end
            if end - found.start >= values.LONGEST:
                rest = _LINE_END.search(text, end)
                end = rest.start() if rest else len(text)
                self._dropping = rest is None and not last
                found = found._replace(end=end)
            yield from self._written(found, text)
            at = self._floor = end

    def _written(self, found: Found, text: bytes) -> Iterator[tuple[int, int, bytes]]:
        if found.start == found.end:
            return
        number = self._numbers.number(text[found.start : found.end])
        self._numbers.count(found.kind)
        if self._told is not None:
            self._line += _line_ends(text, self._counted, found.start)
            self._counted = found.start
            self._told(self.lines + 1 + self._line, found.kind)
        xml = bool(self._xml) or tokens.in_xml(text, found.start, found.end)
        new = tokens.token(found.kind, number, xml=xml)
        if found.quote:
            new = found.quote + new + found.quote
        for start, end in parts(found, text):
            yield start, end, tokens.fitted(new, end - start) if self._fixed else new


def _line_ends(text: bytes, start: int, end: int) -> int:
    """Count LF, CRLF and lone CR."""
    count = text.count(b"\n", start, end)
    cr = text.count(b"\r", start, end)
    return count + (cr - text.count(b"\r\n", start, end) if cr else 0)
