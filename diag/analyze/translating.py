"""Members that readers turn into lines for the core, in files of our own."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from diag.errors import StoreError
from diag.formats.readers import Translated, translate

if TYPE_CHECKING:
    from types import TracebackType

    from arcdiag_core import Report

    from diag.formats import Detected


class Translations:
    """The translated members of one load; their files go away with it."""

    def __init__(self) -> None:
        """Make nothing yet: most bundles have no such member."""
        self._stack = ExitStack()
        self._folder: Path | None = None
        self._made: dict[int, Translated] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the files."""
        self._stack.close()

    def entry(self, found: Detected, entry: dict[str, Any]) -> dict[str, Any]:
        """Return what the core is to read for a member.

        Args:
            found: The member and its family.
            entry: Where the member itself lies.

        Raises:
            StoreError: There is no room for the file.
        """
        objects = found.family.objects if found.family else None
        if objects is None or not objects.readers or found.as_json:
            return entry
        try:
            path = self._path(len(self._made))
            made = translate(
                found.member, objects.readers, found.encoding, found.head, path
            )
        except OSError as error:
            raise StoreError(
                f"a temporary file cannot be written ({error.strerror})",
                where=str(self._folder or ""),
                hint="set TMPDIR or --tmp-dir to a folder with more room",
            ) from error
        self._made[id(found)] = made
        ours = {"offset": 0, "packing": "stored", "crc": None, "size": None}
        return {**entry, **ours, "path": str(made.path), "packed": made.length}

    def report(self, found: Detected, report: Report) -> Report:
        """Return the account of a member, not that of our file.

        Args:
            found: The member.
            report: What the core says.
        """
        made = self._made.get(id(found))
        if made is None:
            return report
        told = report.copy()
        told["encoding"], told["bytes"] = made.encoding, made.size
        told["problems"] = made.problems + report["problems"]
        return told

    def _path(self, number: int) -> Path:
        if self._folder is None:
            folder = tempfile.TemporaryDirectory(
                prefix="arcdiag-", ignore_cleanup_errors=True
            )
            self._folder = Path(self._stack.enter_context(folder))
        return self._folder / f"{number}.jsonl"
