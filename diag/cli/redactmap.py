"""The private table of pseudonyms: read if it is there, written for its owner alone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from diag.content.redaction import pseudonym_data
from diag.errors import DiagError, UsageError
from diag.redact import Pseudonyms, RedactionError

if TYPE_CHECKING:
    from pathlib import Path


def read_map(path: Path) -> Pseudonyms:
    """Return the pseudonyms of an earlier run, or new ones.

    Args:
        path: The table; it need not be there.

    Raises:
        UsageError: It is no table of pseudonyms.
    """
    from arcdiag_core import Words

    table = None
    if path.exists():
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            text = "it cannot be read as a table of pseudonyms"
            hint = "give another name to --map"
            raise UsageError(text, where=str(path), hint=hint) from error
    try:
        if table is not None and not isinstance(table, dict):
            table = {}  # told as a wrong one
        return Pseudonyms(pseudonym_data(), table, Words)
    except RedactionError as error:
        raise UsageError(str(error), where=str(path)) from error


def write_map(path: Path, pseudonyms: Pseudonyms) -> None:
    """Write the table of pseudonyms, readable for its owner alone.

    Args:
        path: Where; what is there is replaced when all is written.
        pseudonyms: What was drawn.

    Raises:
        DiagError: It cannot be written.
    """
    from diag.cli.target import beside

    text = json.dumps(pseudonyms.table(), indent=1, ensure_ascii=True) + "\n"
    spare = beside(path)
    try:
        number = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        spare.replace(path)
    except OSError as error:
        raise DiagError(
            f"the table of pseudonyms cannot be written: {error.strerror}",
            where=str(path),
            hint="give another name to --map",
        ) from error
