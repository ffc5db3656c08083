"""A store in memory alone: made and asked by one process, and gone with it.

To write a file, and to open it again, costs as much as all else when a single rule is
asked about a few logs.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import duckdb

from diag.store.build import CONFIG, Builder

NAME = Path("memory")


class Fleeting(Builder):
    """Makes such a store; what is read has to be small."""

    def __init__(self, *, threads: int = 1) -> None:
        """Create the empty tables.

        Args:
            threads: Threads that DuckDB may use.

        Raises:
            StoreError: There is no memory for it.
        """
        super().__init__(NAME, threads=threads)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection by which it can be asked, after `finish`."""
        return self._db

    def _connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(":memory:", config=CONFIG)

    def _put_in_place(self) -> None:
        """Leave it where it is."""

    def abandon(self) -> None:
        """Let it go."""
        with contextlib.suppress(duckdb.Error, AttributeError):
            self._db.close()
