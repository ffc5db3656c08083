"""Stores of inputs already parsed, under a key made of their content."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from diag.errors import StoreError
from diag.store import leftover

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_AGE_DAYS = 14
# Stores, diagnoses, compiled rules, rules of redaction, and what any of them left
# behind half-written.
OURS = re.compile(
    r"[0-9a-f]{40}\.duckdb|(?:rules|diagnosis|first|redaction)-[0-9a-f]{40}(?:-files)?\.json"
)


class Cache:
    """A private folder of stores. Old ones are removed when it is opened."""

    def __init__(self, folder: Path | None = None) -> None:
        """Make the folder, readable by its owner only.

        Args:
            folder: Where; by default `ARCDIAG_CACHE_DIR` or the user's cache folder.

        Raises:
            StoreError: The folder cannot be made.
        """
        self.folder = folder or default_folder()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise self._unusable("made", error) from error

    def path(self, key: str) -> Path:
        """Return where the store of a key lies or would lie."""
        return self.folder / f"{key}.duckdb"

    def purge(self, now: float | None = None) -> int:
        """Remove stores not used for 14 days and left-overs; returns how many.

        Args:
            now: Seconds since the epoch; the wall clock when None.

        Raises:
            StoreError: The folder cannot be read.
        """
        moment = time.time() if now is None else now
        try:
            entries = [e for e in self.folder.iterdir() if OURS.match(e.name)]
        except OSError as error:
            raise self._unusable("read", error) from error
        gone = 0
        for entry in entries:
            partial = leftover.SUFFIX in entry.name
            age = leftover.OLD_SECONDS if partial else MAX_AGE_DAYS * 86_400
            gone += leftover.remove_if_older(entry, moment - age)
        return gone

    def _unusable(self, what: str, error: OSError) -> StoreError:
        return StoreError(
            f"the cache folder cannot be {what}: {error.strerror}",
            where=str(self.folder),
            hint="set ARCDIAG_CACHE_DIR to a folder you can write, or --no-cache",
        )


def default_folder() -> Path:
    """Return `ARCDIAG_CACHE_DIR`, else the user's cache folder for arcdiag."""
    if chosen := os.environ.get("ARCDIAG_CACHE_DIR"):
        return Path(chosen)
    import platformdirs

    return platformdirs.user_cache_path("arcdiag", appauthor=False)


def state_folder() -> Path:
    """Return `ARCDIAG_STATE_DIR`, else the user's state folder for arcdiag."""
    if chosen := os.environ.get("ARCDIAG_STATE_DIR"):
        return Path(chosen)
    import platformdirs

    return platformdirs.user_state_path("arcdiag", appauthor=False)


def key_of(parts: Iterable[str]) -> str:
    """Return one key for all that decides what a store holds.

    Args:
        parts: Hashes and texts, in a fixed order.

    Returns:
        40 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:40]
