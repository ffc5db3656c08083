"""Quick looks at a store: lines by row, bits, and what happens under pressure."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import StoreError
from diag.store import Store, browse
from diag.store.browse import Browser, Line
from tests.store.made import store_file

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOWLY = """
SELECT e.rowid, e.TimeGenerated, e.Level, f.Log, f.File, e.Line, e.LineCount,
  e.Message, e.Parsed FROM EventRows e JOIN Files f USING (FileId)"""
LONG = "SELECT count(*) FROM range(100000000000) a, range(10) b WHERE hash(a) = 1"
MANY = "SELECT range + 1 FROM range($first, $last + 1) WHERE hash(range) % $part = 0"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Store(store_file(tmp_path_factory.mktemp("browse"))) as store:
        made = Browser(store)
        yield made
        made.close()


@given(st.data())
def test_lines_are_those_of_their_rows(browser: Browser, data: st.DataObject) -> None:
    every = {row[0]: Line(*row) for row in browser.rows(SLOWLY, {})}
    rows = data.draw(st.lists(st.integers(0, len(every) + 2)))
    assert browser.lines(rows) == {row: every[row] for row in rows if row in every}
    assert browser.another().lines(rows) == browser.lines(rows)


@given(st.integers(0, 50_000), st.integers(0, 3_000), st.integers(1, 40), st.data())
def test_rows_are_marked_whatever_part_of_all_they_are(
    browser: Browser, first: int, count: int, part: int, data: st.DataObject
) -> None:
    params = {"first": first, "last": first + count + 9, "part": part}
    named = {row[0] - 1 for row in browser.rows(MANY, params)}
    marks = np.zeros(count, dtype=bool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(browse, "BYTES", data.draw(st.sampled_from((1, 3, 100, 32_768))))
        browser.mark(marks, first, MANY, params)
    assert marks.tolist() == [row in named for row in range(first, first + count)]


class Full:
    """A cursor of an engine whose memory others have for a while."""

    def __init__(self, real: Any, times: int) -> None:
        """Fail so many times."""
        self.real, self.times = real, times

    def execute(self, *asked: Any) -> Any:
        """Answer, once there is memory."""
        self.times -= 1
        if self.times >= 0:
            raise duckdb.OutOfMemoryException("failed to pin block")
        return self.real.execute(*asked)


def test_a_question_waits_while_others_have_the_memory(browser: Browser) -> None:
    asked = browser.another()
    asked._db = Full(asked._db, 2)  # type: ignore[assignment]  # noqa: SLF001 - it stands for the engine
    assert asked.rows("SELECT 7", {}) == [(7,)]
    asked._db = Full(asked._db, 99)  # type: ignore[assignment]  # noqa: SLF001 - it stands for the engine
    with pytest.raises(StoreError, match="failed to pin block"):
        asked.rows("SELECT 7", {})


def test_a_cursor_is_closed_while_another_thread_asks_it(browser: Browser) -> None:
    asked, told = browser.another(), list[str]()

    def ask() -> None:
        try:
            asked.rows(LONG, {})
        except StoreError as error:
            told.append(error.text)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.1)
    asked.close()
    asked.interrupt()
    thread.join(20)
    assert told == ["it was interrupted"]
