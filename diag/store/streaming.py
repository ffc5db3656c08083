"""Rows of a long query while they are found; Ctrl-C and a time limit stop it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, Any

import duckdb

from diag.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from concurrent.futures import Future

BATCH = 1_000
# A wait without end cannot be broken by Ctrl-C on Windows.
BEAT = 0.1


def stream(
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    params: Mapping[str, object],
    seconds: float,
) -> Generator[tuple[Any, ...], None, None]:
    """Run one SELECT and yield its rows.

    DuckDB hears of Ctrl-C only when it is done, so it works in a thread of its own
    and is told.

    Args:
        cursor: Of this query alone; it is closed at the end.
        sql: Made by our own compiler.
        params: Named values.
        seconds: How long DuckDB may work, without the time that the reader takes.

    Raises:
        StoreError: It failed or took too long.
    """
    left = seconds
    with ThreadPoolExecutor(1, thread_name_prefix="query") as worker:

        def wait(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what DuckDB gives
            nonlocal left
            began = time.monotonic()
            try:
                return _wait(worker.submit(work), left)
            except NotYet:
                raise StoreError(f"the query was stopped after {seconds:g} s") from None
            finally:
                left -= time.monotonic() - began

        try:
            wait(lambda: cursor.execute(sql, params))
            while rows := wait(lambda: cursor.fetchmany(BATCH)):
                yield from rows
        except duckdb.Error as error:
            said = str(error).partition("\n")[0]
            raise StoreError(f"the query failed: {said}") from error
        finally:
            # DuckDB forgets an interrupt that comes before the query has begun.
            last = worker.submit(bool)
            while not last.done():
                cursor.interrupt()
                time.sleep(BEAT / 10)
            cursor.close()


def _wait(work: Future[Any], seconds: float) -> Any:  # noqa: ANN401 - what it gives
    """Return what a thread made; look up often enough to notice Ctrl-C.

    Raises:
        NotYet: The time is over.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return work.result(timeout=BEAT)
        except NotYet:
            if time.monotonic() > end:
                raise
