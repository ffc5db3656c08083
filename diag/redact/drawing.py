"""Draws what stands for a name: of the same length and shape, never one twice."""

from __future__ import annotations

import hashlib
import hmac

LETTERS, DIGITS, HEX = b"abcdefghijklmnopqrstuvwxyz", b"0123456789", b"0123456789abcdef"
_TRIES = 2000
_AS_HEX = bytes(HEX[byte % 16] for byte in range(256))


class Drawing:
    """Pseudonyms of one kind, drawn with a key: the same key gives the same ones."""

    def __init__(self, key: bytes, known: dict[bytes, bytes]) -> None:
        """Take the key and what was drawn before.

        Args:
            key: Secret; whoever has it can try names out.
            known: Names in lower case and what stands for them; it grows.
        """
        self._key = key
        self.known = known
        self._used = set(known.values())

    def is_drawn(self, name: bytes) -> bool:
        """Say whether a name is a pseudonym itself."""
        return name in self._used

    def drawn(self, kind: str, name: bytes, alphabet: bytes = b"") -> bytes:
        """Return what stands for a name.

        Args:
            kind: `ip` and `ip6` draw addresses, `hex` ids, others words.
            name: In lower case.
            alphabet: For each byte that is drawn; empty: letters for letters, digits
                for digits.
        """
        if name in self.known:
            return self.known[name]
        new = name
        for turn in range(_TRIES):
            new = self._shaped(kind, name, alphabet, turn)
            if new != name and new not in self._used and new not in self.known:
                break
        self.known[name] = new
        self._used.add(new)
        return new

    def _shaped(self, kind: str, name: bytes, alphabet: bytes, turn: int) -> bytes:
        stream = self._stream(kind, name, turn)
        if kind == "ip":
            return _address(name, stream)
        if kind == "guid":  # there may be one in each line, so all of it at once
            new = stream[: len(name)].translate(_AS_HEX)
            return b"".join(
                (
                    *(new[:8], name[8:9], new[9:13], name[13:15], new[15:18]),
                    *(name[18:20], new[20:23], name[23:24], new[24:]),
                )
            )
        out = bytearray(name)
        for at, byte in enumerate(name):
            if alphabet and byte in alphabet and not _stays(kind, name, at):
                out[at] = alphabet[stream[at % 64] % len(alphabet)]
            elif not alphabet and byte in DIGITS:
                out[at] = DIGITS[stream[at % 64] % 10]
            elif not alphabet and byte in LETTERS:
                out[at] = LETTERS[stream[at % 64] % 26]
        return bytes(out)

    def _stream(self, kind: str, name: bytes, turn: int) -> bytes:
        text = b"%s\0%s\0%d" % (kind.encode(), name, turn)
        return hmac.new(self._key, text, hashlib.sha512).digest()


def _stays(kind: str, name: bytes, at: int) -> bool:
    """Say whether a digit says of which class an id or an address is."""
    if kind == "mac":  # given by a maker or not, for one or for many
        return at == 1
    if kind == "ip6":  # local, unique local or public; groups of zero
        return at < 4 or (name[at] == 48 and name[at - 1 : at] in {b":", b""})
    return False


def _address(name: bytes, stream: bytes) -> bytes:
    """Return an IPv4 address of the same class and with as many digits in each part."""
    parts = name.split(b".")
    fixed = _fixed(parts)
    out = []
    for at, part in enumerate(parts):
        if at < fixed:
            out.append(part)
            continue
        choice = _FIRSTS[len(part)] if at == 0 else _PARTS[len(part)]
        seed = int.from_bytes(stream[at * 4 : at * 4 + 4], "big")
        out.append(b"%d" % choice[seed % len(choice)])
    return b".".join(out)


def _fixed(parts: list[bytes]) -> int:
    """Return how many parts say of which class an address is."""
    first, second = int(parts[0]), int(parts[1])
    if first in {10, 127, 0} or first >= MULTICAST:
        return 1
    private = first == 172 and second in range(16, 32)
    if private or (first, second) in {(192, 168), (169, 254)}:
        return 2
    return 0


MULTICAST = 224
# By the number of digits. First parts of small special blocks are not drawn.
_PARTS = {1: range(1, 10), 2: range(10, 100), 3: range(101, 255)}
_SPECIAL = {10, 100, 127, 169, 172, 192, 198, 203}
_FIRSTS = {
    digits: [one for one in _PARTS[digits] if one not in _SPECIAL and one < MULTICAST]
    for digits in _PARTS
}
