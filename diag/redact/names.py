"""Pseudonyms in a text that comes in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.redact.pseudonyms import Pseudonyms


class Names:
    """Replaces names in a text that comes in pieces: by whole lines."""

    BLOCK = 1 << 19

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        """Take the pseudonyms."""
        self._pseudonyms = pseudonyms
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what is replaced by now."""
        self._held += data
        if len(self._held) < self.BLOCK:
            return b""
        cut = max(self._held.rfind(b"\n"), self._held.rfind(b"\r")) + 1
        if not cut:  # a line that is longer than a block
            cut = max(self._held.rfind(b" "), len(self._held) - 1024)
        out = self._pseudonyms.replaced(self._held[:cut])
        self._held = self._held[cut:]
        return out

    def flush(self) -> bytes:
        """Return the rest."""
        out = self._pseudonyms.replaced(self._held)
        self._held = b""
        return out
