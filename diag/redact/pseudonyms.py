"""Other names for ids, machines, users and addresses: stable, and of the same shape.

All have the length of what they stand for, so that columns stay where they are, and
files that must keep their length can be changed in place.
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from diag.redact.drawing import HEX, Drawing
from diag.redact.ids import (
    addresses,
    addresses6,
    changed,
    guids,
    is_guid,
    is_version,
    macs,
    mails,
    parted,
)
from diag.redact.prefilter import Prefilter, Word
from diag.redact.pseudotable import KINDS, VERSION, read_table
from diag.redact.rules import RedactionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diag.redact.prefilter import Finder, Hit

# A name may be known late. Who can read everything twice learns first.
BOTH, LEARN, REPLACE = "both", "learn", "replace"
COUNTED = {"label": "host", "ip6": "ip"}
MOST_NAMES = 5_000
MOST_SEEN = 50_000
SHORTEST = 4  # a shorter name is only replaced where it was found
_WORD = re.compile(rb"[a-z0-9]{4,63}")
_NAME_EDGE = re.compile(rb"[A-Za-z0-9_]")


class Pseudonyms:
    """The pseudonyms of one case; the table of them stays with who made it."""

    def __init__(
        self,
        data: Mapping[str, object],
        table: Mapping[str, object] | None = None,
        finder: Finder | None = None,
    ) -> None:
        """Take what is looked for, and the table of an earlier run.

        Args:
            data: As `redaction/names.yaml` has it.
            table: What `table` returned before; None begins a new one.
            finder: As for `Prefilter`.

        Raises:
            RedactionError: The data or the table is wrong.
        """
        try:
            self._hosts = _patterns(data["hosts"])
            self._users = _patterns(data["users"])
            self._url = re.compile(str(data["urls"]).encode())
            keep = dict(data["keep"])  # type: ignore[call-overload]
            self._keep = {key: _words(keep[key]) for key in keep}
        except (KeyError, TypeError, re.error) as error:
            text = f"what pseudonyms look for is wrong: {error}"
            raise RedactionError(text) from error
        self._key, known = read_table(table)
        self._drawings = {kind: Drawing(self._key, known[kind]) for kind in KINDS}
        self._learned: dict[bytes, str] = {}
        self._seen: set[bytes] = set()
        self._found: Prefilter | None = None
        self._sought: frozenset[bytes] = frozenset()
        self._finder = finder
        self.counts: dict[str, int] = {}
        self.mode = BOTH
        for kind in ("label", "user"):
            for name in known[kind]:
                self._know(kind, name)

    def table(self) -> dict[str, object]:
        """Return all pseudonyms and their key, as JSON can hold it. Keep it secret."""
        names = {
            kind: {
                old.decode("utf-8", "replace"): new.decode("utf-8", "replace")
                for old, new in sorted(self._drawings[kind].known.items())
            }
            for kind in KINDS
        }
        key = binascii.hexlify(self._key).decode()
        return {"format": "arcdiag pseudonyms", "version": VERSION, "key": key, **names}

    def learn(self, text: bytes) -> None:
        """Find names of machines and users by what stands around them.

        Args:
            text: Whole lines.
        """
        low = text.lower()  # patterns that ignore case are several times slower
        for pattern in (*self._hosts, self._url):
            for match in pattern.finditer(low):
                self._know_host(match.group(1))
        for pattern in self._users:
            for match in pattern.finditer(low):
                self._know("user", match.group(1))

    def know_hosts(self, names: Iterable[bytes]) -> None:
        """Take names of machines that are known as such, in lower case."""
        for name in names:
            self._know_host(name)

    def replaced(self, text: bytes) -> bytes:
        """Return a text with all names and ids replaced; its length stays.

        Args:
            text: Whole lines.
        """
        if self.mode != REPLACE:
            self.learn(text)
        if self.mode == LEARN:
            return text
        text = changed(text, guids(text), self._guid)
        text = changed(text, macs(text), self._mac)
        text = changed(text, addresses6(text), self._ip6)
        text = changed(text, addresses(text), self._ip)
        text = changed(text, mails(text), self._mail)
        return self._everywhere(self._in_place(text))

    def _everywhere(self, text: bytes) -> bytes:
        low = text.lower()
        out: list[bytes] = []
        at = 0
        hits = self._found_in(low)
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if hit.start < at or _inside_word(text, hit.start, hit.end):
                continue
            old = text[hit.start : hit.end]
            kind = self._learned[old.lower()]
            out += (text[at : hit.start], self._drawn(kind, old))
            at = hit.end
        return b"".join((*out, text[at:]))

    def _found_in(self, low: bytes) -> list[Hit]:
        """Return where learned names stand in a text."""
        # A finder takes all of them at no cost; they are only ever more.
        sought = frozenset(self._learned) if self._finder else self._there(low)
        if self._found is None or sought != self._sought:
            words = (Word(name, b"", 0) for name in sought)
            self._found = Prefilter(words, self._finder)
            self._sought = sought
        return self._found.hits(low, 0, len(low))

    def _there(self, low: bytes) -> frozenset[bytes]:
        """Return the names that can be in a text: looking for each would be slow."""
        words = set(_WORD.findall(low))
        return frozenset(
            name
            for name in self._learned
            if all(part in words for part in _WORD.findall(name))
        )

    def _know_host(self, name: bytes) -> None:
        """Keep a machine's name, and the labels of its domain."""
        if name in self._seen:
            return
        if len(self._seen) < MOST_SEEN:
            self._seen.add(name)
        name = name.strip(b".-")
        if self._is_public(name) or name.replace(b".", b"").isdigit():
            return
        for label in name.split(b"."):
            if label not in self._keep["labels"]:
                self._know("label", label)

    def _is_public(self, name: bytes) -> bool:
        parts = name.split(b".")
        return any(
            b".".join(parts[at:]) in self._keep["hosts"] for at in range(len(parts))
        )

    def _know(self, kind: str, name: bytes) -> None:
        stay = self._keep["users" if kind == "user" else "names"]
        if (
            len(name) < SHORTEST
            or name in stay
            or name in self._learned
            or name.isdigit()
        ):
            return
        if is_guid(name):
            return  # replaced as one
        if len(self._learned) >= MOST_NAMES or self._drawings[kind].is_drawn(name):
            return  # a pseudonym of an earlier run, or not from one case any more
        self._learned[name] = kind

    def _drawn(self, kind: str, old: bytes, alphabet: bytes = b"") -> bytes:
        """Return the pseudonym, with capitals where the name has them."""
        low = old.lower()
        drawing = self._drawings[kind]
        shown = COUNTED.get(kind, kind)
        self.counts[shown] = self.counts.get(shown, 0) + 1
        new = drawing.drawn(kind, low, alphabet)
        if low == old:
            return new
        if alphabet:
            return new.upper()
        return bytes(
            byte - 32 if 97 <= byte <= 122 and 65 <= was <= 90 else byte
            for byte, was in zip(new, old)
        )

    def _guid(self, text: bytes, start: int, end: int) -> bytes:
        old = text[start:end]
        if old.lower() in self._keep["guids"]:
            return old
        return self._drawn("guid", old, HEX)

    def _mac(self, text: bytes, start: int, end: int) -> bytes:
        old = text[start:end]
        plain = old.replace(b"-", b":")
        if plain.lower() in {b"ff:ff:ff:ff:ff:ff", b"00:00:00:00:00:00"}:
            return old
        new = self._drawn("mac", plain, HEX)
        return new.replace(b":", b"-") if b"-" in old else new

    def _ip(self, text: bytes, start: int, end: int) -> bytes:
        old = text[start:end]
        before = text[max(0, start - 32) : start]
        if self._stays(old) or is_version(old, before):
            return old
        return self._drawn("ip", old)

    def _ip6(self, text: bytes, start: int, end: int) -> bytes:
        old = text[start:end]
        return old if self._stays(old) else self._drawn("ip6", old, HEX)

    def _stays(self, address: bytes) -> bool:
        low = address.lower()
        return any(
            low == one or (one.endswith(b".") and low.startswith(one))
            for one in self._keep["addresses"]
        )

    def _mail(self, text: bytes, start: int, end: int) -> bytes:
        old = text[start:end]
        name, middle, domain = parted(old)
        if self._is_public(domain.lower()) and name.lower() == b"git":
            return old
        self._know_host(domain.lower())
        return self._drawn("user", name) + middle + domain

    def _in_place(self, text: bytes) -> bytes:
        """Replace names of users that are not replaced everywhere, where they stand."""
        known = self._drawings["user"]
        folded = text.lower()
        for pattern in self._users:
            out: list[bytes] = []
            at = 0
            for match in pattern.finditer(folded):
                low, (start, end) = match.group(1), match.span(1)
                stays = low in self._keep["users"] or low.isdigit()
                if stays or low in self._learned or known.is_drawn(low):
                    continue
                out += (text[at:start], self._drawn("user", text[start:end]))
                at = end
            if out:
                text = b"".join((*out, text[at:]))
                folded = text.lower()
        return text


def _inside_word(text: bytes, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return bool(_NAME_EDGE.match(before) or _NAME_EDGE.match(after))


def _patterns(texts: object) -> list[re.Pattern[bytes]]:
    if not isinstance(texts, (list, tuple)):
        raise TypeError("a list of patterns is wanted")
    return [re.compile(str(text).encode()) for text in texts]


def _words(texts: object) -> frozenset[bytes]:
    if not isinstance(texts, (list, tuple)):
        raise TypeError("a list of words is wanted")
    return frozenset(str(text).lower().encode() for text in texts)
