"""The hash of a bundle: equal content gives an equal hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.bundle.diskfile import DiskFile
    from diag.model import BundleKind, Problem


def archive_digest(disk: DiskFile) -> str:
    """Return the SHA-256 of a whole archive, as `sha256sum` prints it."""
    total = hashlib.sha256()
    for block in disk.blocks():
        total.update(block)
    return total.hexdigest()


class Digest:
    """The hash over kind, names, lengths and contents of loose files."""

    def __init__(self, kind: BundleKind) -> None:
        """Begin with the kind of the bundle."""
        self._total = hashlib.sha256(f"arcdiag {kind}\n".encode())

    def add_file(self, name: str, disk: DiskFile) -> int:
        """Read a file once, up to the size it had at open.

        Args:
            name: The member's name.
            disk: The file.

        Returns:
            The bytes that were there to read.

        Raises:
            OSError: Reading failed; nothing of the file is in the hash.
        """
        content = hashlib.sha256()
        length = 0
        for block in disk.blocks():
            content.update(block)
            length += len(block)
        self._add("file", name, str(length), content.hexdigest())
        return length

    def add_problems(self, problems: tuple[Problem, ...], source: str) -> None:
        """Count in what could not be read, so that a later success differs.

        Args:
            problems: What was told.
            source: What problems of the source itself are about; where it lies
                makes no difference.
        """
        for problem in problems:
            file = "" if problem.file == source else problem.file
            self._add("problem", file, problem.kind, problem.text)

    def hexdigest(self) -> str:
        """Return the hash over all that was added."""
        return self._total.hexdigest()

    def _add(self, *words: str) -> None:
        for word in words:
            data = word.encode()
            self._total.update(len(data).to_bytes(8, "little") + data)
