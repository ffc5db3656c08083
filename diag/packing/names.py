"""Names of members: UTF-8 text with `/`, relative, and no two alike."""

from __future__ import annotations

import re

LONGEST = 4096  # bytes of UTF-8, as the readers take
_SURROGATES, _KEPT_BYTES = 0xD800, 0xDC80
_ACTING = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class Names:
    """Gives each member a name that no other one of the bundle has."""

    def __init__(self) -> None:
        """Begin without names, but for the manifest's own."""
        self._taken: dict[str, int] = {"manifest.json": 1}

    def take(self, name: str) -> str:
        """Return the name under which a member goes into the bundle.

        Args:
            name: What the collector calls it. Backslashes become `/`; control
                characters and bytes that are no UTF-8 (as `os.fsdecode` gives them)
                become `%XX`; empty, `.` and `..` parts go; what is too long is cut.

        Returns:
            The name; with ` (2)` and so on behind it if another member has it.
        """
        clean = _clean(name)
        number = self._taken.get(clean, 0) + 1
        while number > 1 and f"{clean} ({number})" in self._taken:
            number += 1
        self._taken[clean] = number
        if number == 1:
            return clean
        other = f"{clean} ({number})"
        self._taken[other] = 1
        return other

    def give_back(self, name: str) -> None:
        """Forget a name, as its member did not come about.

        Args:
            name: What `take` returned last.
        """
        self._taken.pop(name, None)


def _clean(name: str) -> str:
    parts: list[str] = [
        part
        for part in name.replace("\\", "/").split("/")
        if part not in ("", ".", "..")
    ]
    text = _ACTING.sub(_escaped, "/".join(parts)) or "unnamed"
    data = text.encode("utf-8")
    if len(data) > LONGEST:
        text = data[:LONGEST].decode("utf-8", "ignore")
    return text


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    # os.fsdecode keeps a byte that is no UTF-8 as U+DC00 and the byte.
    lone = _SURROGATES <= code < _KEPT_BYTES
    return f"%u{code:X}" if lone else f"%{code & 0xFF:02X}"
