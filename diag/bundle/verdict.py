"""What a check of a bundle against its manifest found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest.json"
THE_END = "the zip's end"
THE_FILE = "the file"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as the manifest says.

    `member` is a name as the manifest has it, or the part of the file that it is
    about; `kind` a short stable word.
    """

    member: str
    kind: str
    text: str


@dataclass(slots=True)
class Verdict:
    """The outcome. `ours`: the zip says that arcdiag wrote it.

    `sha256` is that of the whole file, `members` how many were compared.
    """

    source: str
    sha256: str
    ours: bool = False
    members: int = 0
    manifest: Mapping[str, Any] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    _noted: set[Difference] = field(default_factory=set, repr=False)

    def differs(self, member: str, kind: str, text: str) -> None:
        """Note a difference, once."""
        one = Difference(member, kind, text)
        if one not in self._noted:
            self._noted.add(one)
            self.differences.append(one)
